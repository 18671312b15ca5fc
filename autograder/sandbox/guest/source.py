"""Turn a cell's source into Python statements, skipping what does not parse.

A line magic is replaced wherever it keeps the cell from parsing. A statement that does not parse is
dropped, and the rest is kept: the cell's other statements, and a class's other methods.
"""

from __future__ import annotations

import ast
import platform
import re
import sys
from collections.abc import Iterator

from .compiler_warnings import without_warnings
from .magics import plain_line

_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")
_OPENS_BLOCK = re.compile(
    r"(?:@|(?:async|def|class|if|for|while|with|try|match)\b)|.*[:,\\(\[{]\s*(?:#|$)|.*(?:\"\"\"|\'\'\')"
)
_LAST_OF_BLOCK = re.compile(r"\s+(?:return|raise)\b")
_NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_INCOMPLETE = ("was never closed", "unterminated triple-quoted", "unexpected EOF")
# Syntax of newer Python versions: the first version that has it, and the errors of older ones.
_NEWER_SYNTAX = (
    ((3, 12), re.compile(r"^f-string|: type \w+ *(?:=|\[)|: (?:async )?(?:def|class) \w+ *\[")),
    ((3, 13), re.compile(r": (?:async )?(?:def|class) \w+ *\[.*=.*\]|: type \w+ *\[.*=.*\]")),
    ((3, 14), re.compile(r": except\*? [\w.]+,|\bt[\"']")),
)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAX_MAGICS = 200
_MAX_JOINED = 200


def statements(source: str) -> tuple[list[ast.stmt], str | None]:
    """The cell's top-level statements, and the problem if a part does not parse.

    Args:
        source: the cell, its cell magic applied (`magics.transform`).
    """
    source, parsed = _read(source)
    if isinstance(parsed, ast.Module):
        return parsed.body, None
    body: list[ast.stmt] = []
    lines = source.split("\n")
    for start, _, piece in _pieces(lines, ""):
        if isinstance(piece, ast.Module):
            ast.increment_lineno(piece, start)
            body.extend(piece.body)
    return body, _message(parsed)


def _read(source: str) -> tuple[str, ast.Module | BaseException]:
    """Parse, removing a magic wherever one causes a syntax error (and nowhere else)."""
    lines = source.split("\n")
    problem: BaseException = SyntaxError("too many magics")
    for _ in range(_MAX_MAGICS):
        try:
            with without_warnings:  # a docstring's \alpha is not an error
                return "\n".join(lines), ast.parse("\n".join(lines))
        except _UNREADABLE as error:
            problem = error
        number = (getattr(problem, "lineno", None) or 0) - 1
        plain = plain_line(lines[number]) if 0 <= number < len(lines) else None
        if plain is None:
            break
        continued = lines[number].endswith("\\")
        lines[number] = plain.removesuffix("\\")
        while continued and number + 1 < len(lines):
            number += 1
            continued = lines[number].endswith("\\")
            lines[number] = ""
    return "\n".join(lines), problem


def _pieces(lines: list[str], indent: str) -> Iterator[tuple[int, int, ast.Module | BaseException]]:
    """Statements at one indentation: (first line, line after the last, parse result or error).

    A piece that is merely incomplete (a triple-quoted string that continues at the left margin) is
    joined with what follows.
    """
    starts = _starts(lines, indent)
    bounds = [*starts[1:], len(lines)]
    head = "class _:\n" if indent else ""
    place = 0
    while place < len(starts):
        problem: BaseException | None = None
        for last in range(place, min(len(starts), place + _MAX_JOINED)):
            _, parsed = _read(head + "\n".join(lines[starts[place] : bounds[last]]))
            if isinstance(parsed, ast.Module):
                yield starts[place], bounds[last], parsed
                place = last + 1
                break
            problem = problem or parsed
            if not any(text in str(parsed) for text in _INCOMPLETE):
                break
        if problem is None or isinstance(parsed, ast.Module):
            continue
        # Joining did not help, so what follows an unclosed bracket is a statement of its own.
        ends = [bounds[last]]
        if "was never closed" in str(problem):
            ends.insert(0, bounds[place])
        for end in () if indent else ends:
            whole = _class_without_bad_members(lines[starts[place] : end])
            if whole is not None:
                yield starts[place], end, whole
                place = bounds.index(end) + 1
                break
        else:
            yield starts[place], bounds[place], problem
            place += 1


def _starts(lines: list[str], indent: str) -> list[int]:
    """Indices of the lines that begin a statement (or its decorators) at that indentation.

    A line that interrupts a block does not: cut there, a function would be graded half.
    """
    starts: list[int] = []
    decorated = False
    for number, line in enumerate(lines):
        text = line.removeprefix(indent)
        if (indent and not line.startswith(indent)) or not text.strip():
            continue
        if text[0].isspace() or text[0] in f"#{_NO_WIDTH}" or _CONTINUES.match(text):
            continue
        if starts and not decorated and _interrupts(text, *_around(lines, number, indent)):
            continue
        if not decorated:
            starts.append(number)
        decorated = text.startswith("@")
    return starts


def _around(lines: list[str], number: int, indent: str) -> tuple[str, str]:
    """The lines above and below one, without that indentation."""
    above, below = lines[number - 1], (lines[number + 1 : number + 2] or [""])[0]
    return above.removeprefix(indent), below.removeprefix(indent)


def _interrupts(line: str, above: str, below: str) -> bool:
    """Whether a line that is not indented is in the middle of a block.

    Such as a ``print`` that was meant to go again, or a pasted ``>>>``.
    """
    return (
        above[:1].isspace()
        and below[:1].isspace()
        and not above.isspace()
        and not below.isspace()
        and not _LAST_OF_BLOCK.match(above)
        and not _OPENS_BLOCK.match(line)
    )


def _class_without_bad_members(lines: list[str]) -> ast.Module | None:
    """A class that does not parse, without the members that cause the errors."""
    top = next((n for n, line in enumerate(lines) if not line.startswith(("@", "#"))), 0)
    if not lines[top].startswith("class "):
        return None
    inner = (line for line in lines[top + 1 :] if line.strip() and line[0] in " \t")
    first = next((line for line in inner if not line.strip().startswith("#")), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        return None
    kept = list(lines)
    good = 0
    for start, end, piece in _pieces(lines[top + 1 :], indent):
        if isinstance(piece, ast.Module):
            good += 1
        else:
            kept[top + 1 + start : top + 1 + end] = [""] * (end - start)
    parsed = _read("\n".join(kept))[1]
    return parsed if good and isinstance(parsed, ast.Module) else None


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        text = (error.text or "").strip()
        where = f"line {error.lineno}" if error.lineno else "somewhere"
        said = f"SyntaxError, {where}: {error.msg}" + (f": {text[:100]}" if text else "")
        if any(
            sys.version_info < since and pattern.search(f"{error.msg}: {text}")
            for since, pattern in _NEWER_SYNTAX
        ):
            said += f" (this is graded with Python {platform.python_version()})"
        return said
    return f"{type(error).__name__}: the cell cannot be read as Python"


def stub_names(node: ast.stmt) -> frozenset[str] | None:
    """Which parts of a definition are still stubs, which only raise NotImplementedError.

    Returns:
        Names of a class's stub methods, the function's own name if it is a stub, or None if the
        statement is not a definition.
    """
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return frozenset([node.name] if _is_stub(node) else [])
    if isinstance(node, ast.ClassDef):
        methods = (member for member in node.body if isinstance(member, ast.FunctionDef))
        return frozenset(method.name for method in methods if _is_stub(method))
    return None


def has_import_fallback(node: ast.stmt) -> bool:
    """Whether it is a ``try`` statement that handles a failing import itself."""
    if not isinstance(node, ast.Try):
        return False
    kinds = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
    caught = [handler.type for handler in node.handlers]
    return None in caught or any(
        isinstance(part, ast.Name) and part.id in kinds
        for kind in caught
        if kind is not None
        for part in ast.walk(kind)
    )


def leftover_raises(node: ast.stmt) -> dict[str, int]:
    """Functions that still begin with the stub's ``raise``, with code below it.

    Returns:
        The function's name, or ``Class.method`` → the line of the ``raise``.
    """
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        line, more = _stub_raise(node)
        return {node.name: line} if line and more else {}
    if isinstance(node, ast.ClassDef):
        inner = [leftover_raises(member) for member in node.body]
        return {f"{node.name}.{name}": at for found in inner for name, at in found.items()}
    return {}


def _is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    line, more = _stub_raise(function)
    return line is not None and not more


def _stub_raise(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int | None, bool]:
    """The line of a NotImplementedError that comes first, and whether anything follows it."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body or not isinstance(body[0], ast.Raise):
        return None, False
    raised = body[0].exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    if not isinstance(raised, ast.Name) or raised.id != "NotImplementedError":
        return None, False
    return body[0].lineno, len(body) > 1


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement is cheap to run and may define something that is graded."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.Import, ast.ImportFrom)
    if isinstance(node, ast.Assign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, kinds)


_BINDS_ITS_NAME = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDS_NOTHING = (
    ast.Lambda, ast.Import, ast.ImportFrom, ast.Constant, ast.Load, ast.Store, ast.operator,
    ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip


def bound_names(node: ast.AST) -> list[str]:
    """Names that a statement binds in the module by definition or assignment; imports excluded."""
    found: list[str] = []
    todo: list[ast.AST] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, _BINDS_NOTHING):
            continue
        if isinstance(one, _BINDS_ITS_NAME):
            found.append(one.name)
        elif isinstance(one, ast.Name):
            if isinstance(one.ctx, ast.Store):
                found.append(one.id)
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            # ``Convolution.backward = backward``: a method assigned to one of the student's
            # classes.
            inner: ast.AST = one
            while isinstance(inner, ast.Attribute):
                inner = inner.value
            if isinstance(inner, ast.Name):
                found.append(inner.id)
        else:  # what comes first is on top
            for name in reversed(one._fields):
                child = getattr(one, name, None)
                if isinstance(child, ast.AST):
                    todo.append(child)
                elif isinstance(child, list):
                    todo.extend(each for each in reversed(child) if isinstance(each, ast.AST))
    return found
