"""A JSON tree and raw buffers → values. Nothing is ever unpickled, imported or evaluated.

Whatever is in a tree was fabricated by somebody: lengths, depth, number of nodes, dtypes, and that
shape and buffer size agree are all validated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .values import (
    DTYPE,
    MAX_DEPTH,
    MAX_INT_BITS,
    MAX_KEYS,
    MAX_NODES,
    Callback,
    Opaque,
    Reference,
    Seeded,
    SubclassedArray,
    WireError,
    is_key,
)

_PLAIN = frozenset([type(None), bool, float, str])
"""What JSON gives and any value may be."""

Resolve = Callable[["Reference | Callback | Seeded | Opaque"], object]
"""Turns what replaces an object on the way into what the reader uses."""


class Decoder:
    """Turns JSON trees and buffers into values, and believes nothing that they say.

    Args:
        buffers: the memory of arrays and bytes. Each may be used once.
        resolve: turns a reference, callback or opaque value into what the reader uses.
        keep_strides: whether to honour strides.
    """

    def __init__(self, buffers: list[bytearray], resolve: Resolve, keep_strides: bool) -> None:
        self.buffers = buffers
        self.resolve = resolve
        self.keep_strides = keep_strides
        self.nodes = 0
        self.keys = 0
        self.used: set[int] = set()

    def value(self, tree: Any, depth: int = 0) -> Any:
        """The value of a tree.

        Raises:
            WireError: the tree is not valid. Python and numpy may raise others.
        """
        self.nodes += 1
        if depth > 2 * MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("a value is nested too deeply or has too many parts")
        if type(tree) in _PLAIN:
            return tree
        if isinstance(tree, int):
            if not -(2**63) <= tree < 2**63:
                raise WireError("a large integer that is not encoded as one")
            return tree
        if not isinstance(tree, dict):
            raise WireError("a bare list instead of a value")
        kind = tree.get("t")
        if kind in ("nd", "ns"):
            return self._array(tree, kind == "ns")
        if kind in ("list", "tuple"):
            items = [self.value(item, depth + 1) for item in _list(tree.get("v"))]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return self._dict(tree, depth)
        if kind == "int":
            return _long(tree.get("v"))
        if kind == "c":
            parts = _list(tree.get("v"))
            if len(parts) != 2 or not all(isinstance(p, (int, float)) for p in parts):
                raise WireError("a complex number without its two parts")
            return complex(parts[0], parts[1])
        if kind == "bytes":
            return bytes(self._buffer(tree))
        if kind == "ref":
            return self.resolve(Reference(_number(tree.get("n")), _text(tree.get("c"))))
        if kind == "call":
            return self.resolve(Callback(_number(tree.get("n"))))
        if kind == "rng":
            return self.resolve(Seeded(_number(tree.get("n"))))
        if kind == "obj":
            return self.resolve(Opaque(_text(tree.get("c"))))
        raise WireError("a value of unknown kind")

    def _dict(self, tree: dict[str, Any], depth: int) -> dict[Any, Any]:
        keys = [self.value(key, depth + 1) for key in _list(tree.get("k"))]
        items = [self.value(item, depth + 1) for item in _list(tree.get("v"))]
        if len(keys) != len(items):
            raise WireError("a dict with unequal numbers of keys and values")
        if not all(map(is_key, keys)):
            raise WireError("a dict key that is not a plain value")
        self.keys += sum(1 for key in keys if type(key) is not str)
        if self.keys > MAX_KEYS:
            raise WireError("more than 1000 dict keys that are not strings")
        return dict(zip(keys, items, strict=True))

    def _array(self, tree: dict[str, Any], scalar: bool) -> Any:
        name = tree.get("d")
        if not isinstance(name, str) or not DTYPE.match(name):
            raise WireError("an array of a dtype that cannot be sent")
        try:
            dtype = np.dtype(name)
        except (TypeError, ValueError) as error:
            raise WireError("an array of an unknown dtype") from error
        shape = [] if scalar else [_number(size) for size in _list(tree.get("s"))]
        raw = self._buffer(tree)
        if not dtype.itemsize or len(shape) > 32:
            raise WireError("an array with an itemsize of 0 or too many axes")
        if math.prod(shape) * dtype.itemsize != len(raw):
            raise WireError("an array whose shape and size disagree")
        if not len(raw):
            return np.zeros(shape, dtype)
        if dtype.kind == "U" and (np.frombuffer(raw, np.uint32) > 0x10FFFF).any():
            raise WireError("text with invalid code points")
        array = np.frombuffer(raw, dtype).reshape(shape)
        if scalar:
            return array[()]
        if "c" in tree:
            subclassed = array.view(SubclassedArray)
            named = self.resolve(Opaque(_text(tree["c"])))
            subclassed.class_name = named.class_name if isinstance(named, Opaque) else ""
            subclassed.masked = min(_number(tree.get("m")), array.size)
            return subclassed
        if self.keep_strides and "st" in tree:
            return _with_strides(array, tree["st"])
        return array

    def _buffer(self, tree: dict[str, Any]) -> bytearray:
        number = tree.get("b")
        if type(number) is not int or not 0 <= number < len(self.buffers):
            raise WireError("a reference to a buffer that does not exist")
        if number in self.used:  # otherwise a small message could decode to a huge value
            raise WireError("a buffer that is used twice")
        self.used.add(number)
        return self.buffers[number]


def _with_strides(array: np.ndarray[Any, Any], steps: list[int]) -> np.ndarray[Any, Any]:
    """Copy ``array`` into memory with the given strides, counted in elements.

    The student's code then receives the same non-contiguous input that the suite made.
    """
    reach = 1 + sum((size - 1) * abs(step) for size, step in zip(array.shape, steps, strict=True))
    base = np.zeros(reach, array.dtype)
    view = np.lib.stride_tricks.as_strided(
        base, array.shape, [abs(step) * array.itemsize for step in steps]
    )
    view = view[tuple(slice(None, None, -1 if step < 0 else 1) for step in steps)]
    view[...] = array
    return view


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WireError("expected a list")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**62:
        raise WireError("expected a count")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("expected a name")
    return "".join(c if c.isprintable() else "?" for c in value[:80])


def _long(value: Any) -> int:
    if not isinstance(value, str) or len(value) > MAX_INT_BITS // 4 + 4:
        raise WireError("an integer of too many bits")
    try:
        return int(value, 16)
    except ValueError as error:
        raise WireError("an integer that cannot be parsed") from error
