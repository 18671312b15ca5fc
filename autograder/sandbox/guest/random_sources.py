"""Take unseeded randomness from a single stream that is the same on every run.

Python and NumPy get entropy in only a few places: ``os.urandom`` (and with it ``secrets``,
``uuid4``, ``random.SystemRandom`` and, through ``secrets.randbits``, all unseeded NumPy
generators) and the C code of ``random.Random``. With these replaced, everything that builds on them
is reproducible, and still differs from one draw to the next.
"""

from __future__ import annotations

import _random
import contextlib
import random
import sys
import uuid
from types import ModuleType
from typing import Any

import numpy as np

with contextlib.suppress(ImportError):  # an interpreter can be built without it
    import ssl  # noqa: F401 (loaded so that its generator is replaced)

_NODE = 0x02_00_00_00_00_01  # a made-up, locally administered network address for uuid1
_stream = _random.Random(0)
_seed_random, _seed_numpy = random.seed, np.random.seed


def urandom(size: int, /) -> bytes:
    """``size`` bytes of the stream."""
    if size < 0:
        raise ValueError("negative argument not allowed")
    return _stream.getrandbits(8 * size).to_bytes(size, "little") if size else b""


def _getrandom(size: int, flags: int = 0) -> bytes:
    """`os.getrandom`, whose ``flags`` only say whether to wait for entropy."""
    del flags
    return urandom(size)


def _fresh_seed() -> int:
    return _stream.getrandbits(256)


class _Random(_random.Random):
    """``_random.Random``, whose C code would take entropy from the system."""

    def __init__(self, seed: Any = None) -> None:
        self.seed(seed)

    def seed(self, seed: Any = None, /) -> None:
        super().seed(_fresh_seed() if seed is None else seed)


_seed_an_instance = random.Random.seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Initialize internal state from a seed; without one, from the stream."""
    _seed_an_instance(self, _fresh_seed() if a is None else a, version)


def replacements() -> list[tuple[Any, str, Any]]:
    """The replacements, as (owner, name, value)."""
    found: list[tuple[Any, str, Any]] = [
        (random, "_urandom", urandom),
        (random.Random, "seed", _seed),
        (random, "seed", _seed.__get__(getattr(random, "_inst"))),  # noqa: B009 (not in the stubs)
        (_random, "Random", _Random),
        (uuid, "_generate_time_safe", None),  # otherwise uuid1 gets the time from libuuid
        (uuid, "_UuidCreate", None),
        (uuid, "_node", _NODE),
    ]
    for module in _loaded("os", "posix", "ssl", "_ssl"):
        found += [(module, name, urandom) for name in ("urandom", "RAND_bytes")]
        found.append((module, "getrandom", _getrandom))
    return [each for each in found if hasattr(each[0], each[1])]


def _loaded(*names: str) -> list[ModuleType]:
    """The modules among these that this interpreter has loaded."""
    return [sys.modules[name] for name in names if name in sys.modules]


def restart() -> None:
    """Start the stream and the global generators again."""
    restart_stream()
    _seed_random(0)
    _seed_numpy(0)


def restart_after_fork() -> None:
    """Undo what `random` does in a child: it seeds its generator with what the system gives it."""
    _seed_random(0)


def restart_stream() -> None:
    """Start the stream again."""
    _stream.seed(0)
