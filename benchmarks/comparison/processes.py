"""Run commands, and count every process that they start: CPU and wall time, peak memory.

This process adopts orphans (PR_SET_CHILD_SUBREAPER, Linux) and waits for each of its children
itself. wait4 gives the CPU time of a child together with that of the children that it waited for,
so nothing is lost and nothing counts twice.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LOOK_EVERY_S = 0.1


class Failed(Exception):
    """A command ended with an error; says what it wrote last."""


@dataclass(frozen=True)
class Usage:
    """What commands took: seconds, and the most memory in MB that all processes held at once."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def adopt_orphans() -> None:
    """Let processes whose parents have ended become our children."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot adopt orphans: CPU time would be lost")


def run(
    commands: Sequence[Sequence[str]], folder: Path, environment: Mapping[str, str], log: Path
) -> Usage:
    """Run one command after the other in `folder`, and wait until nothing of them is left.

    Call `adopt_orphans` first; this process must have no other children.

    Raises:
        Failed: a command's exit status was not 0.
    """
    cpu_s, largest_mb = 0.0, 0.0
    began = time.monotonic()
    with log.open("wb") as output, _memory_watched() as seen:
        for command in commands:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=output, stderr=output
            )
            for pid, status, usage in _children():
                cpu_s += usage.ru_utime + usage.ru_stime
                largest_mb = max(largest_mb, usage.ru_maxrss / 1024)
                if pid == process.pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise Failed(f"{' '.join(command)}: exit status {process.returncode}\n{end}")
    # A short process may end between two looks; then its own maximum is the better figure.
    return Usage(cpu_s, time.monotonic() - began, max(largest_mb, *seen))


def _children() -> Iterator[tuple[int, int, resource.struct_rusage]]:
    """Every child as it ends, adopted ones included, until there are none."""
    with contextlib.suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)


@contextlib.contextmanager
def _memory_watched() -> Iterator[list[float]]:
    """MB of all descendants together, at each look."""
    seen, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_EVERY_S):
            seen.append(sum(map(_megabytes, _descendants(os.getpid()))))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _descendants(pid: int) -> Iterator[int]:
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from _descendants(child)


def _megabytes(pid: int) -> float:
    """Proportional memory: a page that four processes share counts a quarter for each."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
