"""Read a session's processes from /proc. Called by trusted processes only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

_ENOUGH = 448
"""Bytes read of a file in /proc. What a session reads there stays in its memory when freed, and it
differs each time. Objects of up to 512 bytes lie in the interpreter's own blocks, where no
uninitialised array can show them.
"""


class Process(NamedTuple):
    """The fields of ``/proc/PID/stat`` that matter here."""

    pid: int
    parent: int
    threads: int
    cpu_s: float
    state: str = "S"

    @property
    def is_asleep(self) -> bool:
        """Whether none of its threads runs, is ready to, or waits for the disk."""
        states = [self.state] if self.threads < 2 else _states_of_threads(self.pid)
        return not any(state in "RD" for state in states)


def _states_of_threads(pid: int) -> list[str]:
    try:
        names = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    except OSError:
        return []
    return [thread.state for name in names if (thread := _read(f"{pid}/task/{name}"))]


def _all() -> Iterator[Process]:
    try:
        names = os.listdir("/proc")  # noqa: PTH208
    except OSError:
        return
    for name in names:
        if name.isdigit() and (process := _read(int(name))):
            yield process


def _read(pid: int | str) -> Process | None:
    line = _beginning(f"/proc/{pid}/stat")
    if not line:
        return None
    # The command name is in parentheses and may contain anything, parentheses included.
    fields = line.rpartition(b")")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    state = fields[0].decode()
    return Process(int(line.split()[0]), int(fields[1]), int(fields[17]), cpu_s, state)


def process_tree(ancestor: int) -> list[Process]:
    """``ancestor`` and all its descendants."""
    everything = list(_all())
    children: dict[int, list[Process]] = {}
    for process in everything:
        children.setdefault(process.parent, []).append(process)
    found = [process for process in everything if process.pid == ancestor]
    for process in found:  # breadth-first: the list grows while it is iterated
        found.extend(children.get(process.pid, ()))
    return found


def _beginning(path: str) -> bytes:
    """What a file in /proc begins with; nothing if it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _ENOUGH)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def current() -> Process:
    """This process with its id in /proc, which may belong to an outer PID namespace."""
    return _read("self") or Process(0, 0, 1, 0.0)


def mapped_kb() -> int | None:
    """Address space of this process; None without /proc."""
    pages = _beginning("/proc/self/statm").split()
    return int(pages[0]) * _PAGE_KB if pages else None


def private_kb(pid: int) -> int:
    """Resident memory that is not file-backed, including pages still shared with the parent."""
    pages = _beginning(f"/proc/{pid}/statm").split()
    return (int(pages[1]) - int(pages[2])) * _PAGE_KB if pages else 0


def count_threads(uid: int) -> int:
    """The number of threads that a user runs, which is what RLIMIT_NPROC limits."""
    count = 0
    for process in _all():
        if _owner(process.pid) == uid:
            count += process.threads
    return count


def _owner(pid: int) -> int | None:
    """The real user id. Not the owner of /proc/PID, which is root if a process is not dumpable."""
    for line in _beginning(f"/proc/{pid}/status").splitlines():
        if line.startswith(b"Uid:"):
            return int(line.split()[1])
    return None
