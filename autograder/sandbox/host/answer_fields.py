"""Validate the fields of an answer from the sandbox, any of which may be forged.

What a field may disclose of hidden inputs is decided by `exception_text`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from autograder.sandbox.host.call_outcome import ExceptionInfo, Frame, Work
from autograder.sandbox.host.exception_text import ExceptionText
from autograder.sandbox.host.stopped_at import stopped_at
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.sanitize import one_line

MAX_FRAMES = 8


def work_in(fields: Any, shown: ExceptionText) -> Work:
    """The work that a call did.

    Args:
        fields: as received.
        shown: knows the notebook's lines.

    Raises:
        wire.WireError: it is invalid.
    """
    fields = require(dict, fields)
    lines, objects, intact = (fields.get(name) for name in ("lines", "objects", "intact"))
    if type(lines) is not int or type(objects) is not int or min(lines, objects) < 0:
        raise wire.WireError("a count that is not a number")
    entries = fields.get("at")
    at = next(_frames(entries[:1], shown), None) if isinstance(entries, list) else None
    return Work(lines, objects, intact is True, at)


def exception_in(fields: Any, shown: ExceptionText, asked: Collection[str]) -> ExceptionInfo:
    """An exception raised by the student's code.

    Args:
        fields: as received.
        shown: decides how much of it may be shown.
        asked: names that the requests have used, which its message may therefore contain.

    Raises:
        wire.WireError: it is invalid.
    """
    fields = require(dict, fields)
    kinds = _names(fields.get("kinds"))
    frames = fields.get("frames")
    return ExceptionInfo(
        type=shown.type_name(one_line(fields.get("type"), 80), kinds),
        message=shown.message(one_line(fields.get("message"), 400), asked),
        frames=tuple(_frames(frames[:MAX_FRAMES], shown) if isinstance(frames, list) else ()),
        kinds=kinds,
    )


def stopped_frame(entries: Any, shown: ExceptionText, *, waited: bool = False) -> Frame | None:
    """The loop in which code was stopped, or the line; of code that waited, the line."""
    listed = entries[:MAX_FRAMES] if isinstance(entries, list) else []
    frames = list(_frames(listed, shown))
    if waited and frames:
        return frames[-1]
    sources = [shown.source(frame.cell) for frame in frames]
    found = stopped_at([(frame.cell, frame.line) for frame in frames], sources)
    if found is None:
        return None
    frame, line = frames[found[0]], found[1]
    return Frame(frame.cell, line, shown.line(frame.cell, line), frame.function)


def _frames(entries: list[Any], shown: ExceptionText) -> Iterator[Frame]:
    for entry in entries:
        if not isinstance(entry, (list, tuple)) or len(entry) != 3:
            continue
        cell, line, function = entry
        if type(cell) is int and type(line) is int and (text := shown.line(cell, line)):
            yield Frame(cell, line, text, shown.function(one_line(function, 80)))


def _names(value: Any) -> tuple[str, ...]:
    return tuple(one_line(name, 80) for name in value[:20]) if isinstance(value, list) else ()


def unfixable(names: Any) -> frozenset[Unfixable]:
    """The sources of chance among these names; anything else is dropped."""
    listed = names[: len(Unfixable)] if isinstance(names, list) else []
    # Comparing something else, an array say, might not even give a truth value.
    texts = [name for name in listed if type(name) is str]
    return frozenset(each for each in Unfixable if each in texts)


def require(kind: type, value: Any) -> Any:
    """Return ``value`` if it is a ``kind``.

    Raises:
        wire.WireError: it is something else.
    """
    if not isinstance(value, kind):
        raise wire.WireError(f"expected a {kind.__name__}")
    return value
