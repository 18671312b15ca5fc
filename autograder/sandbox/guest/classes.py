"""Look at a student's class without running any of its code: a metaclass may define anything."""

from __future__ import annotations

from typing import Any

_MRO = type.__dict__["__mro__"].__get__
_DICT = type.__dict__["__dict__"].__get__
_FLAGS = type.__dict__["__flags__"].__get__
_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: made while the program runs, by a ``class`` statement or by an extension."""


def mro(kind: type) -> tuple[type, ...]:
    """The class and its bases, in the order in which attributes are looked up."""
    found: tuple[type, ...] = _MRO(kind)
    return found


def members(kind: type) -> dict[str, Any]:
    """What the class itself defines."""
    return dict(_DICT(kind))


def home(kind: type) -> Any:
    """What it says is the name of its module."""
    return _DICT(kind).get("__module__")


def is_instance(value: object, kind: type) -> bool:
    """``isinstance`` by the value's real type alone."""
    for base in _MRO(type(value)):  # noqa: SIM110 - any() takes three times as long
        if base is kind:
            return True
    return False


def is_static(kind: type) -> bool:
    """Whether it is a class of C code that nothing can change, and that is never freed."""
    return not _FLAGS(kind) & _HEAP_TYPE
