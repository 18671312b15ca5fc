"""Stop the student's code after so much time, from inside, so that what it defined survives.

Two timers: CPU time decides, being the same on a busy machine; wall time catches code that sleeps.
Code that swallows the signal, or never returns to Python, is stopped by the host from outside.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TimeUp(BaseException):
    """Time is up. Not an ``Exception``, so that a student's ``except Exception`` lets it pass."""


def _ring(_number: int, _frame: Any) -> None:
    raise TimeUp


@contextmanager
def limit(cpu_s: float, wall_s: float) -> Iterator[None]:
    """Raise `TimeUp` in the body after ``cpu_s`` seconds of CPU or ``wall_s`` seconds in all.

    The timers go on ringing (every second), for code that catches everything once.
    """
    signal.signal(signal.SIGPROF, _ring)
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_PROF, cpu_s, 1.0)
    signal.setitimer(signal.ITIMER_REAL, wall_s, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
