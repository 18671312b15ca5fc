"""Questions that the instructor grades: from exercise.toml to the student's points."""

from __future__ import annotations

import base64
import csv
import json
from pathlib import Path

import pytest

from autograder.course.load import load_course, read_cells
from autograder.errors import CourseError
from autograder.generate import notebook_bytes
from tests.answers.test_answers import png
from tests.conftest import Run
from tests.mini_course import MiniCourse
from tests.report.conftest import Page

QUESTION = """
[[questions]]
id = "why_frame"
points = 2
title = {en = "Why subtract?", ja = "なぜ引くのか"}
rubric = {en = "1 point for the hole, 1 for *both* sides.", ja = "穴に1点、両側に1点。"}
"""
CELLS = """
# %% [markdown] lang="en"
# Why is something subtracted?

# %% [markdown] lang="ja"
# なぜ引き算をするのですか。

# %% [markdown] lang="en" name="why_frame" tags=["answer"]
# *Write your answer here.*

# %% [markdown] lang="ja" name="why_frame" tags=["answer"]
# *ここに答えを書いてください。*
"""
EVIL = "</pre><script>alert(1)</script> ![x](http://evil/x.png) {{ 7*7 }}"


@pytest.fixture
def asking(mini: MiniCourse) -> MiniCourse:
    mini.write(mini.area.toml, mini.area.toml.read_text("utf-8") + QUESTION)
    mini.write(mini.area.notebook, mini.area.notebook.read_text("utf-8") + CELLS)
    return mini


def handed_in(folder: Path, student: str, handout: bytes, answer: str, **fields: object) -> None:
    book = json.loads(handout)
    for cell in book["cells"]:
        if cell["metadata"].get("name") == "why_frame":
            cell |= {"source": answer, **fields}
    folder.mkdir(exist_ok=True)
    (folder / f"{student}.ipynb").write_text(json.dumps(book), "utf-8")


@pytest.fixture
def out(asking: MiniCourse, autograder: Run, tmp_path: Path) -> Path:
    """A class of four, graded: two have written, one has drawn, one has done nothing there."""
    course = load_course(asking.root)
    handout = notebook_bytes(course, course.exercise("01_area"), "en")
    folder = tmp_path / "in"
    handed_in(folder, "aiko", handout, "Because of the hole.")
    handed_in(folder, "ben", handout, EVIL)
    drawing = {
        "d.png": {"image/png": png()},
        "e.svg": {"image/svg+xml": base64.b64encode(b"<svg>").decode()},
    }
    handed_in(folder, "chiyo", handout, "*Write your answer here.*", attachments=drawing)
    handed_in(folder, "dai", handout, "*Write your answer here.*")
    out = tmp_path / "out"
    done = autograder(
        "grade", folder, "--exercise", "01_area", "--course", asking.root, "--out", out
    )
    assert done.returncode == 0, done.stderr
    return out


def grades(out: Path) -> dict[str, tuple[str, str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["student"]: (row["score"], row["max_score"], row["needs_you"]) for row in rows}


def test_until_they_are_graded_points_are_open(out: Path) -> None:
    assert set(grades(out).values()) == {("0", "4.5", "needs you")}
    page = (out / "feedback" / "aiko" / "01_area.html").read_text("utf-8")
    assert "Why subtract?" in page
    assert "not graded yet · worth 2" in page
    assert "1 point for the hole" not in page, "the rubric is the instructor's"
    assert "Grading went wrong" not in page


@pytest.mark.slow
def test_grade_says_in_every_run_whose_points_are_open(
    out: Path, autograder: Run, asking: MiniCourse
) -> None:
    def grade(*options: object) -> str:
        done = autograder(
            "grade", out.parent / "in", "--exercise", "01_area", "--out", out,
            "--course", asking.root, *options,
        )  # fmt: skip
        assert done.returncode == 0, "what was handed in is graded: points of questions come later"
        return done.stderr

    everybody = "aiko · 01_area, ben · 01_area, chiyo · 01_area, dai · 01_area"
    line = f"4 hand-ins wait for points of questions that you grade ({everybody}): "
    assert line + f"`autograder questions {out}`" in grade()
    (out / "corrections.csv").write_text(
        "student,exercise,criterion,points\naiko,01_area,why_frame,1.5\nben,01_area,*,4\n"
        "dai,01_area,why_frame,0\n"
    )
    said = grade("--force")
    assert "1 hand-in waits for points of questions that you grade (chiyo · 01_area): " in said
    progress = {line.partition("] ")[2] for line in said.splitlines() if line.startswith("[")}
    assert progress == {
        "aiko · 01_area: 1.5/4.5", "ben · 01_area: 4/4.5",
        "chiyo · 01_area: 0/4.5", "dai · 01_area: 0/4.5",
    }, "as in grades.csv"  # fmt: skip


def test_a_page_has_the_rubric_and_every_answer_as_text(
    out: Path, autograder: Run, asking: MiniCourse
) -> None:
    done = autograder("questions", out, "--course", asking.root)
    assert done.returncode == 0, done.stderr
    assert "01_area · why_frame: 0 of 3 answers have points" in done.stdout
    text = (out / "questions" / "01_area-why_frame.html").read_text("utf-8")
    page = Page(text)
    assert "1 point for the hole, 1 for *both* sides." in page.text["en"]
    assert EVIL in page.text["en"]
    assert "Without an answer : 1 dai" in page.text["en"].replace("answer:", "answer :")
    assert "1 attachment is not shown" in page.text["en"]
    tags = [tag for tag, _ in page.tags]
    assert (tags.count("img"), tags.count("script")) == (1, 0)
    (source,) = [attrs["src"] for tag, attrs in page.tags if tag == "img"]
    assert source == f"data:image/png;base64,{png()}"
    policy = next(a["content"] for _, a in page.tags if "Content-Security-Policy" in a.values())
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; img-src data:; base-uri 'none'; form-action 'none'")


@pytest.mark.slow
def test_points_come_from_the_sheet_and_survive_grading_again(
    out: Path, autograder: Run, asking: MiniCourse
) -> None:
    def run(*words: object) -> str:
        done = autograder(*words, "--course", asking.root)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("questions", out)
    sheet = out / "questions" / "01_area-why_frame.csv"
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    filled = [(row["student"], row["points"]) for row in rows]
    assert filled == [("aiko", ""), ("ben", ""), ("chiyo", ""), ("dai", "0")], "dai wrote nothing"
    rows[0] |= {"points": "1,5", "comment": "Which hole?"}
    rows[1] |= {"points": "2"}
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert "3 rows taken over" in run("correct", out, "--from", sheet)
    assert grades(out)["dai"] == ("0", "4.5", "")
    run("correct", out, "*", "01_area", "why_frame", "--points", "0")
    expected = {
        "aiko": ("1.5", "4.5", ""),
        "ben": ("2", "4.5", ""),
        "chiyo": ("0", "4.5", ""),
        "dai": ("0", "4.5", ""),
    }
    assert grades(out) == expected
    page = (out / "feedback" / "aiko" / "01_area.html").read_text("utf-8")
    assert "1.5 / 2" in page
    assert "Which hole?" in page
    run("grade", out.parent / "in", "--exercise", "01_area", "--out", out, "--force")
    assert grades(out) == expected
    assert "3 of 3 answers have points" in run("questions", out)


def test_a_sheet_with_an_error_changes_nothing(
    out: Path, autograder: Run, asking: MiniCourse, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "student,exercise,criterion,points\naiko,01_area,why_frame,2\nben,01_area,why_frame,3\n"
    )
    done = autograder("correct", out, "--from", sheet, "--course", asking.root)
    assert done.returncode == 1
    assert f"{sheet}:3: 3 points, but there are at most 2" in done.stderr
    assert not (out / "corrections.csv").exists()


def test_the_cell_is_nbgraders_manually_graded_answer(asking: MiniCourse) -> None:
    course = load_course(asking.root)
    for lang in ("en", "ja"):
        book = json.loads(notebook_bytes(course, course.exercise("01_area"), lang))
        (cell,) = [c for c in book["cells"] if c["metadata"].get("name") == "why_frame"]
        assert cell["cell_type"] == "markdown"
        nbgrader = cell["metadata"]["nbgrader"]
        assert nbgrader | {"checksum": ""} == {
            "schema_version": 3, "grade_id": "why_frame", "grade": True, "solution": True,
            "locked": False, "task": False, "points": 2, "cell_type": "markdown", "checksum": "",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name="why_frame" tags', 'name="why" tags', "which no question has as its id"),
        (CELLS, "", "question 'why_frame' has 0 answer cells in 'en'"),
    ],
)
def test_a_question_and_its_cell_belong_together(asking: MiniCourse, old, new, problem) -> None:
    text = asking.area.notebook.read_text("utf-8")
    asking.write(asking.area.notebook, text.replace(old, new))
    with pytest.raises(CourseError, match=problem):
        read_cells(load_course(asking.root).exercise("01_area"))


def test_two_questions_with_one_id_are_an_error(asking: MiniCourse) -> None:
    asking.write(asking.area.toml, asking.area.toml.read_text("utf-8") + QUESTION)
    with pytest.raises(CourseError, match="there are two questions 'why_frame'"):
        load_course(asking.root)


def test_without_questions_there_is_nothing_to_show(
    mini: MiniCourse, autograder: Run, tmp_path: Path
) -> None:
    (tmp_path / "results").mkdir()
    done = autograder("questions", tmp_path, "--course", mini.root)
    assert done.returncode == 2
    assert "no exercise here has [[questions]]" in done.stderr
