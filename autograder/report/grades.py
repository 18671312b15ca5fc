"""grades.csv: one row for each student and exercise, easy to merge with a class list."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.corrections.apply import NO_CORRECTIONS, Correction, Corrections
from autograder.files import write_atomically
from autograder.ingest.hand_ins import HandIns
from autograder.messages import hand_ins as hand_in_messages
from autograder.report import instructor
from autograder.report.class_page import NO_HAND_INS
from autograder.report.late import sum_of
from autograder.report.markup import number
from autograder.sanitize import spreadsheet_cell, visible_name
from autograder.status import ResultStatus
from autograder.text import Text
from autograder.verdict.result import Result

NOT_GRADED = "not_graded"
"""The status of a row without a result."""

EXCUSED = "excused"
"""The status of a row that does not count: it has no score and no maximum."""

BY_INSTRUCTOR = "by_instructor"
"""The status of a row with a score of the instructor's, of which nothing was graded."""

COLUMNS = ("student", "exercise", "score", "max_score", "status", "needs_you", "note", "folder")

FINAL = "final"
"""One more column in a course with deadlines: what lateness leaves of the score."""


def write_grades_csv(
    out: Path,
    results: Iterable[Result],
    hand_ins: HandIns = NO_HAND_INS,
    lang: str = "en",
    corrections: Corrections = NO_CORRECTIONS,
) -> Path:
    """Write ``out``/grades.csv, sorted by student and exercise.

    A student whose submission could not be graded at all has a row without exercise and score.
    ``note`` says why it could not be graded, which other files were submitted, and what has been
    corrected: ``score`` includes the instructor's corrections. ``folder`` is the
    name of the student's folder in ``results/`` and ``feedback/``, which is the same in every run.

    The file is UTF-8 without a byte order mark, which scripts would read as part of the first
    column's name. Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Returns:
        The path of the file.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    deadlines = corrections.deadlines
    writer.writerow((*COLUMNS, FINAL) if deadlines else COLUMNS)
    results = [one for one in results if not hand_ins.is_gone(one.student, one.exercise)]
    rows = [(one.student, *_row(one, hand_ins, lang, corrections)) for one in results]
    known = {(one.student, one.exercise) for one in results}
    rows += [(one.student, *_decided(one, lang)) for one in corrections.without_result(known)]
    graded = {student for student, *_ in rows}
    rows += [
        (left.student, "", "", "", NOT_GRADED, "", hand_in_messages.not_graded(left)[lang], "")
        for left in hand_ins.ungraded
        if left.student not in graded
    ]
    for student, *fields, final in sorted(rows):
        row = (hand_ins.name(student), *fields, student, *([final] if deadlines else []))
        writer.writerow([spreadsheet_cell(visible_name(field)) for field in row])
    return write_atomically(out / "grades.csv", buffer.getvalue(), below=out)


def _row(result: Result, hand_ins: HandIns, lang: str, corrections: Corrections) -> tuple[str, ...]:
    one = corrections.apply(result)
    reasons: list[Text | None] = []
    if result.status is ResultStatus.UNREADABLE:
        reasons += [hand_in_messages.unreadable(c.message) for c in result.criteria[:1]]
    reasons += hand_in_messages.remarks_for_instructor(hand_ins.of(result.student, result.exercise))
    reasons.append(instructor.word(one.whole, result.score, whole=True))
    reasons.append(sum_of(one))
    words = instructor.words(one)
    reasons += [_about(id, text) for id, text in words.items()]
    note = _sentences(reason[lang] for reason in reasons if reason)
    if one.excused:
        return result.exercise, "", "", EXCUSED, "", note, ""
    score, most = number(one.result.score), number(one.result.max_score)
    needs_you = "needs you" if one.needs_review else ""
    return result.exercise, score, most, str(one.result.status), needs_you, note, number(one.final)


def _sentences(texts: Iterable[str]) -> str:
    """The texts one after the other; what does not end like a sentence is ended."""
    *before, last = [*texts] or [""]
    return " ".join([text if text[-1] in ".。!?！？" else f"{text};" for text in before] + [last])


def _about(criterion: str, text: Text) -> Text:
    return Text(**{lang: f"{criterion}: {text[lang]}" for lang in text.languages})


def _decided(one: Correction, lang: str) -> tuple[str, ...]:
    note = instructor.decision(one)[lang]
    if one.excused:
        return one.exercise, "", "", EXCUSED, "", note, ""
    score = number(one.points or 0.0)
    return one.exercise, score, "", BY_INSTRUCTOR, "", note, score
