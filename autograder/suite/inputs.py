"""Inputs for the student's code, the same for every student of a course.

They are derived from the course's salt and the criterion. So nobody can tell them from the suite
alone, and everybody in a class gets the same ones.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = np.ndarray[Any, Any]


class Make:
    """Makes arrays for one criterion.

    Args:
        salt: the course's own secret text.
        criterion: the criterion's id.
    """

    def __init__(self, salt: str, criterion: str) -> None:
        digest = hashlib.sha256(f"{salt}\0{criterion}".encode()).digest()
        self.rng = np.random.default_rng(list(digest))

    def normal(self, *shape: int, dtype: npt.DTypeLike = np.float64) -> Array:
        """Standard normal numbers, of the given shape and dtype."""
        return self.rng.standard_normal(shape).astype(dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: npt.DTypeLike = np.float64
    ) -> Array:
        """Uniform numbers in ``[low, high)``."""
        return self.rng.uniform(low, high, shape).astype(dtype)

    def integers(self, low: int, high: int, *shape: int) -> Array:
        """Whole numbers in ``[low, high)``, int64."""
        return self.rng.integers(low, high, shape)

    def distinct(self, *shape: int, dtype: npt.DTypeLike = np.float64) -> Array:
        """All different and well apart, in random order: no ties for a maximum.

        Raises:
            ValueError: ``dtype`` has not that many different values.
        """
        size = math.prod(shape)
        numbers: Array = self.rng.permutation(size)
        if np.dtype(dtype).kind in "fc":
            numbers = (numbers - size // 2) / 4
        array = numbers.reshape(shape).astype(dtype)
        if np.unique(array).size != size:
            raise ValueError(f"{np.dtype(dtype).name} cannot hold {size} different values")
        return array
