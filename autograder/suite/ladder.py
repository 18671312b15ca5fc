"""The API for writing ladders: small public inputs, from the smallest up, for one criterion each.

A ladder is a function like a hidden test, with sizes as parameters::

    @ladder("im2col.padding", H=range(1, 4), W=range(1, 4), FW=(1, 2), pad=(1, 2))
    def windows(student, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
        x = counting(1, 1, H, W)
        expected = source_lib.im2col(x, FH, FW, stride, pad)
        same(student.im2col(x, FH, FW, stride, pad), expected, exact=True)

Its rungs are all combinations of the values given, ordered by how many steps they are above the
first value of each. A rung on which the reference raises ValueError is left out. If the student's
code fails a criterion, its feedback shows the first rung on which the code goes wrong
(`autograder.suite.smallest`). See docs/adding-an-exercise.md.
"""

from __future__ import annotations

import importlib.util
import inspect
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograder.course.models import Exercise
from autograder.errors import CourseError

MAX_STEPS = 9
"""Rungs further up are not small any more, and there would be too many of them."""

Rung = Mapping[str, Any]
Climb = TypeVar("Climb", bound=Callable[..., None])

_ATTRIBUTE = "__ladders__"


@dataclass(frozen=True)
class Ladder:
    """The small inputs of one criterion.

    Attributes:
        criterion: the criterion's id.
        function: checks the student's code on one rung, as a hidden test does on its inputs.
        values: each parameter's values, from the smallest up.
    """

    criterion: str
    function: Callable[..., None]
    values: Mapping[str, Sequence[Any]] = field(hash=False)

    def rungs(self) -> Iterator[Rung]:
        """All rungs of at most `MAX_STEPS` steps, in order; of equal steps, the first parameters
        are varied last."""
        counts = [len(values) for values in self.values.values()]
        for steps in range(min(MAX_STEPS, sum(counts) - len(counts)) + 1):
            for indices in _indices(counts, steps):
                yield self._rung(indices)

    def below(self, rung: Rung) -> Iterator[Rung]:
        """The rung's neighbours one step smaller."""
        indices = [values.index(rung[name]) for name, values in self.values.items()]
        for place, index in enumerate(indices):
            if index:
                yield self._rung([*indices[:place], index - 1, *indices[place + 1 :]])

    def steps(self, rung: Rung) -> int:
        """How many steps a rung is above the smallest one."""
        return sum(values.index(rung[name]) for name, values in self.values.items())

    def _rung(self, indices: Iterable[int]) -> Rung:
        chosen = zip(self.values.items(), indices, strict=True)
        return {name: values[index] for (name, values), index in chosen}


def ladder(criterion: str, **values: Iterable[Any]) -> Callable[[Climb], Climb]:
    """Mark a function as a ladder of ``criterion``; it may be one of several criteria's.

    Args:
        criterion: the criterion's id in ``exercise.toml``.
        values: for each parameter that varies, its values from the smallest up. The others keep
            their defaults.
    """

    def mark(function: Climb) -> Climb:
        ladders: list[Ladder] = vars(function).setdefault(_ATTRIBUTE, [])
        chosen = {name: tuple(items) for name, items in values.items()}
        # Decorators are applied from the bottom up, but read from the top down.
        ladders.insert(0, Ladder(criterion, function, chosen))
        return function

    return mark


@dataclass
class Made:
    """The arrays that a run of a ladder has made with `counting`, in order.

    Attributes:
        arrays: the arrays.
        disturbed: the number of an array and the place of an entry in it that differs from what
            it would be; None for none.
    """

    arrays: list[np.ndarray[Any, Any]] = field(default_factory=list)
    disturbed: tuple[int, int] | None = None

    def begin(self, disturbed: tuple[int, int] | None = None) -> None:
        """Begin a run."""
        self.arrays, self.disturbed = [], disturbed


made = Made()


def counting(*shape: int, start: float = 1, dtype: npt.DTypeLike = np.float64) -> Any:
    """An array of this shape with the numbers ``start``, ``start`` + 1, …"""
    return _made(np.arange(start, start + math.prod(shape)).astype(dtype).reshape(shape))


def mixed(*shape: int, start: float = 1, dtype: npt.DTypeLike = np.float64) -> Any:
    """The numbers of `counting` in another order, so that a maximum may be anywhere."""
    size = math.prod(shape)
    step = max(round(0.62 * size), 1)
    while math.gcd(step, size) > 1:
        step += 1
    order = (np.arange(size) * step + size // 2) % size
    return _made((order + start).astype(dtype).reshape(shape))


def _made(array: np.ndarray[Any, Any]) -> Any:
    if made.disturbed is not None and made.disturbed[0] == len(made.arrays):
        # Larger than all others, so that it is also the maximum of every window that it is in.
        array.flat[made.disturbed[1]] += 100
    made.arrays.append(array)
    return array


class Written:
    """Values that a ladder writes as an expression, so that they can be shown as it was written."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Any, str]] = {}

    def __call__(self, expression: str) -> Any:
        """The value of a NumPy expression: ``written("lambda v: float((v**2).sum())")``."""
        value = eval(expression, {"np": np})  # written by the course author
        self._texts[id(value)] = value, expression
        return value

    def text(self, value: Any) -> str | None:
        """The expression whose value this is."""
        found = self._texts.get(id(value))
        return found[1] if found and found[0] is value else None

    def forget(self) -> None:
        """Forget all values."""
        self._texts.clear()


written = Written()


def ladder_file(exercise: Exercise) -> Path:
    """The file with an exercise's ladders, beside its hidden suite."""
    return exercise.suite.with_name(f"ladder_{exercise.id}.py")


def load_ladders(exercise: Exercise) -> dict[str, list[Ladder]]:
    """An exercise's ladders by criterion; none if it has no such file.

    Raises:
        CourseError: the file cannot be imported, or names a criterion or parameter that is unknown.
    """
    path = ladder_file(exercise)
    if not path.is_file():
        return {}
    found: dict[str, list[Ladder]] = {}
    known = {criterion.id for criterion in exercise.criteria}
    for function in list(vars(_imported(path)).values()):
        for each in getattr(function, _ATTRIBUTE, ()):
            _check(each, known, path)
            found.setdefault(each.criterion, []).append(each)
    return found


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{path.stem}_of_a_course", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(
            f"cannot be imported: {type(error).__name__}: {error}",
            path,
            remedy="Ladders import what hidden suites import",
        ) from error
    finally:
        sys.dont_write_bytecode = writes
    return module


def _check(found: Ladder, known: set[str], path: Path) -> None:
    line = found.function.__code__.co_firstlineno
    if found.criterion not in known:
        raise CourseError(
            f"is a ladder of {found.criterion!r}, which is not a criterion of the exercise",
            path,
            line,
            "Name criteria as exercise.toml does",
        )
    parameters = [*inspect.signature(found.function).parameters][1:]
    for name, values in found.values.items():
        if name not in parameters or not values:
            raise CourseError(
                f"gives {name!r} for {found.criterion}, which is not a parameter or has no values",
                path,
                line,
                f"Parameters are: {', '.join(parameters) or 'none'}",
            )


def _indices(counts: Sequence[int], steps: int) -> Iterator[tuple[int, ...]]:
    """All tuples of indices below ``counts`` that add up to ``steps``."""
    if not counts:
        if steps == 0:
            yield ()
        return
    room = sum(counts[1:]) - len(counts[1:])
    for first in range(max(steps - room, 0), min(steps, counts[0] - 1) + 1):
        for rest in _indices(counts[1:], steps - first):
            yield (first, *rest)
