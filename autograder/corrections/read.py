"""Read ``OUT/corrections.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.corrections.apply import Corrections
from autograder.corrections.resolve import Known, resolve
from autograder.corrections.table import Table, parse
from autograder.course.models import Course
from autograder.errors import InvalidCorrections
from autograder.files import read_below
from autograder.ingest.hand_ins import HandIns
from autograder.verdict.result import Result

FILE = "corrections.csv"


def read_table(out: Path) -> Table | None:
    """The table as it is; None if the file does not exist.

    Raises:
        InvalidCorrections: it is not such a table, or cannot be read.
    """
    path = out / FILE
    try:
        return parse(read_below(path, out))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvalidCorrections(f"{path}: cannot be read ({error.strerror}).") from None
    except InvalidCorrections as error:
        raise InvalidCorrections(f"{path}: {error}") from None


def read_corrections(
    out: Path, course: Course | None, hand_ins: HandIns, results: Iterable[Result]
) -> Corrections:
    """The corrections of a run's output folder; what is wrong with the file is in ``problems``.

    Args:
        out: the folder.
        course: the course; None if unknown.
        hand_ins: what is known about the submissions.
        results: the stored results.
    """
    known = Known.of(course, hand_ins, results)
    try:
        table = read_table(out)
    except InvalidCorrections as error:
        return Corrections(
            problems=(f"{error} No correction is applied.",),
            bonus=known.bonus,
            questions=known.questions,
        )
    return resolve(table.rows if table else (), known, str(out / FILE))
