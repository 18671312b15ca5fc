"""The decorators with which `mistakes.py` names wrong, and unusual but right, implementations.

They record the function and give it back unchanged; `mistake_loader` reads its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Entry:
    """One decorated function, as it was written down: nothing is checked yet."""

    kind: str
    id: str
    part: str
    hint: Mapping[str, str] | None
    why: str
    function: Callable[..., Any]


_entries: ContextVar[list[Entry] | None] = ContextVar("_entries", default=None)


def mistake(id: str, part: str, hint: Mapping[str, str]) -> Callable[[_Function], _Function]:
    """Name the decorated function as a known wrong implementation of `part`.

    `hint` has a text for each language: it teaches without giving the answer away. The body is
    complete and runs where the student's would: `np` and the names of the teaching solution
    are there, nothing else of this file is. A method takes `self` and stands at the top level.
    """
    return _recorder("mistake", id, part, hint, "")


def equivalent(id: str, part: str, why: str) -> Callable[[_Function], _Function]:
    """Name the decorated function as right though unusual: it must earn every point.

    `why` says, in one line, why it is right.
    """
    return _recorder("equivalent", id, part, None, why)


@contextmanager
def collecting() -> Iterator[list[Entry]]:
    """Give the list into which the decorators write while the block runs."""
    entries: list[Entry] = []
    token = _entries.set(entries)
    try:
        yield entries
    finally:
        _entries.reset(token)


def _recorder(
    kind: str, id: str, part: str, hint: Mapping[str, str] | None, why: str
) -> Callable[[_Function], _Function]:
    def record(function: _Function) -> _Function:
        if not isinstance(function, FunctionType):
            raise TypeError(f"@{kind}({id!r}) decorates a function, not {function!r}")
        entries = _entries.get()
        if entries is not None:
            entries.append(Entry(kind, id, part, hint, why, function))
        return function

    return record
