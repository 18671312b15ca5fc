"""Which lines of two submissions are alike, as passages with numbers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from autograder.similarity.winnow import Print


@dataclass(frozen=True, slots=True)
class Passages:
    """The number of the passage, from 1, that each line of the two belongs to, by line from 0."""

    one: Mapping[int, int]
    other: Mapping[int, int]
    count: int


def passages(one: Sequence[Print], other: Sequence[Print], shared: Collection[int]) -> Passages:
    """Lines with shared fingerprints; what touches or overlaps in ``one`` is one passage."""
    number, last = 0, -2
    of_hash: dict[int, int] = {}
    in_one: dict[int, int] = {}
    for each in sorted((p for p in one if p.hash in shared), key=lambda p: (p.first, p.last)):
        if each.first > last + 1:
            number += 1
        last = max(last, each.last)
        of_hash.setdefault(each.hash, number)
        in_one |= dict.fromkeys(range(each.first, each.last + 1), number)
    in_other: dict[int, int] = {}
    for each in other:
        if each.hash in of_hash:
            for line in range(each.first, each.last + 1):
                in_other.setdefault(line, of_hash[each.hash])
    return Passages(in_one, in_other, number)
