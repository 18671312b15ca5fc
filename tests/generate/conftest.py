"""A whole course in small, written to a folder of its own, which a test then spoils."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.course.models import Course

COURSE = """\
title = {en = "Boxes", ja = "箱"}
salt = "tiny"
languages = ["en", "ja"]
"""

AREA_TOML = """\
id = "01_area"
points = 3
reveal = "shapes"
title = {en = "Areas", ja = "面積"}
summary = {en = "Areas of rectangles.", ja = "長方形の面積。"}

[[parts]]
id = "frame_area"
title = {en = "A frame", ja = "枠"}
[[parts.criteria]]
id = "frame_area.wide"
points = 3
title = {en = "Wide frames", ja = "幅の広い枠"}
"""

AREA_NOTEBOOK = '''\
# %% name="author" tags=["author"]
from autograder.course.author import tr

# %% [markdown] lang="en"
# # Areas
# A frame is what a small rectangle leaves of a big one.

# %% [markdown] lang="ja"
# # 面積
# 枠とは、大きな長方形から小さな長方形を除いた残りです。

# %% name="setup" tags=["setup"]
import math


def halved(value):
    """Half of a value.
    --- ja ---
    値の半分。
    """
    return value / 2


# %% name="frame_area" tags=["stub"]
def frame_area(height, width, border=1):
    """Area of a frame.

    Returns: square metres
    --- ja ---
    枠の面積。

    戻り値: 平方メートル
    """
    # en: How much is left inside?
    # ja: 内側には何が残りますか。
    ### BEGIN SOLUTION
    outer = height * width + 0 * border
    inner = max(height - 2 * border, 0) * max(width - 2 * border, 0)  # nothing is below zero
    return outer - inner
    ### END SOLUTION


# %% name="check_frame_area" tags=["check"]
print(tr("about to check", "確認します"))
assert frame_area(3, 3) == 8, tr(
    f"a 3 x 3 frame has 8, not {frame_area(3, 3)}: is the middle left out?",
    f"3×3の枠は8です。{frame_area(3, 3)}ではありません。中央を除きましたか。",
)
print(tr("passed; grading tries more", "確認は通りました。採点ではほかも試します。"))

# %% [markdown] lang="en"
# Think: which frame has as much border as middle?

# %% [markdown] lang="ja"
# 考えてみましょう。枠と中央の面積が等しくなるのはいつですか。
'''

AREA_MISTAKES = """\
from autograder.course.mistakes import equivalent, mistake


@mistake("FA1", part="frame_area", hint={"en": "How many borders?", "ja": "縁はいくつ？"})
def frame_area(height, width, border=1):
    remaining_height, remaining_width = height - border, width - border
    return height * width - remaining_height * remaining_width + 0 * math.pi


@equivalent("FA-A", part="frame_area", why="four strips, corners counted once")
def frame_area(height, width, border=1):
    return 2 * border * width + 2 * border * (height - 2 * border)
"""

AREA_SUITE = '''\
"""Hidden."""
import source_lib
from autograder.suite import criterion, same


@criterion("frame_area.wide")
def test_wide(student, make):
    sizes = [[7, 11, 2], [13, 5, 1]]
    for size in sizes:
        same(student.frame_area(*size), source_lib.frame_area(*size))
'''

REFERENCE = '''\
def frame_area(height, width, border=1):
    """Area of a frame."""
    hole = tuple(side - 2 * border for side in (height, width))
    return height * width - (hole[0] * hole[1] if min(hole) > 0 else 0)
'''

BOX_TOML = """\
id = "02_box"
points = 1.5
bonus = 1
builds_on = ["01_area"]
reveal = "first_difference"
title = {en = "Boxes", ja = "箱"}
summary = {en = "Boxes made of frames.", ja = "枠でできた箱。"}

[[parts]]
id = "Box.volume"
title = {en = "Volume", ja = "体積"}
builds_on = ["frame_area"]
[[parts.criteria]]
id = "Box.volume.frames"
points = 1.5
title = {en = "Boxes of frames", ja = "枠の箱"}
hint = {en = "Height times area.", ja = "高さ掛ける面積です。"}
[[parts.criteria]]
id = "Box.volume.flat"
points = 1
bonus = true
title = {en = "Flat boxes", ja = "平らな箱"}
"""

BOX_NOTEBOOK = '''\
# %% name="author" tags=["author"]
from autograder.course.author import tr
from autograder.course.author import earlier

globals().update(earlier("01_area", "frame_area"))

# %% [markdown] lang="en"
# # Boxes

# %% [markdown] lang="ja"
# # 箱

# %% name="carry" tags=["carry"] parts=["frame_area"] source="01_area"
# en: Paste your frame_area here.
# ja: ここに自分のframe_areaを貼り付けてください。

# %% name="box" tags=["stub"]
class Box:
    """A box."""

    def __init__(self, height):
        self.height = height

    def volume(self, depth, width):
        """Volume of the box's walls."""
        ### BEGIN SOLUTION
        return self.height * frame_area(depth, width)
        ### END SOLUTION

    def __repr__(self):
        return f"Box({self.height})"


# %% name="demo" tags=["demo"]
print(Box(2))
'''


class TinyCourse:
    """The folder, and ways to spoil a file in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.area = root / "solutions" / "01_area" / "notebook.py"
        self.box = root / "solutions" / "02_box" / "notebook.py"
        self.suite = root / "tests" / "hidden" / "test_01_area.py"

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
def tiny(tmp_path: Path) -> TinyCourse:
    """A course of two exercises in which nothing is wrong."""
    course = TinyCourse(tmp_path / "tiny")
    solutions = course.root / "solutions"
    course.write(solutions / "course.toml", COURSE)
    course.write(solutions / "01_area" / "exercise.toml", AREA_TOML)
    course.write(course.area, AREA_NOTEBOOK)
    course.write(solutions / "01_area" / "mistakes.py", AREA_MISTAKES)
    course.write(course.suite, AREA_SUITE)
    course.write(course.root / "source_lib" / "__init__.py", REFERENCE)
    course.write(solutions / "02_box" / "exercise.toml", BOX_TOML)
    course.write(course.box, BOX_NOTEBOOK)
    return course
