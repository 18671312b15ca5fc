"""Whole notebooks under other names are found, and a folder with a file is not called empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.ingest import Discovered, NotGraded, discover, read_notebook
from autograder.ingest.disguised import is_disguised
from autograder.ingest.recognize import Handout, Handouts
from tests.permissions import locked

EXERCISES = ("02_im2col", "03_convolution")
HANDOUTS = Handouts(
    lambda: [
        Handout("02_im2col", frozenset(), frozenset({"im2col"}), frozenset({"x = 1"})),
        Handout("03_convolution", frozenset(), frozenset({"Convolution"})),
    ]
)


def book(code: str = "def im2col(x):\n    return x") -> bytes:
    source = code.replace("\n", "\\n")
    return (
        f'{{"cells": [{{"cell_type": "code", "source": "{source}"}}], "metadata": {{}}, '
        '"nbformat": 4}'
    ).encode()


WHOLE = ["02_im2col", "02_im2col.json", "02_im2col.txt", "02_im2col.ipynb~",
         "02_im2col.ipynb.crdownload", "02_im2col.ipynb.bak", "02_im2col.ipynb (1)"]  # fmt: skip


def found(root: Path, files: dict[str, bytes], exercise: str | None = None) -> Discovered:
    for name, content in {"zoe/02_im2col.ipynb": book("y = 1"), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return discover([root], EXERCISES, exercise, handouts=HANDOUTS)


def graded(result: Discovered) -> dict[str, str]:
    return {
        f"{one.student} {one.exercise[:2]}": one.path.name
        for one in result.submissions
        if one.student != "zoe"
    }


@pytest.mark.parametrize("exercise", [None, "02_im2col"])
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_notebook_is_found(tmp_path: Path, name: str, exercise: str | None) -> None:
    result = found(tmp_path / "in", {f"amy/{name}": book()}, exercise)
    assert graded(result) == {"amy 02": name}
    assert result.problems == ()
    (one, _) = result.submissions
    assert read_notebook(one.path, one.root).cells


@pytest.mark.parametrize("name", ["homework", "homework.json", "homework.ipynb~"])
def test_by_its_content_if_the_name_says_nothing(tmp_path: Path, name: str) -> None:
    assert graded(found(tmp_path / "in", {f"amy/x/{name}": book()})) == {"amy 02": name}


@pytest.mark.parametrize("exercise", [None, "02_im2col"])
def test_in_a_folder_of_notebooks(tmp_path: Path, exercise: str | None) -> None:
    files = {"amy": book(), "ben.ipynb": book(), "ben.ipynb~": b"{", "cleo.ipynb.bak": book()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    result = discover([tmp_path], EXERCISES, exercise, handouts=HANDOUTS)
    assert graded(result) == {"amy 02": "amy", "ben 02": "ben.ipynb", "cleo 02": "cleo.ipynb.bak"}
    assert (result.problems, result.notices) == ((), ())


@pytest.mark.parametrize("name", ["02_im2col.ipynb~", "02_im2col.ipynb.bak"])
def test_an_editors_copy_beside_the_notebook_is_not_mentioned(tmp_path: Path, name: str) -> None:
    result = found(tmp_path / "in", {"amy/02_im2col.ipynb": book(), f"amy/{name}": book("y = 1")})
    assert graded(result) == {"amy 02": "02_im2col.ipynb"}
    assert result.notices == ()


@pytest.mark.parametrize(
    ("named", "expected"), [(book(), "02_im2col.ipynb"), (book("x = 1"), "02_im2col")]
)
def test_the_better_one_counts(tmp_path: Path, named: bytes, expected: str) -> None:
    """A notebook that is named like one goes first, unless it is the unchanged handout."""
    files = {"amy/02_im2col.ipynb": named, "amy/02_im2col": book()}
    assert graded(found(tmp_path / "in", files)) == {"amy 02": expected}


def test_a_notebook_goes_before_other_files(tmp_path: Path) -> None:
    files = {"amy/02_im2col.json": book(), "amy/02_im2col final.pdf": b"%PDF"}
    assert graded(found(tmp_path / "in", files)) == {"amy 02": "02_im2col.json"}


@pytest.mark.parametrize("exercise", [None, "02_im2col"])
def test_a_damaged_one_is_told_what_is_wrong(tmp_path: Path, exercise: str | None) -> None:
    files = {"amy/02_im2col.ipynb.crdownload": book()[:40]}
    assert graded(found(tmp_path / "in", files, exercise)) == {
        "amy 02": "02_im2col.ipynb.crdownload"
    }


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "desktop.ini", "notes.md", "photo.jpg", ".DS_Store",
             ".ipynb_checkpoints/02_im2col-checkpoint.ipynb"]
)  # fmt: skip
def test_whatever_is_there_is_listed(tmp_path: Path, name: str) -> None:
    result = found(tmp_path / "in", {f"amy/{name}": b"x"})
    ((one,), (problem,)) = result.ungraded, result.problems
    assert (one.why, one.files) == (NotGraded.NO_NOTEBOOK, (name.partition("/")[0],))
    assert f"contains no notebook, only {name.partition('/')[0]}" in problem


def test_a_folder_with_files_that_are_ignored_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (problem,) = discover([tmp_path], EXERCISES, None).problems
    assert "contains no notebook" in problem


@pytest.mark.parametrize("name", ["Makefile", "LICENSE", "package.json", "notes.txt", "data"])
def test_other_files_are_not_notebooks(tmp_path: Path, name: str) -> None:
    files = {f"amy/{name}": b'{"metadata": 1}', "amy/02_im2col.ipynb": book()}
    result = found(tmp_path / "in", files)
    assert graded(result) == {"amy 02": "02_im2col.ipynb"}
    assert (result.problems, result.notices) == ((), ())


def test_one_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    files = {"amy/02_im2col": book(), "ben/02_im2col.ipynb": book()}
    found(tmp_path / "in", files)
    with locked(tmp_path / "in/amy/02_im2col"):
        (one, *_) = discover([tmp_path / "in"], EXERCISES, None, handouts=HANDOUTS).submissions
        with pytest.raises(PermissionError):
            read_notebook(one.path, one.root)


def test_what_is_a_whole_notebook(tmp_path: Path) -> None:
    for content, expected in {
        book(): True,
        b"\xef\xbb\xbf\n" + book(): True,
        book()[:-20]: False,
        b'{"cells": [1, 2], "rows": 3}': False,
        b'{"metadata": {}, "nbformat": 4}': False,
        b"import numpy\n": False,
        b"": False,
    }.items():
        (tmp_path / "x").write_bytes(content)
        assert is_disguised("02_im2col", tmp_path / "x") is expected
        assert is_disguised("02_im2col.py", tmp_path / "x") is False
