"""Assertions for hidden suites: on answers of the student's code, never on plain values."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.sandbox.host.session import StudentRaised
from autograder.suite.compare import Difference, difference, type_name
from autograder.suite.facts import (
    ArgumentChanged,
    Differs,
    Incomparable,
    NotRaised,
    WeightsChanged,
    WrongAnswer,
)
from autograder.suite.proxy import (
    Answer,
    derived,
    fetch,
    label,
    repeated,
    what_was_measured,
    within,
)
from autograder.suite.smallest_input import AsText
from autograder.text import Text

IN_FLOAT64 = Text(en="The result in float64", ja="float64にした結果")
ROUGHLY = 1e-2
"""With a larger tolerance, a property "should be about" what is expected."""


def same(
    answer: Answer, expected: Any, rtol: float = 1e-7, atol: float = 0.0, *, exact: bool = False
) -> None:
    """The answer equals ``expected``, up to rounding.

    Args:
        answer: an answer of the student's code.
        expected: array, number, bool, or a tuple, list or dict of them.
        rtol: allowed error, relative to the largest absolute value expected. The default accepts
            any order of operations in float64; float32 inputs need about 1e-4. Integers must be
            exact.
        atol: absolute error allowed on top.
        exact: allow no error at all: for code that only copies, selects or reorders numbers. If
            float32 is returned instead of float64, the values must be equal in float32; the dtype
            is checked by `keeps_dtype`.

    Raises:
        WrongAnswer: it differs (`Differs`, with the first difference in the order of
            `autograder.suite.compare`), or is too unusual to compare (`Incomparable`).
        ValueError: ``expected`` contains NaN or infinity, which nothing can equal.
    """
    value = fetch(_answer(answer))
    if exact:
        rtol = atol = 0.0
    try:
        found = difference(value, expected, rtol, atol)
    except MemoryError:
        raise  # this machine is out of memory, whatever the answer is
    except Exception as error:
        difference(expected, expected, rtol, atol)  # raises again if the suite is to blame
        # A grader error may earn the points. This exception depends on the answer, which students
        # choose: if it counted as one, a bug in the comparison could be exploited everywhere.
        fact = Incomparable(label(answer), type_name(value))
        raise WrongAnswer(fact, AsText(fact.got), expected) from error
    if found is not None:
        roughly = rtol > ROUGHLY or atol > 0
        raise WrongAnswer(_differs(answer, found, roughly), value, expected)


def agrees(answer: Answer, expected: Any, rtol: float = 1e-7, atol: float = 0.0) -> bool:
    """Whether `same` would pass: for a test that goes on in either case.

    Whatever the student's code returns is not the test's fault.
    """
    try:
        same(answer, expected, rtol=rtol, atol=atol)
    except WrongAnswer:
        return False
    return True


def as_before(answer: Answer, earlier: Answer, rtol: float = 1e-7, atol: float = 0.0) -> None:
    """The answer equals an earlier answer to the same call, right or wrong.

    For checking that the calls in between have no side effects. Does nothing if the earlier answer
    is not an array of finite numbers, which is for other criteria to report.

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
        raise WrongAnswer(_differs(answer, Difference("nothing", None, "array")))
    if not isinstance(value, (np.ndarray, np.generic)):
        found = Difference("type", type_name(value), "array")
        raise WrongAnswer(_differs(answer, found))
    if value.dtype.name != wanted:
        found = Difference("dtype", value.dtype.name, wanted)
        raise WrongAnswer(_differs(answer, found), value, np.empty(0, wanted))


def unchanged(function: Answer, *args: Any, only: int | None = None) -> Answer:
    """Call ``function`` and check that it does not modify its arrays, or lists of arrays.

    Args:
        function: what is called.
        args: its arguments.
        only: the argument to check, from 1, where another criterion checks the others; all of them
            if None.

    Returns:
        The answer of the call.

    Raises:
        WrongAnswer: it modified one.
    """
    before = copy.deepcopy([arg if _has_arrays(arg) else None for arg in args])
    answer = _answer(function).inplace(*args)
    after = answer.arguments
    for place, argument in enumerate(before):
        value = fetch(after[place]) if place < len(after) else None
        if only in (None, place + 1) and not _as_it_was(value, argument):
            raise WrongAnswer(ArgumentChanged(label(answer), place + 1), value, argument)
    return answer


def _has_arrays(arg: Any) -> bool:
    """Whether it is an array or a list of arrays."""
    if isinstance(arg, list):
        return bool(arg) and all(isinstance(each, np.ndarray) for each in arg)
    return isinstance(arg, np.ndarray)


def _as_it_was(value: Any, before: Any) -> bool:
    """Whether an argument is what it was before the call, to the last bit."""
    if before is None:
        return True
    if isinstance(before, list):
        alike = isinstance(value, list) and len(value) == len(before)
        return alike and all(map(_as_it_was, value, before))
    return (
        isinstance(value, np.ndarray)
        and value.shape == before.shape
        and value.dtype == before.dtype
        and value.tobytes() == before.tobytes()
    )


def keeps_weights(layer: Answer, method: str, *args: Any, names: tuple[str, ...]) -> Answer:
    """Call a method that must change neither its arrays nor the layer's weights.

    Args:
        layer: an object of the student's code.
        method: the method's name.
        args: its arguments.
        names: the attributes that it must leave as they are. Nothing is said about one that the
            layer does not have.

    Returns:
        The answer of the call.

    Raises:
        WrongAnswer: the method changed an attribute or an argument.
    """
    before = {name: copy.deepcopy(_attribute(layer, name)) for name in names}
    answer = unchanged(getattr(layer, method), *args)
    for name, weights in before.items():
        after = _attribute(layer, name)
        if weights is None or after is None or np.array_equal(weights, after):
            continue
        raise WrongAnswer(WeightsChanged(label(answer), name, method), after, weights)
    return answer


def _attribute(layer: Answer, name: str) -> npt.NDArray[Any] | None:
    """What an object has under this name, if that is an array."""
    try:
        value = fetch(getattr(layer, name))
    except StudentRaised:
        return None
    return value if isinstance(value, np.ndarray) else None


def raises(error: type[Exception], function: Answer, *args: Any) -> None:
    """Calling ``function`` raises ``error`` or a subclass of it.

    Raises:
        WrongAnswer: it returned, or raised something else.
    """
    try:
        answer = _answer(function)(*args)
    except StudentRaised as raised:
        if raised.info.type == "NotImplementedError":
            raise  # a stub raises for every call
        if error.__name__ not in raised.info.kinds:
            name = raised.info.type
            fact = NotRaised(raised.label or "", error.__name__, name, raised=True)
            raise WrongAnswer(fact, raised.info, AsText(error.__name__)) from raised
        return
    value = fetch(answer)
    fact = NotRaised(label(answer), error.__name__, type_name(value))
    raise WrongAnswer(fact, value, AsText(error.__name__))


def numbers(answer: Answer, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """The values, as float64, of an answer that must be an array of finite floats of this shape.

    Raises:
        WrongAnswer: it is something else.
    """
    value = fetch(_answer(answer))
    if not isinstance(value, np.ndarray) or value.shape != shape:
        same(answer, np.zeros(shape))
        raise WrongAnswer(_differs(answer, Difference("type", type_name(value), "array")))
    if value.dtype.kind != "f":
        raise WrongAnswer(_differs(answer, Difference("dtype", value.dtype.name, "float64")))
    with np.errstate(over="ignore"):  # of a longdouble
        wide: npt.NDArray[np.float64] = value.astype(np.float64)
    if not np.isfinite(wide).all():
        same(answer, np.zeros(shape))
        same(measured(answer, IN_FLOAT64, wide), np.zeros(shape))
    return wide


def measured(answer: Answer, what: Text | str, value: Any) -> Answer:
    """A quantity computed from an answer, to be compared like an answer.

    Args:
        answer: an answer of the student's code.
        what: its name at the beginning of a message, in every language of the course: ``"The spread
            of the noise"`` is 0.3; it should be about 0.1.
        value: the number or array.
    """
    return derived(_answer(answer), Text.same(what) if isinstance(what, str) else what, value)


def _differs(answer: Answer, found: Difference, roughly: bool = False) -> Differs:
    what = what_was_measured(answer)
    return Differs(label(answer), found, repeated(answer), within(answer), what, roughly)


def _answer(thing: Any) -> Answer:
    if not isinstance(thing, Answer):
        raise TypeError("the first argument must be an answer of the student's code")
    return thing
