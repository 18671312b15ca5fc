"""Extract the source of one part from its stub cell, or replace it.

The source is the teaching solution as written in notebook.py, without its docstring, the solution
markers, and a method's indentation.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


@dataclass(frozen=True, slots=True)
class _Location:
    """A function and its lines `first` to `last` in a cell, counted from 1."""

    function: ast.FunctionDef
    first: int
    last: int


def part_source(cell: str, part: str) -> str:
    """The part's source, ending with a newline.

    Args:
        cell: the stub cell's source.
        part: a function's name, or `Class.method`.

    Raises:
        KeyError: the cell does not define it.
    """
    lines = cell.split("\n")
    location = _locate(cell, lines, part)
    indent = " " * location.function.col_offset
    docstring = _docstring_lines(location.function)
    kept = [
        line.removeprefix(indent)
        for number, line in enumerate(lines[location.first - 1 : location.last], location.first)
        if number not in docstring and not _is_marker(line)
    ]
    return "\n".join(kept) + "\n"


def with_part(cell: str, part: str, source: str) -> str:
    """The cell with the part replaced by `source`.

    Args:
        cell: the stub cell's source.
        part: a function's name, or `Class.method`.
        source: a function in the form that `part_source` returns, not indented.

    Raises:
        KeyError: the cell does not define the part.
    """
    lines = cell.split("\n")
    location = _locate(cell, lines, part)
    indent = " " * location.function.col_offset
    new = [indent + line if line else line for line in source.rstrip("\n").split("\n")]
    return "\n".join([*lines[: location.first - 1], *new, *lines[location.last :]])


def _locate(cell: str, lines: Sequence[str], part: str) -> _Location:
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
            # The end marker follows the last statement as a comment, so the AST does not cover it.
            while last < len(lines) and lines[last].strip() == END:
                last += 1
            return _Location(node, first, last)
    raise KeyError(part)


def _docstring_lines(function: ast.FunctionDef) -> range:
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None or len(function.body) == 1:
        return range(0)
    assert first.end_lineno is not None
    return range(first.lineno, first.end_lineno + 1)


def _is_marker(line: str) -> bool:
    return line.strip() in (BEGIN, END)
