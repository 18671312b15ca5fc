"""Restore names that NumPy has removed (`protocol.numpy_names`)."""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from ..protocol.numpy_names import REMOVED
from .bytecode import Use, uses

MAX_NAMES = 20

_MODULES: dict[str, types.ModuleType] = {
    "np": np,
    "np.lib": np.lib,
    "np.linalg": np.linalg,
    "np.random": np.random,
}


def restore() -> None:
    """Restore the former meaning of each removed name in this process."""
    for owner, module in _MODULES.items():
        gone = {
            name.rpartition(".")[2]: meaning
            for name, meaning in REMOVED.items()
            if name.rpartition(".")[0] == owner and name.rpartition(".")[2] not in vars(module)
        }
        vars(module)["__getattr__"] = _lookup(module, gone, vars(module).get("__getattr__"))


def used(codes: Iterable[types.CodeType], names: dict[str, Any]) -> list[str]:
    """Removed names that some code uses, as in ``np.int``, whatever NumPy's alias.

    Args:
        codes: code objects of functions.
        names: the functions' globals.
    """
    found: dict[str, None] = {}
    for code in codes:
        if _LAST.isdisjoint(code.co_names):
            continue
        path = ""
        for use, name in uses(code):
            if use is Use.GLOBAL:
                path = "np" if names.get(name) is np else ""
            elif path and use is Use.ATTRIBUTE:
                path = f"{path}.{name}"
                if path in REMOVED and _is_gone(path):
                    found[path] = None
            else:
                path = ""
    return list(found)[:MAX_NAMES]


_LAST = frozenset(name.rpartition(".")[2] for name in REMOVED)


def _is_gone(name: str) -> bool:
    owner, _, last = name.rpartition(".")
    return owner in _MODULES and last not in vars(_MODULES[owner])


def _lookup(
    module: types.ModuleType, gone: dict[str, str], otherwise: Callable[[str], Any] | None
) -> Callable[[str], Any]:
    def look_up(name: str) -> Any:
        if name in gone:
            return _meaning(gone[name])
        if otherwise is None:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return otherwise(name)

    return look_up


@cache
def _meaning(expression: str) -> Any:
    return eval(expression, {"np": np, "math": math})
