"""The assertions of a hidden suite: on answers of the student's code, never on plain values."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.sandbox.host.session import StudentRaised
from autograder.suite.compare import Difference, difference, type_name
from autograder.suite.proxy import Answer, fetch, label, repeated


class Mismatch(Exception):
    """An answer that is not right: the call that gave it, and how it differs.

    ``again``: the same call, on the same data, was made before.
    """

    def __init__(self, call: str, found: Difference, again: bool = False) -> None:
        super().__init__(f"{call}: {found}")
        self.call = call
        self.found = found
        self.again = again


class Incomparable(Exception):
    """An answer at which comparing itself fails, though what is expected can be compared."""

    def __init__(self, call: str, got: str) -> None:
        super().__init__(f"{call}: {got} cannot be compared")
        self.call = call
        self.got = got


class ArgumentChanged(Exception):
    """A call that changed an array it was given."""

    def __init__(self, call: str, place: int) -> None:
        super().__init__(f"{call} changed argument {place}")
        self.call = call
        self.place = place


class NotRaised(Exception):
    """A call that should have refused its arguments, and gave or raised something else."""

    def __init__(self, call: str, expected: str, got: str, raised: bool = False) -> None:
        super().__init__(f"{call} did not raise {expected}")
        self.raised = raised
        self.call = call
        self.expected = expected
        self.got = got


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
        Mismatch: it differs; the first difference in the order of `autograder.suite.compare`.
        Incomparable: it is too odd to be compared with anything.
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
        # A fault of the grader's earns the points. This one hangs on the answer, which students
        # choose: whoever found one in comparing could pass everywhere by it.
        raise Incomparable(label(answer), type_name(value)) from error
    if found is not None:
        raise Mismatch(label(answer), found, repeated(answer))


def as_before(answer: Answer, earlier: Answer, rtol: float = 1e-7, atol: float = 0.0) -> None:
    """The answer is what an earlier answer to the same call was, right or wrong.

    For calls in between that may change nothing. Where the earlier answer is no array of finite
    numbers there is nothing to say: what is wrong with it, other criteria tell.

    Raises:
        Mismatch: it differs.
    """
    before = fetch(_answer(earlier))
    if isinstance(before, np.ndarray) and before.dtype.kind in "biuf" and np.isfinite(before).all():
        same(answer, before, rtol, atol)


def keeps_dtype(answer: Answer, dtype: npt.DTypeLike) -> None:
    """The answer is an array of exactly this dtype.

    Raises:
        Mismatch: it is not.
    """
    value, wanted = fetch(_answer(answer)), np.dtype(dtype).name
    if value is None:
        raise Mismatch(label(answer), Difference("nothing", None, "array"))
    if not isinstance(value, (np.ndarray, np.generic)):
        raise Mismatch(label(answer), Difference("type", type_name(value), "array"))
    if value.dtype.name != wanted:
        raise Mismatch(label(answer), Difference("dtype", value.dtype.name, wanted))


def unchanged(function: Answer, *args: Any) -> Answer:
    """Call ``function`` and check that it leaves the arrays it was given as they were.

    Returns:
        The answer of the call.

    Raises:
        ArgumentChanged: it changed one.
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
            raise ArgumentChanged(label(answer), place + 1)
    return answer


def raises(error: type[Exception], function: Answer, *args: Any) -> None:
    """Calling ``function`` raises ``error``, or a kind of it.

    Raises:
        NotRaised: it returned, or raised something else.
    """
    try:
        answer = _answer(function)(*args)
    except StudentRaised as raised:
        if raised.info.type == "NotImplementedError":
            raise  # a stub refuses everything
        if error.__name__ not in raised.info.kinds:
            name = raised.info.type
            raise NotRaised(raised.label or "", error.__name__, name, raised=True) from raised
        return
    raise NotRaised(label(answer), error.__name__, type_name(fetch(answer)))


def _answer(thing: Any) -> Answer:
    if not isinstance(thing, Answer):
        raise TypeError("the first argument is what the student's code gave, not a plain value")
    return thing
