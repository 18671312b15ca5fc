"""Arrays in a counterexample's text, read back for drawing: what NumPy printed, and the inputs.

A result contains a counterexample as text that a student can read and paste. Pages and the terminal
mark in it what differs, so they need its arrays; this module reads them, and nothing else. The text
may come from any file that claims to be a result: it is matched, never evaluated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product

MAX_TEXT = 4000
"""Characters of a text that are looked at; arrays of a counterexample take fewer."""

MAX_ENTRIES = 100

_NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|nan|inf)|True|False"
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})|([\[\],]))", re.I)
_PRINTED = re.compile(r"array\((\[.*\])(?:, dtype=[\w']+)?\)", re.S)
_BY_SHAPE = re.compile(r"(?<![\w.])array\(|(?:list|tuple) of \d+ numbers")
_INPUT = re.compile(
    r"(?:^(\w+) = )?np\.(?:"
    rf"arange\((?P<ends>[-\d., ]+)(?:, dtype=[\w.]+)?\)(?:\.reshape\((?P<shape>[\d, ]+)\))?"
    rf"|(?P<fill>zeros|ones)\((?P<size>\([\d, ]+\)|\d+)(?:, dtype=[\w.]+)?\)"
    rf"|full\((?P<full>\([\d, ]+\)|\d+), (?P<value>{_NUMBER})(?:, dtype=[\w.]+)?\)"
    r"|array\((?P<listed>\[[-\d.,e+ \[\]a-z]*\])(?:, dtype=[\w.]+)?\))",
    re.M,
)
_SOURCE = re.compile(r"^# expected\[([\d, ]+)\] ← (\w+)\[([\d:, ]+(?:\], \w+\[[\d:, ]+)*)\]$", re.M)

_COMMENT = re.compile(r"#[^\n]*|'[^'\n]*'")
_ASSIGNED = re.compile(r"^(\w+) = ", re.M)
_BARE_NAME = re.compile(r"(?<![\w.])([^\W\d]\w*)(?![\w.(\[]| ?=)")

Index = tuple[int, ...]


@dataclass(frozen=True)
class PrintedArray:
    """An array as text.

    Attributes:
        shape: its shape.
        entries: its entries in row-major order, as printed.
        name: its variable, if it has one.
    """

    shape: tuple[int, ...]
    entries: tuple[str, ...]
    name: str = ""

    def place(self, index: Index) -> int | None:
        """Where an index is among the entries; None if it is out of bounds."""
        if len(index) != len(self.shape):
            return None
        place = 0
        for number, size in zip(index, self.shape, strict=True):
            if not 0 <= number < size:
                return None
            place = place * size + number
        return place


@dataclass(frozen=True)
class Source:
    """What an expected entry is made from: entries of an input."""

    index: Index
    name: str
    inputs: frozenset[Index]


def can_be_pasted(call: str) -> bool:
    """Whether a call contains its inputs, rather than their shapes (``im2col(array(1, 5, 5))``)."""
    text = _COMMENT.sub("", call[:MAX_TEXT])
    if _BY_SHAPE.search(text):
        return False
    assigned = set(_ASSIGNED.findall(text)) | {"True", "False", "None"}
    return "lambda" in text or set(_BARE_NAME.findall(text)) <= assigned


def printed_array(text: str) -> PrintedArray | None:
    """The array that NumPy printed as ``text``; None if it is something else."""
    match = _PRINTED.fullmatch(text[:MAX_TEXT])
    return _nested(match[1]) if match else None


def input_arrays(call: str) -> list[PrintedArray]:
    """The arrays in code to paste, in order."""
    return [array for found in _INPUT.finditer(call[:MAX_TEXT]) if (array := _input(found))]


def source(call: str) -> Source | None:
    """The comment in code to paste that says what the first wrong entry is made from."""
    found = _SOURCE.search(call[:MAX_TEXT])
    if found is None:
        return None
    inputs: set[Index] = set()
    for part in re.split(r"\], \w+\[", found[3]):
        axes = [_axis(axis) for axis in part.split(",")]
        if math.prod(len(axis) for axis in axes) > MAX_ENTRIES:
            return None
        inputs |= set(product(*axes))
    return Source(_numbers(found[1]), found[2], frozenset(inputs))


def differing(one: PrintedArray, other: PrintedArray) -> frozenset[int]:
    """Where two arrays of equal shape differ; nowhere if their shapes differ."""
    if one.shape != other.shape:
        return frozenset()
    pairs = zip(one.entries, other.entries, strict=True)
    return frozenset(place for place, (a, b) in enumerate(pairs) if not _equal(a, b))


def marked(text: str, other: str) -> str:
    """A printed array with stars around the entries that differ from those of another one."""
    array, right = printed_array(text), printed_array(other)
    if array is None or right is None or not (wrong := differing(array, right)):
        return text
    number = count()

    def mark(entry: re.Match[str]) -> str:
        return f"*{entry[0]}*" if next(number) in wrong else entry[0]

    listed, rest = text.rpartition("]")[::2]
    return re.sub(_NUMBER, mark, listed, flags=re.I) + "]" + rest


def _equal(one: str, other: str) -> bool:
    a, b = value(one), value(other)
    return a == b or (math.isnan(a) and math.isnan(b))


def value(entry: str) -> float:
    """An entry as a number."""
    logical = {"true": 1.0, "false": 0.0}
    return logical[entry.lower()] if entry.lower() in logical else float(entry)


def _input(found: re.Match[str]) -> PrintedArray | None:
    name = found[1] or ""
    if found["listed"]:
        listed = _nested(found["listed"])
        return listed and PrintedArray(listed.shape, listed.entries, name)
    if found["fill"] or found["full"]:
        shape = _numbers((found["size"] or found["full"]).strip("()"))
        fill = found["value"] or ("1." if found["fill"] == "ones" else "0.")
        size = math.prod(shape)
        return PrintedArray(shape, (fill,) * size, name) if size <= MAX_ENTRIES else None
    try:
        ends = [float(end) for end in found["ends"].split(",")]
    except ValueError:
        return None
    first, last = ends if len(ends) == 2 else (0.0, ends[0])
    size = max(math.ceil(min(last - first, MAX_ENTRIES + 1)), 0)
    shape = _numbers(found["shape"]) if found["shape"] else (size,)
    if size > MAX_ENTRIES or math.prod(shape) != size:
        return None
    dot = "." if "." in found["ends"] else ""
    return PrintedArray(shape, tuple(f"{first + i:g}{dot}" for i in range(size)), name)


def _nested(text: str) -> PrintedArray | None:
    """The array of nested lists of numbers; None if it is ragged, too large or not a list."""
    depths: set[int] = set()
    entries: list[str] = []
    lengths: list[set[int]] = []
    open_lists: list[int] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None or len(entries) > MAX_ENTRIES or len(open_lists) > 8:
            return None
        place = token.end()
        if token[2] == "[":
            open_lists.append(0)
        elif token[2] == "]":
            if not open_lists:
                return None
            while len(lengths) < len(open_lists):
                lengths.append(set())
            lengths[len(open_lists) - 1].add(open_lists.pop())
            if open_lists:
                open_lists[-1] += 1
        elif token[1]:
            if not open_lists:
                return None
            entries.append(token[1])
            depths.add(len(open_lists))
            open_lists[-1] += 1
    if open_lists or any(len(each) != 1 for each in lengths) or depths - {len(lengths)}:
        return None
    shape = tuple(each.pop() for each in lengths)
    return PrintedArray(shape, tuple(entries)) if math.prod(shape) == len(entries) else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number.strip())


def _axis(text: str) -> range:
    first, _, last = text.strip().partition(":")
    if not first.isdigit() or not (last.isdigit() or not last):
        return range(0)
    start = int(first)
    return range(start, int(last)) if last else range(start, start + 1)


def slabs(array: PrintedArray) -> Iterator[tuple[Index, list[list[int]]]]:
    """The array as grids: leading indices, and the places of the entries row by row."""
    *leading, rows, columns = (1, 1, *array.shape)[-max(len(array.shape), 2) :]
    for number, index in enumerate(product(*map(range, leading))):
        first = number * rows * columns
        yield (
            index,
            [
                list(range(first + row * columns, first + (row + 1) * columns))
                for row in range(rows)
            ],
        )
