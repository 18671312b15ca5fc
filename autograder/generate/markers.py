"""Find solution regions and replace them; reject anything that merely looks like a marker.

A misspelt marker would hand the solution to students. So anything that looks like a marker but is
not exactly one, in a valid position, is an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from autograder.course.part_source import BEGIN, END
from autograder.generate.source import Edit, Source

_REMEDY = f"Write `{BEGIN}` and `{END}`, each on its own line, indented like the body"
_TODO = {"en": "{}: write this yourself", "ja": "{}: ここを実装してください"}
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `begin` to `end` of a cell (the markers included) in the function `name`.

    `name` is the function's name or `Class.method`; `statements` are the outermost ones inside.
    """

    begin: int
    end: int
    name: str
    statements: tuple[ast.stmt, ...]


def regions(source: Source) -> tuple[Region, ...]:
    """The solution regions of a cell, in order; CourseError for near misses."""
    own_lines = {
        comment.start[0]: comment.string.rstrip()
        for comment in source.comments
        if source.alone(comment) and comment.string.rstrip() in (BEGIN, END)
    }
    for number, line in enumerate(source.lines, 1):
        if number not in own_lines and looks_like_marker(line, code=True):
            raise source.error(f"`{line.strip()}` looks like a solution marker", number, _REMEDY)
    found: list[Region] = []
    begin: int | None = None
    for number, marker in own_lines.items():
        if marker == BEGIN:
            if begin is not None:
                raise source.error(
                    f"{BEGIN} inside the region that starts on line {begin} of this cell",
                    number,
                    "End that region first: regions cannot be nested",
                )
            begin = number
        elif begin is None:
            raise source.error(f"{END} without {BEGIN}", number, _REMEDY)
        else:
            found.append(_region(source, begin, number))
            begin = None
    if begin is not None:
        raise source.error(f"{BEGIN} without {END}", begin, _REMEDY)
    return tuple(found)


def stubbed(source: Source, region: Region, lang: str) -> Edit:
    """The edit that replaces a region by `raise NotImplementedError(...)`."""
    indent = " " * region.statements[0].col_offset
    message = _TODO[lang].format(region.name)
    start, end = source.line_span(region.begin, region.end)
    return Edit(start, end, f'{indent}raise NotImplementedError("{message}")\n')


def without_markers(source: Source, region: Region) -> list[Edit]:
    """The edits that remove the two marker lines and keep the solution."""
    return [Edit(*source.line_span(line, line), "") for line in (region.begin, region.end)]


def looks_like_marker(line: str, *, code: bool) -> bool:
    """Whether a line is meant to be a marker, however misspelt.

    True for a comment (or heading) of at most four words in which a word like BEGIN or END is next
    to one like SOLUTION, and for a `###` comment in code whose first word is like BEGIN or END.
    """
    if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
        return True
    comment = re.search(r"(#+)(.*)$", line)
    if comment is None:
        return False
    words = [word.upper() for word in _WORD.findall(comment[2])]
    if not 1 <= len(words) <= 4:
        return False
    if code and len(comment[1]) >= 3 and _like(words[0], "BEGIN", "END"):
        return True
    pairs = list(pairwise(words))
    joined = [left + right for left, right in pairs]
    return any(_like(word, "BEGINSOLUTION", "ENDSOLUTION") for word in (*words, *joined)) or any(
        _like(one, "BEGIN", "END") and (_like(other, "SOLUTION") or other.startswith("SOL"))
        for left, right in pairs
        for one, other in ((left, right), (right, left))
    )


def _like(word: str, *models: str) -> bool:
    return any(SequenceMatcher(None, word, model).ratio() >= 0.75 for model in models)


def _region(source: Source, begin: int, end: int) -> Region:
    inside: list[tuple[list[ast.stmt], str | None, ast.stmt]] = []
    for block, name, statement in _statements(source.tree.body, (), None):
        first, last = _lines(statement)
        if first < begin and last > begin and not _blocks(statement):
            raise source.error(f"{BEGIN} inside a statement", begin, "Put it before or after")
        if begin < first < end:
            if last > end:
                raise source.error(
                    f"{END} inside a statement that starts in its region", end, "Move it down"
                )
            inside.append((block, name, statement))
    if not inside:
        raise source.error("a solution region has no code", begin, "Fill or remove it")
    block, name, head = inside[0]
    if name is None:
        raise source.error(
            "a solution region outside any function", begin, "Put it into a function's body"
        )
    outermost = [statement for other, _, statement in inside if other is block]
    if not all(_within(statement, outermost) for _, _, statement in inside):
        raise source.error(
            "a solution region covers pieces of different blocks", begin, "Cover one whole block"
        )
    for line in (begin, end):
        if len(source.lines[line - 1]) - len(source.lines[line - 1].lstrip()) != head.col_offset:
            raise source.error("this marker is not indented like its region", line, _REMEDY)
    if _is_docstring(head, block):
        raise source.error("a docstring inside a solution region", begin, "Start the region below")
    return Region(begin, end, name, tuple(outermost))


def _statements(
    block: list[ast.stmt], names: tuple[str, ...], function: str | None
) -> Iterator[tuple[list[ast.stmt], str | None, ast.stmt]]:
    """Every statement in order, with its block and the name of the enclosing function."""
    for statement in block:
        yield block, function, statement
        inner_names, inner = names, function
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner_names = (*names, statement.name)
            inner = function if isinstance(statement, ast.ClassDef) else ".".join(inner_names)
        for child in _blocks(statement):
            yield from _statements(child, inner_names, inner)


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    blocks = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    for holder in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        blocks.append(holder.body)
    return [block for block in blocks if block]


def _lines(statement: ast.stmt) -> tuple[int, int]:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return first, statement.end_lineno or statement.lineno


def _within(statement: ast.stmt, outer: list[ast.stmt]) -> bool:
    line = statement.lineno
    return any(_lines(other)[0] <= line <= _lines(other)[1] for other in outer)


def _is_docstring(statement: ast.stmt, block: list[ast.stmt]) -> bool:
    return (
        statement is block[0]
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
