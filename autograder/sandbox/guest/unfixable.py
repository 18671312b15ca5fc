"""Notice that the notebook uses what cannot be made the same on every run (`protocol.unfixable`).

Everything keeps working as it does elsewhere; the host is told, and grades such a notebook several
times. What can be made the same is replaced instead, see `reproducible`. Like everything in this
process, this can be evaded by code that looks for the original functions.
"""

from __future__ import annotations

import _ctypes
import _thread
import cProfile
import ctypes
import faulthandler
import functools
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from ..protocol.config import SCRATCH_PARENT
from ..protocol.unfixable import Unfixable
from . import followed_threads, known_code

_HERE = (__file__, followed_threads.__file__)
_OURS = __file__.rpartition("guest")[0]
_LIBRARY = (os.__file__.rpartition("/")[0], np.__file__.rpartition("/")[0], "<frozen ")
_frame = sys._getframe

_noticed: set[Unfixable] = set()


def notice(source: Unfixable) -> None:
    """The notebook has used this source."""
    _noticed.add(source)


def noticed() -> list[str]:
    """What the notebook has used so far, in this process or one that it was forked from."""
    return sorted(_noticed)


def _noticing(source: Unfixable, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def noticing(*args: Any, **kwargs: Any) -> Any:
        if source not in _noticed and _by_the_notebook():
            _noticed.add(source)
        return function(*args, **kwargs)

    return noticing


def _by_the_notebook() -> bool:
    """Whether its code is behind this call, maybe through the standard library, and not ours."""
    frame: FrameType | None = _frame(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_LIBRARY):
            return not name.startswith(_OURS)
        frame = frame.f_back
    return True


_USED: dict[Unfixable, list[tuple[Any, str]]] = {
    Unfixable.THREADS: [
        (module, f"{prefix}{name}")
        for module, prefix in ((_thread, ""), (threading, "_"))
        for name in ("start_new_thread", "start_joinable_thread")
    ]
    + [(faulthandler, "dump_traceback_later")],
    Unfixable.PROCESSES: [(os, "fork"), (os, "forkpty")],
    Unfixable.TIMERS: [
        *((signal, name) for name in ("setitimer", "alarm")),
        *((resource, name) for name in ("setrlimit", "prlimit")),  # of CPU time: SIGXCPU
    ],
    Unfixable.C_CODE: [
        *((_ctypes, name) for name in ("dlopen", "dlsym")),
        *((ctypes.CDLL, name) for name in ("__init__", "__getattr__")),
    ],
    Unfixable.PROFILER: [(cProfile.Profile, "__init__")],
}

_IN_A_FOLDER = [(os, "getcwd"), (os, "getcwdb"), (os, "scandir")]
"""At levels at which a session's folder is one of the machine's, under a name of its own."""

_originals: list[tuple[Any, str, Any]] = []


def install() -> None:
    """Notice from now on, except what `start` says."""
    for source, functions in _USED.items():
        _install(source, functions)


def uninstall() -> None:
    """Restore what was there before `install`."""
    for owner, name, function in _originals:
        setattr(owner, name, function)


def start(folder: str) -> None:
    """Begin a notebook's process, whose working directory is ``folder``."""
    if not folder.startswith(f"{SCRATCH_PARENT}/"):
        _install(Unfixable.FOLDER, _IN_A_FOLDER)


def _install(source: Unfixable, functions: list[tuple[Any, str]]) -> None:
    for owner, name in functions:
        if hasattr(owner, name):
            function = getattr(owner, name)
            _originals.append((owner, name, function))
            starts = source is Unfixable.THREADS and owner is not faulthandler
            called = followed_threads.starting(function) if starts else function
            setattr(owner, name, _noticing(source, called))


def user(frame: Any) -> Any:
    """The frame that calls one of the functions above, if ``frame`` is inside it; else itself."""
    # The student's code may have any file, of which even a comparison may be the student's.
    while (
        known_code.is_ours(frame.f_code)
        and frame.f_code.co_filename in _HERE
        and frame.f_back is not None
    ):
        frame = frame.f_back
    return frame
