"""How to look into objects of built-in kinds, and of NumPy's: each in its own way.

Whatever is neither among these nor immutable is looked into as an object of the notebook's, or
makes the whole unknown (`reachable`).
"""

from __future__ import annotations

import abc
import datetime
import decimal
import functools
import gc
import random
import re
import threading
import types
import zlib
from builtins import id as _address  # bound here, since notebooks see a replacement
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from .classes import is_instance
from .no_ops import MissingImport, NoOp

CHECKED_AT_ONCE = 2**22
"""Bytes of an array up to which there is one checksum of it."""
CHECKED_WHOLE = 2**26
"""Bytes of an array up to which all are read; of a larger one, a sample."""
_SAMPLE = 2**12
_ROW = 2**12

_referents = gc.get_referents
_BIT_GENERATOR: Callable[[Any], Any] = vars(np.random.Generator)["bit_generator"].__get__
_ARRAY_FLAGS: Callable[[Any], Any] = vars(np.ndarray)["flags"].__get__
_DEFAULT_FACTORY: Callable[[Any], Any] = vars(defaultdict)["default_factory"].__get__
_UFUNCS = frozenset(_address(each) for each in vars(np).values() if isinstance(each, np.ufunc))
ATOMS = frozenset(map(_address, (
    type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented),
)))  # fmt: skip
"""Addresses of classes: one that the notebook defines may have a hash of its own, and ``==``."""
WHOLE_NUMBERS = frozenset(map(_address, (bool, int)))
FRACTIONS = frozenset(map(_address, (float, complex)))
IMMUTABLE = frozenset(map(_address, (
    NoOp, MissingImport,
    np.number, np.bool_, np.character, np.datetime64, np.timedelta64, np.dtype, np.finfo, np.iinfo,
    np.errstate, type(np.pad), range, re.Pattern, re.Match,
    datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone,
    decimal.Decimal, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GetSetDescriptorType,
    types.MemberDescriptorType, types.CodeType, types.UnionType,
    type(vars(namedtuple("_Field", "x"))["x"]), type(vars(abc.ABC)["_abc_impl"]),
)))  # fmt: skip
"""Addresses of classes whose objects hold nothing that code could change, and of their bases."""


class Opaque(Exception):
    """Something was found that cannot be inspected."""


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

    def mapping(self, mapping: Mapping[Any, Any], without: Collection[str] = ()) -> None:
        """Record keys and values."""


def _sequence(walk: Walk, thing: Any) -> None:
    items = _as_list(thing)
    walk.found.append(len(items))
    walk.push(items)


def _as_list(thing: Any) -> list[Any]:
    for kind in (list, tuple, set, frozenset, deque):
        if is_instance(thing, kind):
            return list(kind.__iter__(thing))
    raise Opaque


def _dictionary(walk: Walk, thing: Any) -> None:
    walk.mapping(thing)


def _dictionary_with_default(walk: Walk, thing: defaultdict[Any, Any]) -> None:
    walk.push([_DEFAULT_FACTORY(thing)])
    _dictionary(walk, thing)


def _bytes(walk: Walk, thing: Any) -> None:
    walk.found.append(bytes(thing))


def _bound(walk: Walk, thing: types.MethodType) -> None:
    walk.push([thing.__self__, thing.__func__])


def _built_in_method(walk: Walk, thing: Any) -> None:
    walk.push([thing.__self__])


def _referring(walk: Walk, thing: Any) -> None:
    """What holds others, all of which Python's garbage collector knows, and nothing else."""
    walk.push(_referents(thing))


def _lru_cache(walk: Walk, thing: Any) -> None:
    walk.found.append(tuple(functools._lru_cache_wrapper.cache_info(thing)))


def _nothing_more(walk: Walk, thing: Any) -> None:
    """It has only attributes, which are inspected anyway."""
    del walk, thing


def _random(walk: Walk, thing: random.Random) -> None:
    state = random.Random.getstate(thing)
    walk.found.append(state)
    walk.generators.append(lambda: random.Random.setstate(thing, state))


def _generator(walk: Walk, thing: np.random.Generator) -> None:
    bits = _BIT_GENERATOR(thing)
    state = bits.state
    walk.found.append(repr(state))
    walk.push([bits.seed_seq])
    walk.generators.append(lambda: setattr(bits, "state", state))


def _random_state(walk: Walk, thing: np.random.RandomState) -> None:
    state = np.random.RandomState.get_state(thing)
    walk.found.append(repr(state))
    walk.generators.append(lambda: np.random.RandomState.set_state(thing, state))


def _seeds(walk: Walk, thing: np.random.SeedSequence) -> None:
    walk.found.append(thing.n_children_spawned)


def _ufunc(walk: Walk, thing: np.ufunc) -> None:
    del walk
    if _address(thing) not in _UFUNCS:
        raise Opaque  # np.frompyfunc does not say what it calls


def _row(walk: Walk, thing: np.void) -> None:
    """A row of a structured array: a view of it, which can be written to."""
    if thing.dtype.hasobject:
        raise Opaque
    walk.found.append(thing.tobytes())
    walk.push([thing.dtype])


def _fields(walk: Walk, thing: np.dtype[np.void]) -> None:
    walk.found.append(repr(thing.fields))
    walk.push([thing.metadata])


def _array(walk: Walk, array: np.ndarray[Any, Any]) -> None:
    given, array = array, np.ndarray.view(array, np.ndarray)
    dtype = array.dtype
    walk.found += [array.shape, array.strides, dtype.str, dtype.num, _ARRAY_FLAGS(given).num]
    if dtype.names is not None or dtype.metadata is not None:
        walk.push([dtype])
    if array.base is not None:
        walk.push([array.base])
    if dtype.hasobject:
        walk.push(array.ravel().tolist())
    elif array.base is None or type(array.base) is not np.ndarray or array.base is given:
        walk.found += _checksums(array)


def _checksums(array: np.ndarray[Any, Any]) -> list[int]:
    """Tell any change of an array's contents, or of a sample of a huge one's.

    The bytes of a large one are numbers in a table: sums of rows and columns tell a change of one,
    and of two that change places.
    """
    if array.nbytes <= CHECKED_AT_ONCE:
        return [zlib.crc32(array.tobytes())]
    flags = array.flags
    if array.nbytes > CHECKED_WHOLE or not (flags.c_contiguous or flags.f_contiguous):
        return [zlib.crc32(array.flat[:: max(1, array.size // _SAMPLE)].tobytes())]
    flat = array.ravel(order="K").view(np.uint8)
    end = len(flat) // _ROW * _ROW
    table = flat[:end].view(np.uint64).reshape(-1, _ROW // 8)
    sums = np.ndarray.sum(table, axis=0), np.ndarray.sum(table, axis=1), flat[end:]
    return [zlib.crc32(each.tobytes()) for each in sums]


def is_seen_whole(array: np.ndarray[Any, Any]) -> bool:
    """Whether any change of it is told, and it refers to nothing that could change unseen."""
    dtype = array.dtype
    return dtype.kind in "biufc" and dtype.metadata is None and array.nbytes <= CHECKED_AT_ONCE


_KINDS: dict[type, Callable[[Walk, Any], None]] = {
    **dict.fromkeys((list, tuple, set, frozenset, deque), _sequence),
    **dict.fromkeys((dict, OrderedDict, Counter), _dictionary),
    defaultdict: _dictionary_with_default,
    bytearray: _bytes,
    types.BuiltinFunctionType: _built_in_method,
    types.MethodWrapperType: _built_in_method,
    types.MethodType: _bound,
    **dict.fromkeys((staticmethod, classmethod, property, functools.partial), _referring),
    **dict.fromkeys((types.MappingProxyType, types.GenericAlias, slice), _referring),
    functools._lru_cache_wrapper: _lru_cache,
    functools.cached_property: _nothing_more,
    type(threading.RLock()): _nothing_more,  # a cached_property of Python 3.11 has one
    types.SimpleNamespace: _nothing_more,
    np.poly1d: _nothing_more,
    np.vectorize: _nothing_more,
    random.Random: _random,
    np.ndarray: _array,
    np.void: _row,
    type(np.dtype("V")): _fields,
    np.ufunc: _ufunc,
    np.random.Generator: _generator,
    np.random.RandomState: _random_state,
    np.random.SeedSequence: _seeds,
}
LOOKS = {_address(kind): look for kind, look in _KINDS.items()}
"""By the addresses of classes (see `ATOMS`)."""
