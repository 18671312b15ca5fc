"""With which `mistakes.py` names wrong, and unusual but right, ways to write a part.

    mistake(
        "IM4",
        part="im2col",
        edits=[("(W + 2 * pad - filter_w)", "(W + 2 * pad - filter_h)")],
        loses={"im2col.non_square_filter", "im2col.all_at_once"},
        hint=Text(en="…", ja="…"),
    )

What no edit of the teaching solution can say is a function, decorated: `@mistake("IM5", part=…)`.
Here entries are only recorded; `mistake_loader` checks them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

from autograder.text import NOTHING, Text

_Function = TypeVar("_Function", bound=Callable[..., Any])

Edits = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Entry:
    """One entry as it was written down, from `line` on: nothing is checked yet.

    It has `edits`, or a `function`.
    """

    kind: str
    id: str
    part: str
    line: int
    edits: Edits | None
    function: Callable[..., Any] | None = None
    hint: Text = NOTHING
    loses: Collection[str] = ()
    why: str = ""


_entries: ContextVar[list[Entry] | None] = ContextVar("_entries", default=None)


def mistake(
    id: str, *, part: str, loses: Collection[str], hint: Text, edits: Edits | None = None
) -> Callable[[_Function], _Function]:
    """Name a known wrong way to write `part`.

    Args:
        id: unique in the exercise.
        part: a function's name, or `Class.method`.
        loses: the ids of all criteria of the exercise that it loses, no more and no fewer;
            `"im2col.*"` for all of a part.
        hint: teaches without giving the answer away.
        edits: pairs (old, new). Each old text occurs exactly once in the part's teaching solution
            and becomes the new one. Without them, the function that the result decorates is the
            part: complete, a method at the file's top level with `self`; it runs beside the
            teaching solution, and nothing else of this file is there.
    """
    return _record(Entry("mistake", id, part, _line(), edits, hint=hint, loses=loses))


def equivalent(
    id: str, *, part: str, why: str, edits: Edits | None = None
) -> Callable[[_Function], _Function]:
    """Name a right though unusual way to write `part`: it must earn every point.

    Args:
        id: unique in the exercise.
        part: as for `mistake`.
        why: why it is right, in one line.
        edits: as for `mistake`.
    """
    return _record(Entry("equivalent", id, part, _line(), edits, why=why))


@contextmanager
def collecting() -> Iterator[list[Entry]]:
    """Give the list into which entries are written while the block runs."""
    entries: list[Entry] = []
    token = _entries.set(entries)
    try:
        yield entries
    finally:
        _entries.reset(token)


def _record(entry: Entry) -> Callable[[_Function], _Function]:
    for edit in entry.edits or ():
        if not isinstance(edit, tuple) or [type(text) for text in edit] != [str, str]:
            raise TypeError(f"{entry.id} has the edit {edit!r}, which is no pair (old, new)")
    entries = _entries.get()
    if entries is not None:
        entries.append(entry)

    def decorate(function: _Function) -> _Function:
        if not isinstance(function, FunctionType):
            raise TypeError(f"@{entry.kind}({entry.id!r}) decorates a function, not {function!r}")
        entry.function = function
        return function

    return decorate


def _line() -> int:
    """The line on which the caller's caller makes this call."""
    return sys._getframe(2).f_lineno
