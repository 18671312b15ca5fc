"""The assignment for otter-grader: a question for each part, `otter run` for each submission.

`otter grade` starts the same program in a Docker container for each submission; `otter run` does so
in the environment that it is called in, which costs less and needs no Docker.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparison import notebooks, plain_code
from comparison.assignment import Assignment, Part, Scores, Submission
from comparison.environments import variables
from comparison.notebooks import Book

NAME = "ps1"
CONFIG = """# ASSIGNMENT CONFIG
name: ps1
init_cell: true
export_cell: false
solutions_pdf: false
template_pdf: false
generate: true
"""


class Otter:
    """`otter run`, once for each submission."""

    name = "otter-grader"
    packages = ("otter-grader", "ipykernel", "numpy")
    command = "otter run -a autograder.zip SUBMISSION, for each"

    def write(self, folder: Path, assignment: Assignment, python: Path) -> None:
        """Write the source notebook and let otter make the student's and the autograder's files."""
        notebooks.write(folder / f"{NAME}.ipynb", _source(assignment))
        subprocess.run(
            [
                python,
                "-m",
                "otter",
                "assign",
                "--no-pdfs",
                "--no-run-tests",
                f"{NAME}.ipynb",
                "dist",
            ],
            cwd=folder,
            env=variables(python, folder),
            capture_output=True,
            check=True,
        )
        (archive,) = (folder / "dist" / "autograder").glob("*.zip")
        archive.rename(folder / "autograder.zip")

    def hand_in(
        self, folder: Path, assignment: Assignment, submissions: Sequence[Submission]
    ) -> None:
        """Fill in the student's notebook."""
        handout = notebooks.read(folder / "dist" / "student" / f"{NAME}.ipynb")
        for each in submissions:
            (folder / "results" / each.student).mkdir(parents=True, exist_ok=True)
            path = folder / "submitted" / f"{each.student}.ipynb"
            notebooks.write(path, notebooks.handed_in(handout, assignment, each))

    def commands(
        self,
        folder: Path,  # noqa: ARG002 - the working directory
        submissions: Sequence[Submission],
        python: Path,
    ) -> list[list[str]]:
        """One command for each submission."""
        run = [str(python), "-m", "otter", "run", "--no-logo", "-a", "autograder.zip"]
        return [
            [*run, "-o", f"results/{each.student}", f"submitted/{each.student}.ipynb"]
            for each in submissions
        ]

    def scores(self, folder: Path, assignment: Assignment, python: Path) -> Scores:  # noqa: ARG002 - nothing to run
        """The points of the questions."""
        questions = {_question(part): part.id for part in assignment.parts}
        scores: Scores = {}
        for path in sorted((folder / "results").glob("*/results.json")):
            of_student = scores[path.parent.name] = dict.fromkeys(questions.values(), 0.0)
            for each in json.loads(path.read_text(encoding="utf-8"))["tests"]:
                if each["name"] in questions:
                    of_student[questions[each["name"]]] += each["score"]
        return scores


def _question(part: Part) -> str:
    return part.id.replace(".", "_")


def _source(assignment: Assignment) -> Book:
    cells: list[tuple[str, str, dict[str, Any]]] = [
        ("raw", CONFIG, {}),
        ("code", assignment.imports, {}),
    ]
    for part in assignment.parts:
        tests = assignment.tests_of(part)
        points = [test.points for test in tests]
        cells.append(
            ("raw", f"# BEGIN QUESTION\nname: {_question(part)}\npoints: {sum(points)}\n", {})
        )
        cells.append(("markdown", f"# {part.title}", {}))
        cells.append(("raw", "# BEGIN SOLUTION", {}))
        cells.append(("code", _otters_markers(part.source), {}))
        cells.append(("raw", "# END SOLUTION", {}))
        cells.append(("raw", "# BEGIN TESTS", {}))
        for test in tests:
            hidden = str(test.hidden).lower()
            settings = f"points: {test.points}\nhidden: {hidden}\n"
            code = plain_code.as_code(test, assignment)
            code = f'""" # BEGIN TEST CONFIG\n{settings}""" # END TEST CONFIG\n{code}'
            cells.append(("code", code, {}))
        cells.append(("raw", "# END TESTS", {}))
        cells.append(("raw", "# END QUESTION", {}))
    return notebooks.book(cells)


def _otters_markers(source: str) -> str:
    """Otter's prompt is a line that only students see, and its markers have one hash."""
    body = source.replace("### BEGIN SOLUTION", "# BEGIN SOLUTION NO PROMPT")
    indent = source[: source.index("### BEGIN SOLUTION")].rpartition("\n")[2]
    end = f'# END SOLUTION\n{indent}""" # BEGIN PROMPT\n{indent}raise NotImplementedError()\n'
    end += f'{indent}""" # END PROMPT'
    return body.replace("### END SOLUTION", end)
