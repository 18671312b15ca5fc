"""Test cells as tests of a hidden suite: calls are compared with the reference's. Pure.

``assert f(3) == 9`` becomes ``same(student.f(3), source_lib.f(3))``: what nbgrader's cell expected
is what the solution returns, and a hidden suite contains no expected values. A ``try`` around a
call, `pytest.raises` and `assert_raises` become ``raises``. Everything else is left as a comment.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_RAISING = ("raises", "assertRaises", "assert_raises")


@dataclass(frozen=True)
class Test:
    """One test.

    Attributes:
        part: the part that it tests, or "" if it calls none.
        body: its lines, without indentation.
        complete: whether every statement has become one of ours.
    """

    part: str
    body: tuple[str, ...]
    complete: bool


def test_of(source: str, parts: Collection[str]) -> Test:
    """A test cell as a test.

    Args:
        source: its code.
        parts: ids of what students write.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return Test("", tuple(_todo(source)), False)
    convert = _Converter(parts)
    body = list(convert.block(tree.body))
    return Test(convert.part, tuple(body), not convert.left)


class _Converter:
    def __init__(self, parts: Collection[str]) -> None:
        self._parts = parts
        self._names = {part.partition(".")[0] for part in parts}
        self._objects: dict[str, str] = {}  # variables that hold an instance: its class
        self._results: set[str] = set()  # variables that hold what a call has returned
        self._unknown: set[str] = set()  # variables that only exist in a comment
        self.part = ""
        self.left = False

    def block(self, body: list[ast.stmt]) -> Iterator[str]:
        for node in body:
            yield from self._statement(node)

    def _statement(self, node: ast.stmt) -> Iterator[str]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        calls = self._calls(node)
        if isinstance(node, ast.For) and not node.orelse and not self._calls(node.iter):
            inner = list(self.block(node.body))
            yield f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:"
            yield from (f"    {line}" for line in inner or ["pass"])
        elif isinstance(node, ast.Assign) and (name := self._instance(node)) is not None:
            yield f"{name} = {self._of('student', node.value)}"
            yield f"{name}_expected = {self._of('source_lib', node.value)}"
        elif isinstance(node, ast.Assign) and (name := self._result(node)) is not None:
            yield f"{name} = {self._of('student', node.value)}"
            yield f"{name}_expected = {self._of('source_lib', node.value)}"
            self._results.add(name)
        elif (raising := _raising(node)) is not None:
            error, call = raising
            if not isinstance(call, ast.Call) or call not in self._calls(call) or call.keywords:
                yield from self._left(node)
                return
            self._note(call)
            arguments = "".join(f", {ast.unparse(each)}" for each in call.args)
            yield f"raises({ast.unparse(error)}, {self._of('student', call.func)}{arguments})"
        elif not calls and not self._mentions(node):
            yield from ast.unparse(node).split("\n")
        elif isinstance(node, ast.Assert | ast.Expr) and (calls or self._looked_at(node)):
            for call in calls:
                self._note(call)
                yield f"same({self._of('student', call)}, {self._of('source_lib', call)})"
            yield from (f"same({name}, {name}_expected)" for name in self._looked_at(node))
        else:
            yield from self._left(node)

    def _left(self, node: ast.stmt) -> Iterator[str]:
        self.left = True
        stored = (one for one in ast.walk(node) if isinstance(one, ast.Name))
        self._unknown |= {one.id for one in stored if isinstance(one.ctx, ast.Store)}
        return _todo(ast.unparse(node))

    def _instance(self, node: ast.Assign) -> str | None:
        """The variable to which an instance of a student's class is assigned."""
        call, target = node.value, node.targets[0]
        if (
            len(node.targets) == 1
            and isinstance(target, ast.Name)
            and isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and any(part.startswith(f"{call.func.id}.") for part in self._parts)
        ):
            self._objects[target.id] = call.func.id
            self.part = self.part or next(
                p for p in self._parts if p.startswith(f"{call.func.id}.")
            )
            return target.id
        return None

    def _result(self, node: ast.Assign) -> str | None:
        """The variable to which the result of a student's function is assigned."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if self._part(
                call
            ):
                self._note(call)
                return name
        return None

    def _looked_at(self, node: ast.AST) -> list[str]:
        """The variables with results that a statement reads, other than in students' calls."""
        if isinstance(node, ast.Call) and self._part(node):
            return []
        if isinstance(node, ast.Name):
            return [node.id] if node.id in self._results else []
        inner = [name for child in ast.iter_child_nodes(node) for name in self._looked_at(child)]
        return list(dict.fromkeys(inner))

    def _calls(self, node: ast.AST) -> list[ast.Call]:
        """The outermost calls of what students write."""
        if isinstance(node, ast.Call) and self._part(node):
            return [node]
        return [call for child in ast.iter_child_nodes(node) for call in self._calls(child)]

    def _part(self, call: ast.Call) -> str:
        match call.func:
            case ast.Name(id=name) if name in self._parts:
                return name
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name in self._objects:
                return f"{self._objects[name]}.{method}"
        return ""

    def _note(self, call: ast.Call) -> None:
        part = self._part(call)
        if part in self._parts and (not self.part or "." in self.part):
            self.part = part

    def _mentions(self, node: ast.AST) -> bool:
        names = self._names | {*self._objects} | self._results | self._unknown
        return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))

    def _of(self, module: str, node: ast.expr) -> str:
        """A call of the student's code or the reference; arguments are the reference's."""
        return ast.unparse(
            _Renamed(self._names, {*self._objects} | self._results, module).rename(node)
        )


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Collection[str], objects: Collection[str], module: str) -> None:
        self._names, self._objects, self._module = names, objects, module

    def rename(self, node: ast.expr) -> ast.expr:
        copied = ast.parse(ast.unparse(node), mode="eval").body
        if isinstance(copied, ast.Call):
            reference = _Renamed(self._names, self._objects, "source_lib")
            copied.func = self.visit(copied.func)
            copied.args = [reference.visit(each) for each in copied.args]
            for keyword in copied.keywords:
                keyword.value = reference.visit(keyword.value)
            return copied
        renamed: ast.expr = self.visit(copied)
        return renamed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._names:
            return ast.Attribute(ast.Name(self._module), node.id)
        if node.id in self._objects and self._module == "source_lib":
            return ast.Name(f"{node.id}_expected")
        return node


def _raising(node: ast.stmt) -> tuple[ast.expr, ast.expr] | None:
    """The exception that a statement requires, and the call that has to raise it."""
    match node:
        case ast.Try(
            body=[ast.Expr(value=call)],
            handlers=[ast.ExceptHandler(type=ast.Name() as error)],
            orelse=[ast.Raise()] | [ast.Assert()],
            finalbody=[],
        ):
            return error, call
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call(func=function, args=[error, *_]))],
            body=[ast.Expr(value=call)],
        ) if _last_name(function) in _RAISING:
            return error, call
        case ast.Expr(value=ast.Call(func=function, args=[error, called, *arguments])) if (
            _last_name(function) in _RAISING
        ):
            return error, ast.Call(called, arguments, [])
    return None


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _todo(text: str) -> Iterator[str]:
    return (f"# TODO: {line}" for line in text.split("\n"))
