"""Describe an exception of the student's code, and on which of the student's own lines it arose."""

from __future__ import annotations

import re
import traceback
from types import FrameType
from typing import TypedDict

from .timeouts import TimeUp

_CELL = re.compile(r"<cell (\d{1,6})>")
written: dict[str, tuple[int, int]] = {}
"""Files written by cells, by path: the cell's index and the line on which the file begins in it."""

_hidden_paths: list[str] = []
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def hide_path(path: str) -> None:
    """Remove a folder whose name differs between runs from messages."""
    _hidden_paths[:] = [path]


class ExceptionFields(TypedDict):
    """The parts of an exception that cross the boundary: truncated text only."""

    type: str
    message: str
    cell: int | None
    line: int | None
    frames: list[tuple[int, int, str]]
    kinds: list[str]


def describe(error: BaseException) -> ExceptionFields:
    """Type, message, and the lines of the student's own code.

    The message is one line without addresses and without the name of the scratch folder. Lines are
    (cell, line, function), the innermost last. The host decides how much of this is shown.
    """
    try:
        message = str(error)[:2000]
    except TimeUp:
        raise
    except BaseException:  # __str__ may be the student's own, and raise as well
        message = ""
    for path in _hidden_paths:
        message = message.replace(f"{path}/", "").replace(path, ".")
    message = _ADDRESS.sub("0x…", " ".join(message.split()))[:400]
    raised: ExceptionFields = {
        "type": type(error).__name__[:80],
        "message": message,
        "cell": None,
        "line": None,
        "frames": [],
        "kinds": [kind.__name__[:80] for kind in type(error).__mro__[:20]],
    }
    for frame, line in traceback.walk_tb(error.__traceback__):
        if here := own_line(frame, line):
            raised["cell"], raised["line"], _ = here
            frames = raised["frames"]
            raised["frames"] = [*frames[:4], *frames[4:][-3:], here]  # recursion may be deep
    return raised


def own_line(frame: FrameType, line: int) -> tuple[int, int, str] | None:
    """Cell, line in it and function of a line of a frame's code, if that is the notebook's."""
    filename = frame.f_code.co_filename
    cell = _CELL.fullmatch(filename)
    if not cell and filename not in written:
        return None
    origin, first = (int(cell[1]), 1) if cell else written[filename]
    return origin, line + first - 1, frame.f_code.co_qualname[:80]
