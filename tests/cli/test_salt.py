"""Who grades with the salt that this repository publishes is told so, once, at the end."""

from __future__ import annotations

import pytest

from autograder.cli.grade import PUBLISHED_SALT
from autograder.course.load import load_course
from tests.mini_course import bare_course
from tests.paths import ROOT


def test_the_published_salt_is_the_one_of_this_course() -> None:
    assert load_course(ROOT).salt == PUBLISHED_SALT


@pytest.mark.parametrize(("salt", "warnings"), [(PUBLISHED_SALT, 1), ("of-our-own", 0)])
def test_grading_with_it_warns(autograder, tmp_path, salt, warnings):
    suite = (
        "from autograder.suite import criterion\n\n@criterion('f.one')\ndef test_one(student):\n"
    )
    suite += "    assert student.f(1) is not None\n"
    root = tmp_path / "course"
    root.mkdir()
    bare_course(root, {"01_f": suite}, {"01_f": {"f": {"one": 1}}}, salt=salt)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "aiko.py").write_text("# %%\ndef f(x):\n    return x\n")
    done = autograder(
        "grade", tmp_path / "in", "--exercise", "01_f", "--course", root, "--out", tmp_path / "out"
    )
    assert done.stderr.count("salt is the published one") == warnings
