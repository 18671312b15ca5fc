"""Look at a student's class without running any of its code: a metaclass may define anything."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Any

_getattribute = object.__getattribute__
_MRO = type.__dict__["__mro__"].__get__
_DICT = type.__dict__["__dict__"].__get__
_QUALNAME = type.__dict__["__qualname__"].__get__
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


def home(kind: type) -> str:
    """What it says is the name of its module; "" if it says something else."""
    return name_of(_DICT(kind), "__module__")


def name_of(space: Mapping[str, Any], key: str = "__name__") -> str:
    """The name that is there; "" if it is something else, whose code must not run."""
    found: object = space.get(key) if not isinstance(space, dict) else dict.get(space, key)
    return found if type(found) is str else ""


def is_instance(value: object, kind: type) -> bool:
    """``isinstance`` by the value's real type alone."""
    for base in _MRO(type(value)):  # noqa: SIM110 - any() takes three times as long
        if base is kind:
            return True
    return False


def attributes(thing: object) -> dict[str, Any] | None:
    """The ``__dict__`` of an object; None if it has none.

    Raises:
        TypeError: its class calls something else so.
    """
    for base in mro(type(thing)):
        found = _DICT(base).get("__dict__")
        if type(found) is types.GetSetDescriptorType:
            own: dict[str, Any] = found.__get__(thing)
            return own
        if found is not None:
            raise TypeError("a class has a __dict__ of its own making")
    return None


def is_static(kind: type) -> bool:
    """Whether it is a class of C code that nothing can change, and that is never freed."""
    return not _FLAGS(kind) & _HEAP_TYPE


def is_of_library(kind: type) -> bool:
    """Whether the module that it says it is from has it, maybe within another class."""
    if is_static(kind):
        return True
    module = sys.modules.get(home(kind))
    space = {} if module is None else _getattribute(module, "__dict__")
    first, _, inner = _QUALNAME(kind).partition(".")
    found = space.get(first)
    return found is kind or (bool(inner) and is_instance(found, type))
