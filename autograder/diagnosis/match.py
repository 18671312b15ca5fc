"""Whether a mistake explains what was seen: all of it, and enough that is wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.diagnosis.observation import Observation

EVIDENCE = 2
"""Observations that a mistake must explain and the reference must not."""


AMPLE = 6
"""With so many, no further calls are made to confirm them."""


@dataclass(frozen=True)
class Seen:
    """What came of one script.

    Attributes:
        right: with the reference.
        got: with the student's code.
        mistaken: with the mistake, where it differs from the reference.
    """

    right: Sequence[Observation]
    got: Sequence[Observation]
    mistaken: Mapping[int, Observation]


def explains(seen: Iterable[Seen], more: Iterable[Seen] = ()) -> bool:
    """Whether a mistake explains everything, with enough evidence; looks no further than needed.

    An exception without a text may have any cause. A few of them, among calls that give the right
    result, are evidence: it is raised for certain inputs. If most calls raise one, they are not.

    Args:
        seen: what came of all scripts.
        more: what comes of further ones, looked at unless there is ample evidence without.
    """
    steps = wrong = strong = weak = 0
    for one in _while_needed(seen, more, lambda: strong < AMPLE):
        for index, (got, right) in enumerate(zip(one.got, one.right, strict=True)):
            mistaken = one.mistaken.get(index, right)
            if not got.agrees(mistaken):
                return False
            steps += 1
            if mistaken is not right and mistaken.clearly_differs(right):
                wrong += 1
                strong += not mistaken.weak
                weak += mistaken.weak and mistaken.raised
    return strong + (weak if 2 * wrong < steps else 0) >= EVIDENCE


def _while_needed(
    seen: Iterable[Seen], more: Iterable[Seen], needed: Callable[[], bool]
) -> Iterator[Seen]:
    yield from seen
    for one in more:
        if not needed():
            return
        yield one


def fits(one: Seen) -> bool:
    """Whether a mistake explains everything of one script."""
    return all(
        got.agrees(one.mistaken.get(index, right))
        for index, (got, right) in enumerate(zip(one.got, one.right, strict=True))
    )


def alike(one: Mapping[int, Observation], other: Mapping[int, Observation]) -> bool:
    """Whether two mistakes behave in the same way on a script."""
    return one.keys() == other.keys() and all(
        one[index].agrees(other[index]) or other[index].agrees(one[index]) for index in one
    )
