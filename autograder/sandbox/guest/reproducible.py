"""Make a notebook behave the same on every run and every machine.

Unseeded randomness (`random_sources`), clocks (`virtual_clock`), identifiers (`identity`) and what
a folder says of its files (`folders`) are replaced with versions that depend only on the student's
code. (`c_clocks` does the same for clocks that C code reads.) Memory that NumPy leaves
uninitialized is filled with NaN (or a large odd integer), so that code which reads it is always
wrong, and always in the same way.

The replacements are installed once for all students' processes (`prepared`), by the process that
they are forked from, or by each of them. The rest of the zygote keeps the originals.
"""

from __future__ import annotations

import _socket
import os
import posix
import socket
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from . import folders, identity, random_sources, virtual_clock


def install() -> None:
    """Make this process reproducible, and those that are forked from it, once each has started."""
    for owner, name, value in _REPLACEMENTS:
        setattr(owner, name, value)
    virtual_clock.set_methods_of_datetime()
    random_sources.restart()


def uninstall() -> None:
    """Restore the modules' own functions, except the methods of ``datetime``."""
    for owner, name, value in _ORIGINALS:
        setattr(owner, name, value)


def start() -> None:
    """Begin a notebook's process."""
    random_sources.restart_after_fork()
    identity.start()


def restart() -> None:
    """Begin a criterion, which must not depend on how far a training run got in its time."""
    random_sources.restart()
    virtual_clock.restart()
    identity.restart()


def filled_memory() -> list[tuple[Any, str, Any]]:
    """Replacements for NumPy's functions that do not initialize memory: (owner, name, function)."""
    empty, empty_like = np.empty, np.empty_like

    def poisoned(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if array.dtype.kind in "fc":
            array.fill(np.nan)
        elif array.dtype.kind in "iu":
            array.fill(np.iinfo(array.dtype).max // 3)
        return array

    def poisoned_empty(*args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return poisoned(empty(*args, **kwargs))

    def poisoned_empty_like(*args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return poisoned(empty_like(*args, **kwargs))

    return [(np, "empty", poisoned_empty), (np, "empty_like", poisoned_empty_like)]


_C_MODULES = {os: posix, socket: _socket}
"""Where a module takes its functions from: the notebook may import them from there."""


def _in_c_modules(found: list[tuple[Any, str, Any]]) -> Iterator[tuple[Any, str, Any]]:
    for owner, name, value in found:
        module = _C_MODULES.get(owner) if isinstance(owner, ModuleType) else None
        if module is not None and hasattr(module, name):
            yield module, name, value


# Created once, in the zygote; sessions only install them.
_REPLACEMENTS = [
    *filled_memory(),
    *random_sources.replacements(),
    *virtual_clock.replacements(),
    *identity.replacements(),
    *folders.replacements(),
]
_REPLACEMENTS += [*_in_c_modules(_REPLACEMENTS)]
_ORIGINALS = [(owner, name, getattr(owner, name)) for owner, name, _ in _REPLACEMENTS]
