"""The order of a ladder's rungs, and code to paste."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.suite.ladder import Ladder, counting, mixed
from autograder.suite.transcript import array_text

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
