"""Threads that the notebook starts, so that `counting` can follow what they do later.

Only a thread itself can set its trace function, and one that a cell started may do the work of a
call that is counted much later. So each begins with a trace function that does nothing until
something is counted.
"""

from __future__ import annotations

import _thread
import functools
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

# Bound before any student code runs, which may replace these functions.
_settrace, _gettrace, _get_ident = sys.settrace, sys.gettrace, _thread.get_ident

Trace = Callable[[FrameType, str, Any], Any]


class _Now:
    """What the trace function of all these threads does at present.

    Attributes:
        trace: what it calls.
        lost: whether a thread had another trace function in the end.
    """

    trace: Trace | None = None
    lost = False


_followed: set[int] = set()
_STARTS: set[CodeType] = set()


def is_start(code: CodeType) -> bool:
    """Whether it is what starts these threads."""
    return code in _STARTS


def starting(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that starts threads as ``function`` does, and such that they can be followed.

    Args:
        function: takes what the thread is to call as its first argument.
    """

    def start(called: Any, *others: Any, **named: Any) -> Any:
        return function(_Followed(called) if callable(called) else called, *others, **named)

    _STARTS.add(start.__code__)
    return functools.wraps(function)(start)


class _Followed:
    """What a thread calls, and is followed meanwhile."""

    def __init__(self, called: Callable[..., Any]) -> None:
        self._called = called

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        me = _get_ident()
        _followed.add(me)
        _settrace(_trace)
        try:
            return self._called(*args, **kwargs)
        finally:
            _Now.lost |= _gettrace() is not _trace
            _settrace(None)
            _followed.discard(me)


def _trace(frame: FrameType, event: str, arg: object) -> Any:
    trace = _Now.trace
    return None if trace is None else trace(frame, event, arg)


def follow(trace: Trace | None) -> None:
    """Have a trace function called for what these threads call from now on; None to stop."""
    _Now.trace = trace


def lost() -> bool:
    """Whether a thread that has ended since the last call of this had lost its trace function."""
    lost, _Now.lost = _Now.lost, False
    return lost


def is_followed(thread: int | None = None) -> bool:
    """Whether a thread is one of them; by default the one that asks."""
    return (_get_ident() if thread is None else thread) in _followed
