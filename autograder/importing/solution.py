"""What students write, from a solution cell: functions and methods with solution regions. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_BEGIN = re.compile(r"^([ \t]*)#+ ?BEGIN SOLUTION\b.*$", re.M)
_END = re.compile(r"^([ \t]*)#+ ?END SOLUTION\b.*$", re.M)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Stub:
    """A solution cell as ours.

    Attributes:
        source: its code, with the markers of regions on lines of their own.
        parts: ids of what students write.
    """

    source: str
    parts: tuple[str, ...]


class NotAStub(ValueError):
    """A solution cell cannot be one of ours; the text says why."""


def stub(source: str) -> Stub:
    """A solution cell as a stub.

    Raises:
        NotAStub: it is not code, or a region is not inside a function.
    """
    source = _BEGIN.sub(rf"\1{BEGIN}", _END.sub(rf"\1{END}", source)).rstrip("\n")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        raise NotAStub("its code does not parse") from None
    functions = list(_functions(tree))
    lines = source.split("\n")
    begins = [n for n, line in enumerate(lines, 1) if line.strip() == BEGIN]
    ends = [n for n, line in enumerate(lines, 1) if line.strip() == END]
    if len(begins) != len(ends):
        raise NotAStub("its markers of the solution do not match")
    if not begins:
        return _without_markers(lines, functions)
    parts: dict[str, None] = {}
    for begin, end in zip(begins, ends, strict=True):
        owners = [name for name, one in functions if one.lineno < begin <= end <= _last(one, end)]
        if not owners:
            raise NotAStub("a solution is not inside a function")
        parts[owners[0]] = None
    return Stub(source, tuple(parts))


def _without_markers(lines: list[str], functions: list[tuple[str, Function]]) -> Stub:
    """nbgrader takes the whole cell away; ours keeps signature and docstring."""
    if not functions:
        raise NotAStub("it defines no function")
    for _, one in reversed(functions):
        body = one.body[1:] if ast.get_docstring(one) is not None else one.body
        if not body or body[0].lineno == one.lineno:
            raise NotAStub("a function has no body of its own")
        indent = " " * body[0].col_offset
        lines.insert(body[-1].end_lineno or body[-1].lineno, indent + END)
        lines.insert(body[0].lineno - 1, indent + BEGIN)
    return Stub("\n".join(lines), tuple(name for name, _ in functions))


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Functions and methods, in their order."""
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, Function):
                    yield f"{node.name}.{method.name}", method


def _last(one: Function, end: int) -> int:
    """The last line of a function, with the comment that ends a region below its last statement."""
    return max(one.end_lineno or one.lineno, end if end == (one.end_lineno or 0) + 1 else 0)
