"""Code as normalised tokens, so that new names, comments and layout change nothing.

Names that the author of the code chose become the same token; keywords, built-in functions and
attributes stay, since they say what the code does. Students' code may be anything: what does not
tokenise is left out from there to the end of its cell, and only so much of it is read.
"""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

MAX_LINES = 5000
"""Lines of one submission that are compared."""

MAX_LINE = 1000
"""Characters of a line; a longer one, such as data, is skipped."""

MAX_TOKENS = 40_000
"""Tokens of one submission that are compared."""

NAME, STRING = "n", "s"
_KEPT = frozenset(keyword.kwlist) | frozenset(name for name in dir(builtins) if name.islower())
_SKIPPED = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
        tokenize.ERRORTOKEN,
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised token, the line that it is on, from 0, in `Code.lines`, and its cell."""

    text: str
    line: int
    cell: int


@dataclass(frozen=True, slots=True)
class Code:
    """What somebody wrote: the lines of all cells, one after the other, and their tokens."""

    lines: tuple[str, ...]
    tokens: tuple[Token, ...]


def code_of(cells: Iterable[str]) -> Code:
    """The code of a notebook's cells."""
    lines: list[str] = []
    tokens: list[Token] = []
    for cell, source in enumerate(cells):
        # Not splitlines: it also splits at characters at which Python does not.
        of_cell = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        of_cell = of_cell[: MAX_LINES - len(lines)]
        if not of_cell:
            break
        tokens += [
            Token(text, len(lines) + line, cell)
            for text, line in _tokens(of_cell, MAX_TOKENS - len(tokens))
        ]
        lines += of_cell
    return Code(tuple(lines), tuple(tokens))


def _tokens(lines: list[str], most: int) -> list[tuple[str, int]]:
    kept = [line if _is_python(line) else "" for line in lines]
    found: list[tuple[str, int]] = []
    # What does not tokenise raises any of these, depending on the version of Python.
    with suppress(tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
        found.extend(islice(_normalised(kept), most))
    return found


def _is_python(line: str) -> bool:
    """Whether to read a line: magics and shell commands are not Python, and data is not code."""
    return len(line) <= MAX_LINE and not line.lstrip().startswith(("%", "!", "?"))


def _normalised(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Normalised tokens with their lines. A string that is a statement is a comment."""
    begins, after_dot = True, False
    readline = io.StringIO("\n".join(lines) + "\n").readline
    pending: tuple[str, int] | None = None
    for token in tokenize.generate_tokens(readline):
        kind, text, line = token.type, token.string, token.start[0] - 1
        if kind in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            pending, begins, after_dot = None, True, False  # a lone string was a docstring
            continue
        if kind in _SKIPPED:
            continue
        if pending is not None:
            yield pending
            pending = None
        if kind == tokenize.STRING:
            if begins:
                pending = STRING, line
            else:
                yield STRING, line
        elif kind == tokenize.NAME and not after_dot and text not in _KEPT:
            yield NAME, line
        else:
            yield text, line
        begins, after_dot = False, text == "."
