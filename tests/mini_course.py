"""A small course with everything that `verify` looks at, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course

COURSE = 'salt = "s"\nlanguages = ["en", "ja"]\ntitle = {en = "Boxes", ja = "箱"}\n'

EXERCISE = """\
id = "01_box"
points = 4
reveal = "first_difference"
title = {en = "Boxes", ja = "箱"}
summary = {en = "Boxes.", ja = "箱。"}
[[parts]]
id = "area"
title = {en = "Area", ja = "面積"}
[[parts.criteria]]
id = "area.square"
points = 1
title = {en = "Squares", ja = "正方形"}
[[parts.criteria]]
id = "area.oblong"
points = 1
title = {en = "Oblongs", ja = "長方形"}
[[parts]]
id = "Box.volume"
title = {en = "Volume", ja = "体積"}
builds_on = ["area"]
[[parts.criteria]]
id = "Box.volume.tall"
points = 2
title = {en = "Tall boxes", ja = "高い箱"}
"""

NOTEBOOK = '''\
# %% name="author" tags=["author"]
from autograder.course.author import tr

# %% [markdown] lang="en"
# # Boxes

# %% [markdown] lang="ja"
# # 箱

# %% name="area" tags=["stub"]
def area(height, width):
    """Area of a rectangle."""
    ### BEGIN SOLUTION
    return height * width
    ### END SOLUTION


# %% name="check_area" tags=["check"]
assert area(2.0, 2.0) == 4, tr("two by two is four", "2かける2は4です")

# %% name="box" tags=["stub"]
class Box:
    """A box."""

    def __init__(self, height):
        self.height = height

    def volume(self, depth, width):
        """Volume."""
        ### BEGIN SOLUTION
        return self.height * area(depth, width)
        ### END SOLUTION
'''

MISTAKES = """\
from autograder.course.mistakes import equivalent, mistake


@mistake("AR1", part="area", hint={"en": "Both sides?", "ja": "両方の辺？"})
def area(height, width):
    return height * height


@mistake("BV1", part="Box.volume", hint={"en": "How high?", "ja": "高さは？"})
def volume(self, depth, width):
    return area(depth, width)


@equivalent("AR-A", part="area", why="the other way round")
def area(a, b):
    return b * a


@equivalent("BV-A", part="Box.volume", why="by repeated addition")
def volume(self, depth, width):
    return sum(area(depth, width) for _ in range(int(self.height)))
"""

SUITE = """\
from autograder.suite import criterion, same

@criterion("area.square")
def test_square(student, make):
    same(student.area(3.0, 3.0), 9.0)

@criterion("area.oblong")
def test_oblong(student, make):
    same(student.area(3.0, 5.0), 15.0)

@criterion("Box.volume.tall")
def test_tall(student, make):
    same(student.Box(7.0).volume(3.0, 5.0), 105.0)
"""


class BoxCourse:
    """The folder; `replace` spoils a file in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notebook = root / "solutions" / "01_box" / "notebook.py"
        self.mistakes = root / "solutions" / "01_box" / "mistakes.py"
        self.suite = root / "tests" / "hidden" / "test_01_box.py"
        for path, text in {
            root / "solutions" / "course.toml": COURSE,
            root / "solutions" / "01_box" / "exercise.toml": EXERCISE,
            self.notebook: NOTEBOOK,
            self.mistakes: MISTAKES,
            self.suite: SUITE,
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def load(self) -> Course:
        return load_course(self.root)

    @staticmethod
    def replace(file: Path, old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        file.write_text(text.replace(old, new), encoding="utf-8")
