"""Make a process's identifiers (addresses, process ids, user and machine) the same on every run.

``id()`` numbers objects in the order of the calls, so code that uses it as a source of randomness
is reproducible. Two objects that exist at the same time never share a number.
"""

from __future__ import annotations

import _thread
import builtins
import functools
import multiprocessing
import os
import platform
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

_address = builtins.id
_getpid, _kill = os.getpid, os.kill

PID = 2
_PROCESSORS = 2
"""Small enough that a pool with a process for each stays below the limit on processes."""

_FREE_PAGES = 2**18
_sysconf = os.sysconf

_UID = 1000
_HOST = "localhost"
_STEP = 16  # the low bits of addresses are zero
_BLOCK = 2**24

_numbers: dict[int, int] = {}
_next = _BLOCK
_first: int | None = None
"""The number that a criterion begins with."""
_own_pid = 0


def _id(obj: object, /) -> int:
    """Return the identity of an object.

    This is guaranteed to be unique among simultaneously existing objects.
    """
    global _next
    address = _address(obj)
    number = _numbers.get(address)
    if number is None:
        number = _numbers[address] = _next
        _next += _STEP
    return number


_id.__name__ = _id.__qualname__ = "id"


def _pid() -> int:
    """`PID` in the notebook's own process, the real one in processes that it starts."""
    real = _getpid()
    return PID if real == _own_pid else real


def _send_signal(pid: int, number: int, /) -> None:
    """`os.kill` that accepts the id returned by the replaced `os.getpid`."""
    _kill(_getpid() if pid == PID and _getpid() == _own_pid else pid, number)


def _native_id() -> int:
    """`PID` in the main thread, as Linux has it; others count from there in the order of use."""
    ident = _get_ident()
    return _threads.setdefault(ident, PID + len(_threads))


_get_ident = threading.get_ident
_threads: dict[int, int] = {}


def _machine() -> os.uname_result:
    real = _uname()
    return os.uname_result((real.sysname, _HOST, real.release, real.version, real.machine))


_uname = os.uname


def _constant(value: Any) -> Callable[[], Any]:
    return lambda: value


@functools.wraps(_sysconf)
def _setting(name: str | int, /) -> int:
    value = _sysconf(name)  # raises what it raises for names that do not exist
    number = os.sysconf_names.get(name, -1) if isinstance(name, str) else name
    return _SETTINGS.get(number, value)


_SETTINGS = {
    os.sysconf_names[name]: value
    for name, value in {
        "SC_AVPHYS_PAGES": _FREE_PAGES,
        "SC_PHYS_PAGES": 2 * _FREE_PAGES,
        "SC_NPROCESSORS_ONLN": _PROCESSORS,
        "SC_NPROCESSORS_CONF": _PROCESSORS,
    }.items()
    if name in os.sysconf_names
}


def replacements() -> list[tuple[Any, str, Any]]:
    """The replacements, as (owner, name, value)."""
    found: list[tuple[Any, str, Any]] = [
        (builtins, "id", _id),
        (os, "getpid", _pid),
        (os, "getppid", _constant(1)),
        (os, "getpgrp", _constant(PID)),
        (os, "getsid", lambda _pid: PID),
        (os, "getpgid", lambda _pid: PID),
        *((module, "get_native_id", _native_id) for module in (threading, _thread)),
        (os, "kill", _send_signal),
        (os, "uname", _machine),
        (os, "cpu_count", _constant(_PROCESSORS)),
        (os, "process_cpu_count", _constant(_PROCESSORS)),
        (os, "sysconf", _setting),
        (os, "getloadavg", _constant((0.0, 0.0, 0.0))),
        (socket, "gethostname", _constant(_HOST)),
        (socket, "getfqdn", lambda name="": name or _HOST),
        (platform, "node", _constant(_HOST)),
    ]
    found += [(os, name, _constant(_UID)) for name in ("getuid", "geteuid", "getgid", "getegid")]
    # Drawn when the module was imported.
    found.append((multiprocessing.current_process(), "authkey", bytes(32)))
    return [each for each in found if hasattr(each[0], each[1])]


def start() -> None:
    """Begin the notebook's process."""
    global _own_pid
    _own_pid = _getpid()
    _threads.clear()
    _native_id()
    # Longer than small threads run; otherwise the machine would decide when threads are switched.
    sys.setswitchinterval(0.05)


def restart() -> None:
    """Begin a criterion in a copy of the notebook's process, maybe after another one.

    Calls get the same numbers, however many the cells and other criteria have used.
    """
    global _next, _first
    start()
    if _first is None:
        _first = (_next // _BLOCK + 1) * _BLOCK
    _next = _first
    for address in [address for address, number in _numbers.items() if number >= _first]:
        del _numbers[address]
