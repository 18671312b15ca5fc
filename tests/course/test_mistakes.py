"""mistakes.py: what is loaded from it, and every error that is reported about it."""

from __future__ import annotations

import pytest

from autograder.course.edits import Edit
from autograder.course.load import load_mistakes
from autograder.course.mistake_loader import combine, teaching_source
from autograder.course.mistakes import mistake, recording
from autograder.course.models import Equivalent, Mistake
from autograder.errors import CourseError
from autograder.text import Text

WRONG = """\
def frame_area(height, width, border=1):
    remaining_height, remaining_width = height - border, width - border
    return height * width - remaining_height * remaining_width + 0 * border
"""

UNUSUAL = """\
def frame_area(height, width, border=1):
    if 2 * border >= min(height, width):
        return height * width
    # top and bottom, then the rest of the sides
    return 2 * border * width + 2 * border * (height - 2 * border)
"""

HEAD = """\
from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

HINT = Text(en="How many?", ja="いくつ？")
"""


def load(mini, exercise="01_area"):
    return load_mistakes(mini.load().exercise(exercise))


def write_and_load(mini, *entries):
    """Write these entries as the mistakes of 01_area and load them."""
    mini.write(mini.area.mistakes, "\n".join([HEAD, *entries]) + "\n")
    return load(mini)[0]


def mistake_entry(id, edits, loses="{'frame_area.wide'}"):
    return f'mistake("{id}", part="frame_area", edits={edits!r}, loses={loses}, hint=HINT)'


def test_functions_are_loaded_with_their_source_without_the_decorator(mini):
    mistakes, equivalents = load(mini)
    assert mistakes == (
        Mistake(
            "FA1",
            "frame_area",
            WRONG,
            hint=Text(en="How many borders?", ja="縁はいくつ？"),
            loses=frozenset({"frame_area.wide"}),
        ),
    )
    assert equivalents == (
        Equivalent("FA-A", "frame_area", UNUSUAL, why="four strips, corners counted once"),
    )


def test_edits_are_loaded_with_the_edited_teaching_solution(mini):
    mistakes, _ = load(mini, "02_box")
    assert mistakes == (
        Mistake(
            "BV1",
            "Box.volume",
            "def volume(self, depth, width):\n"
            "    self.height = 1\n"
            "    return self.height * frame_area(depth, width)\n",
            (Edit("    return", "    self.height = 1\n    return"),),
            hint=Text(en="How high?", ja="高さは？"),
            loses=frozenset({"Box.volume.frames", "Box.volume.flat", "tower.three"}),
        ),
    )


def test_an_exercise_may_have_none(mini):
    mini.box.mistakes.unlink()
    assert load(mini, "02_box") == ((), ())


def test_a_method_is_written_as_a_top_level_function_with_its_own_name(mini):
    mini.write(
        mini.box.mistakes,
        f'{HEAD}\n@mistake("M1", part="Box.volume", loses={{"Box.volume.*"}}, hint=HINT)\n'
        "def volume(self, depth, width):\n    return depth\n",
    )
    (only,), _ = load(mini, "02_box")
    assert only.source == "def volume(self, depth, width):\n    return depth\n"


def test_the_decorator_returns_the_function_unchanged():
    with recording() as entries:

        @mistake("X1", part="f", loses={"f.any"}, hint=Text(en="a", ja="あ"))
        def f(x):
            return x + 1

    assert f(1) == 2
    assert [(entry.id, entry.part) for entry in entries] == [("X1", "f")]


def test_a_single_id_may_be_given_without_a_set(mini):
    (only,) = write_and_load(
        mini, mistake_entry("E1", [("2 * border, 0)  #", "border, 0)  #")], "'frame_area.wide'")
    )
    assert only.loses == {"frame_area.wide"}


# --- edits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([("outer + inner", "0")], "'outer + inner' does not occur in the teaching solution"),
        ([("max", "min")], "'max' occurs 2 times in the teaching solution"),
        ([("return outer", "return"), ("outer - inner", "inner")], "overlaps the text of another"),
        ([("outer - inner", "outer - inner")], "is replaced with itself"),
        ([("Area of a frame", "x")], "does not occur"),  # docstrings are not part of the source
        ([("BEGIN SOLUTION", "x")], "does not occur"),
    ],
)
def test_an_edit_that_cannot_be_applied_is_reported_with_its_line(mini, edits, words):
    entry = mistake_entry("E1", edits).replace("edits=[", "\n    edits=[\n        ")
    with pytest.raises(CourseError) as caught:
        write_and_load(mini, mistake_entry("E0", [("outer - inner", "inner")]), entry)
    text = mini.area.mistakes.read_text(encoding="utf-8").split("\n")
    assert str(caught.value).count("E1: ") == 1
    assert words in caught.value.message
    assert caught.value.remedy
    assert edits[0][0] in text[caught.value.line - 1]


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([("outer - inner", "outer -")], "not valid Python after its edits: invalid syntax"),
        ([("outer - inner", "outer\nouter = 1")], "is not just the function 'frame_area'"),
        ([("def frame_area", "def framed_area")], "is not just the function 'frame_area'"),
    ],
)
def test_edits_must_leave_one_function_of_the_same_name(mini, edits, words):
    with pytest.raises(CourseError, match=words):
        write_and_load(mini, mistake_entry("E1", edits))


def test_mistakes_with_disjoint_edits_compose_in_either_order(mini):
    first, second = write_and_load(
        mini,
        mistake_entry("E1", [("2 * border, 0)  #", "border, 0)  #")]),
        mistake_entry("E2", [("- inner", "")]),
    )
    exercise = mini.load().exercise("01_area")
    both, other = combine(exercise, first, second), combine(exercise, second, first)
    assert both.source == other.source
    assert both.part == "frame_area"
    assert "max(width - border, 0)" in both.source
    assert both.source.endswith("return outer \n")


def test_mistakes_with_overlapping_edits_do_not_compose(mini):
    first, second, third = write_and_load(
        mini,
        mistake_entry("E1", [("outer - inner", "inner")]),
        mistake_entry("E2", [("return outer", "return")]),
        '@mistake("F1", part="frame_area", loses={"frame_area.wide"}, hint=HINT)\n' + WRONG,
    )
    exercise = mini.load().exercise("01_area")
    assert combine(exercise, first, second) is None
    assert combine(exercise, first, third) is None, "a whole function has no edits to compose"


def test_edits_apply_to_the_solution_as_its_author_reads_it(mini):
    course = mini.load()
    assert teaching_source(course.exercise("01_area"), "frame_area") == (
        "def frame_area(height, width, border=1):\n"
        "    # en: How much is left inside?\n"
        "    # ja: 内側には何が残りますか。\n"
        "    outer = height * width + 0 * border\n"
        "    inner = max(height - 2 * border, 0) * max(width - 2 * border, 0)"
        "  # nothing is below zero\n"
        "    return outer - inner\n"
    )
    assert teaching_source(course.exercise("02_box"), "Box.volume") == (
        "def volume(self, depth, width):\n    return self.height * frame_area(depth, width)\n"
    )


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('part="frame_area", loses', 'part="edge", loses', "no part 'edge'"),
        ('"FA-A"', '"FA1"', "two entries are named 'FA1'"),
        (', ja="縁はいくつ？"', "", "FA1: the hint has no text in ja"),
        (WRONG, WRONG.replace("frame_area", "frame"), "Name the function"),
        ("import math\n", "from source_lib import frame_area as right\n", "imports source_lib"),
        ("import math\n", "import source_lib.windows\n", "imports source_lib"),
        ("import math\n", "import no_such_module\n", "cannot be run: ModuleNotFoundError"),
        ("import math\n", "import = math\n", "is not valid Python"),
        (WRONG, "class frame_area:\n    pass\n", "must decorate a function"),
        (', loses={"frame_area.wide"}', "", ": TypeError"),
        ('@mistake("FA1"', '@math.floor\n@mistake("FA1"', "cannot be run"),
        ('{"frame_area.wide"}', '{"frame_area.wild"}', "loses 'frame_area.wild', but"),
        ('{"frame_area.wide"}', '{"frame.*"}', "loses 'frame.*', but"),
        ('{"frame_area.wide"}', "{}", "loses no criterion of frame_area"),
        ('part="frame_area", loses', 'part="frame_area", edits=["ab"], loses', "not a pair"),
        ('part="frame_area", loses', 'part="frame_area", edits=[("1", "2")], loses', "has both"),
        (WRONG, "x = 1\n", "is not valid Python"),
        (UNUSUAL, WRONG, "FA-A is the same code as FA1"),
        ('@mistake("FA1"', 'mistake("FA0", part="frame_area", loses={"frame_area.wide"},\n'
         '    hint=Text(en="a", ja="b"))\n@mistake("FA1"', "has neither edits nor a function"),
    ],
)  # fmt: skip
def test_an_error_in_mistakes_is_reported_with_its_line(mini, old, new, words):
    line = mini.replace(mini.area.mistakes, old, new)
    with pytest.raises(CourseError) as caught:
        load(mini)
    assert words in str(caught.value)
    assert caught.value.file == mini.area.mistakes
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= 2


def test_a_mistake_under_another_decorator_is_refused(mini):
    """Only the function's own source is graded, so the other decorator would be lost."""
    mini.replace(mini.area.mistakes, '@mistake("FA1"', '@(lambda f: f)\n@mistake("FA1"')
    with pytest.raises(CourseError, match="FA1: must be the only decorator"):
        load(mini)


def test_a_mistake_inside_another_block_is_refused(mini):
    text = mini.area.mistakes.read_text(encoding="utf-8")
    block, rest = text[text.index("@mistake") :].split("\n\n\n")
    inside = "if True:\n" + "\n".join(f"    {line}" for line in block.split("\n"))
    mini.write(mini.area.mistakes, f"{text[: text.index('@mistake')]}{inside}\n\n\n{rest}")
    with pytest.raises(CourseError, match="of a top-level function"):
        load(mini)


def test_a_course_in_one_language_has_hints_in_that_language_only(mini):
    mini.replace(mini.settings, 'languages = ["en", "ja"]', 'languages = ["en"]')
    ((only,), _) = load(mini)
    assert only.hint.languages == ("en",), "the course does not have the other one"
    mini.replace(mini.area.mistakes, ', ja="縁はいくつ？"', "")
    assert load(mini)[0] == (only,)
    mini.replace(mini.area.mistakes, 'Text(en="How many borders?")', 'Text(ja="縁はいくつ？")')
    with pytest.raises(CourseError, match=r'has no text in en\. Write hint=Text\(en="\.\.\."\)'):
        load(mini)
