"""A finished notebook gives nothing away, and what everybody writes alike is no leak."""

import pytest

from autograder.errors import CourseError
from autograder.generate import leaks, notebook, write_assignments


@pytest.fixture
def show(mini, tmp_path):
    """Generate the area notebook with some code added to its check; gives the error's text."""

    def shown(code, *, where="check_frame_area"):
        header = f'# %% name="{where}" tags=["check"]\n'
        line = mini.replace(mini.area.notebook, header, f"{header}{code}\n") + 1
        with pytest.raises(CourseError) as caught:
            write_assignments(mini.load(), ["01_area"], ["en"], tmp_path / "out")
        assert (caught.value.file, caught.value.line) == (mini.area.notebook, line)
        assert not (tmp_path / "out").exists()
        return str(caught.value)

    return shown


def clean(mini, code):
    """The same, where nothing may be found."""
    mini.replace(mini.area.notebook, 'tags=["check"]\n', f'tags=["check"]\n{code}\n')
    course = mini.load()
    exercise = course.exercise("01_area")
    assert leaks(course, exercise, "en", notebook(course, exercise, "en")) == []


def test_the_mini_course_leaks_nothing(mini):
    course = mini.load()
    for exercise in course.exercises:
        for lang in course.languages:
            assert leaks(course, exercise, lang, notebook(course, exercise, lang)) == []


def test_a_telling_line_of_the_solution_however_laid_out(show):
    message = show(
        "height = width = border = 1\ninner=max( height-2*border,0)*max(\n    width - 2*border, 0)"
    )
    assert "gives away the solution of 'frame_area'" in message
    assert "(solutions/01_area/notebook.py:43)" in message  # where the region begins


def test_a_line_of_the_solution_in_prose(mini, tmp_path):
    line = mini.replace(
        mini.area.notebook,
        "# Think:",
        "# ```python\n# inner = max(height - 2 * border, 0) * max(width - 2 * border, 0)\n# ```\n"
        "# Think:",
    )
    with pytest.raises(CourseError, match="gives away the solution") as caught:
        write_assignments(mini.load(), [], [], tmp_path / "out")
    assert caught.value.line == line


def test_a_body_that_survives_in_its_own_stub(mini, tmp_path):
    mini.replace(
        mini.area.notebook,
        "    return outer - inner\n    ### END SOLUTION\n",
        "    return outer - inner\n    ### END SOLUTION\n    outer = height * width + 0 * border\n",
    )
    with pytest.raises(CourseError, match=r"height \* width \+ 0 \* border"):
        write_assignments(mini.load(), [], [], tmp_path / "out")


def test_a_shared_line_that_tells_little_is_no_leak(mini):
    clean(mini, "outer, inner = 3, 2\nmiddle = outer - inner")


def test_a_whole_solution_however_short(mini, tmp_path):
    mini.replace(
        mini.box.notebook,
        "print(Box(2))",
        "depth = width = 1\nexpected = 2 * frame_area(depth, width)",
    )
    mini.replace(mini.box.notebook, "return self.height * frame_area(", "return 2 * frame_area(")
    with pytest.raises(CourseError, match=r"half of the solution of 'Box\.volume'"):
        write_assignments(mini.load(), [], [], tmp_path / "out")


def test_the_reference(show):
    message = show(
        "height = width = border = 1\nhole = tuple(side - 2 * border for side in (height, width))"
        "\nright = height * width - (hole[0] * hole[1] if min(hole) > 0 else 0)"
    )
    assert "the reference 'frame_area'" in message
    assert "source_lib/__init__.py:4" in message


def test_a_known_mistake(show):
    message = show(
        "height = width = border = 1\n"
        "remaining_height = remaining_width = 0\n"
        "area = height * width - remaining_height * remaining_width + 0 * border"
    )
    assert "known answer FA1 (solutions/01_area/mistakes.py)" in message


def test_an_unusual_right_answer(show):
    message = show(
        "def strips(border, width, height):\n"
        "    return 2 * border * width + 2 * border * (height - 2 * border)"
    )
    assert "known answer FA-A" in message


def test_numbers_of_the_hidden_suite(show):
    message = show("print([ [7, 11, 2],\n [13, 5, 1]])")
    assert "numbers of the hidden suite (tests/hidden/test_01_area.py:15)" in message


def test_other_numbers_are_no_leak(mini):
    clean(mini, "print([[7, 11, 2], [13, 5, 2]])\nprint((0, 1, 0, 1, 0, 1))")


def test_a_text_of_the_hidden_suite(mini, show):
    mini.replace(mini.area.suite, '"""Hidden."""', '"""Frames with a border wider than half."""')
    assert "a text of the hidden suite" in show("# Frames with a border wider than half.")


def test_a_criterion_id(show):
    assert "a criterion's id" in show("# frame_area.wide")


def test_another_name_that_only_begins_like_a_criterion(mini):
    clean(mini, "# frame_area.wider")


def test_earlier_solutions_are_a_leak_unless_requested(mini):
    course = mini.load()
    exercise = course.exercise("02_box")
    nb = notebook(course, exercise, "en", provide_earlier=True)
    (message,) = leaks(course, exercise, "en", nb)
    assert "the solution of 'frame_area'" in message
    assert leaks(course, exercise, "en", nb, provide_earlier=True) == []


def test_given_code_may_show_an_earlier_solution_with_a_bug(mini):
    """A bug hunt's exhibits are setup cells."""
    mini.replace(
        mini.box.notebook,
        '# %% name="demo" tags=["demo"]\n',
        '# %% name="exhibit" tags=["setup"]\ndef exhibit(height, width, border):\n'
        "    inner = max(height - 2 * border, 0) * max(width - 2 * border, 0)\n"
        "    return inner - height * width\n\n\n"
        '# %% name="demo" tags=["demo"]\n',
    )
    course = mini.load()
    exercise = course.exercise("02_box")
    assert leaks(course, exercise, "en", notebook(course, exercise, "en")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("### BEGIN SOLUTION", "a solution marker"),
        ("import source_lib", "names 'source_lib'"),
        ("# 面積", "Japanese text"),
    ],
)
def test_a_notebook_edited_by_hand_is_searched_too(mini, source, words):
    course = mini.load()
    exercise = course.exercise("01_area")
    nb = notebook(course, exercise, "en")
    nb.cells[2].source += f"\n{source}\n"
    (message,) = leaks(course, exercise, "en", nb)
    assert message.startswith("cell 2 ")
    assert words in message
