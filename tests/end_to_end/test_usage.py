"""Wrong usage exits with 2 and says what to do; what cannot be done exits with 1 and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import IM2COL, Run, book


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade"], "PATH"),
        (["grade", "no-such-file.ipynb", "--out", "OUT"], "no such file"),
        (["grade", ".", "--out", "OUT", "--exercise", "99_nothing"], "it has 01_windows"),
        (["grade", ".", "--out", "OUT", "--jobs", "0"], "1 or more"),
        (["check", "no-such-file.ipynb"], "no such file"),
        (["generate", "99_nothing"], "no exercise '99_nothing'"),
        (["report", "no-such-folder"], "Name the --out"),
        (["frobnicate"], "invalid choice"),
    ],
)
def test_wrong_usage(autograder: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    words = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    done = autograder(*words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_course(autograder: Run, tmp_path: Path) -> None:
    done = autograder("generate", "--course", tmp_path)
    assert done.returncode == 1
    assert "solutions/" in done.stderr


def test_an_exercise_that_cannot_be_told(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "homework.ipynb").write_bytes(book(IM2COL))
    done = autograder("grade", tmp_path / "homework.ipynb", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "Say --exercise ID" in done.stderr


def test_one_notebook_on_the_terminal(autograder: Run, tmp_path: Path) -> None:
    (tmp_path / "02_im2col.ipynb").write_bytes(book(IM2COL))
    done = autograder("check", tmp_path / "02_im2col.ipynb")
    assert done.returncode == 0, done.stderr
    assert "of 17 points" in done.stdout
    assert "col2im" in done.stdout
