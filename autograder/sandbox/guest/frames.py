"""Frames as the notebook sees them while work is counted: copies, which change nothing.

With the frame of a call in its hands, code could keep `counting` from seeing what that call does.
But code that logs a line, formats a stack or looks up its own name needs frames, too. It only reads
them. So wherever the library takes a frame, it gets a copy of it while a call is counted, and in
threads at any time, since what they execute may still be going on then. What called it is copied as
well, up to the grader.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

from . import followed_threads, known_code

_frame = sys._getframe


class _Counting:
    """Whether a call is being counted."""

    now = False


class Copy:
    """What there was to read in a frame. Whatever is set has no effect on the frame."""

    def __init__(self, frame: FrameType, back: Copy | None) -> None:
        self.f_back = back
        self.f_code = frame.f_code
        self.f_globals = frame.f_globals
        self.f_builtins = frame.f_builtins
        self.f_lasti = frame.f_lasti
        self.f_lineno = frame.f_lineno
        found: Any = frame.f_locals
        if found is not frame.f_globals:
            # A class body may run in a mapping of the notebook's own: none of its code is run here.
            found = {**found} if type(found) is dict or not _is_body(frame) else {}
        self.f_locals = found
        self.f_trace = None
        self.f_trace_lines = True
        self.f_trace_opcodes = False

    __class__ = FrameType  # type: ignore[assignment]  # `inspect` wants to know

    def clear(self) -> None:
        """There is nothing to clear."""


class _Outermost(Copy):
    """What the grader's frames look like: a cell that calls."""

    def __init__(self) -> None:
        self.f_back = None
        self.f_code = _CELL
        self.f_globals = self.f_builtins = self.f_locals = {"__name__": "__main__"}
        self.f_lasti, self.f_lineno = 0, 1
        self.f_trace, self.f_trace_lines, self.f_trace_opcodes = None, True, False


_CELL = compile("", "<cell>", "exec")


def _is_body(frame: FrameType) -> bool:
    """Whether it runs in a namespace that may be any mapping, and not in a function's variables."""
    return not frame.f_code.co_flags & 1  # CO_OPTIMIZED


def _shown(frame: Any) -> Any:
    """The frame, or a copy of it and of all that called it."""
    if type(frame) is not FrameType or not (_Counting.now or followed_threads.is_followed()):
        return frame
    stack: list[FrameType] = []
    each: FrameType | None = frame
    while each is not None and not known_code.is_ours(each.f_code):
        stack.append(each)
        each = each.f_back
    copy: Copy = _Outermost()
    for each in reversed(stack):
        copy = Copy(each, copy)
    return copy


def getframe(depth: int = 0, /) -> Any:
    """See `sys._getframe`."""
    return _shown(_frame(depth + 1))


def _walk_tb(tb: TracebackType | None) -> Iterator[tuple[Any, int]]:
    """See `traceback.walk_tb`."""
    while tb is not None:
        yield _shown(tb.tb_frame), tb.tb_lineno
        tb = tb.tb_next


def _walk_with_positions(tb: TracebackType | None) -> Iterator[tuple[Any, Any]]:
    """See `traceback._walk_tb_with_full_positions`."""
    while tb is not None:
        frame = tb.tb_frame
        line, *others = _positions(frame.f_code, tb.tb_lasti)
        place = (tb.tb_lineno if line is None else line, *others)
        yield _shown(frame), place
        tb = tb.tb_next


def _positions(code: CodeType, at: int) -> tuple[int | None, ...]:
    """The lines and columns of an instruction."""
    if at >= 0:
        for number, place in enumerate(code.co_positions()):
            if number == at // 2:
                return place
    return None, None, None, None


_REPLACED: dict[tuple[Any, str], Any] = {
    (sys, "_getframe"): getframe,
    (traceback, "walk_tb"): _walk_tb,
    (traceback, "_walk_tb_with_full_positions"): _walk_with_positions,
}
_originals = {
    (owner, name): getattr(owner, name) for owner, name in _REPLACED if hasattr(owner, name)
}
_READ_HERE = frozenset(function.__code__ for function in (getframe, _walk_tb, _walk_with_positions))


def install() -> None:
    """Give the notebook copies from now on, while work is counted."""
    for owner, name in _originals:
        setattr(owner, name, _REPLACED[owner, name])


def uninstall() -> None:
    """Restore what was there before `install`."""
    for (owner, name), function in _originals.items():
        setattr(owner, name, function)


def are_read_by(code: CodeType) -> bool:
    """Whether it is one of the functions above, which hand out no frame while work is counted."""
    return any(code is each for each in _READ_HERE)


def counting(now: bool) -> None:
    """Whether work is counted from now on."""
    _Counting.now = now
