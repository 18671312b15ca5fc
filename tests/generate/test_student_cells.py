"""What of a teaching notebook reaches a student, cell by cell."""

import ast

import pytest

from autograder.course.models import Role
from autograder.generate import locked_sources, solution_cells, student_cells


def cell_of(cells, name):
    return next(cell for cell in cells if cell.name == name)


def test_a_stub_keeps_all_but_the_solution(mini):
    exercise = mini.load().exercise("01_area")
    assert cell_of(student_cells(exercise, "en"), "frame_area").source == (
        "def frame_area(height, width, border=1):\n"
        '    """Area of a frame.\n'
        "\n"
        "    Returns: square metres\n"
        '    """\n'
        "    # How much is left inside?\n"
        '    raise NotImplementedError("frame_area: write this yourself")'
    )


def test_the_same_stub_in_japanese(mini):
    exercise = mini.load().exercise("01_area")
    assert cell_of(student_cells(exercise, "ja"), "frame_area").source == (
        "def frame_area(height, width, border=1):\n"
        '    """枠の面積。\n'
        "\n"
        "    戻り値: 平方メートル\n"
        '    """\n'
        "    # 内側には何が残りますか。\n"
        '    raise NotImplementedError("frame_area: ここを実装してください")'
    )


def test_given_code_around_a_region_stays_and_the_method_is_named_with_its_class(mini):
    source = cell_of(student_cells(mini.load().exercise("02_box"), "en"), "box").source
    assert "        self.height = height\n" in source
    assert '        return f"Box({self.height})"' in source
    assert '        raise NotImplementedError("Box.volume: write this yourself")\n\n' in source
    assert "frame_area" not in source


def test_author_cells_and_the_other_language_are_gone(mini):
    cells = student_cells(mini.load().exercise("01_area"), "ja")
    assert [cell.name or cell.lang for cell in cells] == [
        "ja",
        "setup",
        "frame_area",
        "check_frame_area",
        "ja",
    ]


def test_tr_becomes_one_literal_and_stays_readable(mini):
    cells = student_cells(mini.load().exercise("01_area"), "en")
    assert cell_of(cells, "check_frame_area").source == (
        "# @title Check: run this cell\n"
        'print("about to check")\n'
        "assert frame_area(3, 3) == 8, (\n"
        '    f"a 3 x 3 frame has 8, not {frame_area(3, 3)}: is the middle left out?"\n'
        ")\n"
        'print("passed; grading tries more")'
    )


@pytest.mark.parametrize(
    ("call", "english"),
    [
        ('x = tr("a", "あ")', 'x = "a"'),
        ("x = tr('a', 'あ')", "x = 'a'"),
        ('x = [tr("a", "あ"), 1]', 'x = ["a", 1]'),
        ('x = tr("a" "b", "あ")', 'x = "a" "b"'),
        ('x = tr(\n    "a"\n    "b",\n    "あ")', 'x = ("a"\n    "b")'),
        ('x = len(tr(\n    "a"\n    "b",\n    "あ"))', 'x = len("a"\n    "b")'),
        ('x = tr(r"\\n", "あ").upper()', 'x = r"\\n".upper()'),
        ('ö = "é"; x = tr("ß", "あ")', 'ö = "é"; x = "ß"'),
        ('x = "str(" + tr("a", "あ")', 'x = "str(" + "a"'),
    ],
)
def test_forms_of_tr(mini, call, english):
    mini.replace(mini.area.notebook, "import math\n", f"import math\n{call}\n")
    source = cell_of(student_cells(mini.load().exercise("01_area"), "en"), "setup").source
    assert f"import math\n{english}\n" in source
    ast.parse(source)


def test_a_short_docstring_stays_on_one_line(mini):
    exercise = mini.load().exercise("01_area")
    assert '    """Half of a value."""\n' in cell_of(student_cells(exercise, "en"), "setup").source
    assert '    """値の半分。"""\n' in cell_of(student_cells(exercise, "ja"), "setup").source


def test_a_docstring_half_that_ends_in_a_quote_stays_a_docstring(mini):
    mini.replace(mini.area.notebook, "Half of a value.", 'The "half"')
    source = cell_of(student_cells(mini.load().exercise("01_area"), "en"), "setup").source
    (function,) = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    assert ast.get_docstring(function).strip() == 'The "half"'


def test_markers_inside_a_block_empty_that_block_only(mini):
    mini.replace(
        mini.area.notebook,
        "    ### BEGIN SOLUTION\n    outer",
        "    if height < 0:\n        return 0\n    ### BEGIN SOLUTION\n    outer",
    )
    source = cell_of(student_cells(mini.load().exercise("01_area"), "en"), "frame_area").source
    assert source.endswith(
        "    if height < 0:\n        return 0\n"
        '    raise NotImplementedError("frame_area: write this yourself")'
    )


def test_solution_cells_keep_the_solution_without_its_markers(mini):
    course = mini.load()
    source = cell_of(solution_cells(course, course.exercise("01_area"), "ja"), "frame_area").source
    assert "SOLUTION" not in source
    assert source.endswith("    return outer - inner")
    assert "# 内側には何が残りますか。\n    outer = height" in source


def test_solution_cells_run_from_top_to_bottom_with_earlier_parts_in_place(mini, capsys):
    course = mini.load()
    space = {}
    for cell in solution_cells(course, course.exercise("02_box"), "en"):
        if cell.kind == "code":
            exec(cell.source, space)
    assert space["Box"](2).volume(3, 3) == 16
    assert capsys.readouterr().out == "Box(2)\n"


def test_lines_of_cells_are_those_of_the_teaching_notebook(mini):
    lines = mini.area.notebook.read_text(encoding="utf-8").split("\n")
    cells = student_cells(mini.load().exercise("01_area"), "en")
    assert lines[cell_of(cells, "frame_area").line - 1] == (
        "def frame_area(height, width, border=1):"
    )
    assert lines[cell_of(cells, "setup").line - 1] == "import math"


def test_what_grading_takes_for_handed_out_is_what_was_handed_out(mini):
    exercise = mini.load().exercise("02_box")
    handed_out = [
        cell.source
        for lang in ("en", "ja")
        for cell in student_cells(exercise, lang)
        if cell.role in (Role.CHECK, Role.DEMO)
    ]
    assert handed_out
    assert sorted(locked_sources(exercise, ("en", "ja"))) == sorted(handed_out)
