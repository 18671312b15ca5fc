"""Whether a mistake explains what was seen: all of it, and enough that is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    evidence = _Evidence()
    for one in seen:
        if not evidence.add(one):
            return False
    for one in more:
        if evidence.strong >= AMPLE:
            break
        if not evidence.add(one):
            return False
    return evidence.is_enough


@dataclass
class _Evidence:
    """What a mistake explains and the reference does not.

    Attributes:
        steps: all calls.
        wrong: those whose results are not right.
        strong: those that are evidence by themselves.
        weak: exceptions without a text.
    """

    steps: int = 0
    wrong: int = 0
    strong: int = 0
    weak: int = 0

    def add(self, one: Seen) -> bool:
        """Take in a script; False if the mistake does not explain it."""
        if one.got is one.right and not one.mistaken:
            self.steps += len(one.right)
            return True
        for index, (got, right) in enumerate(zip(one.got, one.right, strict=True)):
            mistaken = one.mistaken.get(index, right)
            if not _agree(got, mistaken, right):
                return False
            self.steps += 1
            if mistaken is not right and mistaken.clearly_differs(right):
                self.wrong += 1
                self.strong += not mistaken.weak
                self.weak += mistaken.weak and mistaken.raised
        return True

    @property
    def is_enough(self) -> bool:
        return self.strong + (self.weak if 2 * self.wrong < self.steps else 0) >= EVIDENCE


def fits(one: Seen) -> bool:
    """Whether a mistake explains everything of one script."""
    return (one.got is one.right and not one.mistaken) or all(
        _agree(got, one.mistaken.get(index, right), right)
        for index, (got, right) in enumerate(zip(one.got, one.right, strict=True))
    )


def _agree(got: Observation, mistaken: Observation, right: Observation) -> bool:
    """Whether a mistake explains one call.

    Where raising is right, what the exception says is up to whoever writes it.
    """
    if mistaken is right and right.raised:
        return got.raises_like(right)
    return got.agrees(mistaken)


def same(one: Sequence[Observation], other: Sequence[Observation]) -> bool:
    """Whether the same came of a script twice."""
    return all(a.agrees(b) for a, b in zip(one, other, strict=True))


def alike(one: Mapping[int, Observation], other: Mapping[int, Observation]) -> bool:
    """Whether two mistakes behave in the same way on a script."""
    return one.keys() == other.keys() and all(
        one[index].agrees(other[index]) or other[index].agrees(one[index]) for index in one
    )
