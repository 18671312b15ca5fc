"""The same notebook does the same thing on every run, on every machine.

Randomness without a seed (`random_sources`), the clocks (`virtual_clock`) and what a process is
called (`identity`) are replaced by what the student's own steps determine. Memory that NumPy leaves
uninitialised is filled with NaN (or a large odd integer), so that code which reads it is always
wrong, and always in the same way.

All of it is put in place in the student's process, after the fork: the zygote keeps the real ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import identity, random_sources, virtual_clock


def install() -> None:
    """Make this process reproducible."""
    for owner, name, value in _REPLACEMENTS:
        setattr(owner, name, value)
    virtual_clock.set_methods_of_datetime()
    random_sources.restart()
    identity.start()


def restart() -> None:
    """Begin a criterion: it sees the same however far a training run got before its time was up."""
    random_sources.restart()
    virtual_clock.restart()
    identity.start()


def filled_memory() -> list[tuple[Any, str, Any]]:
    """What replaces NumPy's functions that leave memory as it is, as (owner, name, function)."""
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


# Made once, in the zygote: a session only puts them in place.
_REPLACEMENTS = [
    *filled_memory(),
    *random_sources.replacements(),
    *virtual_clock.replacements(),
    *identity.replacements(),
]
