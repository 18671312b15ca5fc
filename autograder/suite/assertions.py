"""The assertions of a hidden suite: on answers of the student's code, never on plain values."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.sandbox.host.session import StudentRaised
from autograder.suite.compare import Difference, difference, type_name
from autograder.suite.facts import ArgumentChanged, Differs, Incomparable, NotRaised, WrongAnswer
from autograder.suite.proxy import Answer, derived, fetch, label, repeated


def same(
    answer: Answer, expected: Any, rtol: float = 1e-7, atol: float = 0.0, *, exact: bool = False
) -> None:
    """The answer is ``expected``, up to rounding.

    Args:
        answer: what the student's code gave.
        expected: array, number, bool, or a tuple, list or dict of them.
        rtol: error allowed, relative to the largest absolute value expected. The default lets any
            order of operations in float64 pass, and float32 inputs want about 1e-4. Whole numbers
            have to be right to the last digit.
        atol: error allowed on top.
        exact: no error at all: for what only copies, selects or reorders numbers. An array of
            float32 where float64 is right has to be equal in float32; `keeps_dtype` tells the rest.

    Raises:
        WrongAnswer: it differs (`Differs`, with the first difference in the order of
            `autograder.suite.compare`), or is too odd to be compared with anything
            (`Incomparable`).
        ValueError: ``expected`` holds NaN or infinity, which nothing could equal.
    """
    value = fetch(_answer(answer))
    if exact:
        rtol = atol = 0.0
    try:
        found = difference(value, expected, rtol, atol)
    except MemoryError:
        raise  # this machine is short of it, whatever the answer is
    except Exception as error:
        difference(expected, expected, rtol, atol)  # raises again where the suite is to blame
        # A fault of the grader's earns the points. This one depends on the answer, which students
        # choose: whoever found one in comparing could pass everywhere by it.
        raise WrongAnswer(Incomparable(label(answer), type_name(value))) from error
    if found is not None:
        raise WrongAnswer(Differs(label(answer), found, repeated(answer)))


def as_before(answer: Answer, earlier: Answer, rtol: float = 1e-7, atol: float = 0.0) -> None:
    """The answer is what an earlier answer to the same call was, right or wrong.

    For calls in between that may change nothing. Where the earlier answer is no array of finite
    numbers there is nothing to say: what is wrong with it, other criteria tell.

    Raises:
        WrongAnswer: it differs.
    """
    before = fetch(_answer(earlier))
    if isinstance(before, np.ndarray) and before.dtype.kind in "biuf" and np.isfinite(before).all():
        same(answer, before, rtol, atol)


def keeps_dtype(answer: Answer, dtype: npt.DTypeLike) -> None:
    """The answer is an array of exactly this dtype.

    Raises:
        WrongAnswer: it is not.
    """
    value, wanted = fetch(_answer(answer)), np.dtype(dtype).name
    if value is None:
        raise WrongAnswer(Differs(label(answer), Difference("nothing", None, "array")))
    if not isinstance(value, (np.ndarray, np.generic)):
        raise WrongAnswer(Differs(label(answer), Difference("type", type_name(value), "array")))
    if value.dtype.name != wanted:
        raise WrongAnswer(Differs(label(answer), Difference("dtype", value.dtype.name, wanted)))


def unchanged(function: Answer, *args: Any) -> Answer:
    """Call ``function`` and check that it leaves the arrays it was given as they were.

    Returns:
        The answer of the call.

    Raises:
        WrongAnswer: it changed one.
    """
    before = copy.deepcopy([arg if isinstance(arg, np.ndarray) else None for arg in args])
    answer = _answer(function).inplace(*args)
    after = answer.arguments
    for place, array in enumerate(before):
        if array is None:
            continue
        value = fetch(after[place]) if place < len(after) else None
        if (
            not isinstance(value, np.ndarray)
            or value.shape != array.shape
            or value.dtype != array.dtype
            or value.tobytes() != array.tobytes()
        ):
            raise WrongAnswer(ArgumentChanged(label(answer), place + 1))
    return answer


def raises(error: type[Exception], function: Answer, *args: Any) -> None:
    """Calling ``function`` raises ``error``, or a kind of it.

    Raises:
        WrongAnswer: it returned, or raised something else.
    """
    try:
        answer = _answer(function)(*args)
    except StudentRaised as raised:
        if raised.info.type == "NotImplementedError":
            raise  # a stub refuses everything
        if error.__name__ not in raised.info.kinds:
            name = raised.info.type
            fact = NotRaised(raised.label or "", error.__name__, name, raised=True)
            raise WrongAnswer(fact) from raised
        return
    raise WrongAnswer(NotRaised(label(answer), error.__name__, type_name(fetch(answer))))


def numbers(answer: Answer, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """The values of an answer that has to be an array of finite floats of this shape, as float64.

    Raises:
        WrongAnswer: it is something else.
    """
    value = fetch(_answer(answer))
    fits = isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind == "f"
    if not fits or not np.isfinite(value).all():
        same(answer, np.zeros(shape))  # says which of these it is not
        raise TypeError(f"{type_name(value)} is no array of finite floats")
    wide: npt.NDArray[np.float64] = value.astype(np.float64)
    return wide


def measured(answer: Answer, what: str, value: Any) -> Answer:
    """What was measured on an answer, as an answer to compare: feedback names it.

    Args:
        answer: what the student's code gave.
        what: for the message: ``"measured spread"`` of ``noise(…)``.
        value: the number or array measured.
    """
    return derived(_answer(answer), what, value)


def _answer(thing: Any) -> Answer:
    if not isinstance(thing, Answer):
        raise TypeError("the first argument is what the student's code gave, not a plain value")
    return thing
