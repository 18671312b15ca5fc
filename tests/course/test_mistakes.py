"""mistakes.py: what is recorded, and every way in which it can be wrong."""

import pytest

from autograder.course.load import load_mistakes
from autograder.course.mistakes import collecting, mistake
from autograder.course.models import Equivalent, Mistake
from autograder.errors import CourseError
from autograder.text import Text


def load(small):
    return load_mistakes(small.load().exercise("01_double"))


def test_mistakes_and_equivalents_come_with_their_source_undecorated(small):
    mistakes, equivalents = load(small)
    assert mistakes == (
        Mistake(
            "D1",
            "double",
            Text(en="Is it squared?", ja="二乗では？"),
            "def double(x):\n    return x * x\n",
        ),
    )
    assert equivalents == (
        Equivalent("D-A", "double", "a sum", "def double(x):\n    # the same\n    return x + x\n"),
    )


def test_an_exercise_may_have_none(small):
    assert load_mistakes(small.load().exercise("02_machine")) == ((), ())


def test_a_method_stands_at_the_top_level_under_its_own_name(small):
    small.write(
        small.second.parent / "mistakes.py",
        "from autograder.course.mistakes import mistake\n"
        '@mistake("M1", part="Machine.run", hint={"en": "a", "ja": "あ"})\n'
        "def run(self, x):\n    return x\n",
    )
    (only,), _ = load_mistakes(small.load().exercise("02_machine"))
    assert only.source == "def run(self, x):\n    return x\n"


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
        ('@mistake("D1", part="double"', '@mistake("D1", part="triple"', "'triple', which is no"),
        ('"D-A"', '"D1"', "two entries 'D1'"),
        (', "ja": "二乗では？"', "", "does not have exactly the languages en, ja"),
        ("def double(x):\n    return x * x", "def twice(x):\n    return 0", "Name the function"),
        ("import math\n", "from source_lib import double as right\n", "imports source_lib"),
        ("import math\n", "import source_lib.windows\n", "imports source_lib"),
        ("import math\n", "import no_such_module\n", "cannot be run: ModuleNotFoundError"),
        ("import math\n", "import = math\n", "is not valid Python"),
        ("def double(x):\n    return x * x", "class double:\n    pass", "decorates a function"),
        (', hint={"en": "Is it squared?", "ja": "二乗では？"}', "", "cannot be run: TypeError"),
        ('@mistake("D1"', '@math.floor\n@mistake("D1"', "cannot be run"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_mistakes_is_named_with_its_line(small, old, new, words):
    line = small.replace(small.mistakes, old, new)
    with pytest.raises(CourseError) as caught:
        load(small)
    assert words in str(caught.value)
    assert caught.value.file == small.mistakes
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= 1


def test_a_mistake_under_another_decorator_is_refused(small):
    """What would be graded is the bare source: the other decorator would be lost."""
    small.replace(small.mistakes, '@mistake("D1"', '@(lambda f: f)\n@mistake("D1"')
    with pytest.raises(CourseError, match="D1 is not the only decorator"):
        load(small)


def test_a_mistake_inside_another_block_is_refused(small):
    text = small.mistakes.read_text(encoding="utf-8")
    block, rest = text[text.index("@mistake") :].split("\n\n\n")
    inside = "if True:\n" + "\n".join(f"    {line}" for line in block.split("\n"))
    small.write(small.mistakes, f"{text[: text.index('@mistake')]}{inside}\n\n\n{rest}")
    with pytest.raises(CourseError, match="of a function at the file's top level"):
        load(small)
