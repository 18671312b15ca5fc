"""What equals the reference, and what only looks as if it did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.sandbox.protocol.wire import Opaque, Reference, SubclassedArray
from autograder.suite.compare import difference
from autograder.suite.patterns import Pattern

SHAPES = npst.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=5)
REASONABLE = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
ARRAYS = npst.arrays(np.float64, SHAPES, elements=REASONABLE)

few = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def kind(got: object, expected: object, **tolerance: float) -> str | None:
    found = difference(got, expected, **tolerance)
    return found and found.kind


# --- what is the same -------------------------------------------------------------------------


@few
@given(ARRAYS)
def test_an_array_equals_itself(x):
    assert difference(x.copy(), x) is None


@few
@given(ARRAYS, st.integers(0, 2**32 - 1))
def test_rounding_within_the_tolerance_passes(x, seed):
    noise = np.random.default_rng(seed).uniform(-1, 1, x.shape)
    assert difference(x + 0.9e-7 * np.abs(x).max() * noise, x) is None


@few
@given(ARRAYS)
def test_memory_order_and_strides_do_not_matter(x):
    assert difference(np.asfortranarray(x), x) is None
    assert difference(np.repeat(x, 2, axis=-1)[..., ::2], x) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3, np.int64(3)),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.array(3), 3),
        (3, np.array(3)),
        (0.5, np.float64(0.5)),
        (np.float32(0.5), 0.5),
        (np.array(0.5), 0.5),
        (1, 1.0),  # an accuracy of 1 is an accuracy of 1.0
        (np.longdouble("0.5"), 0.5),
        (True, True),
        (np.True_, True),
        (True, np.True_),
        (True, np.array(True)),
        ("conv", "conv"),
        (np.str_("conv"), "conv"),
        ("conv", np.str_("conv")),
        (None, None),
        ([1.0, 2.0], (1.0, 2.0)),
        ((1.0, 2.0), [1.0, 2.0]),
        ({"W": 1.0, "more": 2.0}, {"W": 1.0}),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([1, 2], np.int32), np.array([1, 2], np.int64)),
        (np.array([1, 2], np.uint8), np.array([1, 2], np.int64)),
        (np.array([1.0], np.float32), np.array([1.0])),
        (np.array([True, False]), np.array([True, False])),
        (np.array(["a", "b"]), np.array(["a", "b"])),
        (np.array([1 + 2j]), np.array([1 + 2j])),
        (1 + 2j, np.complex128(1 + 2j)),
    ],
)
def test_what_means_the_same_is_the_same(got, expected):
    assert difference(got, expected) is None


# --- what is not, though some comparer or other takes it --------------------------------------


@pytest.mark.parametrize(
    ("got", "expected", "why"),
    [
        (np.zeros(0), 42.0, "type"),  # np.allclose(np.zeros(0), 42) is true
        (np.zeros(0), np.full(3, 42.0), "shape"),
        (np.zeros((0, 3)), np.zeros((3, 0)), "shape"),
        (np.zeros((2, 0)), np.zeros((2, 3)), "shape"),
        (5.0, np.full((5, 3), 5.0), "type"),  # a scalar broadcasts
        (np.float64(5), np.full((5, 3), 5.0), "type"),
        (np.array(5.0), np.full((5, 3), 5.0), "type"),
        (np.full(1, 5.0), np.full((5, 3), 5.0), "shape"),
        (np.full((1, 3), 5.0), np.full((5, 3), 5.0), "shape"),
        (np.zeros((3, 2)), np.zeros((2, 3)), "shape"),  # as many elements
        (np.zeros(6), np.zeros((2, 3)), "shape"),
        (np.zeros((2, 3, 1)), np.zeros((2, 3)), "shape"),
        (np.zeros((1, 6)), np.zeros(6), "shape"),  # what np.matrix would make of it
        (np.array([5.0]), 5.0, "type"),
        (np.array([[5.0]]), 5.0, "type"),
        ([5.0], 5.0, "type"),
        ([1.0, 2.0], np.array([1.0, 2.0]), "type"),
        ((1.0, 2.0), np.array([1.0, 2.0]), "type"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "dtype"),
        (np.array([1.0, 2.0]), np.array([1, 2]), "dtype"),
        (np.array([True, False]), np.array([1.0, 0.0]), "dtype"),
        (np.array([True, False]), np.array([1, 0]), "dtype"),
        (np.array([1 + 0j]), np.array([1.0]), "dtype"),
        (np.array(["1.0"]), np.array([1.0]), "dtype"),
        (np.array([b"1"]), np.array([1.0]), "dtype"),
        (2.0, 2, "type"),  # an output size that was divided with /
        (True, 1, "type"),
        (True, 1.0, "type"),
        (np.True_, 1, "type"),
        (np.array(True), 1, "type"),
        (1, True, "type"),
        (1.0, True, "type"),
        (np.array(1), True, "type"),
        (1 + 0j, 1.0, "type"),
        (np.complex64(1), 1.0, "type"),
        ("5", 5, "type"),
        (np.str_("5"), 5, "type"),
        (np.array("5"), 5.0, "type"),
        (b"5", 5, "type"),
        (b"conv", "conv", "type"),
        ("Conv", "conv", "values"),
        (None, 5, "nothing"),
        (None, np.zeros(3), "nothing"),
        (None, (1, 2), "nothing"),
        (None, False, "nothing"),
        (None, "None", "nothing"),
        (0, None, "type"),
        (False, None, "type"),
        ("None", None, "type"),
        (np.zeros(3), None, "type"),
        ({}, np.zeros(3), "type"),
        ({"a": 1.0}, [1.0], "type"),
        ("ab", ("a", "b"), "type"),
        ((1.0,), (1.0, 2.0), "length"),
        ((1.0, 2.0, 3.0), (1.0, 2.0), "length"),
        ((), (1.0,), "length"),
        ({}, {"W": 1.0}, "keys"),
        ({"w": 1.0}, {"W": 1.0}, "keys"),
        ([("W", 1.0)], {"W": 1.0}, "type"),
        (Reference(0, "array"), np.zeros(3), "type"),
        (Reference(0, "float"), 3.0, "type"),
        (Opaque("array"), np.zeros(3), "type"),
        ([Reference(0, "array")], (np.zeros(3),), "type"),
        ([[np.zeros(3)]], (np.zeros(3),), "type"),
    ],
)
def test_what_is_no_answer_fails_and_says_in_what(got, expected, why):
    assert kind(got, expected) == why


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_never_pass(bad):
    for dtype in (np.float16, np.float32, np.float64, np.complex128):
        assert kind(np.array([1.0, bad], dtype), np.array([1.0, 1.0], dtype)) == "not_finite"
    assert kind(bad, 1.0) == "not_finite"
    assert kind(np.array(bad), 1.0, rtol=1.0, atol=1e9) == "not_finite"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_reference_with_nan_or_infinity_is_refused_for_it_would_let_everything_pass(bad):
    # Relative to an infinite value everything is near.
    with pytest.raises(ValueError, match="NaN or infinity"):
        difference(np.array([7.0, 7.0]), np.array([1.0, bad]))
    with pytest.raises(ValueError, match="NaN or infinity"):
        difference((7.0,), (bad,))


def test_a_reference_that_is_nothing_to_compare_with_is_refused():
    with pytest.raises(TypeError, match="object"):
        difference(np.zeros(3), object())
    with pytest.raises(TypeError, match="ndarray"):
        difference(np.zeros(1), np.array([object()]))


# --- numbers ----------------------------------------------------------------------------------


@few
@given(ARRAYS, st.data())
def test_one_wrong_element_is_found_where_it_is(x, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in x.shape)
    y = x.copy()
    y[index] += 1 + np.abs(x).max()
    found = difference(y, x)
    assert (found.kind, found.index, found.wrong, found.total) == ("values", index, 1, x.size)
    assert (found.got, found.expected) == (y[index], x[index])


@few
@given(ARRAYS, st.integers(-290, 290))
def test_the_tolerance_depends_on_the_reference_alone(x, exponent):
    # However large what came back is, it widens nothing.
    assume(np.abs(x).max() > 1e-3)
    huge = x.copy()
    huge.flat[0] = 10.0 ** abs(exponent) * 10 * np.abs(x).max()
    found = difference(huge, x)
    assert found is not None
    assert found.wrong == 1


@few
@given(ARRAYS, st.floats(1e-3, 1e3))
def test_scaling_both_sides_changes_no_verdict(x, factor):
    assume(np.abs(x).max() > 1e-3)
    right, wrong = x * (1 + 1e-9), x + 1e-5 * np.abs(x).max()
    assert difference(right * factor, x * factor) is None
    assert kind(wrong * factor, x * factor) == "values"


def test_relative_means_relative_to_the_largest_value_expected():
    expected = np.array([1e-9, 1000.0])
    assert difference(np.array([5e-5, 1000.0]), expected) is None
    assert kind(np.array([5e-4, 1000.0]), expected) == "values"
    assert kind(np.array([1e-12]), np.array([0.0])) == "values"
    assert difference(np.array([1e-12]), np.array([0.0]), atol=1e-11) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (5 - 2**63, 5),  # the difference is -2**63, whose absolute value wraps around to itself
        (2**53 + 1, 2**53),  # the same float
        (2**62 + 1, 2**62),
        (25_000_001, 25_000_000),  # within 1e-7 of it
        (-1, 2**64 - 1),
    ],
)
def test_whole_numbers_are_right_to_the_last_one(got, expected):
    arrays = [np.array([n], np.uint64 if n >= 2**63 else np.int64) for n in (got, expected)]
    assert kind(*arrays) == "values"
    if expected < 2**63:
        assert kind(got, expected) == "values"


@few
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
@example(5 - 2**63, 5)
def test_different_whole_numbers_differ(a, b):
    same = a == b
    assert (difference(np.array([a]), np.array([b])) is None) == same
    assert (difference(a, b) is None) == same


@pytest.mark.parametrize("n", [2**63, -(2**63), -(2**63) - 1, 2**64, -(2**100), 10**1200])
def test_numbers_larger_than_numpy_knows_are_wrong_and_break_nothing(n):
    assert kind(n, 5) == "values"
    assert kind(n, 5.0) == "values"
    assert kind(n, np.zeros(3)) == "type"


def test_atol_allows_whole_numbers_to_be_off_by_so_much():
    assert difference(np.array([7]), np.array([5]), atol=2) is None
    assert kind(np.array([8]), np.array([5]), atol=2) == "values"


def test_unsigned_numbers_do_not_wrap_around():
    expected = np.array([255], np.uint8)
    assert kind(np.array([0], np.uint8), expected, atol=2) == "values"


def test_half_precision_neither_overflows_nor_rounds_the_tolerance_away():
    expected = np.array([60000.0, 1.0], np.float16)
    assert kind(np.array([-60000.0, 1.0], np.float16), expected) == "values"
    assert kind(np.array([60000.0, 3.0], np.float16), expected, rtol=1e-6) == "values"
    # 70000 is infinite in float16, so as a tolerance it would let everything pass.
    assert kind(np.array([0.0, 1.0], np.float16), expected, rtol=0.5) == "values"
    assert difference(np.array([59968.0, 1.0], np.float16), expected, rtol=1e-3) is None


def test_float32_and_float64_compare_by_value():
    x = np.random.default_rng(0).normal(size=(3, 4))
    assert kind((x + 1e-4).astype(np.float32), x, rtol=1e-6) == "values"
    assert difference(x.astype(np.float32), x, rtol=1e-6) is None
    assert difference(x, x.astype(np.float32), rtol=1e-6) is None


def test_an_answer_in_float32_may_be_rounded_but_one_in_float64_has_to_have_its_digits():
    x = np.random.default_rng(0).normal(size=(3, 4))
    narrow = x.astype(np.float32)
    assert difference(narrow, x, rtol=1e-9) is None
    assert kind(narrow.astype(np.float64), x, rtol=1e-9) == "values"
    assert kind(narrow + np.float32(1e-5), x, rtol=1e-9) == "values"


def test_values_near_the_largest_float_do_not_overflow_into_equality():
    assert kind(np.array([-1.7e308]), np.array([1.7e308])) == "values"


def test_exact_means_to_the_last_digit():
    x = np.random.default_rng(0).normal(size=(3, 4))
    exact = {"rtol": 0.0, "atol": 0.0}
    assert difference(x.copy(), x, **exact) is None
    assert difference(np.asfortranarray(x), x, **exact) is None
    assert kind(np.nextafter(x, 9), x, **exact) == "values"
    found = difference(x.astype(np.float32).astype(np.float64), x, **exact)
    assert found is not None
    assert found.pattern == Pattern("precision", "float32")


def test_exact_leaves_another_precision_to_the_question_of_dtype():
    x = np.random.default_rng(0).normal(size=(3, 4))
    exact = {"rtol": 0.0, "atol": 0.0}
    assert difference(x.astype(np.float32), x, **exact) is None
    assert difference(x.astype(np.longdouble), x, **exact) is None
    assert kind(np.nextafter(x.astype(np.float32), np.float32(9)), x, **exact) == "values"
    assert kind(x.astype(np.float16), x, **exact) == "values"


# --- classes of arrays --------------------------------------------------------------------------


def subclassed(array, class_name, masked=0):
    odd = array.view(SubclassedArray)
    odd.class_name, odd.masked = class_name, masked
    return odd


def test_an_array_of_a_class_that_behaves_otherwise_is_of_another_type():
    found = difference(subclassed(np.ones((2, 3)), "matrix"), np.ones((2, 3)))
    assert (found.kind, found.got, found.expected) == ("type", "matrix", "array")


def test_what_a_mask_hides_is_not_there():
    for shape, expected in (((2, 3), np.ones((2, 3))), ((), 1.0)):
        found = difference(subclassed(np.ones(shape), "MaskedArray", 1), expected)
        assert (found.kind, found.got, found.total) == ("masked", 1, np.ones(shape).size)


# --- where ------------------------------------------------------------------------------------


def test_the_path_leads_to_the_part_that_differs():
    expected = ({"W": np.zeros(2), "b": [1.0, 2.0]}, 3)
    found = difference(({"W": np.zeros(2), "b": [1.0, 5.0]}, 3), expected)
    assert (found.kind, found.path) == ("values", (0, "b", 1))
    found = difference(({"W": np.zeros(3), "b": [1.0, 2.0]}, 3), expected)
    assert (found.kind, found.path, found.got) == ("shape", (0, "W"), (3,))
    found = difference(({"W": np.zeros(2), "b": [1.0, 2.0]}, None), expected)
    assert (found.kind, found.path) == ("nothing", (1,))


@few
@given(st.data())
def test_anything_at_all_gets_a_verdict(data):
    """Whatever comes across the wall is compared without an exception: that would be our fault."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.complex_numbers(),
        st.text(max_size=5),
        st.binary(max_size=5),
        st.builds(Opaque, st.text(max_size=5)),
        st.builds(Reference, st.integers(0, 5), st.text(max_size=5)),
        npst.arrays(
            st.sampled_from(["f2", "f4", "f8", "i1", "u8", "?", "c8", "U2", "S2"]),
            npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
        ),
    )
    got = data.draw(
        st.recursive(
            leaves,
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.tuples(inner, inner),
                st.dictionaries(st.sampled_from(["W", "b", 1]), inner, max_size=3),
            ),
            max_leaves=5,
        )
    )
    for expected in (
        np.ones((2, 3)), np.arange(3), np.array([True]), np.array(["a"]), np.float32(1), 3, 0.5,
        True, "a", None, (1.0, np.ones(2)), [], {"W": np.ones(2)}, 1j,
    ):  # fmt: skip
        found = difference(got, expected)
        if found is None:
            # Then it is the right answer, of the right type and size.
            assert np.shape(got) == np.shape(expected) or isinstance(expected, dict)


@pytest.mark.parametrize(
    "got",
    [(3, 4), [3, 4], np.array([3, 4]), (np.int64(3), np.int32(4))],
    ids=["tuple", "list", "array", "of NumPy"],
)
@pytest.mark.parametrize("expected", [(3, 4), [3, 4]], ids=["tuple", "list"])
def test_where_a_sequence_is_expected_whatever_python_unpacks_alike_is_right(got, expected):
    assert difference(got, expected) is None


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (np.array([3, 4, 5]), "length"),
        (np.array([3, 5]), "values"),
        (np.array(3), "type"),
        (np.array([3, 4]).view(SubclassedArray), "type"),
        ("34", "type"),
        ({3: 0, 4: 0}, "type"),
    ],
)
def test_what_only_looks_like_it_is_not(got, kind):
    found = difference(got, (3, 4))
    assert found is not None
    assert found.kind == kind


def test_an_array_is_no_list():
    found = difference([3.0, 4.0], np.array([3.0, 4.0]))
    assert found is not None
    assert (found.kind, found.got, found.expected) == ("type", "list", "array")
