"""What a course's author sees on the terminal when a test of the course has a bug."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.synthetic.notebooks import from_sources

WIDE = "same(student.frame_area(*size), source_lib.frame_area(*size))"
WHERE = "tests/hidden/test_01_area.py:18: NameError: name 'undefined' is not defined"


def autograder(mini, command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    options = ["--course", mini.root, "--trust-students", "--isolation", "limits"]
    if command in {"grade", "verify"}:
        options += ["--jobs", "1"]
    words = map(str, [sys.executable, "-m", "autograder", command, *arguments, *options])
    return subprocess.run([*words], capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def bug(mini) -> tuple[Path, str, str]:
    found = (mini.area.suite, WIDE, "same(undefined, 15.0)")
    mini.replace(*found)
    return found


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "aiko" / "01_area.ipynb"
    path.parent.mkdir()
    path.write_bytes(
        from_sources([("code", "def frame_area(a, b, border=1):\n    return a * b\n")])
    )
    return path


@pytest.mark.usefixtures("bug")
def test_verify_says_once_where_it_is_and_shows_no_traceback(mini):
    done = autograder(mini, "verify")
    assert done.returncode == 1
    assert done.stdout.count(WHERE) == 1, done.stdout
    assert "more with the same causes" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.usefixtures("bug")
def test_so_does_check(mini, book):
    done = autograder(mini, "check", book)
    assert done.returncode == 1
    assert WHERE in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_grade_keeps_the_traceback_in_a_file_until_the_test_is_fixed(mini, bug, book, tmp_path):
    out = tmp_path / "out"
    done = autograder(mini, "grade", book, "--out", out)
    assert done.returncode == 1
    assert "THE GRADER FAILED" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    (note,) = (out / "grader-errors").iterdir()
    assert note.name == "aiko 01_area.txt"
    assert "name 'undefined' is not defined" in note.read_text(encoding="utf-8")

    file, new, old = bug
    mini.replace(file, old, new)
    done = autograder(mini, "grade", book, "--out", out)
    assert done.returncode == 0, done.stderr
    assert not (out / "grader-errors").exists(), "it would report an error that has been fixed"


def test_grade_names_a_result_that_an_earlier_run_left_and_that_is_damaged(mini, book, tmp_path):
    out = tmp_path / "out"
    damaged = out / "results" / "ben" / "01_area.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text('{"score": ')
    done = autograder(mini, "grade", book, "--out", out)
    assert done.returncode == 1, "one grade is not in grades.csv"
    assert "results/ben/01_area.json: " in done.stderr
    assert "Grade this submission again" in done.stderr
    assert "results/ben/01_area.json" in (out / "index.html").read_text(encoding="utf-8")
    assert "aiko,01_area" in (out / "grades.csv").read_text(encoding="utf-8-sig")


def test_an_answer_too_odd_to_be_compared_is_told_and_costs_its_points(mini, book, tmp_path):
    mini.replace(
        mini.area.suite,
        WIDE,
        "from autograder.suite.facts import Incomparable, WrongAnswer\n"
        '    raise WrongAnswer(Incomparable("frame_area(7, 11, 2)", "an oddity"))',
    )
    done = autograder(mini, "grade", book, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "look at aiko · 01_area: an answer could not be compared" in done.stderr
    assert "THE GRADER FAILED" not in done.stderr
    (note,) = (tmp_path / "out" / "grader-errors").iterdir()
    assert "an oddity" in note.read_text(encoding="utf-8")


def test_feedback_that_could_not_be_made_is_reported_and_costs_no_points(mini, book, tmp_path):
    """The ladder of the example has a bug, which is not the student's."""
    ladder = mini.area.suite.with_name("ladder_01_area.py")
    ladder.write_text("def broken(:\n", encoding="utf-8")
    done = autograder(mini, "grade", book, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "some feedback could not be made; the points are right" in done.stderr
    assert "could not be compared" not in done.stderr
    assert "THE GRADER FAILED" not in done.stderr
    (note,) = (tmp_path / "out" / "grader-errors").iterdir()
    assert "no smallest failing inputs are shown" in note.read_text(encoding="utf-8")
