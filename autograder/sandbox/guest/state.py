"""Tell whether criteria that shared a process left the notebook's own state as it was.

Criteria may share a process only if none can help another. So before the first and after the last,
everything that the notebook's code could use to remember something is recorded: its globals, and
through them lists, dicts, arrays, objects, class attributes, default arguments, closures; and, at
a glance, what it may have left in the process: names in modules, and `surroundings`. If the two
records differ, or if something was found that cannot be looked into (an iterator, an open file),
nothing that came out in company counts.

None of the student's code runs here: types are looked at, never asked.
"""

from __future__ import annotations

import datetime
import decimal
import functools
import random
import re
import sys
import types
import zlib
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import surroundings
from .classes import home, is_instance, is_static, members, mro
from .dict_memory import WARNED, ModuleSizes, fingerprint
from .no_ops import MissingImport, NoOp

Record = list[Any]
"""What was found, in the order in which it was reached."""

MAX_OBJECTS = 20_000
CHECKED_WHOLE = 2**20
"""Bytes of an array up to which all are read; of a larger one, a sample."""
_SAMPLE = 2**12

_getattribute = object.__getattribute__
_ATOMS = frozenset(map(_address, (
    type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented),
)))  # fmt: skip
"""Addresses of classes: one that the notebook defines may have a hash of its own, and ``==``."""
_IMMUTABLE = frozenset(map(_address, (
    NoOp, MissingImport,
    np.generic, np.dtype, np.ufunc, range, slice, re.Pattern, re.Match, datetime.datetime,
    datetime.date, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal,
    types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GetSetDescriptorType,
    types.MemberDescriptorType, types.CodeType, types.GenericAlias, types.UnionType,
    type(vars(namedtuple("_Field", "x"))["x"]),
)))  # fmt: skip
_CONSTANTS = frozenset(
    ["typing", "dataclasses", "__future__", "pathlib", "fractions", "enum", "numpy", "inspect"]
)
"""Modules whose classes' instances are constants, or as good as."""
_ABSTRACT = ("abc", "collections.abc", "contextlib", "enum", "typing")
"""Modules whose classes, as bases, add no state of their own."""
_SKIPPED = frozenset(
    [
        *("__annotations__", "__annotate__", "__dict__", "__weakref__", "__doc__", "_abc_impl"),
        *("__builtins__", "__loader__", "__spec__", WARNED),
    ]
)


class _Opaque(Exception):
    """Something was found that cannot be looked into."""


@functools.lru_cache(maxsize=1)
def _modules() -> ModuleSizes:
    return ModuleSizes()


def remember_modules() -> None:
    """Remember which modules there are, once for all processes that are forked from this one."""
    _modules.cache_clear()
    _modules()


class State:
    """What the notebook's code can remember, as it was when this was made.

    Args:
        spaces: the notebook's globals, those of modules that it wrote, and other names it can use.
        libraries: the names of modules that it could change, but did not write.
    """

    def __init__(
        self, spaces: Sequence[Mapping[str, Any]], libraries: Sequence[dict[str, Any]] = ()
    ) -> None:
        self._spaces = spaces
        self._libraries = libraries
        walk = _Walk(spaces)
        self._record = self._with_surroundings(walk)
        self._generators = walk.generators

    def restart_generators(self) -> None:
        """Make the notebook's own random generators draw again what they would have drawn first."""
        for restart in self._generators:
            restart()

    def is_unchanged(self) -> bool:
        """Whether everything is as it was, and could be looked into."""
        self.restart_generators()
        now = self._with_surroundings(_Walk(self._spaces))
        return now is not None and now == self._record

    def _with_surroundings(self, walk: _Walk) -> Record | None:
        """What there is in the notebook and around it; None if something cannot be looked into."""
        found = walk.record(self._spaces)
        if found is None:
            return None
        libraries = list(map(fingerprint, self._libraries))
        return [*found, libraries, _modules().now(), *surroundings.now()]


class _Walk:
    def __init__(self, spaces: Iterable[Mapping[str, Any]]) -> None:
        self.found: Record = []
        self._own = {"__main__", *(each.get("__name__") for each in spaces)} - {None}
        self.generators: list[Callable[[], object]] = []
        self._seen: set[int] = set()
        self._todo: list[Any] = []

    def record(self, spaces: Iterable[Mapping[str, Any]]) -> Record | None:
        """Types, sizes, addresses and immutable values; None if something cannot be looked into."""
        try:
            self._everything(spaces)
        except (_Opaque, RecursionError, MemoryError, RuntimeError, ValueError):
            return None
        return self.found

    def _everything(self, spaces: Iterable[Mapping[str, Any]]) -> None:
        for each in spaces:
            self._mapping(each)
        while self._todo:
            thing = self._todo.pop()
            address = _address(thing)
            if address in self._seen:
                continue
            self._seen.add(address)
            if len(self._seen) > MAX_OBJECTS:
                raise _Opaque
            self._look(thing)

    def _push(self, things: Iterable[Any]) -> None:
        for thing in things:
            if _address(type(thing)) in _ATOMS:
                self.found.append(thing)
            else:
                self.found.append(_address(thing))
                self._todo.append(thing)

    def _mapping(self, mapping: Mapping[Any, Any]) -> None:
        names = [key for key in mapping if not (type(key) is str and key in _SKIPPED)]
        self.found.append(len(names))
        self._push(names)
        self._push([mapping[key] for key in names])

    def _look(self, thing: Any) -> None:
        kind = type(thing)
        look = _EXACT.get(_address(kind))
        self.found.append(_address(kind) if look is None else kind.__name__)
        if look is not None:
            look(self, thing)
        elif is_instance(thing, type):
            self._class(thing)
        elif is_instance(thing, types.ModuleType):
            self._module(thing)
        elif not _is_constant(kind):
            self._instance(thing, kind)

    def _class(self, kind: type) -> None:
        module = home(kind)
        if type(module) is str and module not in self._own:
            return  # of a library
        self._push(mro(kind)[1:])
        self._mapping(members(kind))

    def _module(self, module: types.ModuleType) -> None:
        if _getattribute(module, "__dict__").get("__name__") in self._own:
            self._mapping(_getattribute(module, "__dict__"))

    def _function(self, function: types.FunctionType) -> None:
        space = function.__globals__
        if space.get("__name__") not in self._own:
            if _is_library(space):
                return
            self._mapping(space)
        self.found.append(_address(function.__code__))
        self._push(function.__defaults__ or ())
        self._mapping(function.__kwdefaults__ or {})
        self._mapping(_getattribute(function, "__dict__"))
        for cell in function.__closure__ or ():
            try:
                self._push([cell.cell_contents])
            except ValueError:  # not bound yet
                self.found.append(None)

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
                self._push([slot.__get__(thing)])
            except AttributeError:
                self.found.append(None)
        try:
            variables = _getattribute(thing, "__dict__")
        except AttributeError:
            variables = None
        if type(variables) is dict:
            self._mapping(variables)
        of_notebook = home(kind) in self._own
        if not (of_notebook or looked_into) or (not looked_into and self._may_hide(bases)):
            raise _Opaque
        self._push([kind])

    def _may_hide(self, bases: Iterable[type]) -> bool:
        """Whether a base class may be of C code, which may keep something that cannot be seen."""
        homes = (home(base) for base in bases)
        return any(home not in self._own and home not in _ABSTRACT for home in homes)

    def _array(self, array: np.ndarray[Any, Any]) -> None:
        array = np.ndarray.view(array, np.ndarray)
        self.found += [array.shape, array.strides, array.dtype.str]
        if array.dtype.hasobject:
            self._push(array.ravel().tolist())
            return
        if array.nbytes > CHECKED_WHOLE:
            flat = array.reshape(-1)  # may copy, if it is not contiguous
            array = flat[:: max(1, flat.size // _SAMPLE)]
        self.found.append(zlib.crc32(array.tobytes()))


def _is_constant(kind: type) -> bool:
    """Whether its objects hold nothing that code could change, or nothing of the notebook's."""
    return _is_static_constant(kind) if is_static(kind) else _is_of_constants(kind)


def _is_of_constants(kind: type) -> bool:
    addresses = set(map(_address, mro(kind)))
    if not addresses.isdisjoint(_IMMUTABLE):
        return True
    module = home(kind)
    return type(module) is str and module in _CONSTANTS and _address(np.ndarray) not in addresses


_is_static_constant = functools.cache(_is_of_constants)


def _is_library(space: Mapping[str, Any]) -> bool:
    """Whether these are the globals of an imported module."""
    module = sys.modules.get(space.get("__name__", ""))
    return module is not None and _getattribute(module, "__dict__") is space


_Look = Callable[[_Walk, Any], None]


def _sequence(walk: _Walk, thing: Any) -> None:
    walk._push(_as_list(thing))


def _as_list(thing: Any) -> list[Any]:
    for kind in (list, tuple, set, frozenset, deque):
        if is_instance(thing, kind):
            return list(kind.__iter__(thing))
    raise _Opaque


def _dictionary(walk: _Walk, thing: Any) -> None:
    walk._mapping(dict(dict.items(thing)))


def _bytes(walk: _Walk, thing: Any) -> None:
    walk.found.append(bytes(thing))


def _bound(walk: _Walk, thing: types.MethodType) -> None:
    walk._push([thing.__self__, thing.__func__])


def _wrapped(walk: _Walk, thing: Any) -> None:
    walk._push([thing.__func__])


def _property(walk: _Walk, thing: property) -> None:
    walk._push([thing.fget, thing.fset, thing.fdel])


def _cached_property(walk: _Walk, thing: functools.cached_property[Any]) -> None:
    walk._push([thing.func])


def _partial(walk: _Walk, thing: functools.partial[Any]) -> None:
    walk._push([thing.func, *thing.args])
    walk._mapping(thing.keywords)


def _lru_cache(walk: _Walk, thing: Any) -> None:
    walk.found.append(tuple(thing.cache_info()))
    walk._push([thing.__wrapped__])


def _simple_namespace(walk: _Walk, thing: types.SimpleNamespace) -> None:
    walk._mapping(_getattribute(thing, "__dict__"))


def _random(walk: _Walk, thing: random.Random) -> None:
    state = random.Random.getstate(thing)
    walk.found.append(state)
    walk.generators.append(lambda: random.Random.setstate(thing, state))


def _generator(walk: _Walk, thing: np.random.Generator) -> None:
    state = thing.bit_generator.state
    walk.found.append(repr(state))
    walk.generators.append(lambda: setattr(thing.bit_generator, "state", state))


def _random_state(walk: _Walk, thing: np.random.RandomState) -> None:
    state = thing.get_state()
    walk.found.append(repr(state))
    walk.generators.append(lambda: thing.set_state(state))


def _nothing(walk: _Walk, thing: Any) -> None:
    del walk, thing


_KINDS: dict[type, _Look] = {
    **dict.fromkeys((list, tuple, set, frozenset, deque), _sequence),
    **dict.fromkeys((dict, OrderedDict, defaultdict, Counter), _dictionary),
    types.MappingProxyType: _nothing,
    bytearray: _bytes,
    np.ndarray: _Walk._array,
    types.FunctionType: _Walk._function,
    types.MethodType: _bound,
    staticmethod: _wrapped,
    classmethod: _wrapped,
    property: _property,
    functools.cached_property: _cached_property,
    functools.partial: _partial,
    functools._lru_cache_wrapper: _lru_cache,
    types.SimpleNamespace: _simple_namespace,
    random.Random: _random,
    np.random.Generator: _generator,
    np.random.RandomState: _random_state,
    np.random.SeedSequence: _nothing,
}  # fmt: skip
_EXACT = {_address(kind): look for kind, look in _KINDS.items()}
"""By the addresses of classes (see `_ATOMS`)."""
