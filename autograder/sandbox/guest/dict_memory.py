"""Whether dicts have changed, told from their memory, without touching what they hold.

To look at an object is to write to it: its reference count goes up and down. In a forked process
that copies the page it is on, and what NumPy's and other modules' names are bound to is on hundreds
of pages. A dict's own memory has the addresses of all of it in one place.

It relies on how CPython lays out a dict, which is the same from 3.11 to 3.13. Where it is not
(`WORKS`), what dicts hold is looked at.
"""

from __future__ import annotations

import ctypes
import struct
import sys
import types
import zlib
from builtins import id as _address  # bound here, since notebooks see a replacement
from itertools import islice
from typing import Any

import numpy as np

_HEAD = struct.Struct("@nPnQPP")
"""PyDictObject: reference count, type, ma_used, a tag, ma_keys, ma_values."""
_USED = struct.calcsize("@nP")
"""Where ma_used is in it."""
_KEYS_BEGIN = 16
"""In PyDictKeysObject: behind its reference count, its sizes and dk_version, which lookups change.
What follows is how much is used, the table of hashes, and the addresses of keys and values."""

_string_at = ctypes.string_at
_sizeof = dict.__sizeof__
_Module, _getattribute = types.ModuleType, object.__getattribute__

WARNED = "__warningregistry__"
"""Where Python notes which warnings a module has been given: that changes nothing but those."""


def fingerprint(mapping: dict[Any, Any]) -> object:
    """Equal to an earlier one if the dict has the same keys and is bound to the same objects.

    It may differ although that is so, if something was added and removed in between.
    """
    if not WORKS:
        return _looked_at(mapping)
    return _of_memory(mapping) or _looked_at(mapping)


def _of_memory(mapping: dict[Any, Any]) -> tuple[int, ...] | None:
    """None if values are not where its keys are, as in the dict of an object."""
    _, _, used, _, keys, values = _HEAD.unpack(_string_at(_address(mapping), _HEAD.size))
    size = _sizeof(mapping) - _HEAD.size - _KEYS_BEGIN
    if values or size <= 0:
        return None
    return keys, used, zlib.crc32(_string_at(keys + _KEYS_BEGIN, size))


def _looked_at(mapping: dict[Any, Any]) -> tuple[int, ...]:
    return tuple(_address(each) for pair in mapping.items() for each in pair)


def _check() -> bool:
    """Whether a dict's memory tells what it should on this interpreter."""
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return False
    tried: dict[Any, Any] = {str(number): object() for number in range(100)}
    first, value = _of_memory(tried), tried["7"]
    tried["7"] = None
    second = _of_memory(tried)
    tried["7"] = value
    third = _of_memory(tried)
    tried["one more"] = None
    return first is not None and first == third and len({first, second, _of_memory(tried)}) == 3


WORKS = _check()


class ModuleSizes:
    """How many names each loaded module has, without where Python notes its warnings.

    Modules that are loaded later are looked up later.
    """

    def __init__(self) -> None:
        spaces = [vars(each) for each in sys.modules.values() if type(each) is _Module]
        for space in spaces:
            space.pop(WARNED, None)
        self._loaded = len(sys.modules)
        self._spaces = spaces  # kept, so that their memory stays theirs
        self._used = _Numbers([_address(each) + _USED for each in spaces]) if WORKS else None
        self._first = np.array(list(map(len, spaces)), np.int64)

    def now(self) -> list[int]:
        """The number of names of each module, those of later ones first."""
        later = islice(reversed(sys.modules.values()), max(0, len(sys.modules) - self._loaded))
        new = [_getattribute(each, "__dict__") for each in later if type(each) is _Module]
        sizes = self._used.now() if self._used else np.array(list(map(len, self._spaces)))
        for place in (sizes != self._first).nonzero()[0].tolist():
            sizes[place] -= WARNED in self._spaces[place]
        return [*(len(space) - (WARNED in space) for space in new), *sizes.tolist()]


class _Numbers:
    """Numbers of 64 bits in memory, read all at once.

    Args:
        addresses: where they are, for as long as this is used: multiples of eight.
    """

    def __init__(self, addresses: list[int]) -> None:
        first = min(addresses)
        # All memory from the first to the last, of which nothing is read but the numbers.
        memory = (ctypes.c_int64 * ((max(addresses) - first) // 8 + 1)).from_address(first)
        self._memory = np.frombuffer(memoryview(memory).cast("B"), np.int64)
        self._places = np.array([(each - first) // 8 for each in addresses])

    def now(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The numbers, in the order of their addresses' list."""
        numbers: np.ndarray[Any, np.dtype[np.int64]] = self._memory.take(self._places)
        return numbers
