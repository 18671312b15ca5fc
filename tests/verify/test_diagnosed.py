"""Known mistakes put into the solution are named, and unknown ones get no other's name."""

from __future__ import annotations

import pytest

from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.verify.diagnosed import MISNAMED, NAMED, figures, measure
from tests.paths import ROOT


def test_each_mistake_is_named_and_none_gets_anothers_name_when_held_out(mini):
    measured = measure(mini.root, "01_area")
    assert (measured.named, measured.mistakes) == (1, 1)
    assert (measured.silent, measured.wrong, measured.misnamed) == ((), (), ())


def test_mistakes_that_behave_alike_are_one_group(mini):
    mini.write(
        mini.area.mistakes,
        mini.area.mistakes.read_text(encoding="utf-8").replace(
            "@equivalent(",
            """@mistake("FA2", part="frame_area", loses={"frame_area.wide"},
    hint=Text(en="Twice?", ja="2回？"))
def frame_area(height, width, border=1):
    return height * width - (width - border) * (height - border) + 0 * border


@equivalent(""",
        ),
    )
    measured = measure(mini.root, "01_area")
    assert measured.groups == (("FA1", "FA2"),)
    assert (measured.named, measured.misnamed) == (2, ())


def test_a_mistake_that_ends_the_process_is_an_error_that_names_the_file(mini):
    mini.replace(mini.box.mistakes, "    self.height = 1", "    import os\\n    os._exit(3)")
    course = mini.load()
    with pytest.raises(CourseError, match=r"02_box/mistakes\.py: .* Run `autograder verify`"):
        list(figures(course, [course.exercise("02_box")], 1))


@pytest.mark.slow
def test_the_course_names_its_mistakes():
    course = load_course(ROOT)
    # Every third one: `autograder verify --diagnosis` measures all in three times the time.
    found = list(figures(course, course.exercises, 2, every=3))
    known = sum(one.mistakes for one in found)
    assert sum(one.named for one in found) >= NAMED * known
    assert sum(len(one.misnamed) for one in found) <= MISNAMED * known
