"""A draft of a course from nbgrader's own example, and how cells and tests are converted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbgrader
import pytest

from autograder.course.load import load_course
from autograder.importing.draft import draft
from autograder.importing.solution import NotAStub, stub
from autograder.importing.source import Kind, NotANotebook, read_cells
from autograder.importing.suite import test_of as converted
from tests.conftest import Run

EXAMPLE = Path(nbgrader.__file__).parent / "docs/source/user_guide/source/ps1"


def notebook(*cells: tuple[str, dict[str, Any]]) -> str:
    found = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": metadata}}
        for source, metadata in cells
    ]
    return json.dumps({"cells": found, "nbformat": 4})


def solution(source: str) -> tuple[str, dict[str, Any]]:
    return source, {"grade_id": "answer", "solution": True, "grade": False}


def checks(source: str) -> tuple[str, dict[str, Any]]:
    return source, {"grade_id": "Test answer", "solution": False, "grade": True, "points": 2}


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory, autograder: Run) -> Path:
    out = tmp_path_factory.mktemp("drafted") / "course"
    done = autograder("import", "nbgrader", EXAMPLE, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "sum_of_squares_application: left out, code that is graded by hand" in done.stderr
    assert "problem2.ipynb: left out" in done.stderr
    return out


def test_nbgraders_example_becomes_a_course(drafted: Path) -> None:
    (exercise,) = load_course(drafted).exercises
    points = {criterion.id: criterion.points for criterion in exercise.criteria}
    assert points == {
        "squares.correct_squares": 1.0,
        "squares.squares_invalid_input": 1.0,
        "sum_of_squares.correct_sum_of_squares": 0.5,
    }
    assert exercise.part("sum_of_squares").builds_on == ("squares",)
    asked = {question.id: question.points for question in exercise.questions}
    assert asked == {"sum_of_squares_equation": 1.0, "cell_938593c4a215c6cc": 4.0}
    assert "sum_{i=1}^n" not in (drafted / "solutions/01_problem1/notebook.py").read_text()


def test_the_draft_can_be_generated_and_its_solution_passes(drafted: Path, autograder: Run) -> None:
    done = autograder("generate", "--course", drafted)
    assert done.returncode == 0, done.stderr
    done = autograder("verify", "--course", drafted, "--jobs", 1)
    problems = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    # A draft has the old inputs, which do not depend on the salt. Nothing else is wrong with it.
    assert problems
    assert all("is passed by a" in line for line in problems), problems


def test_an_existing_folder_is_not_written_to(tmp_path: Path, autograder: Run) -> None:
    (tmp_path / "mine").touch()
    done = autograder("import", "nbgrader", EXAMPLE, "--out", tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stderr


def test_hidden_tests_are_hidden_and_become_the_suite() -> None:
    cells = read_cells(
        notebook(
            solution("def f(n):\n    ### BEGIN SOLUTION\n    return n\n    ### END SOLUTION"),
            checks(
                "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(7) == 7\n### END HIDDEN TESTS"
            ),
        )
    )
    made = draft("01_f", "F", cells, "en")
    assert "f(7)" not in made.notebook
    assert "same(student.f(7), source_lib.f(7))" in made.suite
    assert "f(1)" not in made.suite


def test_the_reference_imports_what_it_uses_and_nothing_else() -> None:
    """Where grading runs there is no matplotlib, and a reference that needs it fails everybody."""
    setup = "import math, os.path\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
    answer = "def f(n):\n    ### BEGIN SOLUTION\n    return np.sqrt(math.pi)\n    ### END SOLUTION"
    cells = read_cells(notebook((setup, {}), solution(answer), checks("assert f(1) == 1")))
    made = draft("01_f", "F", cells, "en")
    assert made.reference.split("\n\n")[0].splitlines() == ["import math", "import numpy as np"]


def test_cells_get_names_of_ours() -> None:
    kinds = [
        (cell.name, cell.kind) for cell in read_cells(notebook(checks("f(1)"), checks("f(2)")))
    ]
    assert kinds == [("test_answer", Kind.TESTS), ("test_answer_2", Kind.TESTS)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": 3}]}'])
def test_what_is_not_a_notebook_is_refused(text: str) -> None:
    with pytest.raises(NotANotebook):
        read_cells(text)


def test_a_solution_without_markers_keeps_signature_and_docstring() -> None:
    made = stub('def f(n):\n    """Doc."""\n    m = n\n    return m')
    assert made.parts == ("f",)
    assert made.source.split("\n") == [
        "def f(n):",
        '    """Doc."""',
        "    ### BEGIN SOLUTION",
        "    m = n",
        "    return m",
        "    ### END SOLUTION",
    ]


def test_methods_are_parts() -> None:
    method = "def f(self):\n        # BEGIN SOLUTION\n        return 1\n        # END SOLUTION"
    made = stub(f"class A:\n    {method}")
    assert made.parts == ("A.f",)
    assert "        ### BEGIN SOLUTION" in made.source


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = (", "does not parse"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "not inside a function"),
        ("def f():\n    ### BEGIN SOLUTION\n    return 1", "do not match"),
        ("x = 1", "defines no function"),
    ],
)
def test_what_cannot_be_a_stub_says_why(source: str, why: str) -> None:
    with pytest.raises(NotAStub, match=why):
        stub(source)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("assert f(3) == 9", ["same(student.f(3), source_lib.f(3))"]),
        (
            "np.testing.assert_allclose(f(x=[1]), [2.0])",
            ["same(student.f(x=[1]), source_lib.f(x=[1]))"],
        ),
        (
            "assert f(f(2)) == 4",
            ["same(student.f(source_lib.f(2)), source_lib.f(source_lib.f(2)))"],
        ),
        (
            "for n in range(3):\n    assert f(n) == n",
            ["for n in range(3):", "    same(student.f(n), source_lib.f(n))"],
        ),
        (
            "try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    assert False",
            ["raises(ValueError, student.f, -1)"],
        ),
        ("with pytest.raises(KeyError):\n    f(1, 2)", ["raises(KeyError, student.f, 1, 2)"]),
        ("assert_raises(ValueError, f, 0)", ["raises(ValueError, student.f, 0)"]),
        (
            "a = A(2)\nassert a.g(1) == 3",
            [
                "a = student.A(2)",
                "a_expected = source_lib.A(2)",
                "same(a.g(1), a_expected.g(1))",
            ],
        ),
        ("x = 3\nassert f(x)", ["x = 3", "same(student.f(x), source_lib.f(x))"]),
        (
            "y = f(3)\nassert y > 2",
            ["y = student.f(3)", "y_expected = source_lib.f(3)", "same(y, y_expected)"],
        ),
        ("y = [f(3)]\nassert y[0]", ["# TODO: y = [f(3)]", "# TODO: assert y[0]"]),
    ],
)
def test_tests_are_converted(source: str, lines: list[str]) -> None:
    assert list(converted(source, ["f", "A.g"]).body) == lines


def test_code_that_does_not_parse_is_left_as_it_is() -> None:
    test = converted("assert f(", ["f"])
    assert (test.part, test.body, test.complete) == ("", ("# TODO: assert f(",), False)
