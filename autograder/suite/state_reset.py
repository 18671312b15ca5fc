"""Begin every criterion in the same state, whatever ran before it.

A suite is imported once and run for a whole class. What a test leaves behind in its module, or in
the global random streams, would reach the next student, and results would depend on their order.
"""

from __future__ import annotations

import copy
import hashlib
import random
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

_LEFT_ALONE = (ModuleType, FunctionType, type)


class ModuleState:
    """A module's variables as they were after it was imported.

    Functions, classes, modules, and what cannot be copied stay what they are.
    """

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._names = set(vars(module))
        self._values: dict[str, Any] = {}
        for name, value in vars(module).items():
            if name.startswith("__") or isinstance(value, _LEFT_ALONE):
                continue
            try:
                self._values[name] = copy.deepcopy(value)
            except Exception:
                continue

    def restore(self) -> None:
        """Put every variable back, and take away what has been added."""
        space = vars(self._module)
        for name in set(space) - self._names:
            del space[name]
        space.update(copy.deepcopy(self._values))


def seed_globally(salt: str, criterion: str) -> None:
    """Seed the random streams that a reference may draw from without being given a generator."""
    digest = hashlib.sha256(f"global\0{salt}\0{criterion}".encode()).digest()
    random.seed(digest)
    np.random.seed(int.from_bytes(digest[:4], "little"))
