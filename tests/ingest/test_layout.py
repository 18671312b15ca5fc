"""The decision table of `autograder.ingest.layout`: what a folder is, and which entries are odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.ingest import Discovered, discover

EXERCISES = ("01_single", "02_im2col", "03_convolution")

# A folder, what is in it, --exercise, and "student exercise" for each submission.
TABLE: list[tuple[str, list[str], str | None, set[str]]] = [
    # --- one student's ----------------------------------------------------------------------------
    ("taro", ["02_im2col/x.ipynb", "03_convolution.ipynb"], None, {"taro 02", "taro 03"}),
    ("taro", ["02_im2col.ipynb", "data/a.csv", "notes.txt"], None, {"taro 02"}),
    ("taro", ["02_im2col.ipynb", "common/util.py"], "02_im2col", {"taro 02"}),
    ("taro", ["02_im2col.ipynb", "helpers.py"], "02_im2col", {"taro 02"}),
    ("taro", ["02_im2col (1).ipynb"], "02_im2col", {"taro 02"}),
    ("taro", ["Copy of 02_im2col.ipynb"], None, {"taro 02"}),
    ("taro", ["Untitled(1).ipynb"], "02_im2col", {"taro 02"}),
    ("taro", ["homework.ipynb"], "02_im2col", {"taro 02"}),
    ("taro", ["attempt 1/a.ipynb", "attempt 2/b.ipynb"], "02_im2col", {"taro 02"}),
    ("taro", ["02_im2col/02_im2col.ipynb"], "02_im2col", {"taro 02"}),
    ("taro", ["01-Single.ipynb", "０２_im2col.ipynb"], None, {"taro 01", "taro 02"}),
    # --- one student's folder of one exercise -----------------------------------------------------
    ("taro/02_im2col", ["02_im2col.ipynb"], None, {"taro 02"}),
    ("taro/02_im2col", ["work of mine.ipynb"], None, {"taro 02"}),
    ("taro/02_im2col", ["attempt 1/x.ipynb", "attempt 2/x.ipynb"], None, {"taro 02"}),
    ("taro/02-im2col", ["final.ipynb", "draft.ipynb"], None, {"taro 02"}),
    ("taro", ["attempt 1/02_im2col.ipynb", "attempt 2/02_im2col.ipynb"], None, {"taro 02"}),
    ("taro", ["hw1/01_single.ipynb", "hw2/02_im2col.ipynb"], None, {"taro 01", "taro 02"}),
    ("taro", ["work/02_im2col.ipynb", "scratch/02_im2col.ipynb"], None, {"taro 02"}),
    # --- a class ----------------------------------------------------------------------------------
    ("in", ["hw01/02_im2col/02_im2col.ipynb", "hw02/02_im2col/02_im2col.ipynb"], None,
     {"hw01 02", "hw02 02"}),
    ("in", ["hw1/02_im2col.ipynb", "hw2/01_single.ipynb", "hw12/02_im2col.ipynb"], None,
     {"hw1 02", "hw2 01", "hw12 02"}),
    ("in", ["alice.ipynb", "bob.ipynb"], "02_im2col", {"alice 02", "bob 02"}),
    ("in", ["27.ipynb", "28.ipynb"], "02_im2col", {"27 02", "28 02"}),
    ("in", ["alice.ipynb"], "02_im2col", {"alice 02"}),
    ("in", ["alice/02_im2col.ipynb", "bob/03_convolution/x.ipynb"], None, {"alice 02", "bob 03"}),
    ("in", ["alice/02_im2col.ipynb", "bob.ipynb"], "02_im2col", {"alice 02", "bob 02"}),
    ("in", ["alice/homework.ipynb", "bob/Untitled.ipynb"], "02_im2col", {"alice 02", "bob 02"}),
    ("02_im2col", ["alice.ipynb", "bob.ipynb"], None, {"alice 02", "bob 02"}),
    ("02_im2col", ["alice.ipynb"], "02_im2col", {"alice 02"}),
    ("02_im2col", ["alice/x.ipynb", "bob/y.ipynb"], None, {"alice 02", "bob 02"}),
    ("in", ["alice_02_im2col.ipynb", "bob_02_im2col.ipynb"], "02_im2col",
     {"alice_02_im2col 02", "bob_02_im2col 02"}),
    ("in", ["02_im2col/alice.ipynb", "02_im2col/bob.ipynb", "03_convolution/alice.ipynb"], None,
     {"alice 02", "bob 02", "alice 03"}),
    ("in", ["02_im2col/alice.ipynb", "02_im2col/bob.ipynb", "03_convolution/alice.ipynb"],
     "03_convolution", {"alice 03"}),
]  # fmt: skip


def made(root: Path, folder: str, names: list[str]) -> Path:
    for name in names:
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}')
    return root / folder


def placed(result: Discovered) -> set[str]:
    return {f"{s.student} {s.exercise[:2]}" for s in result.submissions}


@pytest.mark.parametrize(("folder", "names", "exercise", "expected"), TABLE)
def test_the_layout_gives_students_and_exercises(
    tmp_path: Path, folder: str, names: list[str], exercise: str | None, expected: set[str]
) -> None:
    result = discover([made(tmp_path, folder, names)], EXERCISES, exercise)
    assert placed(result) == expected
    assert result.problems == ()


# In a class, an entry named like an exercise is reported and left out; the rest is graded.
ODD: list[tuple[list[str], str | None, set[str], str]] = [
    (["alice.ipynb", "bob.ipynb", "02_im2col/x.ipynb"], "02_im2col", {"alice 02", "bob 02"},
     "02_im2col"),
    (["alice.ipynb", "bob.ipynb", "02_im2col/"], "02_im2col", {"alice 02", "bob 02"}, "02_im2col"),
    (["alice.ipynb", "bob.ipynb", "03_convolution/x.ipynb"], "02_im2col", {"alice 02", "bob 02"},
     "03_convolution"),
    (["alice/02_im2col.ipynb", "bob/02_im2col/b.ipynb", "02_im2col.ipynb"], None,
     {"alice 02", "bob 02"}, "02_im2col.ipynb"),
    (["alice/02_im2col.ipynb", "bob/x.ipynb", "02_im2col (1).ipynb"], "02_im2col",
     {"alice 02", "bob 02"}, "02_im2col (1).ipynb"),
    (["alice/02_im2col.ipynb", "02_im2col/x.ipynb"], None, {"alice 02"}, "02_im2col"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "exercise", "expected", "odd"), ODD)
def test_one_odd_entry_does_not_turn_a_class_into_a_student(
    tmp_path: Path, names: list[str], exercise: str | None, expected: set[str], odd: str
) -> None:
    root = made(tmp_path, "in", [name for name in names if not name.endswith("/")])
    for name in names:
        (root / name.rstrip("/")).mkdir(exist_ok=True) if name.endswith("/") else None
    result = discover([root], EXERCISES, exercise)
    assert placed(result) == expected
    (problem,) = result.problems
    assert problem.startswith(f"{root / odd}: ")
    assert "Move it into its student's folder" in problem


def test_a_notebook_named_like_an_exercise_is_graded_under_that_name(tmp_path: Path) -> None:
    root = made(tmp_path, "in", ["alice.ipynb", "bob.ipynb", "02_im2col.ipynb"])
    result = discover([root], EXERCISES, "02_im2col")
    assert placed(result) == {"alice 02", "bob 02", "02_im2col 02"}
    assert "does not look like a student" in result.notices[0]
