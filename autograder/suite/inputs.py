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
    """Generates arrays for one criterion.

    Args:
        salt: the course's secret salt.
        criterion: the criterion's id.
    """

    def __init__(self, salt: str, criterion: str) -> None:
        digest = hashlib.sha256(f"{salt}\0{criterion}".encode()).digest()
        self.rng = np.random.default_rng(list(digest))

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
