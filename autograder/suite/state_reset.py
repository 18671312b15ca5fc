"""Start every criterion in the same state, whatever ran before it.

A suite is imported once and run for a whole class. Without a reset, changes that a test makes to
its module or to the global random generators would affect the next student, and results would
depend on the order of students.
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
    """A snapshot of a module's variables, taken after it was imported.

    Functions, classes, modules, and values that cannot be copied are not included.
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
        """Restore every variable and remove those that were added."""
        space = vars(self._module)
        for name in set(space) - self._names:
            del space[name]
        space.update(copy.deepcopy(self._values))


def seed_globally(salt: str, criterion: str) -> None:
    """Seed the global random generators, which a reference may use."""
    digest = hashlib.sha256(f"global\0{salt}\0{criterion}".encode()).digest()
    random.seed(digest)
    np.random.seed(int.from_bytes(digest[:4], "little"))
