"""grades.csv: one row for each student and exercise, easy to merge with a class list."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.files import write_atomically
from autograder.report.sanitize import cell, number
from autograder.verdict.result import Result

COLUMNS = ("student", "exercise", "score", "max_score", "status", "needs_you")


def write_grades_csv(out: Path, results: Iterable[Result]) -> Path:
    """Write ``out``/grades.csv, sorted by student and exercise.

    UTF-8 without a byte order mark, which scripts would take for a part of the first column's
    name. Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Returns:
        Where it was written.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in sorted(results, key=lambda r: (r.student, r.exercise)):
        writer.writerow(
            [
                cell(result.student),
                cell(result.exercise),
                number(result.score),
                number(result.max_score),
                result.status,
                "needs you" if result.needs_review else "",
            ]
        )
    return write_atomically(out / "grades.csv", buffer.getvalue())
