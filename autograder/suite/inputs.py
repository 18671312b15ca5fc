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

from autograder.sandbox.protocol.wire import Seeded

Array = np.ndarray[Any, Any]
T = TypeVar("T")

Kept = dict[str, list[tuple[Any, Any]]]
"""What `Make.once` returned, with the generator's state afterwards, in order, by criterion."""


def generator(seed: int) -> Seeded:
    """``np.random.default_rng(seed)`` as an argument of the student's code: new for each call."""
    return Seeded(int(seed))


class Make:
    """Generates arrays for one criterion.

    Args:
        salt: the course's secret salt.
        criterion: the criterion's id.
        kept: what `once` has returned for earlier notebooks, by criterion.
    """

    def __init__(self, salt: str, criterion: str, kept: Kept | None = None) -> None:
        digest = hashlib.sha256(f"{salt}\0{criterion}".encode()).digest()
        self.rng = np.random.default_rng(list(digest))
        self._salt = salt
        self._all_kept: Kept = {} if kept is None else kept
        self._kept = self._all_kept.setdefault(criterion, [])
        self._times = 0

    def shared(self, name: str) -> Make:
        """Inputs under a name: the same for every criterion that asks for it.

        For large ones, so that `once` keeps them once for all these criteria.
        """
        return Make(self._salt, f"shared: {name}", self._all_kept)

    def once(self, compute: Callable[[], T]) -> T:
        """What ``compute`` returns, computed for the first notebook and kept for all others.

        For inputs and expected results that take long. They are told apart by their order in the
        test, and may depend on inputs and the reference only, never on what a student's code
        returned. ``compute`` may draw random numbers: the generator is then left as it was after
        drawing them. What else it does is not repeated: no later line of the test may need it.
        """
        self._times += 1
        if len(self._kept) < self._times:
            self._kept.append((compute(), self.rng.bit_generator.state))
        found, self.rng.bit_generator.state = self._kept[self._times - 1]
        # A copy: what one test changes in place must not be another notebook's expected result.
        kept: T = copy.deepcopy(found)
        return kept

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

    def sides(self, area: int, shortest: int) -> tuple[int, int]:
        """Height and width of a large image, drawn from so many that nobody has a table for each.

        Their product is at least ``area`` and little more, so that no image costs much more time
        than another; neither is below ``shortest``.
        """
        one = int(self.integers(shortest, area // shortest + 1))
        other = -(-area // one) + int(self.integers(0, max(shortest // 10, 1)))
        return (one, other) if self.integers(0, 2) else (other, one)

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
