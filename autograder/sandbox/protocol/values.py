"""What a message can hold besides plain values, its limits, and the errors of reading one.

It needs only the standard library and numpy, as all of this package.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

MAX_HEADER = 8 * 2**20
"""Bytes of the JSON of a message."""

MAX_TOTAL = 64 * 2**20
"""Bytes of all buffers of a message."""

MAX_BUFFERS = 10_000
MAX_DEPTH = 24
"""Containers in containers."""

MAX_NODES = 200_000
MAX_ANSWER_NODES = 20_000
MAX_ANSWER_BUFFERS = 1_000
"""Parts of a value that code in the sandbox returns, and arrays in it: a result is an array, or has
a few."""

MAX_KEYS = 1000
"""Most dict keys other than strings per message. Numbers with equal hashes are easy to construct,
and decoding a dict of 100 000 of them would keep the reader busy for minutes."""

MAX_INT_BITS = 4096

TRUSTED_SIZE = 16 * 2**20
"""Bytes allocated just because a length prefix says so. Beyond that the buffer grows only as data
arrives, so that a false length cannot make the reader allocate memory."""

# Booleans, integers, floats, complex numbers and text: any bytes are a valid value of these kinds
# (code points are checked), and none of them can refer to anything else.
DTYPE = re.compile(r"[<|][biufcUS][1-9]\d{0,5}\Z")


class WireError(Exception):
    """The other side sent something that is not a valid message."""


class Closed(WireError):
    """The other side has closed the connection: end of file, or a broken pipe."""


class TooLate(WireError):
    """The other side did not answer in time."""


class Reference:
    """An object that stays on its own side; only its number and its class name are sent."""

    __slots__ = ("class_name", "number")

    def __init__(self, number: int, class_name: str) -> None:
        self.number = number
        self.class_name = class_name


class Callback:
    """A host function, which code inside the sandbox can call by number."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


class Seeded:
    """A NumPy generator, which is made from its seed on the other side."""

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __repr__(self) -> str:
        return f"np.random.default_rng({self.seed})"


class Opaque:
    """A value that cannot be sent; only its class name is."""

    __slots__ = ("class_name",)

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name


class SubclassedArray(np.ndarray[Any, Any]):
    """The raw values of an array whose class does not behave like ``np.ndarray``.

    Attributes:
        class_name: the name of its class on the other side, such as ``matrix``.
        masked: how many elements a mask hides; their values here are meaningless.
    """

    class_name: str
    masked: int

    def __array_finalize__(self, source: object) -> None:
        """Views and copies inherit the attributes of their source."""
        self.class_name = getattr(source, "class_name", "")
        self.masked = getattr(source, "masked", 0)


def is_key(key: object) -> bool:
    """Whether a dict key can be sent: plain values, and tuples of them."""
    if isinstance(key, tuple):
        return all(not isinstance(part, tuple) and is_key(part) for part in key)
    if isinstance(key, np.generic) and not isinstance(key, (str, bytes)):
        return DTYPE.match(key.dtype.newbyteorder("<").str) is not None
    if isinstance(key, int):
        return key.bit_length() <= MAX_INT_BITS
    return key is None or isinstance(key, (str, float))
