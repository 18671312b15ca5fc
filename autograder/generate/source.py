"""A code cell's source with its syntax tree, and edits that leave everything else as it is."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from autograder.course.models import Cell
from autograder.errors import CourseError


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` (exclusive) become `text`."""

    start: int
    end: int
    text: str


class Source:
    """The source of one cell. Lines count from 1 within the cell; errors name notebook.py's."""

    def __init__(self, cell: Cell, file: Path) -> None:
        """`file` is the notebook.py from which `cell` was read, so that errors can name it."""
        self.cell = cell
        self.file = file
        self.text = cell.source
        self.lines = cell.source.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def error(self, message: str, line: int, mend: str = "") -> CourseError:
        """The error to raise about a line of this cell."""
        return CourseError(message, self.file, self.cell.line + line - 1, mend)

    @cached_property
    def tree(self) -> ast.Module:
        """The cell's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, outer ones before those inside."""
        return list(ast.walk(self.tree))

    @cached_property
    def comments(self) -> list[tokenize.TokenInfo]:
        """Every comment, also behind code; what looks like one inside a string is none."""
        if "#" not in self.text:
            return []
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [token for token in tokens if token.type == tokenize.COMMENT]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node begins and ends, in characters (the tree counts UTF-8 bytes)."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def line_span(self, first: int, last: int) -> tuple[int, int]:
        """Where lines `first` to `last` begin and end, the last newline included."""
        return self._starts[first - 1], min(self._starts[last], len(self.text))

    def alone(self, comment: tokenize.TokenInfo) -> bool:
        """Whether a comment has its line to itself."""
        line, column = comment.start
        return not self.lines[line - 1][:column].strip()

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with all edits made; an edit inside a bigger one goes with it."""
        pieces: list[str] = []
        at = 0
        for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
            if edit.end <= at and pieces:
                continue
            assert edit.start >= at, "edits overlap"
            pieces += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*pieces, self.text[at:]]).rstrip("\n")

    def _offset(self, line: int, column: int) -> int:
        before = self.lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)
