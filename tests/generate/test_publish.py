"""What is published for students: all that they need, and nothing that they must not see."""

from __future__ import annotations

import json

import pytest

from autograder.errors import CourseError
from autograder.generate import publish, solution_notebook, write_solutions


@pytest.fixture
def data(mini):
    """The folder of the course's data, with a file and one that nobody needs."""
    folder = mini.root / "assignments" / "data"
    folder.mkdir(parents=True)
    (folder / "numbers.csv").write_text("1,2\n")
    (folder / ".DS_Store").write_text("")
    return folder


def published(out):
    return sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())


def test_notebooks_data_and_a_page_are_published_and_nothing_else(mini, data, tmp_path):
    assert len(list(data.iterdir())) == 2
    publish(mini.load(), [], [], [], out := tmp_path / "out")
    notebooks = [f"{lang}/{id}.ipynb" for lang in ("en", "ja") for id in ("01_area", "02_box")]
    assert published(out) == ["README.md", "data/numbers.csv", *notebooks]
    everything = "".join(p.read_text() for p in out.rglob("*") if p.is_file())
    assert "outer - inner" not in everything
    assert "source_lib" not in everything


def test_solutions_are_published_for_the_exercises_named(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), [], ["en"], [], out)
    publish(mini.load(), [], ["en"], ["01_area"], out)
    assert published(out) == [
        "README.md",
        "en-solutions/01_area.ipynb",
        "en/01_area.ipynb",
        "en/02_box.ipynb",
    ]
    page = (out / "README.md").read_text()
    assert "(en-solutions/01_area.ipynb)" in page
    assert "(en-solutions/02_box.ipynb)" not in page


def test_an_edition_with_earlier_parts_filled_in_is_published_beside_the_ordinary_one(
    mini, tmp_path
):
    out = tmp_path / "out"
    publish(mini.load(), ["01_area", "02_box"], ["en"], [], out, provided=["02_box"])
    assert published(out) == [
        "README.md",
        "en-provided/02_box.ipynb",
        "en/01_area.ipynb",
        "en/02_box.ipynb",
    ]
    assert (
        "[with earlier parts filled in](en-provided/02_box.ipynb)"
        in (out / "README.md").read_text()
    )
    first = json.loads((out / "en-provided/02_box.ipynb").read_text())["cells"][0]["source"]
    assert "".join(first).startswith(
        "**In this edition, earlier parts are filled in:** `frame_area` (01)."
    )
    assert "outer - inner" in (out / "en-provided/02_box.ipynb").read_text()
    assert "outer - inner" not in (out / "en/02_box.ipynb").read_text()


def test_a_part_of_the_course_can_be_published(mini, tmp_path):
    publish(mini.load(), ["01_area"], ["ja"], [], out := tmp_path / "out")
    assert published(out) == ["README.md", "ja/01_area.ipynb"]
    assert "02_box" not in (out / "README.md").read_text()


def test_solutions_of_one_exercise_release_no_other_one(mini, tmp_path):
    """`publish DIR --solutions ID` after the deadline used to write every notebook."""
    out = tmp_path / "out"
    publish(mini.load(), ["01_area"], [], [], out)
    publish(mini.load(), [], [], ["01_area"], out)
    assert published(out) == [
        "README.md",
        "en-solutions/01_area.ipynb",
        "en/01_area.ipynb",
        "ja-solutions/01_area.ipynb",
        "ja/01_area.ipynb",
    ]
    assert "02_box" not in (out / "README.md").read_text()


def test_nor_a_language_that_is_not_published(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), ["01_area"], ["en"], [], out)
    publish(mini.load(), [], [], ["01_area"], out)
    assert published(out) == ["README.md", "en-solutions/01_area.ipynb", "en/01_area.ipynb"]
    assert "ja/" not in (out / "README.md").read_text()


def test_a_release_adds_to_those_before_it_and_keeps_their_links(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), ["01_area"], ["en"], ["01_area"], out)
    _, others = publish(mini.load(), ["02_box"], ["en"], [], out, provided=["02_box"])
    assert others == []
    _, others = publish(mini.load(), [], ["en"], [], out)
    assert others == []
    page = (out / "README.md").read_text()
    names = published(out)
    assert names == [
        "README.md",
        "en-provided/02_box.ipynb",
        "en-solutions/01_area.ipynb",
        "en/01_area.ipynb",
        "en/02_box.ipynb",
    ]
    assert [name for name in names if f"({name})" not in page] == ["README.md"]


def test_what_was_deleted_to_take_it_back_stays_away(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), [], ["en"], ["02_box"], out)
    publish(mini.load(), ["01_area", "02_box"], ["en"], ["02_box"], out)
    (out / "en" / "02_box.ipynb").unlink()
    _, others = publish(mini.load(), ["01_area"], ["en"], [], out)
    assert others == [out / "en-solutions" / "02_box.ipynb"], "its exercise is gone"
    assert "02_box" not in (out / "README.md").read_text()


def test_what_is_not_published_is_reported_and_left_alone(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), [], ["en"], [], out)
    for name in (".git/config", "en/00_gone.ipynb", "en-solutions/draft.ipynb", "data/old.csv"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("")
    _, others = publish(mini.load(), ["01_area"], ["en"], [], out)
    left = [path.relative_to(out).as_posix() for path in others]
    assert left == ["data/old.csv", "en/00_gone.ipynb", "en-solutions/draft.ipynb"]
    assert all(path.exists() for path in others)


def test_a_page_of_ones_own_is_left_alone(mini, tmp_path):
    out = tmp_path / "out"
    publish(mini.load(), ["01_area"], ["en"], [], out)
    publish(mini.load(), [], ["en"], [], out)
    assert "02_box" in (out / "README.md").read_text()
    (out / "README.md").write_text("Welcome to my course.")
    publish(mini.load(), ["01_area"], ["en"], [], out)
    assert (out / "README.md").read_text() == "Welcome to my course."


def test_a_link_among_the_data_is_an_error_and_nothing_is_written(mini, data, tmp_path):
    (data / "suite.py").symlink_to(mini.area.suite)
    with pytest.raises(CourseError, match=r"suite\.py: is not a plain file"):
        publish(mini.load(), [], [], [], out := tmp_path / "out")
    assert not out.exists()


@pytest.mark.parametrize("place", ["", "public", "assignments/public"])
def test_a_folder_in_the_course_is_refused(mini, place):
    before = published(mini.root)
    with pytest.raises(CourseError, match="students must not see"):
        publish(mini.load(), [], [], [], mini.root / place)
    assert published(mini.root) == before


def test_a_notebook_that_gives_something_away_is_not_published(mini, tmp_path):
    before = '# %% name="frame_area" tags=["stub"]'
    shown = '# %% name="leak" tags=["demo"]\nprint(height * width - (height - 2) * (width - 2))\n\n'
    secret = "from tests.hidden import test_01_area"
    mini.replace(mini.area.notebook, before, shown.replace("print", f"# {secret}\nprint") + before)
    with pytest.raises(CourseError):
        publish(mini.load(), [], [], [], out := tmp_path / "out")
    assert not out.exists()


def test_a_solution_notebook_runs_to_its_end_and_says_what_it_is(mini):
    course = mini.load()
    nb = solution_notebook(course, course.exercise("02_box"), "en")
    assert "teaching solutions" in nb.cells[0].source
    assert nb.metadata["convkit"] == {"exercise": "02_box", "lang": "en", "solutions": True}
    space = {}
    for cell in nb.cells:
        assert "SOLUTION" not in cell.source
        if cell.cell_type == "code":
            exec(cell.source, space)
    assert space["Box"](2).volume(3, 3) == 16


def test_a_solution_notebook_must_not_show_the_hidden_suite(mini):
    criterion = mini.load().exercise("01_area").criteria[0]
    mini.replace(mini.area.notebook, "    outer = ", f"    # {criterion.id}\n    outer = ")
    course = mini.load()
    with pytest.raises(CourseError, match="criterion's id"):
        solution_notebook(course, course.exercise("01_area"), "en")


def test_solutions_are_never_written_among_the_assignments(mini):
    for place in ("assignments", "assignments/en"):
        with pytest.raises(CourseError, match="students' folder"):
            write_solutions(mini.load(), [], [], mini.root / place)


def test_on_the_command_line(autograder, mini, tmp_path):
    out, course = tmp_path / "out", ("--course", mini.root)
    assert "wrote 5 files" in autograder("publish", out, *course).stdout
    assert "wrote 7 files" in autograder("publish", out, "--solutions", "01_area", *course).stdout
    (out / "en" / "old.ipynb").touch()
    done = autograder("publish", out, *course)
    assert done.returncode == 0
    assert done.stderr.count("is not published") == 1
    assert "en/old.ipynb: is not published" in done.stderr
    again = (out, "02_box", "--solutions", "01_area", *course)
    assert "wrote 5 files" in autograder("publish", *again).stdout
    done = autograder("generate", "--solutions", "--out", tmp_path / "solved", "01_area", *course)
    assert "wrote 2 notebooks with solutions" in done.stdout
    cells = json.loads((tmp_path / "solved" / "ja" / "01_area.ipynb").read_text())["cells"]
    assert any("return outer - inner" in "".join(cell["source"]) for cell in cells)


@pytest.mark.parametrize("edition", ["--solutions", "--provide-earlier"])
def test_editions_come_with_their_exercise(autograder, mini, tmp_path, edition):
    for named in ((), ("02_box",)):
        options = (*named, edition, "01_area", "--course", mini.root)
        done = autograder("publish", tmp_path / "out", *options)
        assert (done.returncode, (tmp_path / "out").exists()) == (2, False)
        assert "publish the exercise itself, too" in done.stderr


@pytest.mark.parametrize("options", [(), ("--out", "solved", "--check")])
def test_solutions_need_a_folder_of_their_own(autograder, options):
    done = autograder("generate", "--solutions", *options)
    assert done.returncode == 2
    assert "--solutions needs --out DIR" in done.stderr
