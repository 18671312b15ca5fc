"""The reference's functions and objects as stand-ins ask for them: one question, one reply.

Runs in a process of its own (`autograder.carrying.reference_process`), since what a student's code
may ask for takes as much time and memory as it likes.

A question has ``op``: ``call`` a function, ``make`` an object, call a ``method`` of one, ``copy``
one. A reply has

- ``value``, for an object made or copied its ``number``, or ``raised`` and ``text``;
- ``attributes``: of the object, those that are public and have another value than the guest knows;
- ``same``: attributes that are an argument itself (``W``), by the argument's place;
- ``written``: arguments that were changed in place, and ``generators``: states, both by place.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

MAX_OBJECTS = 1000
"""That may exist at a time."""

_MAX_ITEMS = 1000
_DEPTH = 3
_PLAIN = (bool, int, float, str)


class References:
    """Answers one notebook's questions about the reference.

    Args:
        library: the course's reference.
        names: what the notebook may ask for.

    Attributes:
        names: of these, what the library has: None for a function, its methods for a class.
    """

    def __init__(self, library: ModuleType, names: Iterable[str]) -> None:
        self._library = library
        found = {name: getattr(library, name, None) for name in names}
        self.names = {
            name: _methods(thing) if isinstance(thing, type) else None
            for name, thing in found.items()
            if callable(thing)
        }
        self._loaded: dict[int, Any] = {}
        self._objects = self._loaded
        self._made = 0

    def begin(self) -> None:
        """A criterion begins: objects are as they were when all cells had run."""
        self._objects = {}

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The reply; what the reference raises is part of it."""
        try:
            return self._answer(message)
        except Exception as error:
            text = " ".join(str(error)[:1000].split())[:200]
            return {"raised": type(error).__name__, "text": text}

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        args, kwargs = list(message["args"]), dict(message["kwargs"])
        generators = _put_generators(args, kwargs, message["generators"])
        given = [*args, *kwargs.values()]
        before = list(map(_fingerprint, given))
        reply = self._operation(message["stand_in"], args, kwargs, given)
        reply["written"] = {
            str(place): value
            for place, (value, mark) in enumerate(zip(given, before, strict=True))
            if _fingerprint(value) != mark
        }
        reply["generators"] = {
            place: generator.bit_generator.state for place, generator in generators.items()
        }
        return reply

    def _operation(
        self, question: Mapping[str, Any], args: list[Any], kwargs: dict[str, Any], given: list[Any]
    ) -> dict[str, Any]:
        op = question["op"]
        if op in ("call", "make"):
            is_class = self.names[question["name"]] is not None
            if is_class != (op == "make"):
                raise TypeError("a function is called, and an object made of a class")
            value = getattr(self._library, question["name"])(*args, **kwargs)
            if not is_class:
                return {"value": value}
            return {"number": self._keep(value)} | _attributes(value, {}, given)
        target = self._object(question["number"])
        if op == "copy":
            return {"number": self._keep(copy.deepcopy(target))}
        method = question["method"]
        if op != "method" or method not in _methods(type(target)):
            raise AttributeError("there is no such thing to be done with it")
        for name, value in question["attributes"].items():
            if name in _public(target) and _travels(value):
                setattr(target, name, value)
        seen = {name: (value, _fingerprint(value)) for name, value in _public(target).items()}
        value = getattr(target, method)(*args, **kwargs)
        return {"value": value} | _attributes(target, seen, given)

    def _object(self, number: int) -> Any:
        if number not in self._objects:
            # Each criterion has copies of what the cells left: criteria do not see each other.
            self._objects[number] = copy.deepcopy(self._loaded[number])
        return self._objects[number]

    def _keep(self, made: Any) -> int:
        if len(self._objects) >= MAX_OBJECTS:
            raise MemoryError("too many objects")
        self._made += 1
        self._objects[self._made] = made
        return self._made


def _methods(kind: type) -> list[str]:
    public = (key for key in dir(kind) if not key.startswith("_"))
    return [key for key in public if callable(getattr(kind, key))]


def _public(thing: Any) -> dict[str, Any]:
    """The attributes that the guest has as well."""
    items = vars(thing).items()
    return {name: value for name, value in items if not name.startswith("_") and _travels(value)}


def _attributes(
    thing: Any, seen: Mapping[str, tuple[Any, Any]], given: Sequence[Any]
) -> dict[str, Any]:
    """What has changed of an object's public attributes since ``seen`` (value, fingerprint)."""
    same, changed = {}, {}
    for name, value in _public(thing).items():
        place = next((n for n, arg in enumerate(given) if arg is value and _mutable(arg)), None)
        if place is not None:
            same[name] = place
        elif name not in seen or seen[name][0] is not value or seen[name][1] != _fingerprint(value):
            changed[name] = value
    return {"attributes": changed, "same": same}


def _mutable(value: Any) -> bool:
    return isinstance(value, (np.ndarray, dict, list))


def _travels(value: Any, depth: int = _DEPTH) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    if isinstance(value, (dict, list, tuple)):
        items = value.values() if isinstance(value, dict) else value
        return depth > 0 and len(value) <= _MAX_ITEMS and all(_travels(v, depth - 1) for v in items)
    return value is None or isinstance(value, (*_PLAIN, np.number))


def _fingerprint(value: Any) -> Any:
    """Something small that differs when the content of an array does, wherever it lies."""
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        content = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        return value.shape, value.dtype.str, zlib.crc32(content.data)
    if isinstance(value, dict):
        return [(key, _fingerprint(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return list(map(_fingerprint, value))
    return value if isinstance(value, _PLAIN) else id(value)


def _put_generators(
    args: list[Any], kwargs: dict[str, Any], states: Mapping[str, Any]
) -> dict[str, np.random.Generator]:
    """Random generators in the places where their states say that they were."""
    keys = list(kwargs)
    made = {}
    for place, state in states.items():
        if state["bit_generator"] != "PCG64":
            raise TypeError("a random generator of another kind than default_rng() gives")
        generator = made[place] = np.random.Generator(np.random.PCG64())
        generator.bit_generator.state = state
        if int(place) < len(args):
            args[int(place)] = generator
        else:
            kwargs[keys[int(place) - len(args)]] = generator
    return made
