"""The kill matrix on several processes."""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.verify.claims import claims
from autograder.verify.matrix import kill_matrix


def test_every_claim_is_decided_once_and_each_suite_checked_once(mini):
    mini.replace(mini.area.suite, '@criterion("frame_area.wide")', '@criterion("frame_area.wild")')
    course = mini.load()
    made = [claim for exercise in course.exercises for claim in claims(course, exercise)]
    decided = list(kill_matrix(course, made, 2))
    assert sorted(c.name for one in decided for c in one.claims) == sorted(c.name for c in made)
    assert all(len(one.claims) == len(one.seen) for one in decided)
    texts = [problem.text for one in decided for problem in one.problems]
    assert len(texts) == len(set(texts)) == 2, "one test too few, one too many"


def test_a_fault_of_the_course_is_raised_as_such(mini):
    course = mini.load()
    made = list(claims(course, course.exercise("01_area")))
    mini.replace(mini.area.notebook, "    ### BEGIN SOLUTION\n", "")
    with pytest.raises(CourseError, match="END SOLUTION without") as caught:
        list(kill_matrix(course, made, 1))
    assert caught.value.file == mini.area.notebook
    assert caught.value.line


def test_a_claim_that_ends_the_process_leaves_its_task_undecided(mini):
    mini.replace(mini.box.mistakes, "    self.height = 1", "    import os\\n    os._exit(3)")
    course = mini.load()
    made = [claim for claim in claims(course, course.exercise("02_box")) if not claim.guess]
    (one,) = kill_matrix(course, made, 1)
    assert (list(one.claims), one.seen) == (made, ())
