"""Grading goes on where it stopped, and again only where something changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.handed_in import IM2COL, book, results
from tests.mini_course import MiniCourse
from tests.paths import ROOT

COL2IM_LATER = "def col2im(*args):\n    raise RuntimeError('not yet')\n"


@pytest.mark.slow
def test_a_killed_run_is_resumed(tmp_path: Path, autograder: Run, trust: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    honest = [tmp_path / f"honest {number}" / "02_im2col.ipynb" for number in range(3)]
    for path in honest:
        path.parent.mkdir()
        path.write_bytes(book(IM2COL, COL2IM_LATER))
    command = [sys.executable, "-m", "autograder", "grade", *honest, "--out", out, "--jobs", "1"]
    process = subprocess.Popen([*map(str, command), *trust], cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not list(out.glob("results/*/*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    first = {path: path.read_bytes() for path in out.glob("results/*/*.json")}
    assert first
    assert all(json.loads(content) for content in first.values()), "each is whole"
    again = autograder("grade", *honest, "--out", out, "--jobs", "1")
    assert again.returncode == 0, again.stderr
    assert "unchanged" in again.stderr
    assert len(results(out)) == 3
    assert len(list(out.glob("feedback/*/02_im2col.html"))) == 3
    assert all(path.read_bytes() == content for path, content in first.items())


def test_what_changed_is_graded_again(tmp_path: Path, autograder: Run) -> None:
    place = tmp_path / "in" / "02_im2col.ipynb"
    place.parent.mkdir()
    out = tmp_path / "out"
    place.write_bytes(book(IM2COL))
    autograder("grade", place, "--out", out)
    before = results(out)["in/02_im2col"]["score"]
    place.write_bytes(book("# nothing"))
    done = autograder("grade", place, "--out", out)
    assert "unchanged" not in done.stderr
    assert (before, results(out)["in/02_im2col"]["score"]) == (9, 0)


class Class:
    """Two students of a small course, and what a run says about them."""

    def __init__(self, mini: MiniCourse, autograder: Run, folder: Path) -> None:
        self.mini, self.autograder = mini, autograder
        self.folder, self.out = folder / "class", folder / "out"
        for student in ("aiko", "ben"):
            self.hand_in(student)

    def hand_in(self, student: str) -> None:
        for exercise in ("01_area", "02_box"):
            path = self.folder / student / f"{exercise}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(book("def tower(sides, height):\n    return 0.0\n"))

    def grade(self, *options: object) -> str:
        done = self.autograder(
            "grade", self.folder, "--out", self.out, "--course", self.mini.root, *options
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[0]

    def pages(self) -> dict[str, int]:
        """When each file was written."""
        return {
            str(path.relative_to(self.out)): path.stat().st_mtime_ns
            for path in self.out.rglob("*")
            if path.suffix in (".html", ".csv")
        }


@pytest.fixture
def small(mini: MiniCourse, autograder: Run, tmp_path: Path) -> Class:
    return Class(mini, autograder, tmp_path)


def test_a_change_of_one_criterion_grades_only_its_exercise_again(small: Class) -> None:
    assert small.grade().startswith("graded 4 submissions in ")
    small.mini.replace(small.mini.box.suite, "tower([1.0, 2.0, 3.0], 4.0)", "tower([1.0], 4.0)")
    small.mini.replace(small.mini.box.suite, "6 * source_lib", "1 * source_lib")
    before = results(small.out)
    report = small.autograder("report", small.out, "--course", small.mini.root)
    assert "02_box: 2 results of it are from before the last change" in report.stderr
    assert "01_area" not in report.stderr
    for command in (
        ("export", small.out, "--to", "csv"),
        ("feedback", small.out, "--to", "zip"),
        ("whatif", small.out, "--policy", "late_per_day = 0.5"),
    ):
        said = small.autograder(*command, "--course", small.mini.root).stderr
        assert "02_box: 2 results of it are from before the last change" in said
    again = small.grade()
    assert again.startswith("graded 2 submissions in ")
    assert again.endswith(", 2 unchanged")
    after = results(small.out)
    assert {key for key in after if after[key] != before[key]} == {"aiko/02_box", "ben/02_box"}
    report = small.autograder("report", small.out, "--course", small.mini.root)
    assert report.stderr == ""


def test_an_unchanged_class_is_left_alone_and_what_is_missing_is_made_again(small: Class) -> None:
    small.grade()
    time.sleep(3.1)  # so that the files are old enough to be recognized by their times
    small.grade()
    before = small.pages()
    assert small.grade().endswith("4 unchanged")
    assert small.pages() == before
    page = "feedback/aiko/01_area.html"
    for name in (page, "grades.csv"):
        (small.out / name).unlink()
        assert small.grade().endswith("4 unchanged")
        assert small.pages().keys() == before.keys()


@pytest.mark.slow
def test_one_more_student_and_a_correction_reach_the_tables(small: Class) -> None:
    small.grade()
    small.hand_in("chiyo")
    again = small.grade()
    assert again.startswith("graded 2 submissions in ")
    assert "chiyo" in (small.out / "grades.csv").read_text(encoding="utf-8")
    (small.out / "corrections.csv").write_text(
        "student,exercise,criterion,points,excused,comment\nben,02_box,*,1.5,,well tried\n"
    )
    assert small.grade().endswith("6 unchanged")
    assert "well tried" in (small.out / "feedback/ben/02_box.html").read_text(encoding="utf-8")
    assert "well tried" in (small.out / "index.html").read_text(encoding="utf-8")
    (small.out / "corrections.csv").unlink()
    small.grade()
    assert "well tried" not in (small.out / "feedback/ben/02_box.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_cannot_be_read_is_said_in_every_run_until_it_is_decided(small: Class) -> None:
    """An unchanged run used to say nothing of it."""
    (small.folder / "ben" / "01_area.ipynb").write_text("Dear teacher")

    def run() -> tuple[int, str, str]:
        done = small.autograder(
            "grade", small.folder, "--out", small.out, "--course", small.mini.root
        )
        return done.returncode, done.stdout.splitlines()[0], done.stderr

    line = "1 file cannot be read, and has 0 points (ben · 01_area): its page says why"
    assert line in run()[2]
    time.sleep(3.1)  # so that the files are old enough to be recognized by their times
    run()
    before = small.pages()
    status, first, said = run()
    assert (small.pages(), first.endswith("4 unchanged")) == (before, True)
    assert line in said
    assert status == 0, "all that was handed in has its grade"
    (small.out / "corrections.csv").write_text(
        "student,exercise,criterion,points,excused,comment\nben,01_area,*,1,,as agreed\n"
    )
    assert "cannot be read" not in run()[2]
