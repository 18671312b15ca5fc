"""The smallest course there is, written to a folder of its own, which a test then spoils."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.course.models import Course

COURSE = """\
title = {en = "Doubles", ja = "倍"}
salt = "small"
languages = ["en", "ja"]
"""

FIRST = """\
id = "01_double"
points = 2.5
bonus = 1
reveal = "none"
title = {en = "Double", ja = "倍にする"}
summary = {en = "Twice as much.", ja = "二倍にします。"}

[[parts]]
id = "double"
title = {en = "Doubling", ja = "二倍"}
[[parts.criteria]]
id = "double.positive"
points = 2
title = {en = "Positive numbers", ja = "正の数"}
hint = {en = "Add it twice.", ja = "二回足します。"}
[[parts.criteria]]
id = "double.negative"
points = 0.5
title = {en = "Negative numbers", ja = "負の数"}
[[parts.criteria]]
id = "double.text"
points = 1
bonus = true
title = {en = "Texts", ja = "文字列"}
"""

SECOND = """\
id = "02_machine"
points = 1
builds_on = ["01_double"]
reveal = "first_difference"
title = {en = "Machine", ja = "機械"}
summary = {en = "A class.", ja = "クラスです。"}

[[parts]]
id = "Machine.run"
title = {en = "Running", ja = "動かす"}
builds_on = ["double"]
[[parts.criteria]]
id = "Machine.run.once"
points = 1
title = {en = "Once", ja = "一回"}
"""

FIRST_NOTEBOOK = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% name="author" tags=["author"]
from autograder.course.author import tr

# %% [markdown] lang="en"
# # Double

# %% [markdown] lang="ja"
# # 倍

# %% name="setup" tags=["setup"]
TWO = 2
TEXT = """
# %% this is text
"""


# %% name="double" tags=["stub"]

def double(x):
    ### BEGIN SOLUTION
    return TWO * x
    ### END SOLUTION


# %% name="check" tags=["check"]
raise AssertionError(tr("never run by earlier()", "実行されません"))
'''

SECOND_NOTEBOOK = """\
# %% name="author" tags=["author"]
from autograder.course.author import tr
from autograder.course.author import earlier

globals().update(earlier("01_double", "double"))

# %% name="carry" tags=["carry"] parts=["double"] source="01_double"
# en: Paste double.
# ja: doubleを貼り付けてください。

# %% name="machine" tags=["stub"]
class Machine:
    def run(self, x):
        ### BEGIN SOLUTION
        return double(x)
        ### END SOLUTION
"""

MISTAKES = """\
import math

from autograder.course.mistakes import equivalent, mistake


@mistake("D1", part="double", hint={"en": "Is it squared?", "ja": "二乗では？"})
def double(x):
    return x * x


@equivalent(
    "D-A",
    part="double",
    why="a sum",
)
def double(x):
    # the same
    return x + x
"""


class SmallCourse:
    """The folder, and ways to spoil a file in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        solutions = root / "solutions"
        self.settings = solutions / "course.toml"
        self.first = solutions / "01_double" / "exercise.toml"
        self.second = solutions / "02_machine" / "exercise.toml"
        self.notebook = solutions / "01_double" / "notebook.py"
        self.mistakes = solutions / "01_double" / "mistakes.py"

    def load(self) -> Course:
        return load_course(self.root)

    def write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def replace(self, file: Path, old: str, new: str) -> int:
        """Replace what stands in `file` exactly once; gives the line on which it stood."""
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1


@pytest.fixture
def small(tmp_path: Path) -> SmallCourse:
    """A course of two exercises in which nothing is wrong."""
    course = SmallCourse(tmp_path / "small")
    course.write(course.settings, COURSE)
    course.write(course.first, FIRST)
    course.write(course.notebook, FIRST_NOTEBOOK)
    course.write(course.mistakes, MISTAKES)
    course.write(course.second, SECOND)
    course.write(course.second.parent / "notebook.py", SECOND_NOTEBOOK)
    return course
