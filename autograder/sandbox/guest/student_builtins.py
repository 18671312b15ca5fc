"""The notebook's own copy of the builtins, usable both as a module and as a dict.

``__builtins__`` is the module in a notebook but a dict in a module that it imports, and code
written for either should run. If a notebook overwrites a builtin there (``builtins.sum = 0``), the
standard library, NumPy and this package must not be affected.
"""

from __future__ import annotations

import builtins
from types import ModuleType
from typing import Any


class StudentBuiltins(ModuleType):
    """A copy of the ``builtins`` module."""

    def __init__(self) -> None:
        super().__init__("builtins")
        vars(self).update(vars(builtins))

    def __getitem__(self, name: str) -> Any:
        """``__builtins__["print"]``."""
        return vars(self)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        """``__builtins__["print"] = quiet``."""
        vars(self)[name] = value

    def __contains__(self, name: object) -> bool:
        """``"print" in __builtins__``."""
        return name in vars(self)

    def __iter__(self) -> Any:
        """The names, as for a dict."""
        return iter(vars(self))

    def get(self, name: str, default: Any = None) -> Any:
        """``__builtins__.get("reveal_type")``."""
        return vars(self).get(name, default)

    def keys(self) -> Any:
        """The names, as for a dict."""
        return vars(self).keys()
