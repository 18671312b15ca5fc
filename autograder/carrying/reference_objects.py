"""Execute proxies' calls on the reference's functions and objects: one call, one reply.

Runs in a process of its own (`autograder.carrying.reference_process`), since calls from a student's
code may take any amount of time and memory.

The ``op`` of a call is ``call`` (a function), ``make`` (an object), ``method`` (of an object),
``copy`` (an object) or ``method_of`` (an object like the student's own). A reply contains

- ``value``, the ``number`` of an object made or copied, or ``raised`` and ``text``;
- ``attributes``: the object's public attributes whose values differ from what the guest knows;
- ``same``: attributes that are the same object as an argument (``W``), by the argument's index;
- ``written``: arguments that were changed in place, and ``generators``: states, both by index.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

MAX_OBJECTS = 1000
"""Number of objects that may exist at the same time."""

_MAX_ITEMS = 1000
_DEPTH = 3
_PLAIN = (bool, int, float, str)


class References:
    """The reference's functions and objects that one notebook uses.

    Args:
        library: the course's reference.
        names: the functions, classes and ``Class.method`` that the notebook may use.

    Attributes:
        names: those that the library defines: None for a function or method, the methods for a
            class.
    """

    def __init__(self, library: ModuleType, names: Iterable[str]) -> None:
        self._library = library
        found = {name: _find(library, name) for name in names}
        self.names = {
            name: _methods(thing) if isinstance(thing, type) else None
            for name, thing in found.items()
            if callable(thing)
        }
        self._loaded: dict[int, Any] = {}
        self._objects = self._loaded
        self._made = 0

    def begin_criterion(self) -> None:
        """Reset the objects to their state after all cells had run."""
        self._objects = {}

    def call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to a call, including an exception that the reference raises."""
        try:
            return self._call(message)
        except Exception as error:
            text = " ".join(str(error)[:1000].split())[:200]
            return {"raised": type(error).__name__, "text": text}

    def _call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        args, kwargs = list(message["args"]), dict(message["kwargs"])
        generators = _restore_generators(args, kwargs, message["generators"])
        given = [*args, *kwargs.values()]
        before = list(map(_fingerprint, given))
        reply = self._execute(message["proxy"], args, kwargs, given)
        reply["written"] = {
            str(index): value
            for index, (value, fingerprint) in enumerate(zip(given, before, strict=True))
            if _fingerprint(value) != fingerprint
        }
        reply["generators"] = {
            index: generator.bit_generator.state for index, generator in generators.items()
        }
        return reply

    def _execute(
        self,
        operation: Mapping[str, Any],
        args: list[Any],
        kwargs: dict[str, Any],
        given: list[Any],
    ) -> dict[str, Any]:
        op = operation["op"]
        if op == "method_of":
            return {"value": self._method_of(operation, args, kwargs)}
        if op in ("call", "make"):
            is_class = self.names[operation["name"]] is not None
            if "." in operation["name"]:
                raise TypeError("a method is called on an object")
            if is_class != (op == "make"):
                raise TypeError("only functions can be called and only classes instantiated")
            value = getattr(self._library, operation["name"])(*args, **kwargs)
            if not is_class:
                return {"value": value}
            return {"number": self._keep(value)} | _attributes(value, {}, given)
        target = self._object(operation["number"])
        if op == "copy":
            return {"number": self._keep(copy.deepcopy(target))}
        method = operation["method"]
        if op != "method" or method not in _methods(type(target)):
            raise AttributeError("unknown operation")
        for name, value in operation["attributes"].items():
            if name in _public(target) and _sendable(value):
                setattr(target, name, value)
        seen = {name: (value, _fingerprint(value)) for name, value in _public(target).items()}
        value = getattr(target, method)(*args, **kwargs)
        return {"value": value} | _attributes(target, seen, given)

    def _method_of(
        self, operation: Mapping[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call a method on a new object, made and filled like the student's own."""
        name, method = operation["name"], operation["method"]
        if f"{name}.{method}" not in self.names:
            raise AttributeError("unknown operation")
        made = getattr(self._library, name)(*operation["args"], **operation["kwargs"])
        for attribute, value in operation["attributes"].items():
            if attribute in _public(made) and _sendable(value):
                setattr(made, attribute, value)
        return getattr(made, method)(*args, **kwargs)

    def _object(self, number: int) -> Any:
        if number not in self._objects:
            # Each criterion works on copies of the cells' objects, so criteria cannot interfere.
            self._objects[number] = copy.deepcopy(self._loaded[number])
        return self._objects[number]

    def _keep(self, made: Any) -> int:
        if len(self._objects) >= MAX_OBJECTS:
            raise MemoryError("too many objects")
        self._made += 1
        self._objects[self._made] = made
        return self._made


def _find(library: ModuleType, name: str) -> Any:
    """A function, a class, or a method of a class; None if the library does not define it."""
    owner, _, method = name.partition(".")
    found = getattr(library, owner, None)
    if not method:
        return found
    is_method = isinstance(found, type) and method in _methods(found)
    return getattr(found, method) if is_method else None


def _methods(kind: type) -> list[str]:
    public = (key for key in dir(kind) if not key.startswith("_"))
    return [key for key in public if callable(getattr(kind, key))]


def _public(thing: Any) -> dict[str, Any]:
    """The attributes that the guest can see as well."""
    items = vars(thing).items()
    return {name: value for name, value in items if not name.startswith("_") and _sendable(value)}


def _attributes(
    thing: Any, seen: Mapping[str, tuple[Any, Any]], given: Sequence[Any]
) -> dict[str, Any]:
    """Changes of an object's public attributes since ``seen`` (value, fingerprint)."""
    same, changed = {}, {}
    for name, value in _public(thing).items():
        index = next((n for n, arg in enumerate(given) if arg is value and _is_mutable(arg)), None)
        if index is not None:
            same[name] = index
        elif name not in seen or seen[name][0] is not value or seen[name][1] != _fingerprint(value):
            changed[name] = value
    return {"attributes": changed, "same": same}


def _is_mutable(value: Any) -> bool:
    return isinstance(value, (np.ndarray, dict, list))


def _sendable(value: Any, depth: int = _DEPTH) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    if isinstance(value, (dict, list, tuple)):
        items = value.values() if isinstance(value, dict) else value
        return (
            depth > 0 and len(value) <= _MAX_ITEMS and all(_sendable(v, depth - 1) for v in items)
        )
    return value is None or isinstance(value, (*_PLAIN, np.number))


def _fingerprint(value: Any) -> Any:
    """A small value that changes whenever the content of an array does, however deeply nested."""
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        content = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        return value.shape, value.dtype.str, zlib.crc32(content.data)
    if isinstance(value, dict):
        return [(key, _fingerprint(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return list(map(_fingerprint, value))
    return value if isinstance(value, _PLAIN) else id(value)


def _restore_generators(
    args: list[Any], kwargs: dict[str, Any], states: Mapping[str, Any]
) -> dict[str, np.random.Generator]:
    """Put random generators with these states back at their indices among the arguments."""
    keys = list(kwargs)
    made = {}
    for index, state in states.items():
        if state["bit_generator"] != "PCG64":
            raise TypeError("only random generators made by default_rng() are supported")
        generator = made[index] = np.random.Generator(np.random.PCG64())
        generator.bit_generator.state = state
        if int(index) < len(args):
            args[int(index)] = generator
        else:
            kwargs[keys[int(index) - len(args)]] = generator
    return made
