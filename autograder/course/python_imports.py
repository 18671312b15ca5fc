"""Where Python code imports a package, found without running it."""

from __future__ import annotations

import ast


def line_of_import(tree: ast.Module, package: str) -> int | None:
    """The first line on which the package, or anything in it, is imported; None if it is not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        if any(name.partition(".")[0] == package for name in names):
            return node.lineno
    return None
