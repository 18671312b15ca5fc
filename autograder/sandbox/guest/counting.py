"""Count the work that one call does in Python: lines that run, and objects that live at once.

A vectorised function runs as many lines for a large image as for a small one. Counts are the same
on every machine, which seconds are not. Two things are counted, because each alone can be evaded:

- *lines*: trace events in every Python frame below the call, and in all other threads that the
  notebook has started. That includes NumPy's own Python (`np.vectorize` loops there), but not the
  grader's.
- *objects*: the largest number of small memory blocks in use beyond those at the start. Lists of
  numbers that `map` or `tolist` make without running a line appear here. They are looked for at
  every line of the student's code, and before whatever anybody calls that is written in C.

The code that is counted runs in the same process and may interfere. What turns counting off or
gives access to it raises audit events, which cannot be removed: setting a trace function, getting
hold of frames or of all objects, starting a process or a thread behind `threading`'s back. A count
is *intact* only if none of them came from the student's code and the trace functions are still in
place at the end. Like any other answer, it is made in the student's process; the host must not
conclude more from it than how much work was done.

Frames that the library takes are copies meanwhile (`frames`). Frames and threads from before the
call are a matter of their own: see `_Watch`, `followed_threads` and `_is_at_its_start`.
"""

from __future__ import annotations

import _thread
import dis
import gc
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any, TypedDict

from . import followed_threads, frames, known_code, unfixable
from .exceptions import own_line

# Bound before any student code runs, which may replace these functions in `sys`.
_settrace, _gettrace = sys.settrace, sys.gettrace
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_get_ident, _current_frames = _thread.get_ident, sys._current_frames
_STARTS = tuple(
    getattr(_thread, name)
    for name in ("start_new_thread", "start_joinable_thread")  # the latter since Python 3.13
    if hasattr(_thread, name)
)
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
        "_thread.start_joinable_thread",
        "ctypes.call_function", "ctypes.dlsym", "ctypes.dlopen", "ctypes.cdata",
    }
)  # fmt: skip
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})

_CTYPES = frozenset({"call_function", "dlsym", "dlopen", "cdata"})
"""Events that are not called as a function is."""

_HOLDS = frozenset(
    {
        "sys.settrace", "sys.setprofile", "sys._getframe", "sys._current_frames",
        "sys._current_exceptions",
    }
)  # fmt: skip
_SETS = frozenset({"sys.settrace", "sys.setprofile"})

_RESUMES = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RESUME = dis.opmap["RESUME"]

_HANDS_ON = ("/inspect.py", "/traceback.py", "/logging/__init__.py")
"""Modules of the library that give whoever calls them a frame."""


class Count(TypedDict):
    """The count of one call, as it crosses the boundary."""

    lines: int
    objects: int
    intact: bool
    at: list[tuple[int, int, str]]
    """The line of the notebook that interfered, if it is known: cell, line, function."""


class _Watch:
    """What the audit hook of this process reports to: nothing, or the call being counted.

    Attributes:
        always: whether it also notices what is done before anything is counted.
        has_frames: whether the notebook has taken frames of generators that may go on, or frames
            other than the library takes them.
        could_hide_threads: whether it could keep threads from being followed (`followed_threads`).
    """

    installed = False
    report: Callable[[FrameType], None] | None = None
    always = False
    busy = False
    has_frames = False
    could_hide_threads = False


def counted(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, Count]:
    """Call a function and count.

    Returns:
        What it returned, and the count.

    Raises:
        Whatever it raises.
    """
    lines, peak, samples, over = 0, 0, 0, False
    tampered = _Watch.has_frames
    outside: dict[int, FrameType] = {}  # the grader's own, by thread
    followed: list[FrameType] = []
    places: list[tuple[int, int, str]] = []
    resumed: set[FrameType] = set()

    def sample() -> None:
        nonlocal peak, samples
        if samples < SAMPLES:
            samples += 1
            peak = max(peak, _blocks())

    def tampering(frame: FrameType) -> None:
        nonlocal tampered
        tampered = True
        each: FrameType | None = frame
        while each is not None and not places:
            if place := own_line(each, each.f_lineno):
                places.append(place)
            each = each.f_back

    def on_line(frame: FrameType, event: str, arg: object) -> Any:
        if over:
            frame.f_trace = None
            return None
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
        if event == "return":
            outside.pop(_get_ident(), None)
        return on_end

    def on_call(frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal tampered
        if _get_ident() in outside and known_code.is_known(frame.f_code):
            return None
        if known_code.is_ours(frame.f_code):
            outside[_get_ident()] = frame
            frame.f_trace_lines = False
            return on_end
        if frame.f_code.co_flags & _RESUMES and frame not in resumed:
            # One that was begun before may be in anybody's hands: see `_Watch.has_frames`.
            tampered |= not _is_at_its_start(frame)
            resumed.add(frame)
        frame.f_trace_lines = True
        return on_known_line if known_code.is_known(frame.f_code) else on_line

    def on_c_call(frame: FrameType, event: str, arg: object) -> None:
        nonlocal tampered
        if over:  # in a thread that goes on
            _setprofile(None)
        elif event == "c_call":
            sample()
            # Before Python 3.12 this raises no audit event. Whoever finds the original function
            # starts a thread that cannot be followed.
            user = unfixable.user(frame)
            if any(arg is start for start in _STARTS) and not (
                followed_threads.is_start(frame.f_code) and known_code.is_known(user.f_code)
            ):
                tampering(user)

    def on_call_elsewhere(frame: FrameType, event: str, arg: object) -> Any:
        if _getprofile() is not on_c_call:
            _setprofile(on_c_call)
        return on_call(frame, event, arg)

    def follow_other_threads() -> None:
        """What they call is traced anyway; here, what they are in the middle of."""
        nonlocal tampered
        for thread, innermost in _current_frames().items():
            if thread == _get_ident():
                continue
            if not followed_threads.is_followed(thread):
                tampered |= _Watch.always  # elsewhere the process is the grader's, as its threads
                continue
            tampered |= _Watch.could_hide_threads
            frame: FrameType | None = innermost
            while frame is not None:
                if not known_code.is_ours(frame.f_code):
                    frame.f_trace_lines = True
                    frame.f_trace = on_known_line if known_code.is_known(frame.f_code) else on_line
                    followed.append(frame)
                frame = frame.f_back

    before = _gettrace(), _getprofile()
    _install_hook()
    # Whose garbage is collected meanwhile, and what that runs and frees, would be chance.
    collects = _collects()
    _stop_collecting()
    followed_threads.follow(on_call_elsewhere)
    follow_other_threads()
    frames.counting(True)
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
        frames.counting(False)
        followed_threads.follow(None)
        over = True
        tampered |= any(
            (frame.f_trace is not on_line and frame.f_trace is not on_known_line)
            or not frame.f_trace_lines
            for frame in followed
        )
        if collects:
            _collect()
    intact = not tampered and lines > 0
    return value, {
        "lines": lines,
        "objects": max(peak - start, 0),
        "intact": intact,
        "at": places[:1],
    }


def watch() -> None:
    """Notice from now on what could be used later to interfere with counting."""
    _install_hook()
    _Watch.always = True


def _install_hook() -> None:
    """Add the audit hook to this process, once."""
    if not _Watch.installed:
        _Watch.installed = True
        sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    counts = _Watch.report is not None
    if _Watch.busy or not (counts or _Watch.always):
        return
    named = args[1] if event == "object.__getattr__" else event.rpartition(".")[2]
    if event not in (_TAMPERING if counts else _HOLDS) and named not in _FRAMES:
        return
    _Watch.busy = True  # what follows raises events of its own
    try:
        caller = _frame(1)
        if event != "sys._getframe":
            caller = unfixable.user(caller)
        if frames.are_read_by(caller.f_code) or _is_librarys_own(caller.f_code, named):
            return
        if _Watch.report is not None:
            _Watch.report(caller)
        else:
            _Watch.could_hide_threads = True
            _Watch.has_frames |= event not in _SETS and named != "tb_frame"
    finally:
        _Watch.busy = False


def _is_at_its_start(frame: FrameType) -> bool:
    """Whether a generator or a coroutine has just begun, and does not go on."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at] == _RESUME and code[at + 1] & 3 == 0


def _is_librarys_own(code: CodeType, named: str) -> bool:
    """Whether the library does it for itself, and not because it was given a function to call."""
    if not known_code.is_known(code) or code.co_filename.endswith(_HANDS_ON):
        return False
    # `threading` imports what starts a thread under a name of its own, and so does the grader.
    names = {named, f"_{named}", "_frame" if named == "_getframe" else named}
    return named in _CTYPES or not names.isdisjoint(code.co_names)
