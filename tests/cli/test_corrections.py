"""`correct` and `whatif`, and `grade` for some students only: an instructor's afternoon."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.handed_in import book, results
from tests.mini_course import MiniCourse
from tests.report.conftest import im2col_criteria
from tests.results import make_result

COURSE = Path(__file__).parents[1] / "report" / "course"
AREA = """
def frame_area(height, width, border=1):
    return height * width - max(height - 2 * border, 0) * max(width - 2 * border, 0)
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    failed = {"im2col__stride": {"status": "failed", "points": 0}}
    open_points = {"im2col__padding": {"status": "grader_error", "points": 0}}
    for student, changed, status in (
        ("aiko", {}, "graded"),
        ("ben", failed, "graded"),
        ("chiyo", open_points, "grader_error"),
    ):
        result = make_result(student, criteria=im2col_criteria(**changed), status=status)
        path = tmp_path / "results" / student / "02_im2col.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(result))
    return tmp_path


def grades(out: Path) -> dict[str, tuple[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: (row["score"], row["needs_you"]) for row in csv.DictReader(file)}


def test_the_list_is_in_one_language(autograder: Run, out: Path) -> None:
    def listed(lang: str) -> str:
        done = autograder("correct", out, "--course", COURSE, "--lang", lang)
        assert done.returncode == 0, done.stderr
        return done.stdout

    autograder("correct", out, "ben", "02_im2col", "im2col.stride", "--points", "1", "--course",
        COURSE)  # fmt: skip
    heads = {
        "en": ("Corrections by the instructor", "Line", "Student", "Exercise", "Criterion",
            "Decision", "Open: decide"),
        "ja": ("教員による訂正", "行", "受講者", "課題", "項目", "決定", "未決定"),
    }  # fmt: skip
    for lang, words in heads.items():
        text = listed(lang)
        assert [word for word in words if word not in text] == []
    assert "Student" not in listed("ja")


def test_correcting_writes_the_table_and_the_pages(autograder: Run, out: Path) -> None:
    def correct(*arguments: object) -> str:
        done = autograder("correct", out, *arguments, "--course", COURSE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "chiyo" in correct().split("Open")[1], "open points are listed"
    correct("chiyo", "02_im2col", "im2col.padding", "--points", "1")
    correct("ben", "02_im2col", "im2col.stride", "--points", "0.5", "--comment", "=nearly")
    correct("ben", "02_im2col", "im2col.stride", "--points", "1", "--comment", "=right")
    assert grades(out) == {"aiko": ("6", ""), "ben": ("6", ""), "chiyo": ("6", "")}
    listed = correct()
    assert "Open" not in listed
    assert "=right" in listed
    assert "=nearly" not in listed
    correct("ben", "02_im2col", "im2col.stride", "--remove")
    assert grades(out)["ben"] == ("5", "")


def test_a_score_that_is_too_high_since_something_is_excused_is_pointed_out(
    autograder: Run, out: Path
) -> None:
    (out / "corrections.csv").write_text(
        "student,exercise,criterion,points,excused,comment\n"
        "aiko,02_im2col,*,5.5,,\nben,02_im2col,*,4,,\n*,02_im2col,im2col.stride,,yes,\n"
    )
    done = autograder("report", out, "--course", COURSE)
    said = [line for line in done.stderr.splitlines() if "corrections.csv" in line]
    assert said == [
        "autograder: corrections.csv:2: aiko has 5.5 points in 02_im2col, but at most 5 are left "
        "after what is excused. Correct the line."
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("nobody", "02_im2col", "--points", "1"), "no student 'nobody'"),
        (("ben", "02_im2col", "im2col.x", "--points", "1"), "no criterion 'im2col.x'"),
        (("ben", "02_im2col", "im2col.stride"), "neither points nor excused nor a comment"),
        (("ben",), "name the exercise"),
        (("ben", "02_im2col", "--remove"), "no such correction"),
    ],
)
def test_what_means_nothing_is_refused(
    autograder: Run, out: Path, arguments: tuple[str, ...], problem: str
) -> None:
    done = autograder("correct", out, *arguments, "--course", COURSE)
    assert done.returncode
    assert problem in done.stderr
    assert not (out / "corrections.csv").exists()


def test_what_if_says_who_gains_before_anything_changes(autograder: Run, out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    done = autograder("whatif", out, "--drop", "im2col.stride", "--course", COURSE)
    assert done.returncode == 0, done.stderr
    assert "3 students: 1 gain, 1 lose, 1 keep" in done.stdout
    assert f"autograder correct {out} '*' 02_im2col im2col.stride --excused" in done.stdout
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    heavy = autograder("whatif", out, "--points", "im2col.stride=3", "--course", COURSE)
    assert "set points = 8 at the top of solutions/02_im2col/exercise.toml" in heavy.stdout
    wrong = autograder("whatif", out, "--drop", "im2col.strid", "--course", COURSE)
    assert wrong.returncode == 2
    assert "no criterion or part im2col.strid, perhaps im2col.stride" in wrong.stderr
    third = autograder("whatif", out, "--policy", "weights.02_im2col = 1.0", "--course", COURSE)
    changes = [line.split("│")[4].strip() for line in third.stdout.splitlines() if "│" in line]
    assert "-4.17" in changes, "5 of 6 points became 0.83 of 1"


def test_what_if_a_part_counted_differently(autograder: Run, out: Path) -> None:
    done = autograder("whatif", out, "--drop", "im2col", "--course", COURSE)
    assert done.returncode == 0, done.stderr
    dropped = [line.split()[5] for line in done.stdout.splitlines() if "--excused" in line]
    assert dropped
    assert all(id.startswith("im2col.") for id in dropped)
    double = autograder("whatif", out, "--points", "im2col=7", "--course", COURSE)
    odd = autograder("whatif", out, "--points", "im2col=6", "--course", COURSE)
    assert "set points = 2 for im2col.padding" in double.stdout
    assert "set points = 1 for im2col.float32" in double.stdout
    assert (odd.returncode, "multiples of 0.25. Give the points of" in odd.stderr) == (2, True)


def test_what_if_the_policy_were_another(autograder: Run, out: Path) -> None:
    other = {"schema_version": 1, "names": {}, "ungraded": [], "gone": []}
    late = [
        {"student": s, "exercise": "02_im2col", "file": f"/x/{s}.ipynb", "others": [],
         "encoding": "utf-8", "notebook_of": "", "handed_in": f"2026-05-0{day}T10:00:00+00:00"}
        for s, day in (("aiko", 1), ("ben", 4))
    ]  # fmt: skip
    (out / "hand-ins.json").write_text(json.dumps(other | {"hand_ins": late}))
    due = "deadlines.02_im2col = 2026-05-03T23:59:00Z"
    rules = ("--policy", "late_per_day = 0.5", "--policy", due)
    done = autograder("whatif", out, *rules, "--course", COURSE)
    assert done.returncode == 0, done.stderr
    assert "2 students: 0 gain, 1 lose, 1 keep" in done.stdout
    [ben] = [line for line in done.stdout.splitlines() if "│ ben " in line]
    assert "5/6" in ben
    assert "2.5/6" in ben
    assert "1 student left out: points wait for you" in done.stderr
    wrong = autograder("whatif", out, "--policy", "late_perday = 1", "--course", COURSE)
    assert wrong.returncode == 2
    assert "--policy:1: unknown key 'late_perday'. Write late_per_day" in wrong.stderr
    both = autograder("whatif", out, *rules, "--drop", "im2col.stride", "--course", COURSE)
    assert (both.returncode, "not both" in both.stderr) == (2, True)


def test_corrections_survive_grading_again(
    autograder: Run, mini: MiniCourse, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for student in ("aiko", "ben", "chiyo"):
        (folder / f"{student}.ipynb").write_bytes(book(AREA))
    (folder / "old notes").mkdir()
    (folder / "old notes" / "notes.txt").write_text("x")
    grade = ("grade", folder, "--exercise", "01_area", "--course", mini.root, "--out", out)
    first = autograder(*grade)
    assert first.stderr.count("old notes") == 1, "in so short a run, once is enough"
    assert "old notes" in (out / "index.html").read_text("utf-8")
    autograder("correct", out, "ben", "01_area", "--points", "0", "--course", mini.root)
    again = autograder(*grade)
    assert again.stderr.count("unchanged") == 1
    assert "[3/3] 3 results are unchanged" in again.stderr
    stamps = {path: path.stat().st_mtime_ns for path in out.glob("results/*/*.json")}
    forced = autograder(*grade, "--student", "ben", "--force")
    assert forced.returncode == 0, forced.stderr
    assert "[1/1] ben" in forced.stderr
    assert {p for p in stamps if p.stat().st_mtime_ns != stamps[p]} <= {
        out / "results" / "ben" / "01_area.json"
    }
    assert grades(out)["ben"][0] == "0"
    assert results(out)["ben/01_area"]["score"] > 0, "the verdict stays the grader's"
    wrong = autograder(*grade, "--student", "dai")
    assert wrong.returncode == 2
    assert "nobody is called that here, but aiko, ben, chiyo" in wrong.stderr
