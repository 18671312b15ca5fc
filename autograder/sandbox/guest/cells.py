"""Run a student's cells and keep as many of their definitions as possible.

Real notebooks are messy: magics, cells that do not parse, imports that fail, a training run between
two definitions. So cells are run statement by statement, and a statement that fails or takes too
long costs nothing but itself. Only what the student defined counts: a later import never replaces
it.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import linecache
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import timeouts
from .classes import is_instance
from .deferred_definitions import DeferredDefinition, DeferredDefinitions, may_be_deferred
from .exceptions import ExceptionFields, describe
from .partial_definitions import define_partially
from .source import bound_names, is_definition, python_source, statements, stub_names
from .stub_modules import MissingImport, NoOp
from .student_builtins import StudentBuiltins
from .worlds import Worlds

Skip = set[tuple[int, int]]

READING = -1
"""The position that `Notebook.run` reports while it parses a cell, before running any of it."""

_RESERVE_S = 5.0
_SHORT_S = 0.5
_WORK = (ast.Expr, ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)


class Notebook:
    """The student's namespace, and which of its names the student defined.

    Attributes:
        module: the notebook as a module, ``__main__``.
        namespace: its globals.
        builtins: the module that it gets for ``import builtins``.
        own: what the student defined, by name; the last definition of a name wins.
        worlds: what the names that those definitions use meant when they were made.
    """

    def __init__(self, initial_names: dict[str, Any]) -> None:
        self.module = ModuleType("__main__")
        self.namespace: dict[str, Any] = vars(self.module)
        self._initial_names = initial_names
        self.builtins = StudentBuiltins()
        self.namespace.update(initial_names, __builtins__=self.builtins)
        self.own: dict[str, Any] = {}
        self.worlds = Worlds(self.namespace, vars(self.builtins))
        # Annotations are never evaluated: otherwise an annotation that names a missing module would
        # make the whole function undefined.
        self._flags = __future__.annotations.compiler_flag
        self._stubs: dict[str, frozenset[str]] = {}
        self._deferred = DeferredDefinitions()
        self._reserve_s = 0.0
        self.skip_reason = ""

    def run(
        self,
        cells: list[tuple[int, str]],
        *,
        skip: Skip,
        cell_s: float,
        total_s: float,
        progress: Callable[[int, int], None],
        stuck: Callable[[], object] | None = None,
    ) -> list[dict[str, Any]]:
        """Run the cells in order.

        Args:
            cells: (index in the notebook, source).
            skip: statements (cell, position) known to end the process or to run without end.
            cell_s: CPU seconds per cell; once they are used up, only definitions are run.
            total_s: CPU seconds for all cells together, and 2.5 times as many of wall time. With 0,
                only definitions are run.
            progress: called with (cell, position) before each statement, and with (cell, READING)
                before the cell is parsed.
            stuck: see `timeouts.limit`.

        Returns:
            One record per cell: index, status ok | error | timeout | skipped, error or None.
        """
        cpu, wall = time.process_time(), time.monotonic()
        self._reserve_s = _RESERVE_S if total_s > 0 else 0.0
        self.skip_reason = (
            "the notebook had used up its time"
            if total_s > 0
            else "the notebook interfered with grading, so only its definitions were run"
        )
        records = []
        for index, source in cells:
            left = total_s - (time.process_time() - cpu)
            if time.monotonic() - wall > 2.5 * total_s:
                left = 0.0  # it sleeps, or waits for something that does not exist here
            cell = _Cell(self, index, min(cell_s, left), skip, progress, stuck)
            records.append(cell.run(source))
            self.worlds.cell_ended(index)
        self._deferred.run(self.statement, self.own, skip, progress, stuck)
        self.restore_names()
        return records

    def restore_names(self) -> None:
        """Restore the student's definitions that were overwritten, and initial names deleted."""
        self.namespace.update(self._initial_names | self.namespace | self.own)

    def statement(self, node: ast.stmt, filename: str, partially: bool = False) -> None:
        """Run one statement and record what it defines.

        Args:
            node: the statement.
            filename: the cell's pseudo-filename.
            partially: whether a definition that needs an undefined name is made without it.

        Raises:
            BaseException: whatever the statement raises. What it had defined by then is recorded.
        """
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, filename)
            return
        stub = stub_names(node)
        names = list(bound_names(node))
        if stub and stub > self._stubs.get(names[0], stub):
            return  # the stub as handed out, run again after the student's own version
        before = {name: self.namespace.get(name) for name in names}
        try:
            self._define(node, filename, partially)
        except BaseException:
            changed = [name for name in names if self.namespace.get(name) is not before[name]]
            self._record(changed)
            raise
        self._record(names)
        if stub is not None:
            self._stubs[names[0]] = stub

    def defer(
        self, cell: int, position: int, node: ast.stmt, filename: str, error: NameError
    ) -> None:
        """Run a definition again after all cells: notebooks need not be in execution order."""
        self._deferred.pending.append(
            DeferredDefinition(cell, position, node, filename, error.name)
        )

    def reserve_left(self) -> float:
        """CPU seconds left for one short statement after the budget is used up."""
        return min(_SHORT_S, self._reserve_s)

    def charge_reserve(self, seconds: float) -> None:
        """Deduct from the reserve that all such statements share."""
        self._reserve_s -= seconds

    def _record(self, names: list[str]) -> None:
        for name in names:
            value: Any = self.namespace.get(name)
            mine: Any = self.own.get(name)
            if is_instance(mine, type) and is_instance(value, mine):
                continue  # ``Pooling = Pooling(2, 2)``: an instance has taken its class's name
            # Not isinstance, which asks the student's own classes.
            if callable(value) and type(value) not in (MissingImport, NoOp):
                self.own[name] = value
                self.worlds.defined(name, value)

    def _define(self, node: ast.stmt, filename: str, partially: bool) -> None:
        """Run a statement; if it is a definition that raises, define as much of it as possible."""
        try:
            self._execute(node, filename)
        except Exception as error:
            partially = partially or not isinstance(error, NameError)  # those are retried later
            if partially and isinstance(
                node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            ):
                with contextlib.suppress(Exception):
                    define_partially(
                        node,
                        lambda part: self._execute(part, filename),
                        lambda part: self._evaluate(part, filename),
                    )
            raise

    def _execute(self, node: ast.stmt, filename: str) -> None:
        module = ast.Module([node], [])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(module, filename, "exec", flags=self._flags, dont_inherit=True)
        exec(code, self.namespace)

    def _evaluate(self, node: ast.expr, filename: str) -> Any:
        code = compile(ast.Expression(node), filename, "eval", dont_inherit=True)
        return eval(code, self.namespace)

    def _import(self, node: ast.Import | ast.ImportFrom, filename: str) -> None:
        """Import name by name; a missing module becomes a stub that raises when it is used."""
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                self._flags |= feature.compiler_flag if feature else 0
            return
        first_error: Exception | None = None
        for alias in node.names:
            single = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            ast.copy_location(single, node)
            before = {name: self.namespace.get(name) for name in self.own}
            try:
                self._execute(ast.fix_missing_locations(single), filename)
            except Exception as error:
                first_error = first_error or error
                module = (node.module or ".") if isinstance(node, ast.ImportFrom) else alias.name
                name = alias.asname or alias.name.split(".")[0]
                if name != "*" and name not in self.namespace:
                    self.namespace[name] = MissingImport(name, module)
            finally:
                self.namespace.update(before)
        if first_error:
            raise first_error


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
        self.filename = f"<cell {index}>"
        self.ends = time.process_time() + budget
        self.status = "ok"
        self.problem: str | None = None

    def run(self, source: str) -> dict[str, Any]:
        body = self._read(source)
        for position, node in enumerate(body):
            self.progress(self.index, position)
            if (self.index, position) not in self.skip:
                self._statement(position, node)
        return {"index": self.index, "status": self.status, "error": self.problem}

    def _read(self, source: str) -> list[ast.stmt]:
        self.progress(self.index, READING)
        body: list[ast.stmt] = []
        if (self.index, READING) in self.skip:
            return body
        try:
            with timeouts.limit(2.0, 10.0, self.stuck):
                source = python_source(source)
                body, problem = statements(source)
        except timeouts.TimeUp:
            self._fail("timeout", "stopped: the cell takes too long to parse")
        except BaseException as error:
            self._fail("error", _one_line(describe(error)))
        else:
            if problem:
                self._fail("error", problem)
        lines = [line + "\n" for line in source.split("\n")]
        linecache.cache[self.filename] = (len(source), None, lines, self.filename)
        return body

    def _statement(self, position: int, node: ast.stmt) -> None:
        left = self.ends - time.process_time()
        short = left <= 0 and not is_definition(node)
        if short:
            left = 0.0 if isinstance(node, _WORK) else self.book.reserve_left()
            if left <= 0:
                self._fail("skipped", f"not run: {self.book.skip_reason}")
                return
        else:
            left = max(left, 1.0)
        began = time.process_time()
        try:
            with timeouts.limit(left, 2 * left + 5, self.stuck):
                try:
                    self.book.statement(node, self.filename)
                except timeouts.TimeUp:
                    raise
                except BaseException as error:  # student code may raise SystemExit and the like
                    self._fail("error", _one_line(describe(error)))
                    if isinstance(error, NameError) and may_be_deferred(node):
                        self.book.defer(self.index, position, node, self.filename, error)
        except timeouts.TimeUp:
            self._fail("timeout", "stopped: it took too long")
        if short:
            self.book.charge_reserve(time.process_time() - began)

    def _fail(self, status: str, problem: str) -> None:
        """Record a problem: the first message is kept, and a timeout outranks an error."""
        if self.status in ("ok", "skipped") or status == "timeout":
            self.status = status
        self.problem = self.problem or problem


def _one_line(raised: ExceptionFields) -> str:
    where = f"line {raised['line']}: " if raised["line"] else ""
    return f"{where}{raised['type']}: {raised['message']}".rstrip(": ")
