"""Define as much as possible of a function or class whose definition raises.

It may have worked on the student's machine, where ``common.base_model`` could be imported. Here, a
base class, a decorator, a default or a line of the body refers to a missing module, but the rest is
still the student's work.
"""

from __future__ import annotations

import ast
import copy
import traceback
from collections.abc import Callable
from typing import Any

_MAX_TRIES = 50

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def define_partially(
    node: Definition, run: Callable[[ast.stmt], None], evaluate: Callable[[ast.expr], Any]
) -> None:
    """Define ``node`` without the parts that raise.

    Args:
        node: a definition that raised.
        run: runs a statement.
        evaluate: returns an expression's value, or raises.

    Raises:
        Exception: no part of it can be defined.
    """
    if not isinstance(node, ast.ClassDef):
        run(_bare_function(node))
        return
    rest = copy.copy(node)
    rest.decorator_list, rest.keywords = [], []
    rest.bases = [base for base in node.bases if _is_class(base, evaluate)]
    rest.body = list(node.body)
    for _ in range(_MAX_TRIES):
        try:
            run(rest)
            return
        except Exception as error:
            place = _failing_member(rest, error)
            if place is None:
                raise
            member = rest.body[place]
            rest.body[place] = ast.copy_location(ast.Pass(), member)
            if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)) and _has_extras(member):
                rest.body[place] = _bare_function(member)


def _bare_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Without decorators, and with None for each default that has to be evaluated."""
    bare = copy.copy(node)
    bare.decorator_list = []
    bare.args = copy.copy(node.args)
    bare.args.defaults = [_plain(default) for default in node.args.defaults]
    bare.args.kw_defaults = [default and _plain(default) for default in node.args.kw_defaults]
    return bare


def _plain(default: ast.expr) -> ast.expr:
    simple = not any(isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(default))
    return default if simple else ast.copy_location(ast.Constant(None), default)


def _has_extras(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    return bool(node.decorator_list) or any(_plain(value) is not value for value in defaults)


def _is_class(base: ast.expr, evaluate: Callable[[ast.expr], Any]) -> bool:
    try:
        return isinstance(evaluate(base), type)
    except Exception:
        return False


def _failing_member(node: ast.ClassDef, error: Exception) -> int | None:
    """The index of the member that raised, from the line that the class's own frame had reached."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_name == node.name and frame.f_code.co_firstlineno <= line
    ]
    if isinstance(error, SyntaxError):  # such as a return outside a function
        lines.append(error.lineno or 0)
    for line in lines:
        for place, member in enumerate(node.body):
            decorators = getattr(member, "decorator_list", [])
            first = min([member.lineno, *(part.lineno for part in decorators)])
            last = member.end_lineno or member.lineno
            if first <= line <= last and not isinstance(member, ast.Pass):
                return place
    return None
