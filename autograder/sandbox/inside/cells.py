"""Run a student's cells so that as much as possible of them is there afterwards.

Real notebooks are messy: magics, cells that do not parse, imports that fail, a training run between
two definitions. So cells are run statement by statement, and one that fails, or takes too long,
costs itself alone. What counts is what the student defined: a later import never replaces it.
"""

from __future__ import annotations

import __future__

import ast
import linecache
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import clock
from .raised import Raised, describe
from .standins import Missing

# Magics that run the rest of the cell as Python; any other %%magic makes the cell something else.
_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python", "%%python3")
_LINE_MAGIC = re.compile(r"^(?P<indent>\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$)")
_TIMED = re.compile(r"^(?P<indent>\s*)%(?:time|timeit|prun)\s+(?P<rest>[^-\s].*)$")
_ASSIGNED = re.compile(r"^(?P<head>\s*[\w., ]+=\s*)[%!].*$")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")

Skip = set[tuple[int, int]]


def python_source(source: str) -> str:
    """The cell's Python, magics and shell lines taken out, each line on its own line as before."""
    first = source.lstrip().split("\n", 1)[0]
    if first.startswith("%%"):
        if not first.startswith(_PYTHON_CELL_MAGICS):
            return ""
        source = source.replace(first, "", 1)
    if _parses(source):  # a line of a longer expression may well start with %
        return source
    lines = []
    for line in source.split("\n"):
        timed = _TIMED.match(line)
        if timed:
            line = timed["indent"] + timed["rest"]
        elif _LINE_MAGIC.match(line):
            line = line[: len(line) - len(line.lstrip())] + "pass"
        elif assigned := _ASSIGNED.match(line):
            line = assigned["head"] + "None"
        lines.append(line)
    return "\n".join(lines)


def statements(source: str) -> tuple[list[ast.stmt], str | None]:
    """The cell's top-level statements, and what is wrong where a part does not parse.

    A part that does not parse is left out; the good definitions beside it stay.
    """
    try:
        return ast.parse(source).body, None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        problem = _syntax_message(error)
    body: list[ast.stmt] = []
    for start, chunk in _chunks(source):
        try:
            parsed = ast.parse("\n" * start + chunk)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        body.extend(parsed.body)
    return body, problem


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _syntax_message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        text = (error.text or "").strip()
        where = f"line {error.lineno}" if error.lineno else "somewhere"
        return f"SyntaxError, {where}: {error.msg}" + (f": {text[:100]}" if text else "")
    return f"{type(error).__name__}: the cell cannot be read as Python"


def _chunks(source: str) -> Iterator[tuple[int, str]]:
    """Split at lines that begin a top-level statement; yields (lines before, text)."""
    lines = source.split("\n")
    starts = [0]
    decorated = False
    for number, line in enumerate(lines):
        if not line or line[0] in " \t#" or _CONTINUES.match(line):
            continue
        if not decorated and number:
            starts.append(number)
        decorated = line.startswith("@")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start, "\n".join(lines[start:end])


class Notebook:
    """The student's namespace, and which names are the student's own.

    Attributes:
        namespace: the module's globals after the cells have run.
        own: what the student defined, by name: the last definition counts.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self.namespace.update(given)
        self.own: dict[str, Any] = {}
        self._flags = 0

    def run(
        self,
        cells: list[tuple[int, str]],
        *,
        skip: Skip,
        cell_s: float,
        total_s: float,
        progress: Callable[[int, int], None],
    ) -> list[dict[str, Any]]:
        """Run the cells in order.

        Args:
            cells: (index in the notebook, source).
            skip: statements (cell, position) known to end the process or never to stop.
            cell_s: CPU seconds a cell may take before only its definitions are still run.
            total_s: the same for all cells together.
            progress: told (cell, position) before each statement.

        Returns:
            One record a cell: index, status ok | error | timeout | skipped, error or None.
        """
        used = 0.0
        records = []
        for index, source in cells:
            began = time.process_time()
            budget = min(cell_s, total_s - used)
            records.append(self._cell(index, source, skip, budget, progress))
            used += time.process_time() - began
        self.settle()
        return records

    def settle(self) -> None:
        """Put the student's own functions back where an import or a number took their name."""
        for name, value in self.own.items():
            if not callable(self.namespace.get(name)) or name not in self.namespace:
                self.namespace[name] = value

    def _cell(
        self,
        index: int,
        source: str,
        skip: Skip,
        budget: float,
        progress: Callable[[int, int], None],
    ) -> dict[str, Any]:
        source = python_source(source)
        filename = f"<cell {index}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        body, problem = statements(source)
        status = "error" if problem else "ok"
        began = time.process_time()
        for position, node in enumerate(body):
            progress(index, position)
            left = budget - (time.process_time() - began)
            if (index, position) in skip:
                continue
            if left <= 0 and not _is_definition(node):
                status = "skipped" if status == "ok" else status
                problem = problem or "not run: the notebook had used up its time"
                continue
            try:
                with clock.limit(cpu_s=max(left, 1.0), wall_s=2 * max(left, 1.0) + 5):
                    self._statement(node, filename)
            except clock.TimeUp:
                status, problem = "timeout", problem or "stopped: it took too long"
            except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
                if status == "ok":
                    status = "error"
                problem = problem or _one_line(describe(error))
        return {"index": index, "status": status, "error": problem}

    def _statement(self, node: ast.stmt, filename: str) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, filename)
            return
        self._execute(node, filename)
        for name in _bound_names(node):
            value = self.namespace.get(name)
            if callable(value) and not isinstance(value, Missing):
                self.own[name] = value

    def _execute(self, node: ast.stmt, filename: str) -> None:
        module = ast.Module([node], [])
        code = compile(module, filename, "exec", flags=self._flags, dont_inherit=True)
        exec(code, self.namespace)

    def _import(self, node: ast.Import | ast.ImportFrom, filename: str) -> None:
        """Import name by name: what is missing leaves a stand-in that says so when it is used."""
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                self._flags |= feature.compiler_flag if feature else 0
            return
        first_error: ImportError | None = None
        for alias in node.names:
            before = dict(self.own)
            single = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            ast.copy_location(single, node)
            try:
                self._execute(ast.fix_missing_locations(single), filename)
            except ImportError as error:
                first_error = first_error or error
                module = (node.module or ".") if isinstance(node, ast.ImportFrom) else alias.name
                name = alias.asname or alias.name.split(".")[0]
                if name != "*" and name not in self.own:
                    self.namespace[name] = Missing(name, module)
            self.namespace.update(before)
        if first_error:
            raise first_error


def _is_definition(node: ast.stmt) -> bool:
    """Whether a statement is cheap and may define what is graded."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.Import, ast.ImportFrom)
    if isinstance(node, ast.Assign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, kinds)


def _bound_names(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds in the module: definitions and assignments, not imports."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Lambda, ast.Import, ast.ImportFrom)):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        # ``Convolution.backward = backward``: a method put onto a class of the student's own.
        while isinstance(node, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Name):
            yield node.id
        return
    for child in ast.iter_child_nodes(node):
        yield from _bound_names(child)


def _one_line(raised: Raised) -> str:
    where = f"line {raised['line']}: " if raised["line"] else ""
    return f"{where}{raised['type']}: {raised['message']}".rstrip(": ")
