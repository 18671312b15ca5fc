"""Time limits for the student's code, enforced in its own process so that definitions survive.

There are two timers: CPU time decides, since it is the same on a busy machine; wall time catches
code that sleeps. Code that never returns to the interpreter is stopped by the host, from outside.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MAX_CATCHES = 3
"""How often code may catch `TimeUp` and continue, a second each time."""

_TIMERS = ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))


class TimeUp(BaseException):
    """Time is up. Not an ``Exception``, so that ``except Exception`` does not catch it."""


@contextmanager
def limit(cpu_s: float, wall_s: float, stuck: Callable[[], object] | None = None) -> Iterator[None]:
    """Raise `TimeUp` in the body after ``cpu_s`` CPU seconds or ``wall_s`` seconds of wall time.

    The timers keep firing every second, for code that catches everything.

    Args:
        cpu_s: CPU seconds of the process.
        wall_s: seconds of wall time.
        stuck: called when the body has caught `TimeUp` more than `MAX_CATCHES` times; it should not
            return.
    """
    expirations = 0

    def on_timer(_number: int, _frame: Any) -> None:
        nonlocal expirations
        expirations += 1
        if expirations > MAX_CATCHES and stuck is not None:
            stuck()
        raise TimeUp

    for number, _ in _TIMERS:
        signal.signal(number, on_timer)
    try:
        signal.setitimer(signal.ITIMER_PROF, cpu_s, 1.0)
        signal.setitimer(signal.ITIMER_REAL, wall_s, 1.0)
        yield
    finally:
        _stop_timers()


def _stop_timers() -> None:
    """Stop both timers. If one fires meanwhile, ignore it: the body has finished in time."""
    while True:
        try:
            for number, timer in _TIMERS:
                signal.signal(number, signal.SIG_IGN)
                signal.setitimer(timer, 0)
        except TimeUp:
            continue
        return
