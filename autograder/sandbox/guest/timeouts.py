"""Time limits for the student's code, enforced in its own process so that definitions survive.

There are two timers: CPU time decides, since it is the same on a busy machine; wall time catches
code that sleeps, sooner if that is all it does. Code that never returns to the interpreter is
stopped by the host, from outside.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # a part of CPython without stubs
import _thread
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..protocol.unfixable import Unfixable
from . import unfixable

MAX_CATCHES = 3
"""How often code may catch `TimeUp` and continue, a second each time."""

_getitimer, _setitimer, _on_signal = signal.getitimer, signal.setitimer, _signal.signal
_waitid = getattr(os, "waitid", None)
_get_ident = _thread.get_ident
# Bound before any student code runs: notebooks see another `getitimer`, and may replace the rest.
# `signal.signal` turns its arguments and its result into enums: most of the time of `limit`.

_IGNORED = int(signal.SIG_IGN)

_TIMERS = (
    (int(signal.SIGPROF), signal.ITIMER_PROF),
    (int(signal.SIGALRM), signal.ITIMER_REAL),
)


IDLE = 0.02
"""The share of its CPU time, or of its time to be idle if that is less, below which code whose wall
time is up was waiting, not computing."""


SOON_S = 0.01
"""Seconds after which a timer fires again that has fired at the wrong moment."""


class TimeUp(BaseException):
    """Time is up. Not an ``Exception``, so that ``except Exception`` does not catch it.

    Attributes:
        idle: whether the code was waiting, so that more time would not have helped.
    """

    def __init__(self, *, idle: bool = False) -> None:
        super().__init__()
        self.idle = idle


_has_asked_the_host = False


def host_is_asked() -> None:
    """From now on, the body may be waiting for the host, which is not idleness."""
    global _has_asked_the_host
    _has_asked_the_host = True


class _Postponed:
    """How many blocks `undisturbed` has that the thread of `limit` is in."""

    thread = 0
    depth = 0


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off `TimeUp` for as long as the block runs, which must not be long.

    Half a message would spoil all that follow. Blocking the signals would not help: they are then
    delivered to another thread, and Python still calls the handler in the main one.
    """
    if _get_ident() != _Postponed.thread:
        yield
        return
    _Postponed.depth += 1
    try:
        yield
    finally:
        _Postponed.depth -= 1


def _has_children() -> bool:
    """Whether it has started processes, which may be computing: the host sees whether they do."""
    if _waitid is None:
        return False
    try:
        _waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


@contextmanager
def limit(
    cpu_s: float,
    wall_s: float,
    stuck: Callable[[], object] | None = None,
    idle_s: float | None = None,
) -> Iterator[None]:
    """Raise `TimeUp` in the body after ``cpu_s`` CPU seconds or ``wall_s`` seconds of wall time.

    The timers keep firing every second, for code that catches everything.

    Args:
        cpu_s: CPU seconds of the process.
        wall_s: seconds of wall time.
        stuck: called when the body has caught `TimeUp` more than `MAX_CATCHES` times; it should not
            return.
        idle_s: seconds of wall time for a body that has hardly computed anything by then and has
            not asked the host (`host_is_asked`); None to let it wait for all of ``wall_s``.
    """
    global _has_asked_the_host
    _has_asked_the_host = False
    _Postponed.thread, _Postponed.depth = _get_ident(), 0
    expirations = 0
    idle = False
    early = idle_s is not None and idle_s < wall_s

    def on_timer(number: int, _frame: Any) -> None:
        nonlocal expirations, idle, early
        if _Postponed.depth:
            _setitimer(dict(_TIMERS)[number], SOON_S, 1.0)
            return
        if expirations == 0 and number == signal.SIGALRM:
            least_s = IDLE * min(cpu_s, wall_s if idle_s is None else idle_s)
            computed = _getitimer(signal.ITIMER_PROF)[0] < cpu_s - least_s
            idle = not computed and not _has_asked_the_host and not (early and _has_children())
            if early and not idle:
                early = False
                _setitimer(signal.ITIMER_REAL, wall_s - (idle_s or 0.0), 1.0)
                return
        expirations += 1
        if expirations > MAX_CATCHES and stuck is not None:
            stuck()
        raise TimeUp(idle=idle)

    for number, _ in _TIMERS:
        _on_signal(number, on_timer)
    try:
        _setitimer(signal.ITIMER_PROF, cpu_s, 1.0)
        _setitimer(signal.ITIMER_REAL, idle_s if idle_s and early else wall_s, 1.0)
        yield
        if expirations:  # it has caught what stopped it: how far had it come?
            unfixable.notice(Unfixable.TIME_LIMIT)
    finally:
        _stop_timers()


def _stop_timers() -> None:
    """Stop both timers. If one fires meanwhile, ignore it: the body has finished in time."""
    while True:
        try:
            for number, timer in _TIMERS:
                _on_signal(number, _IGNORED)
                _setitimer(timer, 0)
        except TimeUp:
            continue
        return
