"""The assignment as a course of this program."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from autograder.course.load import load_course
from autograder.synthetic import notebooks as student_notebooks
from comparison import notebooks, plain_code
from comparison.assignment import Assignment, Part, Scores, Submission, Test

ROOT = Path(__file__).resolve().parents[2]
EXERCISE = "01_assignment"


class Ours:
    """`autograder grade`, one process, with isolation; makes the feedback pages, too."""

    name = "ours"
    packages = ("--editable", str(ROOT))

    def __init__(self, isolation: str = "full") -> None:
        self.isolation = isolation
        self.command = f"autograder grade --jobs 1 --isolation {isolation}"

    def write(self, folder: Path, assignment: Assignment, python: Path) -> None:  # noqa: ARG002 - nothing to run
        """Write a course of one exercise."""
        exercise = folder / "solutions" / EXERCISE
        files = {
            folder / "solutions" / "course.toml": f'salt = "graders"\nlanguages = ["en"]\n'
            f"title = {_text(assignment.title)}\n",
            exercise / "exercise.toml": _exercise(assignment),
            exercise / "notebook.py": _notebook(assignment),
            exercise / "mistakes.py": _mistakes(assignment),
            folder / "tests" / "hidden" / f"test_{EXERCISE}.py": _suite(assignment),
            folder / "source_lib" / "__init__.py": "\n\n".join(
                [
                    '"""The reference."""',
                    assignment.imports,
                    *(p.solution for p in assignment.parts),
                ]
            ),
        }
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def hand_in(
        self, folder: Path, assignment: Assignment, submissions: Sequence[Submission]
    ) -> None:
        """Fill in the notebook that students get."""
        exercise = load_course(folder).exercise(EXERCISE)
        handout = json.loads(student_notebooks.notebook(student_notebooks.stub(exercise, "en")))
        for each in submissions:
            path = folder / "submitted" / each.student / EXERCISE / f"{EXERCISE}.ipynb"
            notebooks.write(path, notebooks.handed_in(handout, assignment, each))

    def commands(
        self,
        folder: Path,
        submissions: Sequence[Submission],  # noqa: ARG002 - all at once
        python: Path,
    ) -> list[list[str]]:
        """One command for the class."""
        grade = [str(python), "-m", "autograder", "grade", "submitted", "--course", str(folder)]
        return [[*grade, "--out", "graded", "--jobs", "1", "--isolation", self.isolation]]

    def scores(self, folder: Path, assignment: Assignment, python: Path) -> Scores:  # noqa: ARG002 - nothing to run
        """The points of criteria that the student's own code passed: the others do not carry."""
        passed: dict[str, set[str]] = {}
        for path in sorted((folder / "graded" / "results").rglob("*.json")):
            result = json.loads(path.read_text(encoding="utf-8"))
            passed[result["student"]] = {
                each["id"] for each in result["criteria"] if each["own_status"] == "passed"
            }
        return assignment.scores(passed)


def _text(text: str) -> str:
    return f"{{en = {json.dumps(text)}}}"


def _exercise(assignment: Assignment) -> str:
    lines = [
        f'id = "{EXERCISE}"',
        f"points = {sum(test.points for test in assignment.tests)}",
        'reveal = "first_difference"',
        f"title = {_text(assignment.title)}",
        f"summary = {_text(assignment.title)}",
    ]
    for part in assignment.parts:
        lines += ["", "[[parts]]", f'id = "{part.id}"', f"title = {_text(part.title)}"]
        lines += [f"builds_on = {json.dumps(part.builds_on)}"]
        for test in assignment.tests_of(part):
            lines += ["[[parts.criteria]]", f'id = "{test.id}"', f"points = {test.points}"]
            lines += [f"title = {_text(test.title)}"]
    return "\n".join(lines) + "\n"


def _notebook(assignment: Assignment) -> str:
    """Setup, then each part with its visible tests as checks."""
    cells = [f'# %% name="setup" tags=["setup"]\n{assignment.imports}\n']
    for part in assignment.parts:
        cells.append(f'# %% [markdown] lang="en"\n# # {part.title}\n')
        cells.append(f'# %% name="{_name(part)}" tags=["stub"]\n{part.source}')
        for test in assignment.tests_of(part):
            if not test.hidden:
                check = f"check_{test.id.replace('.', '_')}"
                code = plain_code.as_code(test, assignment)
                cells.append(f'# %% name="{check}" tags=["check"]\n{code}')
    return "\n".join(cells)


def _name(part: Part) -> str:
    return part.id.replace(".", "_").lower()


def _mistakes(assignment: Assignment) -> str:
    """Known are the wrong variants that have a hint."""
    text = [
        "from autograder.course.mistakes import mistake",
        "from autograder.text import Text",
    ]
    text += [
        f"mistake({v.id!r}, part={v.part!r}, edits={list(v.edits)!r}, loses={set(v.loses)!r},\n"
        f"    hint=Text(en={v.hint!r}, ja={v.hint!r}))"
        for v in assignment.variants
        if v.hint
    ]
    return "\n".join(text) + "\n"


def _suite(assignment: Assignment) -> str:
    head = ["import source_lib", "from autograder.suite import criterion, same"]
    return "\n".join(head) + "\n\n\n" + "\n\n".join(map(_criterion, assignment.tests))


def _criterion(test: Test) -> str:
    low, high = test.between
    lines = [f'@criterion("{test.id}")', f"def test_{test.id.replace('.', '_')}(student, make):"]
    for name, shape in test.inputs.items():
        numbers = ", ".join(map(str, (low, high + 1, *shape)))
        lines.append(f"    {name} = make.integers({numbers}).astype(float)")
    # The names of the tests are those of the student's and of the reference.
    call = re.sub(r"^\w+", lambda name: f"{{}}.{name[0]}", test.call)
    lines.append(f"    same({call.format('student')}, {call.format('source_lib')})")
    return "\n".join(lines) + "\n"
