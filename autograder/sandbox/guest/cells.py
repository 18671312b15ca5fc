"""Run a student's cells so that as much as possible of them is there afterwards.

Real notebooks are messy: magics, cells that do not parse, imports that fail, a training run between
two definitions. So cells are run statement by statement, and one that fails, or takes too long,
costs itself alone. What counts is what the student defined: a later import never replaces it.
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
from .deferred_definitions import Again, Wanting, worth_a_retry
from .exceptions import Raised, describe
from .partial_definitions import define_what_can_be
from .source import bound_names, is_definition, python_source, statements, unwritten
from .stub_modules import Missing, Quiet

Skip = set[tuple[int, int]]

READING = -1
"""The position, in `Notebook.run`'s progress, of reading a cell before any of it is run."""

_RESERVE_S = 5.0
_SHORT_S = 0.5
_WORK = (ast.Expr, ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)


class Notebook:
    """The student's namespace, and which names are the student's own.

    Attributes:
        module: the notebook as a module, ``__main__``.
        namespace: its globals.
        own: what the student defined, by name: the last definition counts.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.module = ModuleType("__main__")
        self.namespace: dict[str, Any] = vars(self.module)
        self._given = given
        self.namespace.update(given, __builtins__=__builtins__)
        self.own: dict[str, Any] = {}
        # Annotations are never evaluated: one that names a module which is not here would otherwise
        # take its function down.
        self._flags = __future__.annotations.compiler_flag
        self._unwritten: dict[str, frozenset[str]] = {}
        self._again = Again()
        self._reserve_s = 0.0
        self.short_because = ""

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
            skip: statements (cell, position) known to end the process or never to stop.
            cell_s: CPU seconds a cell may take before only its definitions are still run.
            total_s: the same for all cells together; 2.5 times as much of wall time. With 0, only
                definitions are run.
            progress: told (cell, position) before each statement, and (cell, READING) before.
            stuck: see `timeouts.limit`.

        Returns:
            One record a cell: index, status ok | error | timeout | skipped, error or None.
        """
        cpu, wall = time.process_time(), time.monotonic()
        self._reserve_s = _RESERVE_S if total_s > 0 else 0.0
        self.short_because = (
            "the notebook had used up its time"
            if total_s > 0
            else "the notebook got in the way of grading, so only its definitions were run"
        )
        records = []
        for index, source in cells:
            left = total_s - (time.process_time() - cpu)
            if time.monotonic() - wall > 2.5 * total_s:
                left = 0.0  # it sleeps, or waits for something that is not here
            cell = _Cell(self, index, min(cell_s, left), skip, progress, stuck)
            records.append(cell.run(source))
        self._again.run(self.statement, self.own, skip, progress, stuck)
        self.settle()
        return records

    def settle(self) -> None:
        """Put back own functions whose name something else took, and what was given and deleted."""
        self.namespace.update(self._given | self.namespace | self.own)

    def statement(self, node: ast.stmt, filename: str, salvage: bool = False) -> None:
        """Run one statement, and note what it defines.

        Args:
            node: the statement.
            filename: the cell's.
            salvage: whether a definition that wants a name which is not there is made without.

        Raises:
            BaseException: whatever it raises. What it had defined by then is noted.
        """
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, filename)
            return
        stub = unwritten(node)
        names = list(bound_names(node))
        if stub and stub > self._unwritten.get(names[0], stub):
            return  # the cell handed out, again, after what the student wrote
        before = {name: self.namespace.get(name) for name in names}
        try:
            self._define(node, filename, salvage)
        except BaseException:
            changed = [name for name in names if self.namespace.get(name) is not before[name]]
            self._note(changed)
            raise
        self._note(names)
        if stub is not None:
            self._unwritten[names[0]] = stub

    def retry_at_the_end(
        self, cell: int, position: int, node: ast.stmt, filename: str, error: NameError
    ) -> None:
        """Run a definition again when all cells have run: cells may stand in any order."""
        self._again.waiting.append(Wanting(cell, position, node, filename, error.name))

    def short_s(self) -> float:
        """CPU seconds for a statement that should be short, after the budget is used up."""
        return min(_SHORT_S, self._reserve_s)

    def spent_short(self, seconds: float) -> None:
        """Take from the reserve that such statements have together."""
        self._reserve_s -= seconds

    def _note(self, names: list[str]) -> None:
        for name in names:
            value, mine = self.namespace.get(name), self.own.get(name)
            if isinstance(mine, type) and isinstance(value, mine):
                continue  # ``Pooling = Pooling(2, 2)``: the class's name, taken by an object of it
            if callable(value) and not isinstance(value, (Missing, Quiet)):
                self.own[name] = value

    def _define(self, node: ast.stmt, filename: str, salvage: bool) -> None:
        """Run a statement; of a definition that raises, what can be had is still defined."""
        try:
            self._execute(node, filename)
        except Exception as error:
            salvage = salvage or not isinstance(error, NameError)  # else it gets another chance
            if salvage and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                with contextlib.suppress(Exception):
                    define_what_can_be(
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
        """Import name by name: what is missing leaves a stand-in that says so when it is used."""
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
                    self.namespace[name] = Missing(name, module)
            finally:
                self.namespace.update(before)
        if first_error:
            raise first_error


class _Cell:
    """One cell on its way through the notebook: its clock, and what is said of it."""

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
            self._say("timeout", "stopped: the cell takes too long to read")
        except BaseException as error:
            self._say("error", _one_line(describe(error)))
        else:
            if problem:
                self._say("error", problem)
        lines = [line + "\n" for line in source.split("\n")]
        linecache.cache[self.filename] = (len(source), None, lines, self.filename)
        return body

    def _statement(self, position: int, node: ast.stmt) -> None:
        left = self.ends - time.process_time()
        short = left <= 0 and not is_definition(node)
        if short:
            left = 0.0 if isinstance(node, _WORK) else self.book.short_s()
            if left <= 0:
                self._say("skipped", f"not run: {self.book.short_because}")
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
                except BaseException as error:  # SystemExit, KeyboardInterrupt: the student's too
                    self._say("error", _one_line(describe(error)))
                    if isinstance(error, NameError) and worth_a_retry(node):
                        self.book.retry_at_the_end(self.index, position, node, self.filename, error)
        except timeouts.TimeUp:
            self._say("timeout", "stopped: it took too long")
        if short:
            self.book.spent_short(time.process_time() - began)

    def _say(self, status: str, problem: str) -> None:
        """The first problem is told; running out of time outweighs an error."""
        if self.status in ("ok", "skipped") or status == "timeout":
            self.status = status
        self.problem = self.problem or problem


def _one_line(raised: Raised) -> str:
    where = f"line {raised['line']}: " if raised["line"] else ""
    return f"{where}{raised['type']}: {raised['message']}".rstrip(": ")
