"""Clocks that depend on what the code does, not on the speed of the machine.

Every reading advances the time by `TICK_NS`, and every wait by its duration. A line of the notebook
that reads a clock again and again advances it by `LOOP_TICK_NS`, about as much as a step of a
training takes, so that ``while time.time() - t0 < 2`` ends soon. Measured times are never zero, and
a second run reads the same times. The grader's own limits use the real clocks, bound before these
are installed.

Waiting takes real time, since threads and event loops rely on it. The standard library's functions
that wait and then read the clock advance it by the time they have waited.
"""

from __future__ import annotations

import ctypes
import datetime
import functools
import gc
import logging
import os
import resource
import select
import selectors
import signal
import sys
import threading
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

TICK_NS = 1_000_000
LOOP_TICK_NS = 20_000_000
_FEW = 20
"""How often a line may read a clock before it counts as a loop that waits."""

_EPOCH_NS = 1_743_984_000 * 10**9  # midnight (UTC) before the Monday of 7 April 2025
_BOOT_NS = 1_000 * 10**9
_ROUND_NS = 60 * 10**9

_passed_ns = 0
_waited_ns = 0
_begins_ns: int | None = None
_readings: dict[tuple[CodeType, int], int] = {}


def _tick() -> int:
    global _passed_ns
    _passed_ns += LOOP_TICK_NS if _in_a_loop() else TICK_NS
    return _passed_ns


def _in_a_loop() -> bool:
    """Whether the notebook's own code has read a clock at this very place many times."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename == __file__ and frame.f_back is not None:
        frame = frame.f_back
    if not frame.f_code.co_filename.startswith("<cell "):
        return False  # event loops and locks of the standard library keep track of time themselves
    place = (frame.f_code, frame.f_lasti)
    _readings[place] = count = _readings.get(place, 0) + 1
    return count > _FEW


def _wait(seconds: float) -> None:
    """Advance the time by ``seconds`` that were spent waiting."""
    global _passed_ns, _waited_ns
    waited = max(0, int(seconds * 1e9))
    _passed_ns += waited
    _waited_ns += waited


def restart() -> None:
    """Begin a criterion, at the next full minute, however long the cells took.

    Criteria that share a process begin at the same time, as they would in processes of their own.
    """
    global _passed_ns, _waited_ns, _begins_ns
    if _begins_ns is None:
        _begins_ns = (_passed_ns // _ROUND_NS + 1) * _ROUND_NS
    _passed_ns = _begins_ns
    _waited_ns = 0
    _readings.clear()


def _time_ns() -> int:
    return _EPOCH_NS + _tick()


def now_ns() -> int:
    """The time of day, in nanoseconds since 1970, for clocks that C code reads."""
    return _time_ns()


def _monotonic_ns() -> int:
    return _BOOT_NS + _tick()


def _process_time_ns() -> int:
    return _tick() - _waited_ns


def _seconds(clock: Callable[[], int]) -> Callable[[], float]:
    return lambda: clock() / 1e9


_time = _seconds(_time_ns)
_monotonic, _process_time = _seconds(_monotonic_ns), _seconds(_process_time_ns)


def _clock_gettime_ns(clock: int) -> int:
    if clock == time.CLOCK_REALTIME:
        return _time_ns()
    cpu = (time.CLOCK_PROCESS_CPUTIME_ID, time.CLOCK_THREAD_CPUTIME_ID)
    return _process_time_ns() if clock in cpu else _monotonic_ns()


def _with_the_time(function: Callable[..., Any]) -> Callable[..., Any]:
    """Functions such as ``localtime``, which without an argument use the current time."""

    @functools.wraps(function)
    def of_the_time(seconds: float | None = None, /) -> Any:
        return function(_time() if seconds is None else seconds)

    return of_the_time


def _with_local_time(function: Callable[..., Any], before: int) -> Callable[..., Any]:
    """``strftime`` and ``asctime``, which without their last argument use the current time."""
    localtime = time.localtime

    @functools.wraps(function)
    def of_local_time(*args: Any) -> Any:
        return function(*args) if len(args) > before else function(*args, localtime(_time()))

    return of_local_time


def _now(cls: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
    """Returns new datetime object representing current time local to tz."""
    return cls.fromtimestamp(_time(), tz)


def _utcnow(cls: type[datetime.datetime]) -> datetime.datetime:
    """Return a new datetime representing UTC day and time."""
    return cls.fromtimestamp(_time(), datetime.UTC).replace(tzinfo=None)


def _times() -> os.times_result:
    cpu = _process_time()
    return os.times_result((cpu, 0.0, 0.0, 0.0, _monotonic()))


def _getrusage(who: int, /) -> resource.struct_rusage:
    del who
    return resource.struct_rusage((_process_time(), 0.0, 65536, *[0] * 13))


_started_ns = time.time_ns()
_TREE_NS = 600 * 10**9
"""How old the sandbox's own file tree may be: it is made when the zygote is started."""

_root = Path("/").stat()
_tree = _root.st_dev if _started_ns - _root.st_mtime_ns < _TREE_NS else None


def _stat(function: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """``os.stat`` and the like."""

    @functools.wraps(function)
    def stat(*args: Any, **kwargs: Any) -> os.stat_result:
        return as_seen(function(*args, **kwargs))

    return stat


def as_seen(found: os.stat_result) -> os.stat_result:
    """What the notebook is told of a file.

    Files written since the start, and all of the sandbox's own tree, are as old as its time.
    """
    times = (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)
    since = 0 if found.st_dev == _tree else _started_ns
    return _with_times(found, [_EPOCH_NS if ns >= since else ns for ns in times])


_inodes: dict[int, int] = {}
"""Numbers of files, in the order in which they are asked for."""


def _with_times(found: os.stat_result, times_ns: list[int]) -> os.stat_result:
    names = ("st_atime", "st_mtime", "st_ctime")
    more: dict[str, float] = {f"{name}_ns": ns for name, ns in zip(names, times_ns, strict=True)}
    more |= {name: ns / 1e9 for name, ns in zip(names, times_ns, strict=True)}
    for name in ("st_blksize", "st_blocks", "st_rdev"):
        more[name] = getattr(found, name, 0)
    head = [*found[:7], *(ns // 10**9 for ns in times_ns)]
    head[1], head[2] = _inodes.setdefault(found.st_ino, len(_inodes) + 1), 1
    return os.stat_result(head, more)


def _after_waiting(function: Callable[..., Any], position: int) -> Callable[..., Any]:
    """A function that waits for at most its ``timeout`` and returns whether it succeeded."""

    @functools.wraps(function)
    def waiting(*args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        timeout = kwargs.get("timeout", args[position] if len(args) > position else None)
        in_vain = not any(found) if isinstance(found, tuple) else not found
        if timeout is not None and in_vain:
            _wait(timeout)
        return found

    return waiting


def _sleep(function: Callable[[float], None]) -> Callable[[float], None]:
    @functools.wraps(function)
    def sleep(seconds: float, /) -> None:
        function(seconds)
        _wait(seconds)

    return sleep


def _join(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def join(self: threading.Thread, timeout: float | None = None) -> None:
        function(self, timeout)
        if timeout is not None and self.is_alive():
            _wait(timeout)

    return join


def _autorange(self: timeit.Timer, callback: Any = None) -> tuple[int, float]:
    """Run once: repeating until it takes 0.2 s would not terminate, as it takes no time here."""
    taken = self.timeit(1)
    if callback:
        callback(1, taken)
    return 1, taken


def replacements() -> list[tuple[Any, str, Any]]:
    """The replacements, as (owner, name, value)."""
    found: list[tuple[Any, str, Any]] = [
        (time, "time_ns", _time_ns),
        (time, "time", _time),
        (time, "clock_gettime_ns", _clock_gettime_ns),
        (time, "clock_gettime", lambda clock: _clock_gettime_ns(clock) / 1e9),
        (time, "sleep", _sleep(time.sleep)),
        (time, "strftime", _with_local_time(time.strftime, 1)),
        (time, "asctime", _with_local_time(time.asctime, 0)),
        (timeit, "default_timer", _monotonic),
        (timeit.Timer, "autorange", _autorange),
        (os, "times", _times),
        *((os, name, _stat(getattr(os, name))) for name in ("stat", "lstat", "fstat")),
        (signal, "getitimer", lambda _which: (0.0, 0.0)),
        (logging, "_startTime", _EPOCH_NS / 1e9),
        (resource, "getrusage", _getrusage),
        (threading.Condition, "wait", _after_waiting(threading.Condition.wait, 1)),
        (threading.Thread, "join", _join(threading.Thread.join)),
        (select, "select", _after_waiting(select.select, 3)),
    ]
    for names, clock in (
        (("monotonic", "perf_counter"), _monotonic_ns),
        (("process_time", "thread_time"), _process_time_ns),
    ):
        seconds = _monotonic if clock is _monotonic_ns else _process_time
        found += [(time, name, seconds) for name in names]
        found += [(time, f"{name}_ns", clock) for name in names]
    found += [(time, name, _with_the_time(getattr(time, name))) for name in _OF_THE_TIME]
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector"):
        if (kind := getattr(selectors, name, None)) is not None:
            found.append((kind, "select", _after_waiting(kind.select, 1)))
    for function in (timeit.Timer.__init__, timeit.timeit, timeit.repeat):
        defaults = [_monotonic if each is timeit.default_timer else each
                    for each in function.__defaults__ or ()]  # fmt: skip
        found.append((function, "__defaults__", tuple(defaults)))
    return found


_OF_THE_TIME = ("localtime", "gmtime", "ctime")


def set_methods_of_datetime() -> None:
    """Replace ``datetime.now`` and ``utcnow`` in the class itself, which is read-only C code.

    With a subclass instead, ``type(x) is datetime`` and ``isinstance`` would be wrong for objects
    created by C code.
    """
    if type(datetime.datetime.__dict__["now"]) is classmethod:
        return
    (attributes,) = gc.get_referents(datetime.datetime.__dict__)
    attributes.update(now=classmethod(_now), utcnow=classmethod(_utcnow))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
