"""Look at a student's class without running any of its code: a metaclass may define anything."""

from __future__ import annotations

from typing import Any

_MRO = type.__dict__["__mro__"].__get__
_DICT = type.__dict__["__dict__"].__get__


def mro(kind: type) -> tuple[type, ...]:
    """The class and its bases, in the order in which attributes are looked up."""
    found: tuple[type, ...] = _MRO(kind)
    return found


def members(kind: type) -> dict[str, Any]:
    """What the class itself defines."""
    return dict(_DICT(kind))


def is_instance(value: object, kind: type) -> bool:
    """``isinstance`` by the value's real type alone."""
    return any(base is kind for base in mro(type(value)))
