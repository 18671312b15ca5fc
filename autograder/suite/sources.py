"""Find out which entries of an input one entry of a result depends on, by changing each of them.

This is how a drawing knows the window, without a description of each function. Only the reference
is called, in the trusted process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

MAX_ENTRIES = 36
"""The largest input that is looked at: one computation of the reference for each of its entries."""

Index = tuple[int, ...]


def entries_read(
    array: np.ndarray[Any, Any],
    result: Callable[[int], Any],
    expected: np.ndarray[Any, Any],
    index: Index,
) -> tuple[Index, ...]:
    """The indices of the entries that a result depends on; none if it depends on all or on none.

    Where images become the rows of a matrix, each entry is a copy of one pixel. There, the whole
    row is looked at, which is the window.

    Args:
        array: the input.
        result: the right result with one entry changed, given its place.
        expected: the right result.
        index: the entry of the result.
    """
    if not 1 < array.size <= MAX_ENTRIES:
        return ()
    where: Any = index[:1] if array.ndim == 4 and expected.ndim == 2 else index
    read = []
    for place in range(array.size):
        changed = result(place)
        if not isinstance(changed, np.ndarray) or changed.shape != expected.shape:
            return ()
        if (changed[where] != expected[where]).any():
            read.append(tuple(map(int, np.unravel_index(place, array.shape))))
    return tuple(read) if len(read) < array.size else ()
