"""``--gradebook URL`` of ``grade`` and ``report``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from autograder import report
from autograder.cli.stdio import warn
from autograder.course.models import Course
from autograder.errors import CourseError, UnreadableSubmission
from autograder.gradebook.nbgrader import require_nbgrader
from autograder.gradebook.sync import Graded, Taken, put, take
from autograder.ingest import read_notebook
from autograder.ingest.hand_ins import HandIns
from autograder.run.service import locked_cells
from autograder.text import counted
from autograder.verdict.result import Result


class Gradebook:
    """A gradebook beside one output folder: `take` before pages are written, `put` after.

    Args:
        url: the gradebook's database.
        out: the output folder.
        course: the course.

    Raises:
        MissingExtra: nbgrader is not installed.
    """

    def __init__(self, url: str, out: Path, course: Course) -> None:
        require_nbgrader()
        self._url = url
        self._out = out
        self._course = course
        self._taken = Taken()

    def take(self, hand_ins: HandIns) -> None:
        """Copy what was decided in formgrader into corrections.csv, and print how much that was."""
        self._taken = take(self._url, self._graded(hand_ins))
        if self._taken.number:
            n = counted(self._taken.number, "decision")
            print(f"gradebook: {n} taken into {self._out / 'corrections.csv'}")
        for line in self._taken.problems:
            warn(line)

    def put(self, hand_ins: HandIns, lang: str) -> int:
        """Write the results, and return the number of decisions that could not be taken over."""

        @cache
        def locked(exercise: str) -> Collection[str]:
            with suppress(CourseError):  # without them, given cells are shown as well
                return locked_cells(self._course, [exercise])[exercise]
            return ()

        def sources(result: Result) -> Iterable[tuple[int, str]] | None:
            path = Path(result.submission.path)
            with suppress(OSError, UnreadableSubmission, MemoryError):
                book = read_notebook(path, path, locked(result.exercise))
                if book.sha256 == result.submission.sha256:
                    return book.cells
            return None

        for line in put(self._url, self._graded(hand_ins), self._taken, sources, lang):
            warn(line)
        return len(self._taken.problems)

    def _graded(self, hand_ins: HandIns) -> Graded:
        shown = report.read_shown(self._out, self._course, hand_ins)
        return Graded(self._course, self._out, hand_ins, shown.results, shown.corrections)
