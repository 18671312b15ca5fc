"""Free large data of students' that nothing refers to any more but itself.

A test that fails leaves an exception whose frames hold what the test was given, and the frames hold
the exception. Only a collection frees that, and collections are rare (`autograder.run.worker`):
they take long, and what a usual notebook leaves is small. So one is made once memory has grown.
"""

from __future__ import annotations

import ctypes
import gc
import resource
from collections.abc import Callable
from typing import NamedTuple

GROWTH_BYTES = 64 * 2**20
"""By which this process may grow between two collections."""


class Memory(NamedTuple):
    """Bytes of this process."""

    mapped: int
    resident: int


def memory() -> Memory | None:
    """What this process has now; None without /proc."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123 (once a criterion)
            mapped, resident = file.read().split()[:2]
    except OSError:
        return None
    size = resource.getpagesize()
    return Memory(int(mapped) * size, int(resident) * size)


class Collector:
    """Collects garbage once this process has grown."""

    def __init__(self) -> None:
        self._least: int | None = None
        self._trim = _trim()

    def collect_if_grown(self) -> Memory | None:
        """Collect garbage if this process has grown; what it has then. None as for `memory`."""
        now = memory()
        if now is None:
            return None
        if self._least is None or now.resident < self._least:
            self._least = now.resident
        if now.resident > self._least + GROWTH_BYTES:
            gc.collect()
            self._trim(0)
            now = memory() or now
            self._least = now.resident
        return now


def _trim() -> Callable[[int], object]:
    """Gives free memory back to the system. The C library keeps it in gaps between what is used."""
    try:
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # not glibc
        return lambda _keep: None
    return trim


collector = Collector()
"""The collector of this process."""
