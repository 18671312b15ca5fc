"""The order of a ladder's rungs, and code to paste."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.errors import CourseError
from autograder.suite.ladder import Ladder, counting, ladder_file, load_ladders, mixed
from autograder.suite.transcript import array_text
from tests.mini_course import bare_course

VALUES = st.dictionaries(
    st.sampled_from("HWNC"), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True),
    min_size=1,
)  # fmt: skip


@given(VALUES)
def test_every_neighbour_one_step_smaller_comes_before_its_rung(values):
    ladder = Ladder("f.x", lambda *_, **__: None, values)
    seen = []
    for rung in ladder.rungs():
        assert all(below in seen for below in ladder.below(rung))
        assert rung not in seen
        seen.append(rung)
    assert seen[0] == {name: items[0] for name, items in values.items()}


@given(arrays.array_shapes(max_dims=4, max_side=3))
def test_mixed_has_the_numbers_of_counting_in_another_order(shape):
    assert sorted(mixed(*shape).ravel()) == sorted(counting(*shape).ravel())
    if mixed(*shape).size > 3:
        assert (mixed(*shape) != counting(*shape)).any()


@given(
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]),
        arrays.array_shapes(max_dims=4, max_side=3),
        elements={"min_value": 0, "max_value": 100, "allow_nan": False},
    )
)  # fmt: skip
def test_an_array_as_code_is_that_array(array):
    pasted = eval(array_text(array), {"np": np})
    assert (pasted.dtype, pasted.shape) == (array.dtype, array.shape)
    np.testing.assert_allclose(pasted, array, rtol=1e-6)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import nothing_like_this\n", "cannot be imported: ModuleNotFoundError"),
        ('@ladder("f.y", n=(1,))\ndef g(student, n=1): ...\n', "not a criterion of the exercise"),
        ('@ladder("f.x", m=(1,))\ndef g(student, n=1): ...\n', "'m' for f.x"),
        ('@ladder("f.x", n=())\ndef g(student, n=1): ...\n', "'n' for f.x"),
    ],
)
def test_what_is_wrong_with_a_ladder_is_said(tmp_path, source, problem):
    course = bare_course(tmp_path, {"01_x": ""}, {"01_x": {"f": ["x"]}})
    (exercise,) = course.exercises
    head = "from autograder.suite import ladder\n"
    ladder_file(exercise).write_text(head + source, encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(problem)):
        load_ladders(exercise)
