"""What went wrong in the grader during a run: reported at its end, with tracebacks in files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder import report
from autograder.corrections.apply import Corrected
from autograder.run.service import Step
from autograder.status import ResultStatus
from autograder.text import abbreviated, counted

FOLDER = "grader-errors"
MAX_LISTED = 9


@dataclass
class GraderFaults:
    """The submissions that the grader had trouble with, by name and exercise.

    Attributes:
        out: the folder of the run.
        failed: those with a grader error.
        open_points: those of them whose points are withheld.
        odd: those with an answer that could not be compared.
        unread: those that made the reader fail.
        unadvised: those of which some feedback could not be made.
    """

    out: Path
    failed: list[str] = field(default_factory=list)
    open_points: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unadvised: list[str] = field(default_factory=list)

    def add(self, who: str, step: Step, corrected: Corrected) -> None:
        """Note what is wrong with a result, if anything, and store the tracebacks."""
        graded = step.graded
        if corrected.result.status == ResultStatus.GRADER_ERROR:
            self.failed.append(who)
            if corrected.needs_review:
                self.open_points.append(who)
        elif graded.notes:
            unreadable = graded.result.status == ResultStatus.UNREADABLE
            (self.unread if unreadable else self.odd).append(who)
        if graded.advice_notes:
            self.unadvised.append(who)
        if not step.kept:
            self._store(step, (*graded.notes, *graded.advice_notes))

    def lines(self, submissions: int) -> Iterator[str]:
        """What to report at the end of a run over this many submissions."""
        details = f"Details are in {self.out / FOLDER}."
        for names, what in (
            (self.odd, "an answer could not be compared and earned no points"),
            (self.unread, "the file made the reader fail and earned no points"),
            (self.unadvised, "some feedback could not be made; the points are right"),
        ):
            if names:
                yield f"look at {abbreviated(names, MAX_LISTED)}: {what}. {details}"
        if self.failed:
            yield (
                f"THE GRADER FAILED on {len(self.failed)} of "
                f"{counted(submissions, 'submission')}: {abbreviated(self.failed, MAX_LISTED)}. "
                f"{details} {self._whose_points()} "
                "Fix the cause and run the same command again."
            )

    def _whose_points(self) -> str:
        if not self.open_points:
            return "Nobody lost points for it."
        return (
            f"Points of {abbreviated(self.open_points, MAX_LISTED)} are withheld until you have "
            "looked: their submissions may be the cause (column needs_you of grades.csv)."
        )

    def _store(self, step: Step, notes: tuple[str, ...]) -> None:
        """Write tracebacks of the grader to a file for the instructor; they never go on a page.

        The file of an earlier run is removed: the error has been fixed, or is reported again.
        """
        result = step.graded.result
        path = self.out / FOLDER / f"{result.student} {result.exercise}.txt"
        if notes:
            report.write_atomically(path, "\n\n".join(notes) + "\n", below=self.out)
        elif path.exists():
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
