"""What came of one call, condensed so that two of them can be compared up to rounding.

An observation is small whatever the student's code returned: a text with everything that must be
equal exactly (types, shapes, dtypes, integers, exceptions), and at most `MAX_NUMBERS` floats. Large
arrays are reduced to weighted sums of `CHUNKS` stretches, whose weights make it practically
impossible for different arrays to have equal sums. Pure: runs nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from autograder.sandbox.host.session import (
    CallResult,
    ExceptionInfo,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.protocol import wire

Array = np.ndarray[Any, Any]

CHUNKS = 64
"""Arrays of more elements are reduced to this many sums."""

MAX_NUMBERS = 4096
MAX_ITEMS = 2000
"""Beyond these a value is not condensed, and equals nothing."""

ROUNDING = {2: 1e-2, 4: 1e-5, 8: 1e-9}
"""By itemsize of a float: what another order of operations may change, relative to the largest
value of an array. Known mistakes that matter change far more."""

TINY = 1e-12
"""Absolute error of what should be 0."""

CLEARLY = 50.0
"""A difference is evidence if it is this many times what rounding may change."""

_RAISED = "raised "
_RESHAPE = re.compile(
    r"(raised ValueError: cannot reshape .* into shape \([\d,]*),(?:\d+|newaxis)\)"
)
_ADVICE = re.compile(r"\.? (?:Did you mean|Did you forget).*$")


@dataclass(frozen=True, eq=False, slots=True)
class Observation:
    """What came of one call.

    Attributes:
        form: everything that must be equal exactly.
        numbers: the floats, (n,), float64.
        room: what rounding may change in each of them, (n,), float64.
        weak: whether it happens for too many reasons to be evidence by itself.
        unusable: whether it equals nothing, not even itself.
        deep: whether an exception was raised further down, in other code that what is asked calls.
    """

    form: str
    numbers: Array
    room: Array
    weak: bool = False
    unusable: bool = False
    deep: bool = False

    @property
    def raised(self) -> bool:
        """Whether an exception was raised."""
        return self.form.startswith(_RAISED)

    def agrees(self, other: Observation) -> bool:
        """Whether both are the same up to rounding; ``other`` is the trusted one."""
        if self.unusable or other.unusable:
            return False
        if self.form != other.form:
            return self.raised and other.raised and _open(self.form) == _open(other.form)
        with np.errstate(all="ignore"):
            return bool((np.abs(self.numbers - other.numbers) <= other.room + TINY).all())

    @property
    def ends(self) -> bool:
        """Whether nothing more can be asked of the process that gave it."""
        return self.form in ENDED

    def raises_like(self, other: Observation) -> bool:
        """Whether both raise the same type of exception, whatever its text says."""
        kinds = self.form.partition(":")[0], other.form.partition(":")[0]
        return self.raised and kinds[0] == kinds[1]

    def clearly_differs(self, other: Observation) -> bool:
        """Whether they differ by far more than rounding; ``other`` is the reference's."""
        if self.unusable or other.unusable or self.form != other.form:
            return True
        with np.errstate(all="ignore"):
            near = np.abs(self.numbers - other.numbers) <= CLEARLY * (other.room + TINY)
        return not near.all()


def _open(form: str) -> tuple[str, ...]:
    """The text of an exception about a reshape, without the last size, which -1 leaves open.

    ``reshape(2, 3, -1)`` fails for the same reason as ``reshape(2, 3, 4)``, in another shape.
    """
    found = _RESHAPE.fullmatch(form)
    return found.groups() if found else (form,)


_NO_NUMBERS = np.zeros(0)

ENDED = {"lost", "timeout", StudentDied.__name__, StudentProtocolError.__name__}


def _only(form: str, *, weak: bool = False, unusable: bool = False) -> Observation:
    return Observation(form, _NO_NUMBERS, _NO_NUMBERS, weak, unusable)


NOT_ASKED = _only("not asked", weak=True)
"""The call needs an object that an earlier one should have returned."""

MISSING = _only("missing", weak=True)
"""The notebook does not define what is called."""

LOST = _only("lost", unusable=True)
"""Nothing is known about this call."""


def of_result(result: CallResult, sent: Sequence[Any] = ()) -> Observation:
    """What a call returned, and, if they were asked for, its arguments afterwards.

    Args:
        result: what came back.
        sent: the arguments of the call: whether one was changed is exact, however little it was.
    """
    value: Any = result.value
    try:
        if result.args is not None:
            changed = [not _is_same(*pair) for pair in zip(sent, result.args, strict=False)]
            value = (value, result.args, changed)
        return _Condensed().of(value)
    except _TooMuch:
        return _only("too much to compare", unusable=True)


def of_failure(failure: StudentFailure) -> Observation:
    """That a call gave no result."""
    if isinstance(failure, StudentRaised):
        return _of_exception(failure.info)
    if isinstance(failure, StudentTimeout):
        return _only("timeout")
    return _only(type(failure).__name__, weak=True)


def _of_exception(info: ExceptionInfo) -> Observation:
    said = _ADVICE.sub("", info.message)
    # Without a text it may be anything, and a stub that still raises is not a mistake.
    weak = not said or info.type == "NotImplementedError"
    # A comprehension is code of the function that it is in.
    functions = {frame.function.partition(".<locals>")[0] for frame in info.frames}
    return replace(_only(f"{_RAISED}{info.type}: {said}", weak=weak), deep=len(functions) > 1)


class _TooMuch(Exception):
    pass


class _Condensed:
    """Collects the parts of one value."""

    def __init__(self) -> None:
        self._forms: list[str] = []
        self._numbers: list[Array] = []
        self._rooms: list[Array] = []
        self._count = 0

    def of(self, value: Any) -> Observation:
        self._add(value)
        numbers = np.concatenate(self._numbers) if self._numbers else _NO_NUMBERS
        room = np.concatenate(self._rooms) if self._rooms else _NO_NUMBERS
        return Observation(" ".join(self._forms), numbers, room)

    def _add(self, value: Any) -> None:
        self._forms.append(self._form(value))
        if len(self._forms) > MAX_ITEMS:
            raise _TooMuch

    def _form(self, value: Any) -> str:
        match value:
            case None | bool() | np.bool_():
                return str(value)
            case np.ndarray() | np.generic():
                return self._array(value)
            case int():
                return f"int {hex(value)[:80]}"
            case float():
                return self._floats(np.array([value])) + "float"
            case complex():
                return self._floats(np.array([value.real, value.imag])) + "complex"
            case str():
                return f"str {_digest(value.encode('utf-8', 'surrogatepass'))}"
            case bytes():
                return f"bytes {_digest(value)}"
            case dict():
                for key in sorted(value, key=repr):
                    self._forms.append(f"{key!r:.80}:")
                    self._add(value[key])
                return f"dict of {len(value)}"
            case tuple() | list():
                for item in value:
                    self._add(item)
                return f"{len(value)} in a row"
            case wire.Reference():
                return "object"
        return type(value).__name__

    def _array(self, value: Any) -> str:
        array = np.asarray(value)
        kind = "subclassed " if isinstance(value, wire.SubclassedArray) else ""
        if not array.ndim and array.dtype.kind in "biu":
            return f"int {hex(int(array))[:80]}" if array.dtype.kind != "b" else str(bool(array))
        name = "float" if not array.ndim and array.dtype == np.float64 else str(array.dtype)
        name = f"{kind}{name}{list(array.shape) if array.ndim else ''}"
        if array.dtype.kind == "c":
            array = np.stack([array.real, array.imag])
        if array.dtype.kind == "f":
            return self._floats(array) + name
        return f"{name} {_digest(np.ascontiguousarray(array).tobytes())}"

    def _floats(self, array: Array) -> str:
        """Add the numbers; what is returned says where they are not finite."""
        close = ROUNDING.get(array.dtype.itemsize, 1e-9)
        flat = array.astype(np.float64).ravel()
        finite = np.isfinite(flat)
        odd = ""
        if not finite.all():
            codes = np.where(np.isnan(flat), 3, np.where(flat > 0, 2, 1)) * ~finite
            odd = f"not finite {_digest(codes.astype(np.uint8).tobytes())} "
            flat = np.where(finite, flat, 0.0)
        with np.errstate(all="ignore"):
            room = close * float(np.abs(flat).max(initial=0.0))
            if flat.size > CHUNKS:
                each = -(-flat.size // CHUNKS)
                weighted = np.zeros(each * CHUNKS)
                weighted[: flat.size] = flat * np.resize(_weights(), flat.size)
                flat = weighted.reshape(CHUNKS, each).sum(1)
                room *= 2 * float(np.sqrt(each))
        self._count += flat.size
        if self._count > MAX_NUMBERS:
            raise _TooMuch
        self._numbers.append(flat)
        self._rooms.append(np.full(flat.size, room))
        return odd


@cache
def _weights() -> Array:
    rng = np.random.default_rng(20)
    weights: Array = rng.uniform(0.5, 1.5, 4093) * rng.choice([-1.0, 1.0], 4093)
    return weights


def _is_same(before: Any, after: Any) -> bool:
    """Whether an array came back as it was sent; anything else does."""
    if not isinstance(before, np.ndarray) or not isinstance(after, np.ndarray):
        return True
    return (before.shape, before.dtype, before.tobytes()) == (
        after.shape,
        after.dtype,
        after.tobytes(),
    )


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
