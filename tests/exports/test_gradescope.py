"""Gradescope: results.json for each submission, and an autograder that runs in a clean folder."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from autograder.corrections.apply import Correction, Corrections
from autograder.course.models import Question
from autograder.course.policy import Late
from autograder.exports.autograder_archive import archive
from autograder.exports.book import make_book
from autograder.exports.class_list import ClassList
from autograder.exports.gradescope import results_json
from autograder.ingest.hand_ins import HandIns
from autograder.text import Text
from tests.exports.conftest import Export
from tests.handed_in import book
from tests.mini_course import MiniCourse
from tests.paths import ROOT
from tests.report.conftest import im2col_criteria
from tests.results import make_result, typed

TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format",
    "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format",
    "tags", "visibility", "extra_data",
}  # fmt: skip
VISIBILITIES = {"visible", "hidden", "after_due_date", "after_published"}
AREA = """
def frame_area(height, width, border=1):
    return height * width - max(height - 2 * border, 0) * max(width - 2 * border, 0)
"""


def read(path: Path) -> dict[str, Any]:
    """The file, checked against the fields that Gradescope documents."""
    tree: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert {*tree} <= TOP
    assert isinstance(tree["score"], (int, float))
    assert isinstance(tree["output"], str)
    assert {tree["visibility"], tree["stdout_visibility"]} <= VISIBILITIES
    for test in tree["tests"]:
        assert {*test} <= TEST
        assert isinstance(test["name"], str)
        assert isinstance(test["output"], str)
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in VISIBILITIES
    return tree


def test_each_submission_has_a_file_but_withheld_points_have_none(
    run_export: Export, out: Path, tmp_path: Path
) -> None:
    stale = tmp_path / "g" / "chiyo" / "02_im2col" / "results.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    assert run_export(out, "--to", "gradescope", "--out", tmp_path / "g") == 1
    files = {path.parts[-3]: read(path) for path in (tmp_path / "g").rglob("results.json")}
    assert {*files} >= {"aiko", "山田 花子", "dai"}
    assert not {"chiyo", "emi"} & {*files}
    aiko, hanako, dai = files["aiko"], files["山田 花子"], files["dai"]
    assert aiko["score"] == sum(test["score"] for test in aiko["tests"]) == 6
    assert hanako["score"] == 4.5
    told = [(t["score"], t["output"]) for t in hanako["tests"] if t["status"] == "failed"]
    assert told == [(0, "Values differ."), (0.5, "Nearly.")]
    assert (dai["score"], dai["output"], dai["tests"]) == (0, "Values differ.", [])


def test_questions_that_are_graded_by_hand_are_left_out_and_said_to_be() -> None:
    question = Question("why", 2.0, Text(en="Why?", ja="なぜ？"), None)
    result = typed(make_result("aiko", criteria=im2col_criteria()))
    word = Correction("aiko", "02_im2col", "why", 1.5, comment="Nearly.")

    def exported(*words: Correction) -> dict[str, Any]:
        corrections = Corrections(words, questions={"02_im2col": [question]})
        book = make_book([result], corrections, HandIns(), None, ClassList())
        return json.loads(
            results_json(book.rows[0].marks["02_im2col"], "02_im2col", None, "en") or ""
        )  # type: ignore[no-any-return]

    before, after = exported(), exported(word)
    assert before["score"] == 6
    assert before["output"].startswith("6 of 6 points")
    assert "Why?" in before["output"]
    assert after["score"] == 7.5
    assert after["tests"][-1]["output"] == "Nearly."
    assert "Why?" not in after["output"]


def test_what_lateness_costs_is_taken_from_the_score_and_shown() -> None:
    result = typed(make_result("aiko", criteria=im2col_criteria()))
    corrections = Corrections(late={("aiko", "02_im2col"): Late(2, 0.2)})
    mark = make_book([result], corrections, HandIns(), None, ClassList()).rows[0].marks["02_im2col"]
    tree = json.loads(results_json(mark, "02_im2col", None, "en") or "")
    assert tree["score"] == 4.8
    assert "20 % late = 4.8" in tree["output"]


class Container:
    """/autograder in a folder of its own, with this interpreter in place of the image's."""

    def __init__(self, root: Path, zipped: bytes) -> None:
        self.root = root
        (root / "source").mkdir(parents=True)
        (root / "submission").mkdir()
        path = root / "autograder.zip"
        path.write_bytes(zipped)
        with zipfile.ZipFile(path) as file:
            file.extractall(root / "source")
            modes = {one.filename: one.external_attr >> 16 for one in file.infolist()}
        for name in ("run_autograder", "setup.sh"):
            assert modes[name] & 0o111, "Gradescope starts it"

    def run(
        self, trust: tuple[str, ...], name: str, content: bytes
    ) -> subprocess.CompletedProcess[str]:
        (self.root / "submission" / name).write_bytes(content)
        script = self.root / "source" / "run_autograder"
        if trust:  # what the comment in the script says to do where no wall holds
            script.write_text(script.read_text().replace("--jobs 1", f"--jobs 1 {trust[0]}"))
        kept = {key: os.environ[key] for key in ("PATH", "XDG_CACHE_HOME")}
        return subprocess.run(
            ["bash", str(script)],
            cwd=self.root,
            env=kept | {"AUTOGRADER_ROOT": str(self.root), "AUTOGRADER_PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def results(self) -> Path:
        return self.root / "results" / "results.json"


@pytest.fixture
def container(mini: MiniCourse, tmp_path: Path) -> Container:
    return Container(tmp_path / "autograder", archive(mini.load(), "01_area", "en"))


def test_the_autograder_runs_in_a_clean_folder_and_keeps_its_suites_to_itself(
    container: Container, trust: tuple[str, ...]
) -> None:
    suite = container.root / "source" / "course" / "tests" / "hidden" / "test_01_area.py"
    spy = f"try:\n    open({str(suite)!r})\nexcept OSError:\n{indent(AREA, '    ')}"
    source = AREA if trust else spy  # without a wall, a suite can be read
    done = container.run(trust, "my work.ipynb", book(source))
    assert done.returncode == 0, done.stderr
    tree = read(container.results)
    assert tree["score"] == sum(test["max_score"] for test in tree["tests"]) > 0
    assert not [*container.root.glob("source/course/**/results.json")]


def test_what_is_not_a_notebook_is_a_zero_with_a_reason(
    container: Container, trust: tuple[str, ...]
) -> None:
    container.run(trust, "essay.pdf", b"%PDF-1.4 ...")
    tree = read(container.results)
    assert tree["score"] == 0
    assert tree["output"]


def test_a_fault_of_ours_leaves_no_result(container: Container, trust: tuple[str, ...]) -> None:
    container.results.parent.mkdir()
    container.results.write_text('{"score": 1}')
    suite = container.root / "source" / "course" / "tests" / "hidden" / "test_01_area.py"
    suite.write_text("raise RuntimeError('broken suite')")
    done = container.run(trust, "work.ipynb", book(AREA))
    assert done.returncode != 0
    assert not container.results.exists(), "Gradescope would take it for a grade"


def test_the_archive_is_the_same_whenever_it_is_made(mini: MiniCourse) -> None:
    course = mini.load()
    first = archive(course, "01_area", "ja")
    (mini.root / "solutions" / "course.toml").touch()
    assert archive(course, "01_area", "ja") == first
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert "course/tests/hidden/test_01_area.py" in names
    assert not [name for name in names if "__pycache__" in name]


def test_setup_is_a_script_that_bash_reads(container: Container) -> None:
    setup = container.root / "source" / "setup.sh"
    assert subprocess.run(["bash", "-n", str(setup)], check=False).returncode == 0


def test_the_image_gets_what_grading_needs(container: Container) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [line.partition(">=")[0] for line in project["dependencies"]]
    lines = (container.root / "source" / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in lines] == needed
    assert all("==" in line for line in lines)
