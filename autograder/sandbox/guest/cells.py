"""Run a student's cells and keep as many of their definitions as possible.

Real notebooks are messy: magics, cells that do not parse, imports that fail, a training run between
two definitions. So cells are run statement by statement, and a statement that fails or takes too
long costs nothing but itself (`student_namespace` decides what counts).
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable
from time import monotonic, process_time  # bound here, since notebooks see replacements
from typing import Any

from ..protocol.position import AFTERWARDS, READING
from . import kept_data, timeouts
from .deferred_definitions import DeferredDefinition, DeferredDefinitions, may_be_deferred
from .exceptions import ExceptionFields, describe
from .magics import loads_extensions, transform
from .source import is_definition, statements
from .student_namespace import StudentNamespace

Skip = set[tuple[int, int]]

_RESERVE_S = 5.0
_SHORT_S = 0.5
_DEFINITIONS_S = 5.0
_ONLY_DEFINITIONS_S = 20.0
_DEFINITION_S = 1.0
_MAX_TIMED_OUT = 2000  # the host looks at no more
_WORK = (ast.Expr, ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)


class Notebook(StudentNamespace):
    """A notebook that is run cell by cell."""

    def __init__(self, initial_names: dict[str, Any]) -> None:
        super().__init__(initial_names)
        self._deferred = DeferredDefinitions()
        self._reserve_s = 0.0
        self._definitions_s = 0.0
        self.extensions = False
        self.skip_reason = ""
        self.timed_out: list[list[int]] = []
        self.kept_data: list[str] = []
        self._has_time = False
        self.idle_s: float | None = None

    def run(
        self,
        cells: list[tuple[int, str]],
        *,
        skip: Skip,
        cell_s: float,
        total_s: float,
        idle_s: float | None = None,
        progress: Callable[[int, int], None],
        stuck: Callable[[], object] | None = None,
    ) -> list[dict[str, Any]]:
        """Run the cells in order.

        Args:
            cells: (index in the notebook, source).
            skip: statements (cell, position) known to end the process or to run without end.
            cell_s: CPU seconds per cell; once they are used up, only definitions and imports are
                run, and those of all cells share a few seconds.
            total_s: CPU seconds for all cells together, and 2.5 times as many of wall time. With 0,
                only definitions are run.
            idle_s: wall time in which a statement has to compute something, unless processes that
                it has started do; None for as long as its wall time lasts.
            progress: called with (cell, position) before each statement, and with (cell, READING)
                before the cell is parsed, and (last cell, AFTERWARDS) once all have run.
            stuck: see `timeouts.limit`.

        Returns:
            One record per cell: index, status ok | error | timeout | skipped, error or None.
        """
        cpu, wall = process_time(), monotonic()
        self._has_time = total_s > 0
        self.idle_s = idle_s
        self._reserve_s = _RESERVE_S if self._has_time else 0.0
        self._definitions_s = _DEFINITIONS_S if self._has_time and cell_s else _ONLY_DEFINITIONS_S
        self.skip_reason = (
            "the notebook had used up its time"
            if self._has_time
            else "the notebook interfered with grading, so only its definitions were run"
        )
        self.extensions = loads_extensions([source for _, source in cells])
        records = []
        for index, source in cells:
            left = total_s - (process_time() - cpu)
            if monotonic() - wall > 2.5 * total_s:
                left = 0.0  # it is sleeping or waiting for something that does not exist here
            cell = _Cell(self, index, min(cell_s, left), skip, progress, stuck)
            records.append(cell.run(source))
            self.worlds.cell_ended(index)
        self._deferred.run(self.statement, self.own, skip, progress, stuck)
        progress(cells[-1][0] if cells else 0, AFTERWARDS)
        self.adopt_definitions()
        self.restore_names()
        if self.timed_out:
            self.kept_data = kept_data.users(self.own, self.namespace, self.worlds)
        return records

    def defer(self, deferred: DeferredDefinition) -> None:
        """Run a definition again after all cells: notebooks need not be in execution order."""
        self._deferred.pending.append(deferred)

    def stopped(self, cell: int, position: int) -> None:
        """Record that a statement was stopped or skipped for lack of time.

        How far it got depends on chance. There may be as many as a notebook has lines.
        """
        if self._has_time and len(self.timed_out) < _MAX_TIMED_OUT:
            self.timed_out.append([cell, position])

    def left_after_time(self, node: ast.stmt) -> float:
        """CPU seconds left for one statement after the budget is used up."""
        if is_definition(node):
            return min(_DEFINITION_S, self._definitions_s)
        return 0.0 if isinstance(node, _WORK) else min(_SHORT_S, self._reserve_s)

    def charge(self, node: ast.stmt, seconds: float) -> None:
        """Deduct from what all such statements share."""
        if is_definition(node):
            self._definitions_s -= seconds
        else:
            self._reserve_s -= seconds


class _Cell:
    """One cell while it runs: its time budget and its record."""

    def __init__(
        self,
        book: Notebook,
        index: int,
        budget: float,
        skip: Skip,
        progress: Callable[[int, int], None],
        stuck: Callable[[], object] | None,
    ) -> None:
        self.book = book
        self.index = index
        self.skip = skip
        self.progress = progress
        self.stuck = stuck
        self.ends = process_time() + budget
        self.status = "ok"
        self.problem: str | None = None
        self.in_pieces = False

    def run(self, source: str) -> dict[str, Any]:
        self.book.outputs.cell(source)
        body = self._read(source)
        shows = not self.in_pieces and not source.rstrip().endswith(";")
        for position, node in enumerate(body):
            self.progress(self.index, position)
            if (self.index, position) not in self.skip:
                self._statement(position, node, shows and node is body[-1])
        return {"index": self.index, "status": self.status, "error": self.problem}

    def _read(self, source: str) -> list[ast.stmt]:
        self.progress(self.index, READING)
        body: list[ast.stmt] = []
        if (self.index, READING) in self.skip:
            return body
        try:
            with timeouts.limit(2.0, 10.0, self.stuck):
                cell = transform(source, self.book.extensions)
                body, problem = statements(cell.python)
                self.in_pieces = problem is not None or not cell.certain
                if cell.file:
                    self.book.files.write(cell.file, self.index)
        except timeouts.TimeUp:
            self._fail("timeout", "stopped: the cell takes too long to parse")
        except BaseException as error:
            self._fail("error", _one_line(describe(error)))
        else:
            if problem := problem or cell.problem:
                self._fail("error", problem)
            filename, text = f"<cell {self.index}>", source if cell.file else cell.python
            lines = [f"{line}\n" for line in text.split("\n")]
            linecache.cache[filename] = (len(text), None, lines, filename)
        return body

    def _statement(self, position: int, node: ast.stmt, last: bool) -> None:
        began = process_time()
        left = self.ends - began
        late = left <= 0
        left = self.book.left_after_time(node) if late else max(left, _DEFINITION_S)
        if left <= 0:
            status = "timeout" if is_definition(node) else "skipped"
            self._fail(status, f"not run: {self.book.skip_reason}")
            self.book.stopped(self.index, position)
            return
        try:
            with timeouts.limit(left, 2 * left + 5, self.stuck, self.book.idle_s):
                try:
                    self.book.statement(node, self.index, piece=self.in_pieces, last=last)
                except timeouts.TimeUp:
                    raise
                except BaseException as error:  # student code may raise SystemExit and the like
                    self._fail("error", _one_line(describe(error)))
                    if isinstance(error, NameError) and may_be_deferred(node):
                        deferred = DeferredDefinition(
                            self.index, position, node, self.in_pieces, error.name
                        )
                        self.book.defer(deferred)
        except timeouts.TimeUp:
            self._fail("timeout", "stopped: it took too long")
            self.book.stopped(self.index, position)
        if late:
            self.book.charge(node, process_time() - began)

    def _fail(self, status: str, problem: str) -> None:
        """Record a problem: the first message is kept, and a timeout outranks an error."""
        if self.status in ("ok", "skipped") or status == "timeout":
            self.status = status
        self.problem = self.problem or problem


def _one_line(raised: ExceptionFields) -> str:
    where = f"line {raised['line']}: " if raised["line"] else ""
    return f"{where}{raised['type']}: {raised['message']}".rstrip(": ")
