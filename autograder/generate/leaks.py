"""Check whether a finished notebook gives away anything secret: the last check before students.

A notebook may legitimately share lines with a solution: everybody unpacks shapes the same way, and
worked examples show public code. So each statement has a weight (`statements.weight`). A secret
block (a solution region, or a function of the reference or of mistakes.py) counts as leaked if the
notebook contains one of its statements with enough weight, or statements that make up half of the
block and have enough weight together. The thresholds are lower (`OWN`) for the exercise's own
solutions than for everything else (`OTHER`).

Setup cells are provided code: sharing statements with exercises that this one builds on is
intentional there (a bug hunt shows solutions with a bug). Literals of hidden suites and criterion
ids may not appear anywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.course.models import Course, Exercise, Role
from autograder.generate.languages import JAPANESE
from autograder.generate.markers import looks_like_marker
from autograder.generate.secrets import Block, Secrets, distinctive_literals, secrets
from autograder.generate.statements import statements, weight


class Threshold(NamedTuple):
    """Weights from which one statement, or half of a block, gives the block away."""

    statement: int
    half: int


OWN = Threshold(6, 4)
"""`windows.transpose(0, 4, 5, 1, 2, 3)` weighs 8; `x.mean(axis=(2, 3))`, a complete answer, 5."""

OTHER = Threshold(10, 8)
"""`(H + 2 * pad - height) // stride + 1` weighs 11; `col.reshape(N, -1, C, height)` 6."""

_FENCED = re.compile(r"^ *(`{3,}|~{3,})[^\n]*\n(.*?)^ *\1", re.M | re.S)
_NAMES = re.compile(r"\bsource_lib\b|\btests[/.]hidden\b|\bautograder[./]\w")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something given away: the cell's index in the notebook, and what it gives away."""

    cell: int
    message: str


def leaks(
    course: Course,
    exercise: Exercise,
    lang: str,
    nb: Mapping[str, Any],
    *,
    provide_earlier: bool = False,
) -> list[str]:
    """What the notebook `nb` of `exercise` gives away, one line each.

    With `provide_earlier`, carry cells contain earlier solutions on purpose.
    """
    known = secrets(course)
    found = find_leaks(course, exercise, lang, nb, known, provide_earlier=provide_earlier)
    return [f"cell {leak.cell} {leak.message}" for leak in found]


def find_leaks(
    course: Course,
    exercise: Exercise,
    lang: str,
    nb: Mapping[str, Any],
    known: Secrets,
    *,
    provide_earlier: bool,
) -> Iterator[Leak]:
    """As `leaks`, with the index of each cell."""
    before = {earlier.id for earlier in course.before(exercise)}
    shown: list[tuple[int, Role, str, int]] = []  # cell, role, statement, weight
    for index, cell in enumerate(nb["cells"]):
        source, role = cell["source"], _role(cell)
        for message in _visible(source, cell["cell_type"], lang):
            yield Leak(index, message)
        if role is Role.CARRY and provide_earlier:
            continue
        yield from (Leak(index, message) for message in _literals(source, cell, known))
        for text in {text for tree in _trees(cell) for _, text in statements(tree.body)}:
            shown.append((index, role, text, weight(text)))
    for block in known.blocks:
        yield from _block(block, shown, exercise, before)


def _block(
    block: Block, shown: list[tuple[int, Role, str, int]], exercise: Exercise, before: set[str]
) -> Iterator[Leak]:
    shared: dict[str, tuple[int, int]] = {}
    threshold = OWN if block.own and block.exercise == exercise.id else OTHER
    for index, role, text, statement_weight in shown:
        if text not in block.statements or (role is Role.SETUP and block.exercise in before):
            continue
        if statement_weight >= threshold.statement:
            yield Leak(index, f"gives away {block.what} ({block.origin}): `{text}`")
            return
        shared[text] = (index, statement_weight)
    shared_weight = sum(statement_weight for _, statement_weight in shared.values())
    if shared_weight < threshold.half:
        return
    total = sum(weight(text) for text in block.statements)
    if 2 * shared_weight >= total:
        index = min(index for index, _ in shared.values())
        texts = "; ".join(f"`{text}`" for text in sorted(shared))
        yield Leak(index, f"gives away half of {block.what} ({block.origin}): {texts}")


def _visible(source: str, kind: str, lang: str) -> Iterator[str]:
    hit = _NAMES.search(source)
    if hit:
        yield f"names {hit[0]!r}"
    for line in source.split("\n"):
        if looks_like_marker(line, code=kind == "code"):
            yield f"has a solution marker: `{line.strip()}`"
        if lang == "en" and JAPANESE.search(line):
            yield f"has Japanese text in the English notebook: `{line.strip()[:70]}`"


def _literals(source: str, cell: Mapping[str, Any], known: Secrets) -> Iterator[str]:
    numbers = {text for tree in _trees(cell) for _, text in distinctive_literals(tree)}
    for literal in known.literals:
        if literal.text in numbers or _contains(source, literal.text):
            yield f"shows {literal.what} ({literal.origin}): `{literal.text[:70]}`"


def _contains(source: str, text: str) -> bool:
    at = source.find(text)
    while at >= 0:
        around = source[max(at - 1, 0) : at] + source[at + len(text) : at + len(text) + 1]
        if not any(char.isalnum() or char == "_" for char in around):
            return True
        at = source.find(text, at + 1)
    return False


def _trees(cell: Mapping[str, Any]) -> list[ast.Module]:
    """The code of a cell (for prose, its fenced blocks); if it fails to parse, line by line."""
    if cell["cell_type"] == "code":
        pieces = [cell["source"]]
    else:
        pieces = [found[2] for found in _FENCED.finditer(cell["source"])]
    return [tree for piece in pieces for tree in _parsed(piece)]


def _parsed(text: str) -> Iterator[ast.Module]:
    try:
        yield ast.parse(text)
    except SyntaxError:
        for line in text.split("\n"):
            try:
                yield ast.parse(line.strip())
            except SyntaxError:
                continue


def _role(cell: Mapping[str, Any]) -> Role:
    tags = cell["metadata"].get("tags", [])
    return Role(tags[0]) if tags else Role.PROSE
