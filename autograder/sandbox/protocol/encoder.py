"""Values → a JSON tree and raw buffers.

In the sandbox this runs code of the student's, such as the iterator of a subclass of list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .values import (
    DTYPE,
    MAX_BUFFERS,
    MAX_DEPTH,
    MAX_HEADER,
    MAX_INT_BITS,
    MAX_NODES,
    Callback,
    Opaque,
    Reference,
    Seeded,
    SubclassedArray,
    WireError,
    is_key,
)

_OWN_BUSINESS = {
    "__new__", "__init__", "__init_subclass__", "__array_finalize__", "__array_wrap__",
    "__array_priority__", "__repr__", "__str__", "__format__", "__reduce__", "__reduce_ex__",
    "__setstate__", "__del__", "__doc__", "__module__", "__dict__", "__weakref__", "__slots__",
    "__annotations__", "__class_getitem__", "__dir__",
}  # fmt: skip
"""What a subclass of ndarray may define and still behave like an ordinary array."""

_ARRAY_NAMES = {*dir(np.ndarray), "__getattr__", "__getattribute__"}


_Array, _asarray, _ascontiguousarray = np.ndarray, np.asarray, np.ascontiguousarray
# Bound before any student code runs, which may replace these functions in `np`.


def is_plain(value: object) -> bool:
    """Whether encoding it takes hardly any time and runs none of the student's code."""
    kind = type(value)
    if kind is list or kind is tuple:
        items: list[object] | tuple[object, ...] = value  # type: ignore[assignment]
        return len(items) < _FEW and all(map(_is_atom, items))
    return _is_atom(value)


def _is_atom(value: object) -> bool:
    kind = type(value)  # compared by identity: a class of the student's may define `==`
    return kind is _Array or kind is int or kind is float or kind is bool or value is None


_FEW = 100


def _subclass(array: np.ndarray[Any, Any]) -> tuple[str, int] | None:
    """The array's class name and number of masked elements; None if it behaves like ndarray."""
    kind = type(array)
    if kind is np.ndarray or issubclass(kind, (np.memmap, SubclassedArray)):
        return None
    if issubclass(kind, np.ma.MaskedArray):
        masked = int(np.count_nonzero(np.ma.getmaskarray(array)))
        return (kind.__name__[:80], masked) if masked else None
    above = kind.__mro__[: kind.__mro__.index(np.ndarray)]
    changed = {name for base in above for name in vars(base) if name in _ARRAY_NAMES}
    return (kind.__name__[:80], 0) if changed - _OWN_BUSINESS else None


_AS_IT_IS = frozenset([type(None), bool, float])

TOO_LARGE = "the value is larger than 64 MB, or has more than 10 000 arrays"

Refer = Callable[[object], "Reference | Callback | Opaque"]
"""Turns an object that cannot be sent into what is sent in its place."""


class Encoder:
    """Turns values into a JSON tree and buffers.

    Args:
        refer: turns an object into a `Reference`, a `Callback` or an `Opaque`.
        keep_strides: whether to send the strides of non-contiguous arrays.
        max_nodes: how many parts the values may have.
        max_buffers: how many of them may be arrays and bytes.

    Attributes:
        buffers: the memory of arrays and bytes, to which the trees refer by index.
    """

    def __init__(
        self,
        refer: Refer,
        keep_strides: bool,
        max_nodes: int = MAX_NODES,
        max_buffers: int = MAX_BUFFERS,
    ) -> None:
        self.buffers: list[bytes | memoryview] = []
        self.refer = refer
        self.keep_strides = keep_strides
        self.max_nodes = max_nodes
        self.max_buffers = max_buffers
        self.nodes = 0
        self.characters = 0

    def tree(self, value: Any, depth: int = 0) -> Any:
        """The JSON tree of a value.

        Raises:
            WireError: the values so far have too many parts, or too much text.
        """
        self.nodes += 1
        if self.nodes > self.max_nodes:
            raise WireError(f"the value has more than {self.max_nodes:,} parts".replace(",", " "))
        if depth > MAX_DEPTH:
            return {"t": "obj", "c": "deeply nested " + type(value).__name__[:80]}
        kind = type(value)
        if kind is str:
            self.characters += len(value)
            if self.characters > MAX_HEADER:  # each is a byte of the header at least
                raise WireError(TOO_LARGE)
            return value
        if kind in _AS_IT_IS:
            return value
        if kind is int:
            if -(2**63) <= value < 2**63:
                return value
            if value.bit_length() > MAX_INT_BITS:
                return {"t": "obj", "c": "int of more than 4096 bits"}
            return {"t": "int", "v": hex(value)}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if kind is list or kind is tuple:
            return self._items(value, depth)
        if isinstance(value, np.generic) and not isinstance(value, (str, bytes)):
            return self._array(_asarray(value), scalar=True)
        if isinstance(value, complex):
            return {"t": "c", "v": [value.real, value.imag]}
        if isinstance(value, (bytes, bytearray)):
            return {"t": "bytes", "b": self._put(bytes(value))}
        if isinstance(value, dict):
            if not all(map(is_key, value)):
                return {"t": "obj", "c": "dict with unusual keys"}
            return {
                "t": "dict",
                "k": [self.tree(key, depth + 1) for key in value],
                "v": [self.tree(item, depth + 1) for item in value.values()],
            }
        if isinstance(value, (list, tuple)):
            return self._items(value, depth)
        if isinstance(value, Seeded):
            return {"t": "rng", "n": value.seed}
        # Subclasses of the plain types (an IntEnum, say) are sent as the plain type.
        for plain in (bool, int, float, str):
            if isinstance(value, plain):
                return self.tree(plain(value), depth + 1)
        if not isinstance(value, (Reference, Callback, Opaque)):
            value = self.refer(value)
        if isinstance(value, Reference):
            return {"t": "ref", "n": value.number, "c": value.class_name[:80]}
        if isinstance(value, Callback):
            return {"t": "call", "n": value.number}
        return {"t": "obj", "c": value.class_name[:80]}

    def _items(self, value: list[Any] | tuple[Any, ...], depth: int) -> Any:
        name = "tuple" if isinstance(value, tuple) else "list"
        return {"t": name, "v": [self.tree(item, depth + 1) for item in value]}

    def _array(self, value: np.ndarray[Any, Any], scalar: bool = False) -> Any:
        array = _asarray(value)
        native = array.dtype.newbyteorder("<")
        if not DTYPE.match(native.str):
            return {"t": "obj", "c": f"array of {array.dtype.name}"[:80]}
        array = array.astype(native, copy=False)
        tree: dict[str, Any] = {"t": "ns" if scalar else "nd", "d": native.str}
        if not scalar:
            tree["s"] = list(array.shape)
            if subclass := _subclass(value):
                tree["c"], tree["m"] = subclass
            whole = all(step % array.itemsize == 0 for step in array.strides)
            if self.keep_strides and array.size and whole and not array.flags.c_contiguous:
                tree["st"] = [step // array.itemsize for step in array.strides]
        tree["b"] = self._put(_ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return tree

    def _put(self, buffer: bytes | memoryview) -> int:
        if len(self.buffers) >= self.max_buffers:
            raise WireError(
                f"the value has more than {self.max_buffers:,} arrays".replace(",", " ")
            )
        self.buffers.append(buffer)
        return len(self.buffers) - 1
