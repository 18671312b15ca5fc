"""How large a message from a student's process may be: what the course asks for, with room."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.protocol import wire

MAX_MESSAGE_BYTES = 16 * 2**20
"""What one message may bring, arrays and texts together."""

MAX_HEADER_BYTES = 2**20
"""How long the JSON of one message may be: parsed, it takes fifty times as much memory."""

MAX_ELEMENTS = 2**21
MAX_AXES = 8
"""Of one array. Every size counts as 1 at least: an array of no bytes may still have 2**26 rows."""

MAX_CALLBACK_BYTES = 4 * 2**20
"""Largest argument for calling a suite's function from inside the sandbox, counted as float64. The
function runs in the trusted process, and its result can be larger than small integers passed in."""


def elements(shape: Sequence[int]) -> int:
    """How many steps a loop over every axis of this shape can take; an axis of 0 counts as 1."""
    return math.prod(max(1, size) for size in shape)


def refuse_oversized(value: Any) -> None:
    """Raise `wire.WireError` if a value holds an array larger than any that a suite asks for."""
    if isinstance(value, np.ndarray):
        if value.ndim > MAX_AXES or elements(value.shape) > MAX_ELEMENTS:
            raise wire.WireError("an array is larger than anything that was asked for")
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
