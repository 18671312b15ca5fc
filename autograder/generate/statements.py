"""Code as a bag of normalized statements that can be recognised elsewhere, however formatted.

Comments, quotes, whitespace and line breaks are ignored. A compound statement counts by its head
only, and `return value` and `name = value` count by their value, so that variable names do not
matter. What everybody writes the same way is left out: imports, signatures, docstrings, `pass`,
returning a name.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache

_IGNORED = (
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)
_PUNCTUATION = set("()[]{},:.=;")


def statements(nodes: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Every distinctive statement in and below `nodes`, with its normalized text."""
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.stmt) and not isinstance(node, _IGNORED):
                text = _head(node)
                if weight(text) >= 3:
                    yield node, text


@lru_cache(maxsize=2**15)  # variants of a solution, of which a course has hundreds, are alike
def weight(text: str) -> int:
    """How distinctive a statement is: the number of its names, numbers, strings and operators.

    Brackets, commas, dots, `=` and `self` do not count.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    kinds = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP)
    return sum(
        token.type in kinds and token.string not in _PUNCTUATION and token.string != "self"
        for token in tokens
    )


def _head(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return ""
    if isinstance(node, ast.If | ast.While):
        return ast.unparse(node.test)
    if isinstance(node, ast.For):
        return f"{ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    if isinstance(node, ast.With):
        return ", ".join(ast.unparse(item) for item in node.items)
    if isinstance(node, ast.Return):
        return ast.unparse(node.value) if node.value else ""
    if isinstance(node, ast.Assign) and not any(map(_is_item, node.targets)):
        return ast.unparse(node.value)
    if isinstance(node, ast.Try | ast.Match):
        return ""
    return ast.unparse(node)


def _is_item(target: ast.expr) -> bool:
    """Whether an assignment writes to an item, in which case the target is distinctive too."""
    return any(isinstance(node, ast.Subscript) for node in ast.walk(target))
