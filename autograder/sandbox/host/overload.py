"""Bound what one student's data may cost the trusted process, in CPU time and in memory.

Whatever comes across the wall is handled here: decoded, compared, given to a callback that computes
with it. Sizes are checked first, but no check foresees every combination, so the handling itself
runs under limits. Reaching one is never a way to points: see `autograder.suite.decide`.

CPU is measured by ITIMER_VIRTUAL (the guest's own clocks use the other two timers), memory by the
soft limit of the address space, which is raised again afterwards.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autograder.sandbox.host.garbage import collector

MEMORY_MB = 160
"""Megabytes on top of what the process holds already. The largest answer that the course itself
asks for has 3.5 MB, and comparing takes a few copies of it."""

_AGAIN_S = 1.0


class HostOverload(BaseException):
    """The student's data took too long. Not an ``Exception``: nothing on the way may catch it."""


@contextmanager
def bounded(cpu_s: float, memory_mb: int = MEMORY_MB) -> Iterator[None]:
    """Run the body under limits of its own.

    Args:
        cpu_s: seconds of user CPU time of this process.
        memory_mb: address space above what is mapped now.

    Raises:
        HostOverload: the CPU time is used up. Code that never returns to Python is not interrupted:
            its inputs have to be small (`sizes.MAX_ELEMENTS`).
        MemoryError: the memory is used up.
    """
    with bounded_time(cpu_s), _address_space(memory_mb):
        yield


@contextmanager
def unbounded_memory() -> Iterator[None]:
    """Lift the limit on memory while a process is started: it would be inherited."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    _set_address_space(hard, hard)
    try:
        yield
    finally:
        _set_address_space(soft, hard)


@contextmanager
def bounded_time(cpu_s: float) -> Iterator[None]:
    """Run the body under a limit on user CPU time alone; see `bounded`.

    Regular expressions look for signals while they match, so they are interrupted as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone
        return

    def on_timer(_number: int, _frame: FrameType | None) -> None:
        raise HostOverload(f"more than {cpu_s:g} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, on_timer)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, max(cpu_s, 0.001), _AGAIN_S)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _address_space(megabytes: int) -> Iterator[None]:
    memory = collector.collect_if_grown()
    if memory is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory.mapped + megabytes * 2**20
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft)
    _set_address_space(wanted, hard)
    try:
        yield
    finally:
        _set_address_space(soft, hard)


def _set_address_space(soft: int, hard: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
