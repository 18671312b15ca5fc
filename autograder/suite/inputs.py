"""Inputs for the student's code, the same for every student of a course.

They are derived from the course's salt and the criterion. So nobody can tell them from the suite
alone, and everybody in a class gets the same ones.
"""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = np.ndarray[Any, Any]
T = TypeVar("T")


class Make:
    """Generates arrays for one criterion.

    Args:
        salt: the course's secret salt.
        criterion: the criterion's id.
        kept: what `once` has returned to this criterion for earlier notebooks.
    """

    def __init__(self, salt: str, criterion: str, kept: list[Any] | None = None) -> None:
        digest = hashlib.sha256(f"{salt}\0{criterion}".encode()).digest()
        self.rng = np.random.default_rng(list(digest))
        self._kept = [] if kept is None else kept
        self._times = 0

    def once(self, compute: Callable[[], T]) -> T:
        """What ``compute`` returns, computed for the first notebook and kept for all others.

        For expected results that take long. They are told apart by their order in the test, and
        may depend on inputs and the reference only, never on what a student's code returned. What
        ``compute`` does besides is not repeated: no later line of the test may need it.

        Raises:
            RuntimeError: it draws random numbers, which would then be missing the second time.
        """
        self._times += 1
        if len(self._kept) < self._times:
            before = self.rng.bit_generator.state
            found = compute()
            if self.rng.bit_generator.state != before:
                raise RuntimeError("make.once(...): draw random numbers before, not in it")
            self._kept.append(found)
        found = self._kept[self._times - 1]
        # A copy: what one test changes in place must not be another notebook's expected result.
        return copy.deepcopy(found)

    def normal(self, *shape: int, dtype: npt.DTypeLike = np.float64) -> Array:
        """Standard normal numbers of the given shape and dtype."""
        return self.rng.standard_normal(shape).astype(dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: npt.DTypeLike = np.float64
    ) -> Array:
        """Uniform numbers in ``[low, high)``."""
        return self.rng.uniform(low, high, shape).astype(dtype)

    def integers(self, low: int, high: int, *shape: int) -> Array:
        """Integers in ``[low, high)``, int64."""
        return self.rng.integers(low, high, shape)

    def distinct(self, *shape: int, dtype: npt.DTypeLike = np.float64) -> Array:
        """Distinct, well separated numbers in random order, so that a maximum has no ties.

        Raises:
            ValueError: ``dtype`` does not have that many distinct values.
        """
        size = math.prod(shape)
        numbers: Array = self.rng.permutation(size)
        if np.dtype(dtype).kind in "fc":
            numbers = (numbers - size // 2) / 4
        array = numbers.reshape(shape).astype(dtype)
        if np.unique(array).size != size:
            raise ValueError(f"{np.dtype(dtype).name} does not have {size} distinct values")
        return array
