"""The API of `mistakes.py`: declares wrong, and unusual but right, ways to write a part.

    mistake(
        "IM4",
        part="im2col",
        edits=[("(W + 2 * pad - filter_w)", "(W + 2 * pad - filter_h)")],
        loses={"im2col.non_square_filter", "im2col.all_at_once"},
        hint=Text(en="…", ja="…"),
    )

A variant that is hard to express as edits of the teaching solution is a function with a decorator:
`@mistake("IM5", part=…)`. Entries are only recorded here; `mistake_loader` checks them.
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
    """One entry of the file, starting at `line`, not checked yet.

    It should have either `edits` or a `function`.
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
    """Declare a known wrong way to write `part`.

    Args:
        id: unique within the exercise.
        part: a function's name, or `Class.method`.
        loses: the ids of all criteria of the exercise that it loses, no more and no fewer;
            `"im2col.*"` for all criteria of a part.
        hint: teaches without giving the answer away.
        edits: pairs (old, new). Each old text must occur exactly once in the part's teaching
            solution and is replaced with the new one. Without edits, the decorated function is the
            part: complete, and for a method a top-level function with `self`. It replaces that part
            of the teaching solution; nothing else from this file is available to it.
    """
    return _record(Entry("mistake", id, part, _line(), edits, hint=hint, loses=loses))


def equivalent(
    id: str, *, part: str, why: str, edits: Edits | None = None
) -> Callable[[_Function], _Function]:
    """Declare an unusual but right way to write `part`, which must earn every point.

    Args:
        id: unique within the exercise.
        part: as for `mistake`.
        why: one line on why it is right.
        edits: as for `mistake`.
    """
    return _record(Entry("equivalent", id, part, _line(), edits, why=why))


@contextmanager
def recording() -> Iterator[list[Entry]]:
    """Yield a list to which entries are appended while the block runs."""
    entries: list[Entry] = []
    token = _entries.set(entries)
    try:
        yield entries
    finally:
        _entries.reset(token)


def _record(entry: Entry) -> Callable[[_Function], _Function]:
    for edit in entry.edits or ():
        if not isinstance(edit, tuple) or [type(text) for text in edit] != [str, str]:
            raise TypeError(f"{entry.id}: the edit {edit!r} is not a pair (old, new)")
    entries = _entries.get()
    if entries is not None:
        entries.append(entry)

    def decorate(function: _Function) -> _Function:
        if not isinstance(function, FunctionType):
            raise TypeError(
                f"@{entry.kind}({entry.id!r}) must decorate a function, not {function!r}"
            )
        entry.function = function
        return function

    return decorate


def _line() -> int:
    """The line of the call in the caller's caller."""
    return sys._getframe(2).f_lineno
