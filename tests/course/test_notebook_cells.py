"""notebook.py as cells, and every way in which it can be wrong."""

import pytest

from autograder.course.author import earlier, tr
from autograder.course.load import read_cells
from autograder.course.models import Cell
from autograder.errors import CourseError


def cells_of(small, exercise="01_double"):
    return read_cells(small.load().exercise(exercise))


def test_cells_have_kind_role_name_language_and_line(small):
    lines = small.notebook.read_text(encoding="utf-8").split("\n")
    cells = cells_of(small)
    assert [(cell.kind, cell.role, cell.name, cell.lang) for cell in cells] == [
        ("code", "author", "author", None),
        ("markdown", "prose", "", "en"),
        ("markdown", "prose", "", "ja"),
        ("code", "setup", "setup", None),
        ("code", "stub", "double", None),
        ("code", "check", "check", None),
    ]
    for cell in cells:
        if cell.kind == "code":
            assert lines[cell.line - 1] == cell.source.split("\n")[0]
    assert cells[4].parts == ("double",)


def test_a_header_inside_a_string_begins_no_cell(small):
    assert "# %% this is text" in cells_of(small)[3].source


def test_a_carry_cell_says_what_it_takes_from_where(small):
    carry = cells_of(small, "02_machine")[1]
    assert carry == Cell(
        "code",
        "carry",
        "carry",
        None,
        "# en: Paste double.\n# ja: doubleを貼り付けてください。",
        8,
        ("double",),
        "01_double",
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name="setup" tags=["setup"]', 'name="setup"', "tags are []"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["stup"]', "tags are ['stup']"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["demo", "check"]', "Give it one of"),
        ('name="setup" tags=["setup"]', 'tags=["setup"]', "name is None"),
        ('name="setup" tags=["setup"]', 'name="a-b" tags=["setup"]', "name is 'a-b'"),
        ('name="setup" tags=["setup"]', 'name="double" tags=["setup"]', "named 'double'"),
        ('name="setup" tags=["setup"]', 'nam="setup" tags=["setup"]', "unknown option 'nam'"),
        ('name="setup" tags=["setup"]', 'name="setup" tags=["carry"]', "takes [] from None"),
        ('[markdown] lang="en"', "[markdown]", "has no language"),
        ('[markdown] lang="en"', '[markdown] lang="fr"', "has no language"),
        ('[markdown] lang="en"', '[markdown] lang="en" tags=["x"]', "unknown option 'tags'"),
        ('[markdown] lang="ja"', '[markdown] lang="en"', None),
        ('# %% [markdown] lang="ja"\n# # 倍\n', "", None),
        ('[markdown] lang="en"', '[raw] lang="en"', "raw cell"),
        ("TWO = 2\n", "# %matplotlib inline\nTWO = 2\n", "a magic?"),
        ("TWO = 2\n", "TWO = = 2\n", "is not valid Python"),
        ("# ---\n\n", "# ---\nx = 1\n", "has text before its first cell"),
        ("TWO = 2\n", '# %% name="f" tags=["demo"]\nTWO = 2\n', "is empty"),
        ("def double", "def twice", "'double' of exercise.toml is defined in 0 stub cells"),
        ('name="double" tags=["stub"]', 'name="double" tags=["demo"]', "in 0 stub cells"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_notebook_is_named(small, old, new, words):
    small.replace(small.notebook, old, new)
    if words is None:  # both languages are spoken elsewhere, one prose stands alone
        small.write(
            small.notebook,
            small.notebook.read_text(encoding="utf-8")
            + '\n# %% [markdown] lang="en"\n# End\n\n# %% [markdown] lang="ja"\n# 終\n',
        )
        words = "no Japanese version"
    with pytest.raises(CourseError) as caught:
        cells_of(small)
    assert words in str(caught.value)
    assert caught.value.file == small.notebook


def test_prose_whose_english_comes_second(small):
    text = small.notebook.read_text(encoding="utf-8")
    text = text.replace('"ja"', '"?"').replace('"en"', '"ja"').replace('"?"', '"en"')
    small.write(small.notebook, text)
    with pytest.raises(CourseError, match="no English version"):
        cells_of(small)


def test_a_notebook_in_one_language_needs_no_translations(small):
    small.replace(small.notebook, '[markdown] lang="en"', '[markdown] lang="ja"')
    assert [cell.lang for cell in cells_of(small) if cell.kind == "markdown"] == ["ja", "ja"]


def test_the_line_of_a_syntax_error(small):
    line = small.replace(small.notebook, "TWO = 2\n", "TWO = = 2\n")
    with pytest.raises(CourseError) as caught:
        cells_of(small)
    assert caught.value.line == line


def test_an_exercise_without_a_notebook(small):
    small.notebook.unlink()
    with pytest.raises(CourseError, match="Write the notebook"):
        cells_of(small)


def test_tr_speaks_english_while_the_author_runs_the_notebook():
    assert tr("double", "倍") == "double"


def test_earlier_gives_teaching_solutions_without_running_checks(small, monkeypatch):
    """In Jupyter there is no __file__: the course is looked for from the current folder."""
    monkeypatch.chdir(small.second.parent)
    space = {"earlier": earlier}
    exec('double = earlier("01_double", "double")["double"]', space)
    assert space["double"](21) == 42


def test_earlier_goes_back_as_far_as_needed_from_wherever_the_notebook_lies(
    small, tmp_path, monkeypatch
):
    """02_machine's own author cell asks for a part of 01_double."""
    monkeypatch.chdir(tmp_path)
    space = {"__file__": str(small.second.parent / "notebook.py"), "earlier": earlier}
    exec('machine = earlier("02_machine", "Machine")["Machine"]', space)
    assert space["machine"]().run(4) == 8


def test_earlier_names_what_is_not_there(small, monkeypatch):
    monkeypatch.chdir(small.root)
    with pytest.raises(CourseError, match="does not define triple"):
        exec('earlier("01_double", "double", "triple")', {"earlier": earlier})
