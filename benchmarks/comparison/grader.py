"""What a grader is to the comparison: how it is installed, written for, run, and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from comparison.assignment import Assignment, Scores, Submission


class Grader(Protocol):
    """One way of grading the assignment.

    Attributes:
        name: as it is reported.
        packages: what pip installs into its environment.
        command: what is run and measured, for the report.
    """

    name: str
    packages: tuple[str, ...]
    command: str

    def write(self, folder: Path, assignment: Assignment, python: Path) -> None:
        """Write the instructor's files, with the tool's own commands where it has some."""
        ...

    def hand_in(
        self, folder: Path, assignment: Assignment, submissions: Sequence[Submission]
    ) -> None:
        """Put the submissions where the grader looks for them."""
        ...

    def commands(
        self, folder: Path, submissions: Sequence[Submission], python: Path
    ) -> list[list[str]]:
        """What to run in `folder`, one command after the other."""
        ...

    def scores(self, folder: Path, assignment: Assignment, python: Path) -> Scores:
        """The points that it gave."""
        ...
