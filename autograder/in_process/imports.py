"""What the course's own notebooks import: what the sandbox offers, and nothing else."""

from __future__ import annotations

import builtins
import sys
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

from autograder.sandbox.guest import stub_modules
from autograder.sandbox.host.packages import installed


def built_ins(packages: tuple[str, ...]) -> dict[str, Any]:
    """Python's built-in functions, of which ``__import__`` imports what a course allows.

    Args:
        packages: the course's packages, which notebooks may import beside NumPy.
    """
    return vars(builtins) | {"__import__": partial(_import, _importable(packages))}


@lru_cache(maxsize=8)
def _importable(packages: tuple[str, ...]) -> frozenset[str]:
    """The import names of a course's packages and their dependencies."""
    return frozenset(installed(packages).names if packages else ())


def _import(packages: frozenset[str], name: str, *args: Any) -> ModuleType:
    """Import what the sandbox offers: standard library, NumPy, the course's packages and stubs."""
    root = name.partition(".")[0]
    if stub_modules.has_stub(name):
        return _stub(name)
    if root not in {"__main__", "numpy", *packages} and root not in sys.stdlib_module_names:
        raise ModuleNotFoundError(f"No module named {root!r}", name=root)
    return builtins.__import__(name, *args)


@lru_cache(maxsize=64)
def _stub(name: str) -> ModuleType:
    module = stub_modules.stub_module(name.partition(".")[0])
    for inner in name.split(".")[1:]:
        setattr(module, inner, stub_modules.stub_module(name))
    return module
