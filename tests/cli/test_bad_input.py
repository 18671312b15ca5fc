"""Whatever is handed in: each student gets a result, the run goes on, and the exit status is 0."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.handed_in import IM2COL, book, results


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, autograder: Run) -> tuple[Path, str, int]:
    folder = tmp_path_factory.mktemp("handed in")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.ipynb").write_bytes(book(IM2COL))
    files: dict[str, bytes] = {
        "good": book("import numpy as np", IM2COL),
        "not a notebook": b"Dear teacher, my dog ate it.",
        "truncated": book(IM2COL)[:300],
        "empty file": b"",
        "empty notebook": book(),
        "no code": json.dumps(
            {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "hi"}]}
        ).encode(),
        "nbformat3": json.dumps(
            {
                "nbformat": 3,
                "worksheets": [{"cells": [{"cell_type": "code", "input": [IM2COL]}]}],
            }
        ).encode(),
        "日本語 の 名前": book(IM2COL),
        "dots ..": book(IM2COL),
        "<script>alert(1)": book(IM2COL),
        "=cmd()": book(IM2COL),
    }
    for name, content in files.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    with (folder / "huge.ipynb").open("wb") as file:
        file.truncate(100 * 2**20)
    (folder / "directory.ipynb").mkdir()
    (folder / "link out.ipynb").symlink_to(outside / "secret.ipynb")
    (folder / "link in.ipynb").symlink_to(folder / "good.ipynb")
    (folder / "dangling.ipynb").symlink_to(folder / "nowhere.ipynb")
    os.mkfifo(folder / "pipe.ipynb")
    out = tmp_path_factory.mktemp("out")
    done = autograder("grade", folder, "--exercise", "02_im2col", "--out", out)
    return out, done.stderr + done.stdout, done.returncode


UNREADABLE = [
    "link in",  # to another student's file
    "not a notebook",
    "truncated",
    "empty file",
    "huge",
    "directory",
    "link out",
    "dangling",
    "pipe",
]
GRADED = ["good", "nbformat3", "日本語 の 名前", "=cmd()"]


def test_the_run_goes_on_and_succeeds(graded: tuple[Path, str, int]) -> None:
    out, text, status = graded
    assert status == 0, text
    assert "Traceback" not in text
    assert len(results(out)) == 17


@pytest.mark.parametrize("student", UNREADABLE)
def test_unreadable_says_why(graded: tuple[Path, str, int], student: str) -> None:
    result = results(graded[0])[f"{student}/02_im2col"]
    assert (result["status"], result["score"]) == ("unreadable", 0)
    assert all(c["message"]["en"] and c["message"]["ja"] for c in result["criteria"])


@pytest.mark.parametrize("student", GRADED)
def test_readable_is_graded(graded: tuple[Path, str, int], student: str) -> None:
    result = results(graded[0])[f"{student}/02_im2col"]
    assert result["status"] == "graded"
    assert result["score"] >= 9


@pytest.mark.parametrize("student", ["empty notebook", "no code"])
def test_nothing_written_is_missing(graded: tuple[Path, str, int], student: str) -> None:
    result = results(graded[0])[f"{student}/02_im2col"]
    assert (result["status"], result["score"]) == ("graded", 0)
    assert {c["status"] for c in result["criteria"]} == {"missing"}


def test_every_student_has_a_page_and_a_row(graded: tuple[Path, str, int]) -> None:
    out = graded[0]
    pages = {path.parent.name for path in out.glob("feedback/*/02_im2col.html")}
    assert pages == {name.split("/")[0] for name in results(out)}
    table = (out / "grades.csv").read_text("utf-8-sig")
    assert "'=cmd()" in table, "a spreadsheet would run it as a formula"
    assert (out / "index.html").is_file()


def test_a_name_cannot_lead_out_of_the_folder(graded: tuple[Path, str, int]) -> None:
    out = graded[0]
    files = {"grades.csv", "hand-ins.json", "index.html", ".unchanged.json"}
    assert {p.name for p in out.iterdir()} == {"results", "feedback", *files}
