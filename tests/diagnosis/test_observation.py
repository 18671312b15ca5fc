"""What two calls gave, compared up to rounding."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.diagnosis.observation import of_failure, of_result
from autograder.sandbox.host.session import (
    CallResult,
    ExceptionInfo,
    StudentDied,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.protocol import wire

RNG = np.random.default_rng(3)
SMALL = RNG.standard_normal((3, 4))
LARGE = RNG.standard_normal((4, 3, 20, 20))


def seen(value, args=None, sent=()):
    return of_result(CallResult(value, args), sent)


def raised(type_, message):
    return of_failure(StudentRaised(ExceptionInfo(type_, message)))


@pytest.mark.parametrize("x", [SMALL, LARGE, SMALL.astype(np.float32), 2.5, np.float64(0.1)])
def test_another_order_of_operations_changes_nothing(x):
    close = 1e-7 if getattr(x, "dtype", None) == np.float32 else 1e-14
    assert seen(type(x)(x * (1 + close)) if np.isscalar(x) else x * x.dtype.type(1 + close)).agrees(
        seen(x)
    )


@pytest.mark.parametrize("x", [SMALL, LARGE])
def test_one_wrong_element_is_seen(x):
    wrong = x.copy()
    wrong[(1,) * x.ndim] += 1e-5
    assert not seen(wrong).agrees(seen(x))
    assert seen(wrong).clearly_differs(seen(x))


def test_a_large_array_in_another_order_is_another_one():
    for other in (LARGE[::-1], LARGE[..., ::-1], np.sort(LARGE), LARGE.transpose(0, 1, 3, 2)):
        assert not seen(other).agrees(seen(LARGE))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), np.zeros(3, np.float32)),
        (np.zeros(3), np.zeros(3, int)),
        (np.array([1, 2]), np.array([1, 3])),
        (np.array([1, 2], np.uint8), np.array([1, 2])),
        (2**60, 2**60 + 1),
        (True, 1),
        (None, 0.0),
        ("a", "b"),
        ((1.0, 2.0), (1.0, 2.0, 3.0)),
        ({"W": 1.0}, {"b": 1.0}),
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
        (np.array([np.inf]), np.array([-np.inf])),
        (np.array([1.0, np.nan]), np.array([1.0, 0.0])),
        (np.zeros(3).view(wire.SubclassedArray), np.zeros(3)),
        (1.0, 1.0 + 1e-6),
    ],
)
def test_what_is_not_the_same(one, other):
    assert seen(one).agrees(seen(one))
    assert not seen(one).agrees(seen(other))
    assert not seen(other).agrees(seen(one))


def test_the_type_of_a_number_is_not_what_matters():
    assert seen(np.float64(0.5)).agrees(seen(0.5))
    assert seen(np.int64(7)).agrees(seen(7))
    assert seen([1.0, 2.0]).agrees(seen((1.0, 2.0)))
    assert seen(wire.Reference(3, "Convolution")).agrees(seen(wire.Reference(8, "conv")))


def test_whether_an_argument_was_changed_is_exact():
    x = np.ones(3)
    touched = x + np.array([0, 1e-16 * 4, 0])
    assert not seen(None, [touched], [x]).agrees(seen(None, [x], [x]))


def test_exceptions_are_told_by_type_and_text():
    shapes = "cannot reshape array of size 12 into shape (5,)"
    assert raised("ValueError", shapes).agrees(raised("ValueError", shapes))
    assert not raised("ValueError", shapes).agrees(raised("ValueError", shapes.replace("5", "6")))
    assert not raised("ValueError", shapes).agrees(raised("TypeError", shapes))
    advised = raised("AttributeError", "'C' object has no attribute 'pda'. Did you mean: 'pad'?")
    assert advised.agrees(raised("AttributeError", "'C' object has no attribute 'pda'"))


def test_a_reshape_that_leaves_the_last_size_open_fails_for_the_same_reason():
    given = "cannot reshape array of size 15 into shape (1,3,3,4)"
    assert raised("ValueError", given.replace(",4)", ",newaxis)")).agrees(
        raised("ValueError", given)
    )
    assert not raised("ValueError", given.replace("3,4", "2,newaxis")).agrees(
        raised("ValueError", given)
    )


def test_what_has_many_causes_is_weak():
    assert raised("ValueError", "").weak
    assert raised("NotImplementedError", "not yet").weak
    assert not raised("ValueError", "cannot reshape array of size 12 into shape (5,)").weak
    assert of_failure(StudentDied()).weak
    assert not of_failure(StudentTimeout()).weak


def test_what_is_too_large_to_condense_equals_nothing():
    for value in ([0.0] * 5000, [[]] * 5000, {i: np.ones(64) for i in range(200)}):
        assert not seen(value).agrees(seen(value))
