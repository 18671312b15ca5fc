"""Count the work that one call does in Python: lines that run, and objects that live at once.

A vectorised function runs as many lines for a large image as for a small one. Counts are the same
on every machine, which seconds are not. Two things are counted, because each alone can be evaded:

- *lines*: trace events in every Python frame below the call, in all threads that `threading`
  starts. That includes NumPy's own Python (`np.vectorize` loops there), but not the grader's.
- *objects*: the largest number of small memory blocks in use beyond those at the start. Lists of
  numbers that `map` or `tolist` make without running a line appear here. They are looked for at
  every line of the student's code, and before whatever anybody calls that is written in C.

The code that is counted runs in the same process and may interfere. What turns counting off or
gives access to it raises audit events, which cannot be removed: setting a trace function, getting
hold of frames or of all objects, starting a process or a thread behind `threading`'s back. A count
is *intact* only if none of them came from the student's code and the trace functions are still in
place at the end. Like any other answer, it is made in the student's process; the host must not
conclude more from it than how much work was done.
"""

from __future__ import annotations

import _thread
import gc
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any, TypedDict

from . import known_code, unfixable

# Bound before any student code runs, which may replace these functions in `sys`.
_settrace, _gettrace = sys.settrace, sys.gettrace
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_settrace_threads = threading.settrace
_start_new_thread = _thread.start_new_thread
_blocks, _frame = sys.getallocatedblocks, sys._getframe
_collects, _stop_collecting, _collect = gc.isenabled, gc.disable, gc.enable

SAMPLES = 2000
"""How many times the objects are counted; by then the lines have told enough."""

_TAMPERING = frozenset(
    {
        "sys.settrace", "sys.setprofile", "sys._getframe", "sys._current_frames",
        "sys._current_exceptions", "sys.monitoring.register_callback", "sys.addaudithook",
        "gc.get_objects", "gc.get_referrers", "gc.get_referents",
        "os.fork", "os.forkpty", "os.posix_spawn", "_thread.start_new_thread",
        "ctypes.call_function", "ctypes.dlsym", "ctypes.dlopen", "ctypes.cdata",
    }
)  # fmt: skip
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})

_CTYPES = frozenset({"call_function", "dlsym", "dlopen", "cdata"})
"""Events that are not called as a function is."""

_HANDS_ON = ("/inspect.py", "/traceback.py", "/logging/__init__.py")
"""Modules of the library that give whoever calls them a frame."""


class Count(TypedDict):
    """The count of one call, as it crosses the boundary."""

    lines: int
    objects: int
    intact: bool


class _Watch:
    """What the audit hook of this process reports to: nothing, or the call being counted."""

    installed = False
    report: Callable[[], None] | None = None


def counted(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, Count]:
    """Call a function and count.

    Returns:
        What it returned, and the count.

    Raises:
        Whatever it raises.
    """
    lines, peak, samples, tampered = 0, 0, 0, False
    outside: FrameType | None = None

    def sample() -> None:
        nonlocal peak, samples
        if samples < SAMPLES:
            samples += 1
            peak = max(peak, _blocks())

    def tampering() -> None:
        nonlocal tampered
        tampered = True

    def on_line(frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            sample()
        on_known_line(frame, event, arg)
        return on_line

    def on_known_line(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal lines, tampered
        if event == "line":
            lines += 1  # counting objects here, too, would take as long as twenty lines
        elif event == "return" and not frame.f_trace_lines:
            tampered = True
        return on_known_line

    def on_end(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal outside
        if event == "return":
            outside = None
        return on_end

    def on_call(frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal outside
        if outside is not None and known_code.is_known(frame.f_code):
            return None
        if known_code.is_ours(frame.f_code):
            outside = frame
            frame.f_trace_lines = False
            return on_end
        frame.f_trace_lines = True
        return on_known_line if known_code.is_known(frame.f_code) else on_line

    def on_c_call(frame: FrameType, event: str, arg: object) -> None:
        nonlocal tampered
        if event == "c_call":
            sample()
            # Before Python 3.12 this raises no audit event.
            user = unfixable.user(frame)
            if arg is _start_new_thread and not known_code.is_known(user.f_code):
                tampered = True

    before = _gettrace(), _getprofile()
    _install_hook()
    # Whose garbage is collected meanwhile, and what that runs and frees, would be chance.
    collects = _collects()
    _stop_collecting()
    _settrace_threads(on_call)
    _setprofile(on_c_call)
    _settrace(on_call)
    start = _blocks()
    _Watch.report = tampering
    try:
        value = function(*args, **kwargs)
    finally:
        _Watch.report = None
        tampered |= _gettrace() is not on_call or _getprofile() is not on_c_call
        _settrace(before[0])
        _setprofile(before[1])
        _settrace_threads(None)
        if collects:
            _collect()
    intact = not tampered and lines > 0
    return value, {"lines": lines, "objects": max(peak - start, 0), "intact": intact}


def _install_hook() -> None:
    """Add the audit hook to this process, once; it only acts while a call is counted."""
    if not _Watch.installed:
        _Watch.installed = True
        sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    report = _Watch.report
    if report is None:
        return
    if event in _TAMPERING or (event == "object.__getattr__" and args[1] in _FRAMES):
        _Watch.report = None  # what follows raises events of its own
        try:
            caller = _frame(1)
            if event != "sys._getframe":
                caller = unfixable.user(caller)
            named = args[1] if event == "object.__getattr__" else event.rpartition(".")[2]
            if not _is_librarys_own(caller.f_code, named):
                report()
        finally:
            _Watch.report = report


def _is_librarys_own(code: CodeType, named: str) -> bool:
    """Whether the library does it for itself, and not because it was given a function to call."""
    if not known_code.is_known(code) or code.co_filename.endswith(_HANDS_ON):
        return False
    # `threading` imports what starts a thread under a name of its own.
    return named in _CTYPES or not {named, f"_{named}"}.isdisjoint(code.co_names)
