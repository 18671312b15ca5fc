"""Size limits for messages from a student's process: what the course needs, with room to spare."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.protocol import wire

MAX_MESSAGE_BYTES = 16 * 2**20
"""Bytes of arrays and strings in one message."""

MAX_HEADER_BYTES = 2**20
"""Bytes of JSON in one message; parsed, it takes fifty times as much memory."""

MAX_STATUS_BYTES = 4096
"""Bytes of an answer about processes."""

MAX_ELEMENTS = 2**21
MAX_AXES = 8
"""Elements of one array. Axes of 0 count as 1, as an array without elements may have 2**26 rows."""

MAX_TEXT_BYTES = 2**18
"""Bytes of one text, or of an array of texts: no part returns any that is worth mentioning."""

MAX_CALLBACK_BYTES = 4 * 2**20
"""Largest argument for calling a suite's function from inside the sandbox, counted as float64. The
function runs in the trusted process, and its result can be larger than small integers passed in."""


_SMALL = frozenset([type(None), bool, int, float])
"""Types of values that are never too large, which are looked at first."""


def elements(shape: Sequence[int]) -> int:
    """Steps of a loop over every axis of this shape; an axis of 0 counts as 1."""
    return math.prod(max(1, size) for size in shape)


def refuse_oversized(value: Any) -> None:
    """Raise `wire.WireError` if a value contains an array or text larger than any expected."""
    if type(value) in _SMALL:
        return
    if isinstance(value, np.ndarray):
        if value.ndim > MAX_AXES or elements(value.shape) > MAX_ELEMENTS:
            raise wire.WireError("an array is larger than any expected result")
        if value.dtype.kind in "USV" and value.nbytes > MAX_TEXT_BYTES:
            raise wire.WireError("an array of texts is larger than any expected result")
    elif isinstance(value, (str, bytes)):
        if len(value) > MAX_TEXT_BYTES:
            raise wire.WireError("a text is longer than any expected result")
    elif isinstance(value, dict):
        for item in value.values():
            refuse_oversized(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            refuse_oversized(item)


def approximate_bytes(value: Any) -> int:
    """Approximate bytes of the arrays and strings in a value, with arrays as float64 at least."""
    if isinstance(value, (np.ndarray, np.generic)):
        return max(value.nbytes, 8 * elements(value.shape))
    if isinstance(value, (list, tuple)):
        return sum(map(approximate_bytes, value))
    if isinstance(value, Mapping):
        return sum(map(approximate_bytes, value.values()))
    return len(value) if isinstance(value, (str, bytes)) else 8
