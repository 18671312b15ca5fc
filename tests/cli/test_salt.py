"""Who grades with the salt that this repository publishes is told so, once, at the end."""

from __future__ import annotations

import pytest

from autograder.cli.grade import PUBLISHED_SALT
from autograder.course.load import load_course
from tests.handed_in import book
from tests.paths import ROOT


def test_the_published_salt_is_the_one_of_this_course() -> None:
    assert load_course(ROOT).salt == PUBLISHED_SALT


@pytest.mark.parametrize(("salt", "warnings"), [(PUBLISHED_SALT, 1), ("of-our-own", 0)])
def test_grading_with_it_warns(autograder, mini, tmp_path, salt, warnings):
    old = load_course(mini.root).salt
    mini.replace(mini.settings, f'salt = "{old}"', f'salt = "{salt}"')
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "aiko.ipynb").write_bytes(book("x = 1"))
    arguments = ("--exercise", "01_area", "--course", mini.root, "--out", tmp_path / "out")
    done = autograder("grade", tmp_path / "in", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("salt is the published one") == warnings
