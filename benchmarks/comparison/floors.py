"""What grading costs without isolation, feedback or partial results: what nobody can go below much.

All run `without_grader.py`, which executes a notebook's cells and the tests.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from comparison import notebooks, plain_code
from comparison.assignment import Assignment, Scores, Submission

SCRIPT = Path(__file__).with_name("without_grader.py")


class _Floor:
    packages = ("numpy", "pytest")

    def write(self, folder: Path, assignment: Assignment, python: Path) -> None:  # noqa: ARG002 - nothing to run
        """Write the tests, and a notebook to fill in."""
        tests = {test.id: plain_code.as_code(test, assignment) for test in assignment.tests}
        (folder / "tests.json").write_text(json.dumps(tests), encoding="utf-8")
        cells = [("code", assignment.imports, {})]
        cells += [("code", part.stub, {}) for part in assignment.parts]
        notebooks.write(folder / "handout.ipynb", notebooks.book(cells))

    def hand_in(
        self, folder: Path, assignment: Assignment, submissions: Sequence[Submission]
    ) -> None:
        """Fill in the notebook."""
        handout = notebooks.read(folder / "handout.ipynb")
        for each in submissions:
            path = folder / "submitted" / f"{each.student}.ipynb"
            notebooks.write(path, notebooks.handed_in(handout, assignment, each))

    def scores(self, folder: Path, assignment: Assignment, python: Path) -> Scores:  # noqa: ARG002 - nothing to run
        """The points of the tests that passed."""
        passed = {
            path.stem: set(json.loads(path.read_text(encoding="utf-8")))
            for path in sorted((folder / "passed").glob("*.json"))
        }
        return assignment.scores(passed)


class PlainProcess(_Floor):
    """A process for each submission that imports NumPy and calls the tests."""

    name = "plain process"
    command = "python without_grader.py SUBMISSION, for each"

    def commands(
        self,
        folder: Path,  # noqa: ARG002 - the working directory
        submissions: Sequence[Submission],
        python: Path,
    ) -> list[list[str]]:
        """One command for each submission."""
        return [
            [str(python), str(SCRIPT), f"submitted/{each.student}.ipynb"] for each in submissions
        ]


class WarmProcess(_Floor):
    """One process for all submissions: after NumPy is imported, nothing but the calls."""

    name = "warm process"
    command = "python without_grader.py SUBMISSION..."

    def commands(
        self,
        folder: Path,  # noqa: ARG002 - the working directory
        submissions: Sequence[Submission],
        python: Path,
    ) -> list[list[str]]:
        """One command."""
        files = [f"submitted/{each.student}.ipynb" for each in submissions]
        return [[str(python), str(SCRIPT), *files]]
