"""The assignment for nbgrader: hidden tests in locked cells, `nbgrader autograde` for the class."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparison import notebooks, plain_code
from comparison.assignment import Assignment, Scores, Submission
from comparison.environments import variables
from comparison.notebooks import Book

NAME = "ps1"

SCORES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as gradebook:
    print(json.dumps([
        [submission.student.id, grade.name, grade.auto_score]
        for submission in gradebook.assignment_submissions("ps1")
        for notebook in submission.notebooks
        for grade in notebook.grades
    ]))
"""


class Nbgrader:
    """`nbgrader autograde` as an instructor would use it."""

    name = "nbgrader"
    packages = ("nbgrader", "ipykernel", "numpy")
    command = "nbgrader autograde ps1"

    def write(self, folder: Path, assignment: Assignment, python: Path) -> None:
        """Write the source notebook and let nbgrader make the one for students."""
        (folder / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n", encoding="utf-8"
        )
        notebooks.write(folder / "source" / NAME / f"{NAME}.ipynb", _source(assignment))
        _nbgrader(folder, python, "generate_assignment", NAME)

    def hand_in(
        self, folder: Path, assignment: Assignment, submissions: Sequence[Submission]
    ) -> None:
        """Fill in the released notebook."""
        # The folder may be a copy of the one that was written to.
        (folder / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n", encoding="utf-8"
        )
        handout = notebooks.read(folder / "release" / NAME / f"{NAME}.ipynb")
        for each in submissions:
            path = folder / "submitted" / each.student / NAME / f"{NAME}.ipynb"
            notebooks.write(path, notebooks.handed_in(handout, assignment, each))

    def commands(
        self,
        folder: Path,  # noqa: ARG002 - the working directory
        submissions: Sequence[Submission],  # noqa: ARG002 - all at once
        python: Path,
    ) -> list[list[str]]:
        """One command for the class."""
        return [[str(python), "-m", "nbgrader", "autograde", NAME]]

    def scores(self, folder: Path, assignment: Assignment, python: Path) -> Scores:
        """The points of the test cells, from the gradebook."""
        ran = subprocess.run(
            [python, "-c", SCORES],
            cwd=folder,
            env=variables(python, folder),
            capture_output=True,
            text=True,
            check=True,
        )
        points = {_grade_id(test.id): test.points for test in assignment.tests}
        ids = {_grade_id(test.id): test.id for test in assignment.tests}
        passed: dict[str, set[str]] = {}
        for student, name, score in json.loads(ran.stdout):
            got = passed.setdefault(student, set())
            if score == points[name]:
                got.add(ids[name])
        return assignment.scores(passed)


def _nbgrader(folder: Path, python: Path, *arguments: str) -> None:
    subprocess.run(
        [python, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=variables(python, folder),  # nbgrader starts alembic by name
        capture_output=True,
        check=True,
    )


def _grade_id(id: str) -> str:
    return id.replace(".", "_")


def _source(assignment: Assignment) -> Book:
    cells: list[tuple[str, str, dict[str, Any]]] = [("code", assignment.imports, {})]
    for part in assignment.parts:
        cells.append(("markdown", f"# {part.title}", {}))
        cells.append(("code", part.source, _metadata(part.id, solution=True)))
        for test in assignment.tests_of(part):
            code = plain_code.as_code(test, assignment)
            if test.hidden:
                code = f"### BEGIN HIDDEN TESTS\n{code}### END HIDDEN TESTS\n"
            metadata = _metadata(test.id, grade=True, locked=True, points=test.points)
            cells.append(("code", code, metadata))
    return notebooks.book(cells)


def _metadata(
    id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict[str, Any]:
    values: dict[str, Any] = {"schema_version": 3, "grade_id": _grade_id(id), "task": False}
    values |= {"grade": grade, "solution": solution, "locked": locked}
    if grade:
        values["points"] = points
    return {"nbgrader": values}
