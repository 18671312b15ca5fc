"""grades.csv: one row for each student and exercise, easy to merge with a class list."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages import hand_ins as words
from autograder.report.classpage import NOTHING_KNOWN
from autograder.report.markup import number
from autograder.sanitize import spreadsheet_cell, visible_name
from autograder.status import ResultStatus
from autograder.text import Text
from autograder.verdict.result import Result

NOT_GRADED = "not_graded"
"""The status of a row without a result."""

COLUMNS = ("student", "exercise", "score", "max_score", "status", "needs_you", "note", "folder")


def write_grades_csv(
    out: Path, results: Iterable[Result], hand_ins: HandIns = NOTHING_KNOWN, lang: str = "en"
) -> Path:
    """Write ``out``/grades.csv, sorted by student and exercise.

    A student of whom nothing could be graded has a row without exercise and score. ``note`` says
    why nothing could be graded, or what else was handed in; ``folder`` is the name of the student's
    folder in ``results/`` and ``feedback/``, and the same in every run.

    UTF-8 without a byte order mark, which scripts would take for a part of the first column's
    name. Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Returns:
        Where it was written.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = [
        (result.student, *_row(result, hand_ins, lang))
        for result in results
        if not hand_ins.is_gone(result.student, result.exercise)
    ]
    graded = {student for student, *_ in rows}
    rows += [
        (left.student, "", "", "", NOT_GRADED, "", words.not_graded(left)[lang])
        for left in hand_ins.ungraded
        if left.student not in graded
    ]
    for student, *fields in sorted(rows):
        row = (hand_ins.name(student), *fields, student)
        writer.writerow([spreadsheet_cell(visible_name(field)) for field in row])
    return write_atomically(out / "grades.csv", buffer.getvalue(), below=out)


def _row(result: Result, hand_ins: HandIns, lang: str) -> tuple[str, ...]:
    reasons: list[Text] = []
    if result.status is ResultStatus.UNREADABLE:
        reasons += [criterion.message for criterion in result.criteria[:1]]
    reasons += words.remarks(hand_ins.of(result.student, result.exercise))
    note = " ".join(reason[lang] for reason in reasons)
    score, most = number(result.score), number(result.max_score)
    needs_you = "needs you" if result.needs_review else ""
    return result.exercise, score, most, str(result.status), needs_you, note
