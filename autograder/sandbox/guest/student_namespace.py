"""The notebook's globals, and which of them the student defined.

Statements are run one by one, so that a statement that fails costs nothing but itself. Only what
the student defined counts: a later import never replaces it, unless it comes from a file that the
notebook wrote itself.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import inspect
from types import FunctionType, ModuleType
from typing import Any

from . import removed_names, stub_modules
from .classes import is_instance, members, mro
from .compiler_warnings import without_warnings
from .installed_proxies import InstalledProxies
from .no_ops import MissingImport
from .partial_definitions import define_partially
from .shell import Outputs, Shell
from .source import bound_names, has_import_fallback, leftover_raises, stub_names
from .student_builtins import StudentBuiltins
from .worlds import Worlds
from .written_files import WrittenFiles

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class StudentNamespace:
    """The student's namespace, and which of its names the student defined.

    Attributes:
        module: the notebook as a module, ``__main__``.
        namespace: its globals.
        builtins: the module that it gets for ``import builtins``.
        own: what the student defined, by name; the last definition of a name wins.
        worlds: what the names that those definitions use meant when they were made.
        pieces: definitions from a cell that does not parse, by name: the cell's index.
        leftover_raises: functions, or ``Class.method``, that still begin with the stub's ``raise``
            although there is code below it: (the cell's index, the line).
        outputs: the values of ``_`` and ``Out``.
        files: the files that the notebook writes with ``%%writefile``.
    """

    def __init__(self, initial_names: dict[str, Any]) -> None:
        self.module = ModuleType("__main__")
        self.namespace: dict[str, Any] = vars(self.module)
        self.builtins = StudentBuiltins()
        self.shell = Shell(self.run_file, self.namespace)
        self._initial_names = initial_names | {"get_ipython": self.shell}
        self.outputs = Outputs(self.namespace)
        self.namespace.update(self._initial_names, __builtins__=self.builtins)
        self.own: dict[str, Any] = {}
        self.worlds = Worlds(self.namespace, vars(self.builtins))
        self.pieces: dict[str, int] = {}
        self.leftover_raises: dict[str, tuple[int, int]] = {}
        self.files = WrittenFiles()
        # Annotations are never evaluated: otherwise an annotation that names a missing module would
        # make the whole function undefined.
        self._flags = __future__.annotations.compiler_flag | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._stubs: dict[str, frozenset[str]] = {}
        self._proxies = InstalledProxies()

    def begin_in(self, folder: str) -> None:
        """Begin in another working directory than that in which this was made."""
        self.files.begin_in(folder)
        self.outputs.begin_in(folder)

    def use(self, proxies: InstalledProxies) -> None:
        """Install proxies before the cells run. No cell can redefine the fixed ones."""
        self._proxies = proxies
        self._initial_names |= proxies.loose
        self.own |= proxies.fixed
        self.namespace.update(proxies.loose | proxies.fixed)

    def replace_methods(self) -> None:
        """Once all cells have run, replace methods of the student's classes by proxies."""
        self._proxies.replace_methods(self.own)

    def restore_names(self) -> None:
        """Restore the student's definitions that were overwritten, and initial names deleted."""
        self.namespace.update(self._initial_names | self.namespace | self.own)

    def statement(
        self,
        node: ast.stmt,
        cell: int,
        *,
        partially: bool = False,
        piece: bool = False,
        last: bool = False,
    ) -> None:
        """Run one statement and record what it defines.

        Args:
            node: the statement.
            cell: the index of its cell.
            partially: whether a definition that needs an undefined name is made without it.
            piece: whether it comes from a cell that does not parse. Jupyter runs nothing of such a
                cell, so it only defines what nothing else defines.
            last: whether it ends its cell, so that its value, if it is an expression, is output.

        Raises:
            BaseException: whatever the statement raises. What it had defined by then is recorded.
        """
        filename = f"<cell {cell}>"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, filename, only_new=piece)
            return
        stub = stub_names(node)
        names = bound_names(node)
        if stub and stub > self._stubs.get(names[0], stub):
            return  # the stub as handed out, run again after the student's own version
        if piece and not self._is_new(node, names):
            return
        before = {name: self.namespace.get(name) for name in names}
        try:
            self._define(node, filename, partially, last)
        except BaseException:
            changed = [name for name in names if self.namespace.get(name) is not before[name]]
            self._record(changed, cell, piece)
            raise
        self._record(names, cell, piece)
        if stub is not None:
            self._stubs[names[0]] = stub
            if names[0] in self.own:
                self._note_leftover_raises(node, names[0], cell)

    def run_file(self, name: str) -> None:
        """``%run name``: run a file that the notebook wrote, in the notebook's own namespace.

        Raises:
            BaseException: whatever its code raises; FileNotFoundError if there is no such file.
        """
        path = self.files.path(name)
        source = path.read_text(encoding="utf-8")
        cell, first_line = self.files.origin(str(path)) or (0, 1)
        tree = ast.parse(source)
        ast.increment_lineno(tree, first_line - 1)
        for node in tree.body:
            self.statement(node, cell)

    def adopt_definitions(self) -> None:
        """Record definitions that do not appear in any statement of a cell.

        These are made by ``exec``, ``globals()["f"] = …`` or a ``global`` statement, in this
        namespace or another one, or imported from a file that the notebook wrote, if nothing else
        has the name.
        """
        for name, value in list(self.namespace.items()):
            if name not in self.own and self._made_here(value):
                self.own[name] = value
        for module in self.files.modules():
            for name, value in list(vars(module).items()):
                if name not in self.own and self.files.wrote(value):
                    self.own[name] = value

    def removed_names(self) -> dict[str, list[str]]:
        """Names that NumPy has removed and that definitions use, by the definition's name."""
        found = {
            name: removed_names.used(self.worlds.codes(value), self.namespace)
            for name, value in self.own.items()
        }
        return {name: removed for name, removed in found.items() if removed}

    def _made_here(self, value: Any) -> bool:
        if type(value) is FunctionType:
            return value.__globals__ is self.namespace or self.files.has_code(value)
        if not is_instance(value, type):
            return False
        found = members(value)
        return found.get("__module__") == "__main__" or any(
            map(self.files.has_code, found.values())
        )

    def _is_new(self, node: ast.stmt, names: list[str]) -> bool:
        """Whether a piece of a cell that does not parse only defines names that are undefined."""
        if isinstance(node, _DEFINITIONS):
            written = stub_names(node) or frozenset()
            incomplete = self._stubs.get(node.name, frozenset()) > written
            return node.name not in self.own or node.name in self.pieces or incomplete
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            owner: Any = self.own.get(names[0]) if names else None
            attribute = node.targets[0].attr
            bases = mro(owner) if is_instance(owner, type) else ()
            return not any(attribute in members(base) for base in bases)
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.If, ast.Try, ast.With)):
            return bool(names) and not any(name in self.namespace for name in names)
        return False

    def _record(self, names: list[str], cell: int, piece: bool) -> None:
        for name in names:
            value: Any = self.namespace.get(name)
            mine: Any = self.own.get(name)
            if name in self._proxies.fixed:
                self._proxies.adopt(name, value)
                self.own |= self._proxies.fixed
                self.namespace[name] = self.own[name]
                continue
            if is_instance(mine, type) and is_instance(value, mine):
                continue  # ``Pooling = Pooling(2, 2)``: an instance has taken its class's name
            # Not isinstance, which would call methods of the student's classes.
            if not callable(value) or stub_modules.is_stub(value):
                continue
            self.own[name] = value
            self.worlds.defined(name, value)
            self.pieces.pop(name, None)
            if piece:
                self.pieces[name] = cell

    def _note_leftover_raises(self, node: ast.stmt, name: str, cell: int) -> None:
        others = self.leftover_raises.items()
        kept = {part: at for part, at in others if part.partition(".")[0] != name}
        found = {part: (cell, line) for part, line in leftover_raises(node).items()}
        self.leftover_raises = kept | found

    def _define(self, node: ast.stmt, filename: str, partially: bool, last: bool) -> None:
        """Run a statement; if it is a definition that raises, define as much of it as possible."""
        try:
            with stub_modules.without_substitutes(has_import_fallback(node)):
                self._execute(node, filename, last)
        except Exception as error:
            partially = partially or not isinstance(error, NameError)  # those are retried later
            if partially and isinstance(node, _DEFINITIONS):
                with contextlib.suppress(Exception):
                    define_partially(
                        node,
                        lambda part: self._execute(part, filename),
                        lambda part: self._evaluate(part, filename),
                    )
            raise

    def _execute(self, node: ast.stmt, filename: str, last: bool = False) -> None:
        output = last and isinstance(node, ast.Expr)
        tree = ast.Expression(node.value) if output else ast.Module([node], [])  # type: ignore[attr-defined]
        mode = "eval" if output else "exec"
        with without_warnings:
            code = compile(tree, filename, mode, flags=self._flags, dont_inherit=True)
        value = eval(code, self.namespace)
        if code.co_flags & inspect.CO_COROUTINE:  # an ``await`` at top level
            with asyncio.Runner() as runner:
                value = runner.run(value)
        if output:
            self.outputs.show(value)

    def _evaluate(self, node: ast.expr, filename: str) -> Any:
        code = compile(ast.Expression(node), filename, "eval", dont_inherit=True)
        return eval(code, self.namespace)

    def _import(
        self, node: ast.Import | ast.ImportFrom, filename: str, only_new: bool = False
    ) -> None:
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
            before = dict(self.namespace)
            name = alias.asname or alias.name.split(".")[0]
            if only_new and name in before:
                continue
            try:
                self._execute(ast.fix_missing_locations(single), filename)
            except Exception as error:
                first_error = first_error or error
                module = (node.module or ".") if isinstance(node, ast.ImportFrom) else alias.name
                if name != "*" and name not in self.namespace and name not in vars(self.builtins):
                    proxy = self._proxies.find(alias.name)
                    self.namespace[name] = proxy or MissingImport(name, module)
            finally:
                if alias.name == "get_ipython" and name in self.namespace:
                    self.namespace[name] = self.shell
                self._keep_names(before, only_new)
                self._note_own_modules(node, alias.name)
        if first_error:
            raise first_error

    def _keep_names(self, before: dict[str, Any], only_new: bool) -> None:
        """Undo what an import did to the student's own definitions, and to builtins by a stub."""
        for name, value in list(self.namespace.items()):
            if value is before.get(name, before):
                continue
            if self.files.wrote(value) or self.files.has_code(value):
                self._record([name], -1, piece=False)
            elif name in self.own or (only_new and name in before):
                self.namespace[name] = before.get(name, self.own.get(name))
            elif name in vars(self.builtins) and stub_modules.is_stub(value):
                del self.namespace[name]
                if name in before:
                    self.namespace[name] = before[name]

    def _note_own_modules(self, node: ast.Import | ast.ImportFrom, name: str) -> None:
        """Remember modules that were imported from files of the notebook's own."""
        if isinstance(node, ast.ImportFrom):
            self.files.imported(node.module or "")
            name = f"{node.module}.{name}"
        self.files.imported(name)
