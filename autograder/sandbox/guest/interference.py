"""Notice what could keep `counting` from seeing work, by the audit events that it raises.

Audit hooks cannot be removed. The one here looks for these:

- other trace functions, in any thread. Whoever sets one for the student, as `threading.settrace`
  has new threads do, it is not ours.
- frames and objects from which tracing can be changed.
- what runs Python where nothing is traced: processes, threads behind `threading`'s back, C code,
  other interpreters, audit hooks and callbacks of `sys.monitoring`.
- code objects that are not traced (`traceable`), wherever they come from: before one can run, it
  is given to `exec` or to a function.

The library may do most of this for itself, which is excused.
"""

from __future__ import annotations

import _thread
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from . import frames, known_code, traceable, unfixable

# Bound before any student code runs, which may replace them.
_frame, _get_ident = sys._getframe, _thread.get_ident
_monitoring: Any = getattr(sys, "monitoring", None)  # since Python 3.12
_register: Any = getattr(_monitoring, "register_callback", None)
_CALLED_BACK: list[int] = (
    [each for each in vars(getattr(_monitoring, "events", None)).values() if each]
    if _monitoring
    else []
)
_TOOLS = range(6)
"""The tools of `sys.monitoring` that a program may use."""

_TRACING = frozenset({"sys.settrace", "sys.setprofile"})
_C_CODE = frozenset(
    {
        "ctypes.call_function", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.dlopen",
        "ctypes.cdata",
    }
)  # fmt: skip
"""Some are raised by what is not called as a function is."""
_UNTRACED = frozenset({"sys.addaudithook", "cpython.PyInterpreterState_New", "ctypes.dlsym"})
_HOLDS = _TRACING | _UNTRACED | {
    "sys._getframe", "sys._current_frames", "sys._current_exceptions",
}  # fmt: skip
"""What gives, before a call is counted, a hold on what it does."""
_TAMPERING = _HOLDS | _C_CODE | {
    "sys.monitoring.register_callback", "gc.get_objects", "gc.get_referrers", "gc.get_referents",
    "os.fork", "os.forkpty", "os.posix_spawn", "_thread.start_new_thread",
    "_thread.start_joinable_thread",
}  # fmt: skip
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})

_RUNS_CODE = {"exec": 0, "function.__new__": 0, "object.__setattr__": 2}
"""Events of what is given a code object to run, and which of their arguments it is."""
_REGISTERS = "sys.monitoring.register_callback"
_EVENTS = _TAMPERING | {"object.__getattr__", "import", *_RUNS_CODE}

_HANDS_ON = ("/inspect.py", "/traceback.py", "/logging/__init__.py")
"""Modules of the library that give whoever calls them a frame."""
_INTERNAL = frozenset(
    {
        "_testcapi", "_testinternalcapi", "_testlimitedcapi", "_xxsubinterpreters", "_interpreters",
    }
)  # fmt: skip
"""Modules that test the interpreter or start others, and can run code where nothing is traced."""
_CTYPES = "/ctypes/__init__.py"


class Watch:
    """What the audit hook of this process reports to: nothing, or the call being counted.

    Attributes:
        always: whether it also notices what is done before anything is counted.
        has_escaped: whether the notebook can do work later that is not seen: it has frames of
            generators that may go on, or frames other than the library takes them, or something
            that runs untraced.
        could_hide_threads: whether it could keep threads from being followed (`followed_threads`).
        has_callbacks: whether `sys.monitoring` may call the notebook's functions.
    """

    installed = False
    report: Callable[[FrameType], None] | None = None
    always = False
    has_escaped = False
    could_hide_threads = False
    has_callbacks = False


_busy: set[int] = set()
"""Threads in which the hook raises events of its own."""


def watch() -> None:
    """Notice from now on what could be used later to interfere with counting."""
    install_hook()
    Watch.always = True


def install_hook() -> None:
    """Add the audit hook to this process, once."""
    if not Watch.installed:
        Watch.installed = True
        sys.addaudithook(_hook)


def without_callbacks() -> list[tuple[int, int, Any]]:
    """Have `sys.monitoring` call nothing: what it calls is not traced, as trace functions are not.

    Returns:
        What to restore.
    """
    if not Watch.has_callbacks:
        return []
    found = [
        (tool, event, _register(tool, event, None)) for tool in _TOOLS for event in _CALLED_BACK
    ]
    return [each for each in found if each[2] is not None]


def restore_callbacks(callbacks: list[tuple[int, int, Any]]) -> None:
    """Have `sys.monitoring` call again what it called."""
    for tool, event, function in callbacks:
        _register(tool, event, function)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    counts = Watch.report is not None
    if event not in _EVENTS or not (counts or Watch.always) or _get_ident() in _busy:
        return
    try:
        _busy.add(_get_ident())  # what follows raises events of its own
        if event == _REGISTERS:
            Watch.has_callbacks |= args[0] is not None
        if not _is_of_interest(event, args, counts):
            return
        caller = _frame(1)
        if event in _C_CODE:
            caller = _user_of_c_code(caller)
        elif event != "sys._getframe":
            caller = unfixable.user(caller)
        if _is_excused(event, args, caller.f_code):
            return
        if event in _RUNS_CODE or event in _UNTRACED:
            Watch.has_escaped = True
        if Watch.report is not None:
            Watch.report(caller)
        else:
            Watch.could_hide_threads = True
            Watch.has_escaped |= _lets_work_escape(event, args)
    finally:
        _busy.discard(_get_ident())


def _is_of_interest(event: str, args: tuple[Any, ...], counts: bool) -> bool:
    if event == "import":
        name = args[0]  # maybe of a class of the student's, whose methods are not called here
        return issubclass(type(name), str) and str.rpartition(name, ".")[2] in _INTERNAL
    if event == "object.__getattr__":
        return args[1] in _FRAMES
    if event in _RUNS_CODE:
        code = args[_RUNS_CODE[event]]
        return (
            type(code) is CodeType
            and not known_code.is_known(code)
            and not traceable.is_traced(code)
        )
    return event in (_TAMPERING if counts else _HOLDS)


def _user_of_c_code(frame: FrameType) -> FrameType:
    """The frame that uses a function of C, maybe by means of `ctypes`."""
    frame = unfixable.user(frame)
    while known_code.is_known(frame.f_code) and frame.f_code.co_filename.endswith(_CTYPES):
        if frame.f_back is None:
            break
        frame = unfixable.user(frame.f_back)
    return frame


def _is_excused(event: str, args: tuple[Any, ...], code: CodeType) -> bool:
    """Whether the library does it for itself, and not because it was given a function to call."""
    if frames.are_read_by(code) or known_code.is_ours(code):
        return True
    if event in _TRACING or event in _RUNS_CODE or not known_code.is_known(code):
        return False
    if event in _C_CODE:
        return True
    if code.co_filename.endswith(_HANDS_ON):
        return False
    named = args[1] if event == "object.__getattr__" else event.rpartition(".")[2]
    # `threading` imports what starts a thread under a name of its own, and so does the grader.
    names = {named, f"_{named}", "_frame" if named == "_getframe" else named}
    return not names.isdisjoint(code.co_names)


def _lets_work_escape(event: str, args: tuple[Any, ...]) -> bool:
    """Whether what the notebook has now lets work go unseen that is done later."""
    if event == "object.__getattr__":
        return bool(args[1] != "tb_frame")
    return event not in _TRACING and event != _REGISTERS
