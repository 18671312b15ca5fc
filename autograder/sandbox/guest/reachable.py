"""Everything that a notebook's code can reach, and so use to remember something.

Its globals, and through them lists, dicts, arrays, objects, class attributes, default arguments,
closures, what methods are bound to, what a library's decorator is wrapped around. Whatever may hold
something that cannot be seen (an iterator, an open file) makes the whole unknown.

None of the student's code runs here: types are looked at, never asked.
"""

from __future__ import annotations

import functools
import sys
import types
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np

from . import reachable_kinds
from .classes import attributes, home, is_instance, is_of_library, is_static, members, mro, name_of
from .dict_memory import WARNED, fingerprint
from .known_code import is_ours
from .reachable_kinds import ATOMS, FRACTIONS, IMMUTABLE, WHOLE_NUMBERS, Opaque, is_seen_whole

Record = list[Any]
"""What was found, in the order in which it was reached."""

MAX_OBJECTS = 20_000
MAX_RECORD = 300_000
"""How much is recorded: code decides how large its lists are."""
_UNSET = object()
_getattribute = object.__getattribute__
_subclasses = type.__subclasses__
_CONSTANTS = frozenset(
    ["typing", "dataclasses", "__future__", "pathlib", "fractions", "enum", "inspect"]
)
"""Modules whose classes' instances are constants, or as good as."""
_ABSTRACT = ("abc", "collections.abc", "contextlib", "enum", "typing")
"""Modules whose classes, as bases, add no state of their own."""
_SKIPPED = frozenset(
    [
        *("__annotations__", "__annotate__", "__dict__", "__weakref__"),
        *("__builtins__", "__loader__", "__spec__", WARNED),
    ]
)

_CACHES = ("_ufunc",)
"""What `np.vectorize` has found out about its function when it was last called."""


class Reachable:
    """What can be reached from some names.

    Args:
        spaces: the names: the notebook's, and of modules that it wrote.

    Attributes:
        record: types, sizes, addresses and immutable values; None if something cannot be looked
            into.
        functions: those that the notebook defines.
        classes: those that it defines.
        named: what its names are bound to.
        held: what is reached from there. All of this is kept alive, so that no address in the
            record becomes another object's. Arrays that are seen whole are not: an equal one in
            the same place is no change, and ``array.resize(...)`` refuses to change what somebody
            else refers to.
        generators: restart its random generators.
    """

    def __init__(self, spaces: Iterable[Mapping[str, Any]]) -> None:
        self.functions: list[types.FunctionType] = []
        self.classes: list[type] = []
        self.named: list[Any] = []
        self.held: list[Any] = []
        self.generators: list[Callable[[], object]] = []
        self.found: Record = []
        self._own = {"__main__", *map(name_of, spaces)} - {""}
        self._spaces = {_address(each) for each in spaces}
        self._seen: set[int] = set()
        self._todo: list[Any] = []
        self.record: Record | None = None
        try:
            self._everything(spaces)
            self.record = self.found
        except Exception:  # Opaque, or whatever an odd object of the notebook's raises
            pass

    def _everything(self, spaces: Iterable[Mapping[str, Any]]) -> None:
        for each in spaces:
            self.mapping(each, _SKIPPED)
        self.named, self.held = self.held, []
        while self._todo:
            thing = self._todo.pop()
            address = _address(thing)
            if address in self._seen:
                continue
            self._seen.add(address)
            if len(self._seen) > MAX_OBJECTS:
                raise Opaque
            self._look(thing)
            if len(self.found) > MAX_RECORD:
                raise Opaque

    def push(self, things: Iterable[Any]) -> None:
        """Record what is reached from here."""
        for thing in things:
            kind = type(thing)
            if _address(kind) in ATOMS:
                self.found.append(thing)
                if _address(kind) in WHOLE_NUMBERS:
                    self.found.append(kind)  # 1 == True
                elif _address(kind) in FRACTIONS:
                    self.found.append(repr(thing))  # 1 == 1.0, and 0.0 == -0.0
            else:
                self.found.append(_address(thing))
                self._todo.append(thing)
                if kind is not np.ndarray or not is_seen_whole(thing):
                    self.held.append(thing)

    def mapping(self, mapping: Mapping[Any, Any], without: Collection[str] = ()) -> None:
        """Record keys and values."""
        items = dict.items(mapping) if isinstance(mapping, dict) else mapping.items()
        kept = [pair for pair in items if not (type(pair[0]) is str and pair[0] in without)]
        self.found.append(len(kept))
        self.push([key for key, _ in kept])
        self.push([value for _, value in kept])

    def _look(self, thing: Any) -> None:
        kind = type(thing)
        look = _EXACT.get(_address(kind))
        self.found.append(_address(kind))
        if look is not None:
            if kind.__dictoffset__:  # first, since this may make one, which `look` then finds
                self.mapping(
                    _getattribute(thing, "__dict__"), _CACHES if kind is np.vectorize else ()
                )
            look(self, thing)
        elif is_instance(thing, type):
            self._class(thing)
        elif is_instance(thing, types.ModuleType):
            self._module(thing)
        elif not _is_constant(kind) or (not is_static(kind) and self._is_own(kind)):
            self._instance(thing, kind)

    def _class(self, kind: type) -> None:
        if type(kind) is not type:
            self.push([type(kind)])
        if not self._is_own(kind):
            return
        self.classes.append(kind)
        self.found.append(len(_subclasses(kind)))
        self.push(mro(kind)[1:])
        self.mapping(members(kind), _SKIPPED)

    def _module(self, module: types.ModuleType) -> None:
        space = _getattribute(module, "__dict__")
        if name_of(space) in self._own:
            self.mapping(space, _SKIPPED)
        else:
            self.found.append(fingerprint(space))

    def _function(self, function: types.FunctionType) -> None:
        space = function.__globals__
        if _address(space) in self._spaces:
            self.functions.append(function)
        elif not _is_library(space):
            self.functions.append(function)
            self._spaces.add(_address(space))
            self.mapping(space, _SKIPPED)
        elif function.__closure__ is None or is_ours(function.__code__):
            return
        self.found.append(_address(function.__code__))
        self.push(function.__defaults__ or ())
        self.mapping(function.__kwdefaults__ or {})
        for cell in function.__closure__ or ():
            try:
                self.push([cell.cell_contents])
            except ValueError:  # not bound yet
                self.found.append(_UNSET)

    def _instance(self, thing: Any, kind: type) -> None:
        """An object of a class that the notebook defines, maybe derived from a built-in one."""
        looked_into = False
        for base in mro(kind):
            if look := _EXACT.get(_address(base)):
                look(self, thing)
                looked_into = True
                break
        bases = [base for base in mro(kind) if base is not object and _address(base) not in _EXACT]
        slots = [
            slot
            for base in bases
            for slot in members(base).values()
            if type(slot) is types.MemberDescriptorType
        ]
        for slot in slots:
            try:
                self.push([slot.__get__(thing)])
            except AttributeError:
                self.found.append(_UNSET)
        variables = attributes(thing)
        if variables is not None:
            self.mapping(variables)
        if not (self._is_own(kind) or looked_into) or (not looked_into and self._may_hide(bases)):
            raise Opaque
        self.push([kind])

    def _may_hide(self, bases: Iterable[type]) -> bool:
        """Whether a base class may be of C code, which may keep something that cannot be seen."""
        return any(not self._is_own(base) and home(base) not in _ABSTRACT for base in bases)

    def _is_own(self, kind: type) -> bool:
        """Whether the notebook defines it, maybe by a function of a library that makes classes."""
        return home(kind) in self._own or not is_of_library(kind)


def _is_constant(kind: type) -> bool:
    """Whether its objects hold nothing that code could change, or nothing of the notebook's."""
    return _is_static_constant(kind) if is_static(kind) else _is_of_constants(kind)


def _is_of_constants(kind: type) -> bool:
    addresses = set(map(_address, mro(kind)))
    if not addresses.isdisjoint(IMMUTABLE):
        return True
    return home(kind) in _CONSTANTS


_is_static_constant = functools.cache(_is_of_constants)


def _is_library(space: Mapping[str, Any]) -> bool:
    """Whether these are the globals of an imported module."""
    module = sys.modules.get(name_of(space))
    return module is not None and _getattribute(module, "__dict__") is space


_EXACT = {
    **reachable_kinds.LOOKS,
    _address(types.FunctionType): Reachable._function,
}
"""By the addresses of classes (see `ATOMS`)."""
