"""A part as its stub cell has it: the source of one function or method, and another in its place.

The source is the teaching solution as an author reads it in notebook.py, without what says nothing
about it: docstring, solution markers, and a method's indentation.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


@dataclass(frozen=True, slots=True)
class _Place:
    """Lines `first` to `last` of a cell, from 1, and the function that is written there."""

    function: ast.FunctionDef
    first: int
    last: int


def part_source(cell: str, part: str) -> str:
    """The part's source, ending in a newline.

    Args:
        cell: the stub cell's source.
        part: a function's name, or `Class.method`.

    Raises:
        KeyError: the cell does not define it.
    """
    lines = cell.split("\n")
    place = _place(cell, lines, part)
    indent = " " * place.function.col_offset
    left_out = _docstring_lines(place.function)
    kept = [
        line.removeprefix(indent)
        for number, line in enumerate(lines[place.first - 1 : place.last], place.first)
        if number not in left_out and not _is_marker(line)
    ]
    return "\n".join(kept) + "\n"


def with_part(cell: str, part: str, source: str) -> str:
    """The cell with `source` written in the place of the part.

    Args:
        cell: the stub cell's source.
        part: a function's name, or `Class.method`.
        source: what `part_source` could have given: a function, not indented.

    Raises:
        KeyError: the cell does not define the part.
    """
    lines = cell.split("\n")
    place = _place(cell, lines, part)
    indent = " " * place.function.col_offset
    new = [indent + line if line else line for line in source.rstrip("\n").split("\n")]
    return "\n".join([*lines[: place.first - 1], *new, *lines[place.last :]])


def _place(cell: str, lines: Sequence[str], part: str) -> _Place:
    owner, _, method = part.partition(".")
    body = ast.parse(cell).body
    if method:
        classes = (node for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
        body = next((node.body for node in classes), [])
    name = method or owner
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            assert node.end_lineno is not None
            last = node.end_lineno
            # The end marker is a comment below the last statement: no part of the function's tree.
            while last < len(lines) and lines[last].strip() == END:
                last += 1
            return _Place(node, first, last)
    raise KeyError(part)


def _docstring_lines(function: ast.FunctionDef) -> range:
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None or len(function.body) == 1:
        return range(0)
    assert first.end_lineno is not None
    return range(first.lineno, first.end_lineno + 1)


def _is_marker(line: str) -> bool:
    return line.strip() in (BEGIN, END)
