"""What /proc says of a session's processes. Only trusted processes call this."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class Process(NamedTuple):
    """A line of ``/proc/PID/stat``, as far as it matters here."""

    pid: int
    parent: int
    threads: int


def _all() -> Iterator[Process]:
    try:
        names = os.listdir("/proc")  # noqa: PTH208
    except OSError:
        return
    for name in names:
        if name.isdigit() and (process := _read(int(name))):
            yield process


def _read(pid: int | str) -> Process | None:
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        line = os.read(descriptor, 2048)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    # The program's name stands in parentheses and may hold anything, parentheses as well.
    fields = line.rpartition(b")")[2].split()
    return Process(int(line.split()[0]), int(fields[1]), int(fields[17]))


def process_tree(ancestor: int) -> list[Process]:
    """``ancestor`` and every process that descends from it."""
    everything = list(_all())
    children: dict[int, list[Process]] = {}
    for process in everything:
        children.setdefault(process.parent, []).append(process)
    found = [process for process in everything if process.pid == ancestor]
    for process in found:  # grows while it is walked
        found.extend(children.get(process.pid, ()))
    return found


def current() -> Process:
    """This process, by the numbers of /proc: those may be of an outer namespace."""
    return _read("self") or Process(0, 0, 1)


def private_kb(pid: int | str) -> int:
    """Memory in use that is not of a file: a fork shares its parent's, and is counted with it."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            _, resident, of_files = map(int, file.read().split()[:3])
    except OSError:
        return 0
    return (resident - of_files) * _PAGE_KB


def count_threads(uid: int) -> int:
    """How many threads the user runs: what RLIMIT_NPROC is compared with."""
    count = 0
    for process in _all():
        if _owner(process.pid) == uid:
            count += process.threads
    return count


def _owner(pid: int) -> int | None:
    """The real user. Not the owner of /proc/PID: that is root's where tracing is refused."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:  # noqa: PTH123
            line = next(line for line in file if line.startswith(b"Uid:"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1])
