"""Whether a mistake explains what was seen: all of it, and enough that is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.diagnosis.observation import Observation

EVIDENCE = 2
"""Observations that a mistake must explain and the reference must not."""


@dataclass(frozen=True)
class Seen:
    """What came of one criterion's script.

    Attributes:
        right: with the reference.
        got: with the student's code.
        mistaken: with the mistake, where it differs from the reference.
    """

    right: Sequence[Observation]
    got: Sequence[Observation]
    mistaken: Mapping[int, Observation]


def explained(one: Seen) -> int | None:
    """How many observations only the mistake explains; None if it does not explain them all."""
    evidence = 0
    for index, (got, right) in enumerate(zip(one.got, one.right, strict=True)):
        mistaken = one.mistaken.get(index)
        if not got.agrees(right if mistaken is None else mistaken):
            return None
        if mistaken is not None and not mistaken.weak and mistaken.clearly_differs(right):
            evidence += 1
    return evidence


def explains(seen: Iterable[Seen]) -> bool:
    """Whether a mistake explains everything, with enough evidence; looks no further than needed."""
    evidence = 0
    for one in seen:
        found = explained(one)
        if found is None:
            return False
        evidence += found
    return evidence >= EVIDENCE


def alike(one: Mapping[int, Observation], other: Mapping[int, Observation]) -> bool:
    """Whether two mistakes behave in the same way on a script."""
    return one.keys() == other.keys() and all(
        one[index].agrees(other[index]) or other[index].agrees(one[index]) for index in one
    )
