"""What is drawn in a figure is in the notebook's language if the machine has a font for it."""

from __future__ import annotations

import ast
import re

import pytest

from autograder.course.load import load_course
from autograder.course.notebook_cells import read_cells
from autograder.errors import CourseError
from autograder.generate import locked_sources, notebook, student_cells
from autograder.generate.figures import FONT_FILE
from tests.paths import ROOT

DEMO = '# %% name="drawing" tags=["demo"]\nimport matplotlib.pyplot as plt\n\nplt.title({})\n\n'
FONT = ROOT / "assignments" / "data" / FONT_FILE


@pytest.fixture
def area(mini):
    """The exercise 01_area with a demo that draws a title."""

    def made(call='figure_text("Areas", "面積")'):
        before = '# %% name="frame_area" tags=["stub"]'
        mini.replace(mini.area.notebook, before, DEMO.format(call) + before)
        return mini.load().exercise("01_area")

    return made


def sources(exercise, lang):
    return {cell.name: cell.source for cell in student_cells(exercise, lang) if cell.name}


def drawn(code, folder, monkeypatch):
    """The title of the figure that the cells draw in a folder, and the fonts it may use."""
    plt = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(folder)
    plt.switch_backend("Agg")
    with plt.rc_context():
        exec(code["figure_font"], space := {})
        exec(code["drawing"], space)
        title = plt.gca().get_title()
        plt.close()
        return title, plt.rcParams["font.family"]


def test_an_english_notebook_has_the_literal_and_no_font_cell(area):
    code = sources(area(), "en")
    assert code["drawing"].endswith('plt.title("Areas")')
    assert "figure_font" not in code


def test_a_japanese_notebook_draws_japanese_with_the_font_beside_it(area, monkeypatch):
    code = sources(area(), "ja")
    title, family = drawn(code, ROOT / "assignments" / "ja", monkeypatch)
    assert title == "面積"
    assert family == ["DejaVu Sans", "Course Sans JP"]


def test_bold_text_makes_no_noise(area, monkeypatch, caplog):
    code = sources(area('figure_text("Areas", "面積"), fontweight="bold"'), "ja")
    code["drawing"] += "\nplt.gcf().canvas.draw()"
    drawn(code, ROOT / "assignments" / "ja", monkeypatch)
    assert caplog.records == []


def test_without_any_japanese_font_the_labels_are_english(area, monkeypatch, tmp_path, capsys):
    manager = pytest.importorskip("matplotlib.font_manager").fontManager
    monkeypatch.setattr(manager, "ttflist", [f for f in manager.ttflist if "DejaVu" in f.name])
    title, family = drawn(sources(area(), "ja"), tmp_path, monkeypatch)
    assert title == "Areas"
    assert "Course Sans JP" not in family
    assert "図の文字は英語になります" in capsys.readouterr().out


def test_the_font_cell_leaves_the_ids_of_all_other_cells_alone(area, mini):
    exercise = area()
    en, ja = (
        [cell.id for cell in notebook(mini.load(), exercise, lang).cells] for lang in ("en", "ja")
    )
    assert [cell for cell in ja if cell not in en] == ["01_area-figure_font"]
    assert [cell for cell in ja if cell in en] == en


def test_grading_leaves_the_font_cell_out(area):
    exercise = area()
    assert sources(exercise, "ja")["figure_font"] in set(locked_sources(exercise, ["en", "ja"]))
    assert not any("ttflist" in source for source in locked_sources(exercise, ["en"]))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("import math\n", 'import math\nx = figure_text("a", "あ")\n', "in demo cells"),
        ('figure_text("Areas", "面積")', 'figure_text("Areas")', "two literals or f-strings"),
        ('figure_text("Areas", "面積")', "figure_text", "figure_text is not called"),
        ('figure_text("Areas", "面積")', "f\"{figure_text('a', 'あ')}\"", "inside an f-string"),
    ],
)
def test_a_wrong_use_is_an_error(area, mini, old, new, said):
    area()
    mini.replace(mini.area.notebook, old, new)
    with pytest.raises(CourseError, match=re.escape(said)):
        student_cells(mini.load().exercise("01_area"), "ja")


def test_the_font_has_every_character_that_the_course_draws():
    tools = pytest.importorskip("fontTools.ttLib")
    has = tools.TTFont(FONT).getBestCmap()
    calls = [
        node
        for exercise in load_course(ROOT).exercises
        for cell in read_cells(exercise)
        if "figure_text(" in cell.source and cell.kind == "code"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "figure_text"
    ]
    text = "".join(ast.unparse(call.args[1]) for call in calls)
    missing = {char for char in text if ord(char) > 0x2E80 and ord(char) not in has}
    assert missing == set(), f"add {missing} to {FONT}, as its README says"
    assert FONT.stat().st_size < 300_000


def test_titles_and_labels_of_figures_are_in_both_languages():
    drawn_as_it_is = {
        f"{exercise.id} {cell.name}: {ast.unparse(text)}"
        for exercise in load_course(ROOT).exercises
        for cell in read_cells(exercise)
        if cell.role == "demo"
        for text in titles(ast.parse(cell.source))
        if re.search(r"[a-z]{3,} [a-z]{2,}", spoken(text))
    }
    assert drawn_as_it_is == set(), "put them into figure_text()"


def titles(tree):
    """Every literal that a figure shows as its text, where it is given directly."""
    drawing = {"set_title", "set_xlabel", "set_ylabel", "suptitle", "text", "annotate"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            direct = node.args if getattr(node.func, "attr", "") in drawing else []
            named = [word.value for word in node.keywords if word.arg in ("label", "title")]
            yield from (n for n in (*direct, *named) if isinstance(n, ast.Constant | ast.JoinedStr))


def spoken(literal):
    """What of a literal is written out, without the values that are put in."""
    return " _ ".join(str(n.value) for n in ast.walk(literal) if isinstance(n, ast.Constant))
