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

What a line is, the maker of a code object decides. Where lines would say too little, instructions
are counted instead, a few of which count as a line (`traceable`).

Frames that the library takes are copies meanwhile (`frames`). Frames and threads from before the
call are a matter of their own: see `interference`, `followed_threads` and `_is_at_its_start`.
"""

from __future__ import annotations

import _thread
import dis
import gc
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any, TypedDict

from . import (
    followed_threads,
    frames,
    interference,
    known_code,
    library_caches,
    traceable,
    unfixable,
)
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
_blocks = sys.getallocatedblocks
_collects, _stop_collecting, _collect = gc.isenabled, gc.disable, gc.enable

SAMPLES = 2000
"""How many times the objects are counted; by then the lines have told enough."""

INSTRUCTIONS = 8
"""How many instructions count as a line, where lines are not counted: no more than a loop takes to
do anything in Python."""
ENOUGH = 200_000
"""Instructions after which no more are counted: more lines than any test allows."""

_RESUMES = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RESUME = dis.opmap["RESUME"]
_OPCODES_WITH_SETTRACE = sys.version_info[:2] == (3, 12)
"""Whether instructions are traced only if a trace function is set after the frame asks for it."""
_restart_events: Callable[[], object] = getattr(
    getattr(sys, "monitoring", None), "restart_events", bool
)
"""Since Python 3.12, instructions that have run where they were not traced are so no more."""


class Count(TypedDict):
    """The count of one call, as it crosses the boundary."""

    lines: int
    objects: int
    intact: bool
    at: list[tuple[int, int, str]]
    """The line of the notebook that interfered, if it is known: cell, line, function."""


def counted(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, Count]:
    """Call a function and count.

    Returns:
        What it returned, and the count.

    Raises:
        Whatever it raises.
    """
    lines, instructions, peak, samples, over = 0, 0, 0, 0, False
    tampered = interference.Watch.has_escaped
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

    def on_instruction(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal instructions, tampered
        if over or instructions >= ENOUGH:
            frame.f_trace_opcodes = False
        elif event == "opcode":
            if instructions % INSTRUCTIONS == 0:
                sample()
            instructions += 1
        elif event == "return" and not frame.f_trace_opcodes:
            tampered = True
        return on_instruction

    def trace(frame: FrameType) -> Any:
        """Have a frame traced from here on.

        Returns:
            The trace function.
        """
        frame.f_trace_lines = True
        if known_code.is_known(frame.f_code):
            return on_known_line
        if traceable.is_counted_by_line(frame.f_code):
            return on_line
        if instructions < ENOUGH:
            frame.f_trace = on_instruction  # without which Python 3.13 ignores what follows
            frame.f_trace_opcodes = True
            if _OPCODES_WITH_SETTRACE and (mine := _gettrace()) is not None:
                _settrace(mine)
            _restart_events()
        return on_instruction

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
            # One that was begun before may be in anybody's hands: see `Watch.has_escaped`.
            tampered |= not _is_at_its_start(frame)
            resumed.add(frame)
        return trace(frame)

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
                # Elsewhere than in a student's process, it is a thread of the grader's.
                tampered |= interference.Watch.always
                continue
            tampered |= interference.Watch.could_hide_threads
            frame: FrameType | None = innermost
            while frame is not None:
                if not known_code.is_ours(frame.f_code):
                    frame.f_trace = trace(frame)
                    followed.append(frame)
                frame = frame.f_back

    library_caches.forget()
    before = _gettrace(), _getprofile()
    interference.install_hook()
    followed_threads.lost()
    callbacks = interference.without_callbacks()
    # Whose garbage is collected meanwhile, and what that runs and frees, would be chance.
    collects = _collects()
    _stop_collecting()
    followed_threads.follow(on_call_elsewhere)
    follow_other_threads()
    frames.counting(True)
    _setprofile(on_c_call)
    _settrace(on_call)
    if any(frame.f_trace is on_instruction for frame in followed):
        _restart_events()
    start = _blocks()
    interference.Watch.report = tampering
    try:
        value = function(*args, **kwargs)
    finally:
        interference.Watch.report = None
        tampered |= _gettrace() is not on_call or _getprofile() is not on_c_call
        _settrace(before[0])
        _setprofile(before[1])
        frames.counting(False)
        followed_threads.follow(None)
        interference.restore_callbacks(callbacks)
        over = True
        tampered |= followed_threads.lost() or any(
            not any(frame.f_trace is each for each in (on_line, on_known_line, on_instruction))
            or not frame.f_trace_lines
            for frame in followed
        )
        if collects:
            _collect()
    lines += -(-instructions // INSTRUCTIONS)
    intact = not tampered and lines > 0
    return value, {
        "lines": lines,
        "objects": max(peak - start, 0),
        "intact": intact,
        "at": places[:1],
    }


def _is_at_its_start(frame: FrameType) -> bool:
    """Whether a generator or a coroutine has just begun, and does not go on."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at] == _RESUME and code[at + 1] & 3 == 0
