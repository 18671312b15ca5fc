"""A code cell's source with its syntax tree, and edits that preserve everything else."""

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
    """Replaces characters `start` to `end` (exclusive) by `text`."""

    start: int
    end: int
    text: str


class Source:
    """The source of one cell. Lines count from 1 in the cell; errors give those of notebook.py."""

    def __init__(self, cell: Cell, file: Path) -> None:
        """`file` is the notebook.py that contains `cell`, for errors."""
        self.cell = cell
        self.file = file
        self.text = cell.source
        self.lines = cell.source.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def error(self, message: str, line: int, remedy: str = "") -> CourseError:
        """The error to raise about a line of this cell."""
        return CourseError(message, self.file, self.cell.line + line - 1, remedy)

    @cached_property
    def tree(self) -> ast.Module:
        """The cell's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, parents before children."""
        return list(ast.walk(self.tree))

    @cached_property
    def comments(self) -> list[tokenize.TokenInfo]:
        """Every comment, including those after code."""
        if "#" not in self.text:
            return []
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [token for token in tokens if token.type == tokenize.COMMENT]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Start and end of a node in characters (the tree counts UTF-8 bytes)."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def line_span(self, first: int, last: int) -> tuple[int, int]:
        """Start and end of lines `first` to `last`, including the last newline."""
        return self._starts[first - 1], min(self._starts[last], len(self.text))

    def alone(self, comment: tokenize.TokenInfo) -> bool:
        """Whether a comment is on a line of its own."""
        line, column = comment.start
        return not self.lines[line - 1][:column].strip()

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with all edits applied; an edit inside a larger one is dropped."""
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
