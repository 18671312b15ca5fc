"""notebook.py as cells, and every way in which it can be wrong."""

import pytest

from autograder.course.author import earlier, tr
from autograder.course.load import read_cells
from autograder.course.models import Cell
from autograder.errors import CourseError


def cells_of(mini, exercise="01_area"):
    return read_cells(mini.load().exercise(exercise))


def test_cells_have_kind_role_name_language_and_line(mini):
    lines = mini.area.notebook.read_text(encoding="utf-8").split("\n")
    cells = cells_of(mini)
    assert [(cell.kind, cell.role, cell.name, cell.lang) for cell in cells] == [
        ("code", "author", "author", None),
        ("markdown", "prose", "", "en"),
        ("markdown", "prose", "", "ja"),
        ("code", "setup", "setup", None),
        ("code", "stub", "frame_area", None),
        ("code", "check", "check_frame_area", None),
        ("markdown", "prose", "", "en"),
        ("markdown", "prose", "", "ja"),
    ]
    for cell in cells:
        if cell.kind == "code":
            assert lines[cell.line - 1] == cell.source.split("\n")[0]
    assert cells[4].parts == ("frame_area",)


def test_a_header_inside_a_string_begins_no_cell(mini):
    mini.replace(mini.area.notebook, "import math\n", 'TEXT = """\n# %% this is text\n"""\n')
    assert "# %% this is text" in cells_of(mini)[3].source


def test_a_carry_cell_says_what_it_takes_from_where(mini):
    carry = cells_of(mini, "02_box")[3]
    assert carry == Cell(
        "code",
        "carry",
        "carry",
        None,
        "# en: Paste your frame_area here.\n# ja: ここに自分のframe_areaを貼り付けてください。",
        14,
        ("frame_area",),
        "01_area",
    )


ENGLISH = '[markdown] lang="en"\n# # Areas'
JAPANESE = '[markdown] lang="ja"\n# # 面積'
FRAMES = "# 枠とは、大きな長方形から小さな長方形を除いた残りです。\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name="setup" tags=["setup"]', 'name="setup"', "tags are []"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["stup"]', "tags are ['stup']"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["demo", "check"]', "Give it one of"),
        ('name="setup" tags=["setup"]', 'tags=["setup"]', "name is None"),
        ('name="setup" tags=["setup"]', 'name="a-b" tags=["setup"]', "name is 'a-b'"),
        ('name="setup" tags=["setup"]', 'name="frame_area" tags=["setup"]', "named 'frame_area'"),
        ('name="setup" tags=["setup"]', 'nam="setup" tags=["setup"]', "unknown option 'nam'"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["carry"]', "takes [] from None"),
        ('tags=["setup"]', 'tags=["setup"] hidden="yes"', "hidden is 'yes'"),
        ('tags=["stub"]', 'tags=["stub"] hidden=true', "unknown option 'hidden'"),
        (ENGLISH, "[markdown]\n# # Areas", "has no language"),
        (ENGLISH, '[markdown] lang="fr"\n# # Areas', "has no language"),
        (ENGLISH, '[markdown] lang="en" tags=["x"]\n# # Areas', "unknown option 'tags'"),
        (ENGLISH, '[raw] lang="en"\n# # Areas', "raw cell"),
        (JAPANESE, '[markdown] lang="en"\n# # 面積', "no Japanese version"),
        (f"# %% {JAPANESE}\n{FRAMES}", "", "no Japanese version"),
        ("import math\n", "# %matplotlib inline\nimport math\n", "a magic?"),
        ("import math\n", "import = math\n", "is not valid Python"),
        ("# ---\n\n", "# ---\nx = 1\n", "has text before its first cell"),
        ("import math\n", '# %% name="f" tags=["demo"]\nimport math\n', "is empty"),
        ("def frame_area", "def frame", "'frame_area' of exercise.toml is defined in 0 stub cells"),
        ('name="frame_area" tags=["stub"]', 'name="frame_area" tags=["demo"]', "in 0 stub cells"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_notebook_is_named(mini, old, new, words):
    mini.replace(mini.area.notebook, old, new)
    with pytest.raises(CourseError) as caught:
        cells_of(mini)
    assert words in str(caught.value)
    assert caught.value.file == mini.area.notebook


def test_prose_whose_english_comes_second(mini):
    text = mini.area.notebook.read_text(encoding="utf-8")
    text = text.replace('"ja"', '"?"').replace('"en"', '"ja"').replace('"?"', '"en"')
    mini.write(mini.area.notebook, text)
    with pytest.raises(CourseError, match="no English version"):
        cells_of(mini)


def test_a_notebook_in_one_language_needs_no_twins(mini):
    text = mini.area.notebook.read_text(encoding="utf-8")
    mini.write(mini.area.notebook, text.replace('lang="en"', 'lang="ja"'))
    assert {cell.lang for cell in cells_of(mini) if cell.kind == "markdown"} == {"ja"}


def test_a_course_in_one_language_is_told_about_no_other(mini):
    mini.replace(mini.root / "solutions/course.toml", '["en", "ja"]', '["ja"]')
    mini.replace(mini.area.notebook, JAPANESE, JAPANESE.replace('lang="ja"', ""))
    with pytest.raises(CourseError) as caught:
        cells_of(mini)
    assert str(caught.value).endswith('Write `# %% [markdown] lang="ja"`.')


def test_the_line_of_a_syntax_error(mini):
    line = mini.replace(mini.area.notebook, "import math\n", "import = math\n")
    with pytest.raises(CourseError) as caught:
        cells_of(mini)
    assert caught.value.line == line


def test_an_exercise_without_a_notebook(mini):
    mini.area.notebook.unlink()
    with pytest.raises(CourseError, match="Write the notebook"):
        cells_of(mini)


def test_tr_speaks_english_while_the_author_runs_the_notebook():
    assert tr("area", "面積") == "area"


def test_earlier_gives_teaching_solutions_without_running_checks(mini, monkeypatch):
    """In Jupyter there is no __file__: the course is looked for from the current folder."""
    monkeypatch.chdir(mini.box.toml.parent)
    space = {"earlier": earlier}
    exec('area = earlier("01_area", "frame_area")["frame_area"]', space)
    assert space["area"](3, 3) == 8


def test_earlier_goes_back_as_far_as_needed_from_wherever_the_notebook_lies(
    mini, tmp_path, monkeypatch
):
    """02_box's own author cell asks for a part of 01_area."""
    monkeypatch.chdir(tmp_path)
    space = {"__file__": str(mini.box.toml.parent / "notebook.py"), "earlier": earlier}
    exec('box = earlier("02_box", "Box")["Box"]', space)
    assert space["box"](2).volume(3, 3) == 16


def test_earlier_names_what_is_not_there(mini, monkeypatch):
    monkeypatch.chdir(mini.root)
    with pytest.raises(CourseError, match="does not define edge_area"):
        exec('earlier("01_area", "frame_area", "edge_area")', {"earlier": earlier})
