"""Everything that is alike among the submissions for one exercise. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from autograder.similarity.pairs import Pair, pairs, same_bytes, same_code
from autograder.similarity.tokens import Code, code_of
from autograder.similarity.winnow import Print, fingerprints

LEAST_CLASS = 4
"""This many may have the same cell in any class."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What is alike in one exercise.

    Attributes:
        exercise: the exercise's id.
        compared: how many submissions were compared.
        same_files: groups of students with the same file.
        same_code: groups with the same code but for names, comments, layout and order.
        pairs: pairs whose code is partly the same, most alike first.
        codes: every student's code.
        prints: every student's fingerprints.
    """

    exercise: str
    compared: int
    same_files: list[tuple[str, ...]]
    same_code: list[tuple[str, ...]]
    pairs: list[Pair]
    codes: Mapping[str, Code]
    prints: Mapping[str, tuple[Print, ...]]


def alike(
    exercise: str,
    cells: Mapping[str, Sequence[str]],
    hashes: Mapping[str, str],
    known: frozenset[int],
) -> Alike:
    """Compare all submissions for one exercise.

    Args:
        exercise: the exercise's id.
        cells: the cells that every student has written or changed.
        hashes: the hash of every student's file.
        known: passages that everybody may have: see `autograder.similarity.base`.
    """
    handed_out = _of_most(cells.values())
    codes = {
        student: code_of(cell for cell in of_one if cell.strip() not in handed_out)
        for student, of_one in cells.items()
    }
    prints = {student: fingerprints(code, known) for student, code in codes.items()}
    files = same_bytes(hashes)
    together = {frozenset(students) for students in files}
    return Alike(
        exercise,
        len(codes),
        files,
        [students for students in same_code(prints) if frozenset(students) not in together],
        pairs(prints),
        codes,
        prints,
    )


def _of_most(cells: Collection[Sequence[str]]) -> frozenset[str]:
    """Cells that most have, to the letter: those of a handout that has been changed since."""
    count = Counter(cell for of_one in cells for cell in {each.strip() for each in of_one})
    return frozenset(cell for cell, n in count.items() if n > max(LEAST_CLASS, len(cells) / 2))
