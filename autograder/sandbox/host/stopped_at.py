"""Name the place where code that took too long was stopped, the same one every time.

The line that happened to run when time was up is chance. A loop that never ends is not: whichever
of its lines ran, it is the outermost ``while`` around them. Where there is none, it is the
outermost loop, and without any loop the innermost line.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from functools import lru_cache

MAX_SOURCE = 20_000
"""Characters of a cell that is looked through: its syntax tree takes 300 times as many bytes, in a
trusted process, and which cells there are to look through is for the student's code to say."""

Place = tuple[int, int]
"""A cell's index and a line in it."""


def stopped_at(frames: Sequence[Place], sources: Sequence[str]) -> tuple[int, int] | None:
    """Which frame to name, and the line to name in its cell; None without frames.

    Args:
        frames: the lines of the notebook that were running, the outermost first.
        sources: the source of each frame's cell.
    """
    loops = [_around(source, line) for (_, line), source in zip(frames, sources, strict=True)]
    for wanted in (ast.While, (ast.While, ast.For)):
        for index, around in enumerate(loops):
            for kind, line in around:
                if issubclass(kind, wanted):
                    return index, line
    return (len(frames) - 1, frames[-1][1]) if frames else None


def _around(source: str, line: int) -> list[tuple[type[ast.stmt], int]]:
    """The loops around a line in its own function, the outermost first."""
    found: list[tuple[type[ast.stmt], int]] = []
    body: Sequence[ast.stmt] = _statements(source)
    while body:
        inside = [s for s in body if s.lineno <= line <= (s.end_lineno or s.lineno)]
        if not inside:
            break
        statement = inside[-1]
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found = []  # loops around a definition do not run it
        elif isinstance(statement, (ast.For, ast.While)):
            found.append((type(statement), statement.lineno))
        body = [s for s in ast.iter_child_nodes(statement) if isinstance(s, ast.stmt)]
        for handler in getattr(statement, "handlers", ()):
            body = [*body, *handler.body]
        for case in getattr(statement, "cases", ()):
            body = [*body, *case.body]
    return found


@lru_cache(maxsize=2)
def _statements(source: str) -> Sequence[ast.stmt]:
    if len(source) > MAX_SOURCE:
        return []
    try:
        with warnings.catch_warnings():  # about the student's code, in the instructor's terminal
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, say
        return []
