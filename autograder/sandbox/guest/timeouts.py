"""Stop the student's code after so much time, from inside, so that what it defined survives.

Two timers: CPU time decides, being the same on a busy machine; wall time catches code that sleeps.
Code that never returns to Python is stopped by the host from outside.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 3
"""How often code may catch `TimeUp` and go on, a second each time."""

_CLOCKS = ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))


class TimeUp(BaseException):
    """Time is up. Not an ``Exception``, so that a student's ``except Exception`` lets it pass."""


@contextmanager
def limit(cpu_s: float, wall_s: float, stuck: Callable[[], object] | None = None) -> Iterator[None]:
    """Raise `TimeUp` in the body after ``cpu_s`` seconds of CPU or ``wall_s`` seconds in all.

    The timers go on ringing every second, for code that catches everything.

    Args:
        cpu_s: CPU seconds of the process.
        wall_s: seconds in all.
        stuck: called when the body has caught `TimeUp` more than `PATIENCE` times; it should not
            return.
    """
    rings = 0

    def ring(_number: int, _frame: Any) -> None:
        nonlocal rings
        rings += 1
        if rings > PATIENCE and stuck is not None:
            stuck()
        raise TimeUp

    for number, _ in _CLOCKS:
        signal.signal(number, ring)
    try:
        signal.setitimer(signal.ITIMER_PROF, cpu_s, 1.0)
        signal.setitimer(signal.ITIMER_REAL, wall_s, 1.0)
        yield
    finally:
        _silence()


def _silence() -> None:
    """Stop both timers, even if one rings meanwhile: the body has come to its end in time."""
    while True:
        try:
            for number, timer in _CLOCKS:
                signal.signal(number, signal.SIG_IGN)
                signal.setitimer(timer, 0)
        except TimeUp:
            continue
        return
