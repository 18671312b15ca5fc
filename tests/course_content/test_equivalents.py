"""Right code that is written in unusual ways: enough of it, for each part, to find a suite unfair.

That each of them earns full marks and passes the visible checks is `autograder verify`'s to say.
"""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.course.load import load_course, load_mistakes
from tests.paths import ROOT

ENOUGH = 8
COURSE = load_course(ROOT)


@pytest.mark.parametrize(
    "exercise", [each.id for each in COURSE.exercises if each.id != "09_bug_hunt"]
)
def test_each_part_has_enough_unusual_right_solutions(exercise):
    about = COURSE.exercise(exercise)
    counts = Counter(equivalent.part for equivalent in load_mistakes(about)[1])
    few = {part.id: counts[part.id] for part in about.parts if counts[part.id] < ENOUGH}
    assert few == {}
