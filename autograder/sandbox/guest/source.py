"""Turn a cell's source into Python statements, skipping what does not parse.

Handles what IPython does to a cell before Python sees it: magics, shell lines, a cell indented as a
whole. A statement that does not parse is dropped, and the rest is kept: the cell's other
statements, and a class's other methods.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

# Cell magics whose cell is not Python. After any other (time, capture, …) the rest of it is.
_OTHER_LANGUAGES = (
    "bash", "sh", "shell", "script", "cmd", "system", "sx", "perl", "ruby", "html", "HTML",
    "javascript", "js", "latex", "markdown", "svg", "SVG", "R", "sql", "bigquery", "python2",
    "pypy", "cython",
)  # fmt: skip
_WRITES_FILE = ("writefile", "file")
_MAGIC = re.compile(r"^(?P<indent>\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$)")
_TIMED = re.compile(r"^(?P<head>\s*(?:[\w., ]+=\s*)?)%(?:time|timeit|prun)\s+(?P<rest>[^-\s].*)$")
_ASSIGNED = re.compile(r"^(?P<head>\s*[\w., ]+=\s*)[%!].*$")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")
_INCOMPLETE = ("was never closed", "unterminated triple-quoted", "unexpected EOF")
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAX_MAGICS = 200
_MAX_JOINED = 200


def python_source(source: str) -> str:
    """The cell's Python without magics and shell lines; line numbers are preserved."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = source.lstrip().split("\n", 1)[0]
    if first.startswith("%%"):
        words = [*first[2:].split(), "", ""]
        if words[0] in _OTHER_LANGUAGES:
            return ""
        if words[0] in _WRITES_FILE and not words[-3].endswith(".py"):
            return ""  # a .py file written this way is the student's code too
        source = source.replace(first, "", 1)
    return _read(_dedented(source))[0]


def statements(source: str) -> tuple[list[ast.stmt], str | None]:
    """The cell's top-level statements, and the problem if a part does not parse.

    Args:
        source: as returned by `python_source`.
    """
    _, parsed = _read(source)
    if isinstance(parsed, ast.Module):
        return parsed.body, None
    body: list[ast.stmt] = []
    lines = source.split("\n")
    for start, _, piece in _pieces(lines, ""):
        if isinstance(piece, ast.Module):
            ast.increment_lineno(piece, start)
            body.extend(piece.body)
    return body, _message(parsed)


def _dedented(source: str) -> str:
    """Remove the first line's indentation from all lines, as IPython does."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip(" \t"))]
    if not margin:
        return source
    return "\n".join(line.removeprefix(margin) for line in lines)


def _read(source: str) -> tuple[str, ast.Module | BaseException]:
    """Parse, removing a magic wherever one causes a syntax error (and nowhere else)."""
    lines = source.split("\n")
    problem: BaseException = SyntaxError("too many magics")
    for _ in range(_MAX_MAGICS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a docstring's \alpha is not an error
                return "\n".join(lines), ast.parse("\n".join(lines))
        except _UNREADABLE as error:
            problem = error
        number = (getattr(problem, "lineno", None) or 0) - 1
        plain = _without_magic(lines[number]) if 0 <= number < len(lines) else None
        if plain is None:
            break
        continued = lines[number].endswith("\\")
        lines[number] = plain.removesuffix("\\")
        while continued and number + 1 < len(lines):
            number += 1
            continued = lines[number].endswith("\\")
            lines[number] = ""
    return "\n".join(lines), problem


def _without_magic(line: str) -> str | None:
    """The Python equivalent of a line with a magic; None if the line has no magic."""
    if timed := _TIMED.match(line):
        return timed["head"] + timed["rest"]
    if magic := _MAGIC.match(line):
        return magic["indent"] + "pass"
    if assigned := _ASSIGNED.match(line):
        return assigned["head"] + "None"
    return None


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
    """Indices of the lines that begin a statement (or its decorators) at that indentation."""
    starts: list[int] = []
    decorated = False
    for number, line in enumerate(lines):
        text = line.removeprefix(indent)
        if (indent and not line.startswith(indent)) or not text.strip():
            continue
        if text[0] in " \t#\f" or _CONTINUES.match(text):
            continue
        if not decorated:
            starts.append(number)
        decorated = text.startswith("@")
    return starts


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
        return f"SyntaxError, {where}: {error.msg}" + (f": {text[:100]}" if text else "")
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


def _is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement is cheap to run and may define something that is graded."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.Import, ast.ImportFrom)
    if isinstance(node, ast.Assign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node.value))
    return isinstance(node, kinds)


def bound_names(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds in the module by definition or assignment; imports excluded."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Lambda, ast.Import, ast.ImportFrom)):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        # ``Convolution.backward = backward``: a method assigned to one of the student's classes.
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield inner.id
        return
    for child in ast.iter_child_nodes(node):
        yield from bound_names(child)
