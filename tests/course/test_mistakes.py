"""mistakes.py: what is recorded, and every way in which it can be wrong."""

import pytest

from autograder.course.load import load_mistakes
from autograder.course.mistakes import collecting, mistake
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
    # top and bottom, then the rest of the sides
    return 2 * border * width + 2 * border * (height - 2 * border)
"""


def load(mini):
    return load_mistakes(mini.load().exercise("01_area"))


def test_mistakes_and_equivalents_come_with_their_source_undecorated(mini):
    mistakes, equivalents = load(mini)
    assert mistakes == (
        Mistake(
            "FA1",
            "frame_area",
            Text(en="How many borders?", ja="縁はいくつ？"),
            WRONG,
        ),
    )
    assert equivalents == (
        Equivalent("FA-A", "frame_area", "four strips, corners counted once", UNUSUAL),
    )


def test_an_exercise_may_have_none(mini):
    mini.box.mistakes.unlink()
    assert load_mistakes(mini.load().exercise("02_box")) == ((), ())


def test_a_method_stands_at_the_top_level_under_its_own_name(mini):
    mini.write(
        mini.box.mistakes,
        "from autograder.course.mistakes import mistake\n"
        '@mistake("M1", part="Box.volume", hint={"en": "a", "ja": "あ"})\n'
        "def volume(self, depth, width):\n    return depth\n",
    )
    (only,), _ = load_mistakes(mini.load().exercise("02_box"))
    assert only.source == "def volume(self, depth, width):\n    return depth\n"


def test_a_decorated_function_is_still_itself():
    with collecting() as entries:

        @mistake("X1", part="f", hint={"en": "a", "ja": "あ"})
        def f(x):
            return x + 1

    assert f(1) == 2
    assert [(entry.id, entry.part) for entry in entries] == [("X1", "f")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('@mistake("FA1", part="frame_area"', '@mistake("FA1", part="edge"', "'edge', which is no"),
        ('"FA-A"', '"FA1"', "two entries 'FA1'"),
        (', "ja": "縁はいくつ？"', "", "does not have exactly the languages en, ja"),
        (WRONG, WRONG.replace("frame_area", "frame"), "Name the function"),
        ("import math\n", "from source_lib import frame_area as right\n", "imports source_lib"),
        ("import math\n", "import source_lib.windows\n", "imports source_lib"),
        ("import math\n", "import no_such_module\n", "cannot be run: ModuleNotFoundError"),
        ("import math\n", "import = math\n", "is not valid Python"),
        (WRONG, "class frame_area:\n    pass\n", "decorates a function"),
        (', hint={"en": "How many borders?", "ja": "縁はいくつ？"}', "", ": TypeError"),
        ('@mistake("FA1"', '@math.floor\n@mistake("FA1"', "cannot be run"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_mistakes_is_named_with_its_line(mini, old, new, words):
    line = mini.replace(mini.area.mistakes, old, new)
    with pytest.raises(CourseError) as caught:
        load(mini)
    assert words in str(caught.value)
    assert caught.value.file == mini.area.mistakes
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= 1


def test_a_mistake_under_another_decorator_is_refused(mini):
    """What would be graded is the bare source: the other decorator would be lost."""
    mini.replace(mini.area.mistakes, '@mistake("FA1"', '@(lambda f: f)\n@mistake("FA1"')
    with pytest.raises(CourseError, match="FA1 is not the only decorator"):
        load(mini)


def test_a_mistake_inside_another_block_is_refused(mini):
    text = mini.area.mistakes.read_text(encoding="utf-8")
    block, rest = text[text.index("@mistake") :].split("\n\n\n")
    inside = "if True:\n" + "\n".join(f"    {line}" for line in block.split("\n"))
    mini.write(mini.area.mistakes, f"{text[: text.index('@mistake')]}{inside}\n\n\n{rest}")
    with pytest.raises(CourseError, match="of a function at the file's top level"):
        load(mini)
