"""How to look into objects of built-in kinds, and of NumPy's: each in its own way.

Whatever is neither among these nor immutable is looked into as an object of the notebook's, or
makes the whole unknown (`reachable`).
"""

from __future__ import annotations

import datetime
import decimal
import functools
import gc
import random
import re
import types
import zlib
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from .classes import is_instance
from .no_ops import MissingImport, NoOp

CHECKED_WHOLE = 2**26
"""Bytes of an array up to which all are read; of a larger one, a sample."""
_CHECKED_IN_ORDER = 2**20
_SAMPLE = 2**12

_getattribute = object.__getattribute__
_referents = gc.get_referents
ATOMS = frozenset(map(_address, (
    type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented),
)))  # fmt: skip
"""Addresses of classes: one that the notebook defines may have a hash of its own, and ``==``."""
IMMUTABLE = frozenset(map(_address, (
    NoOp, MissingImport,
    np.generic, np.dtype, np.ufunc, np.finfo, np.iinfo, np.errstate, type(np.pad), range, slice,
    re.Pattern, re.Match, datetime.datetime,
    datetime.date, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal,
    types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GetSetDescriptorType,
    types.MemberDescriptorType, types.CodeType, types.GenericAlias, types.UnionType,
    type(vars(namedtuple("_Field", "x"))["x"]),
)))  # fmt: skip
"""Addresses of classes whose objects hold nothing that code could change, and of their bases."""


class Opaque(Exception):
    """Something was found that cannot be looked into."""


class Walk(Protocol):
    """What is done with what is found.

    Attributes:
        found: what is recorded.
        generators: restart random generators.
    """

    found: list[Any]
    generators: list[Callable[[], object]]

    def push(self, things: Iterable[Any]) -> None:
        """Record what is reached from here."""

    def mapping(self, mapping: Mapping[Any, Any]) -> None:
        """Record keys and values."""


def _sequence(walk: Walk, thing: Any) -> None:
    walk.push(_as_list(thing))


def _as_list(thing: Any) -> list[Any]:
    for kind in (list, tuple, set, frozenset, deque):
        if is_instance(thing, kind):
            return list(kind.__iter__(thing))
    raise Opaque


def _dictionary(walk: Walk, thing: Any) -> None:
    walk.mapping(dict(dict.items(thing)))


def _bytes(walk: Walk, thing: Any) -> None:
    walk.found.append(bytes(thing))


def _bound(walk: Walk, thing: types.MethodType) -> None:
    walk.push([thing.__self__, thing.__func__])


def _wrapped(walk: Walk, thing: Any) -> None:
    walk.push([thing.__func__])


def _property(walk: Walk, thing: property) -> None:
    walk.push([thing.fget, thing.fset, thing.fdel])


def _cached_property(walk: Walk, thing: functools.cached_property[Any]) -> None:
    walk.push([thing.func])


def _partial(walk: Walk, thing: functools.partial[Any]) -> None:
    walk.push([thing.func, *thing.args])
    walk.mapping(thing.keywords)


def _lru_cache(walk: Walk, thing: Any) -> None:
    walk.found.append(tuple(thing.cache_info()))
    walk.push([thing.__wrapped__])


def _random(walk: Walk, thing: random.Random) -> None:
    state = random.Random.getstate(thing)
    walk.found.append(state)
    walk.generators.append(lambda: random.Random.setstate(thing, state))


def _generator(walk: Walk, thing: np.random.Generator) -> None:
    state, seeds = thing.bit_generator.state, thing.bit_generator.seed_seq
    walk.found.append(repr(state))
    walk.push([seeds])
    walk.generators.append(lambda: setattr(thing.bit_generator, "state", state))


def _random_state(walk: Walk, thing: np.random.RandomState) -> None:
    state = thing.get_state()
    walk.found.append(repr(state))
    walk.generators.append(lambda: thing.set_state(state))


def _seeds(walk: Walk, thing: np.random.SeedSequence) -> None:
    walk.found.append(thing.n_children_spawned)


def _built_in_method(walk: Walk, thing: Any) -> None:
    walk.push([thing.__self__])


def _proxy(walk: Walk, thing: types.MappingProxyType[Any, Any]) -> None:
    walk.push(_referents(thing))


def _attributes(walk: Walk, thing: Any) -> None:
    walk.mapping(_getattribute(thing, "__dict__"))


def _vectorize(walk: Walk, thing: np.vectorize) -> None:
    # Not what it has found out about the function when it was last called.
    variables = _getattribute(thing, "__dict__")
    walk.push([value for name, value in variables.items() if name != "_ufunc"])


def _array(walk: Walk, array: np.ndarray[Any, Any]) -> None:
    array = np.ndarray.view(array, np.ndarray)
    walk.found += [array.shape, array.strides, array.dtype.str, array.flags.writeable]
    if array.dtype.hasobject:
        walk.push(array.ravel().tolist())
        return
    if array.nbytes > _CHECKED_IN_ORDER:
        if array.nbytes <= CHECKED_WHOLE and (numbers := _as_numbers(array)) is not None:
            walk.found.append(int(np.ndarray.sum(numbers)))
        flat = array.reshape(-1)  # may copy, if it is not contiguous
        array = flat[:: max(1, flat.size // _SAMPLE)]
    walk.found.append(zlib.crc32(array.tobytes()))


def _as_numbers(array: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.uint64]] | None:
    """All bytes of a contiguous array as numbers, whose sum is told apart by any one change."""
    flat = array.ravel(order="K")
    if not np.shares_memory(flat, array):
        return None
    numbers: np.ndarray[Any, np.dtype[np.uint64]]
    whole = flat.view(np.uint8)
    numbers = whole[: len(whole) // 8 * 8].view(np.uint64)
    return numbers


_KINDS: dict[type, Callable[[Walk, Any], None]] = {
    **dict.fromkeys((list, tuple, set, frozenset, deque), _sequence),
    **dict.fromkeys((dict, OrderedDict, defaultdict, Counter), _dictionary),
    types.MappingProxyType: _proxy,
    bytearray: _bytes,
    types.BuiltinFunctionType: _built_in_method,
    types.MethodWrapperType: _built_in_method,
    types.MethodType: _bound,
    staticmethod: _wrapped,
    classmethod: _wrapped,
    property: _property,
    functools.cached_property: _cached_property,
    functools.partial: _partial,
    functools._lru_cache_wrapper: _lru_cache,
    types.SimpleNamespace: _attributes,
    random.Random: _random,
    np.ndarray: _array,
    np.poly1d: _attributes,
    np.vectorize: _vectorize,
    np.random.Generator: _generator,
    np.random.RandomState: _random_state,
    np.random.SeedSequence: _seeds,
}  # fmt: skip
LOOKS = {_address(kind): look for kind, look in _KINDS.items()}
"""By the addresses of classes (see `ATOMS`)."""
