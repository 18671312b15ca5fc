"""A counterexample as grids: the inputs with the window, both results, and their difference.

Everything is read back from the text of the counterexample, so a page can be made from any result.
Colour is never the only sign: a window has a thick frame, a wrong entry is bold in a double frame,
and both are said in words to screen readers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from autograder.messages.printed import (
    Index,
    PrintedArray,
    Source,
    differing,
    input_arrays,
    printed_array,
    slabs,
    source,
    value,
)
from autograder.verdict.result import Counterexample

MAX_INPUTS = 3
"""How many inputs are drawn; code with more is read, not looked at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a grid: whether it is wrong, and whether the first wrong one is made from it."""

    text: str
    wrong: bool = False
    window: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The last two axes of an array; ``label`` says where on the others: ``[0, 1]``, or ""."""

    label: str
    rows: list[list[Entry]]


@dataclass(frozen=True, slots=True)
class Picture:
    """An array: an ``input`` with its name, or ``expected``, ``got`` or ``difference``."""

    kind: str
    name: str
    shape: str
    grids: list[Grid]

    @property
    def framed(self) -> bool:
        """Whether a part of it has a thick frame, which has to be explained."""
        return any(entry.window for grid in self.grids for row in grid.rows for entry in row)


def pictures(example: Counterexample) -> list[Picture]:
    """What there is to draw; nothing if neither result is an array."""
    expected, got = printed_array(example.expected), printed_array(example.got)
    if expected is None and got is None:
        return []
    made_from = source(example.call)
    drawn = list(_inputs(example.call, made_from))
    wrong = differing(got, expected) if got and expected else frozenset[int]()
    if expected is not None:
        first = expected.place(made_from.index) if made_from else None
        drawn.append(_picture("expected", expected, window=_row(example, expected, first)))
    if got is not None:
        drawn.append(_picture("got", got, wrong=wrong))
    if got and expected and wrong:
        drawn.append(_picture("difference", _difference(got, expected), wrong=wrong))
    return drawn


def _inputs(call: str, made_from: Source | None) -> Iterator[Picture]:
    arrays = input_arrays(call)
    if len(arrays) > MAX_INPUTS:
        return
    for array in arrays:
        places: set[int | None] = set()
        name = array.name
        if made_from and array.name in ("", made_from.name):
            places = {array.place(index) for index in made_from.inputs}
            if None in places:  # this is another array
                places = set()
            else:
                name, made_from = made_from.name, None
        yield _picture("input", array, window={p for p in places if p is not None}, name=name)


def _row(example: Counterexample, expected: PrintedArray, first: int | None) -> set[int]:
    """The entries of the result that are made from the window: see `suite.sources`."""
    if first is None:
        return set()
    inputs = input_arrays(example.call)
    if len(expected.shape) == 2 and any(len(array.shape) == 4 for array in inputs):
        columns = expected.shape[1]
        start = first - first % columns
        return set(range(start, start + columns))
    return {first}


def _picture(
    kind: str,
    array: PrintedArray,
    *,
    wrong: Collection[int] = (),
    window: Collection[int] = (),
    name: str = "",
) -> Picture:
    whole = all(entry.endswith(".") for entry in array.entries)
    texts = [entry.removesuffix(".") if whole else entry for entry in array.entries]
    several = math.prod(array.shape[:-2]) > 1
    grids = [
        Grid(
            _label(index) if several else "",
            [[Entry(texts[p], p in wrong, p in window) for p in row] for row in rows],
        )
        for index, rows in slabs(array)
    ]
    return Picture(kind, name, f"({', '.join(map(str, array.shape))})", grids)


def _label(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]"


def _difference(got: PrintedArray, expected: PrintedArray) -> PrintedArray:
    pairs = zip(got.entries, expected.entries, strict=True)
    numbers = [value(a) - value(b) for a, b in pairs]
    return PrintedArray(got.shape, tuple(f"{d:+.4g}" if d else "0" for d in numbers))
