"""Which of two decisions counts: that in corrections.csv, or that in the gradebook. Pure.

Whichever was changed since they last agreed. If both were changed, nobody can know, so both stay
and the instructor is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from autograder.gradebook.entries import Word

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Merged:
    """The word that counts, or a conflict: then ``word`` is ours."""

    word: Word
    conflict: bool


def merge(last: Word, ours: Word, theirs: Word) -> Merged:
    """The word that counts.

    Args:
        last: the word on which both agreed the last time.
        ours: the one in corrections.csv.
        theirs: the one in the gradebook.
    """
    points, fight = _newer(last.points, ours.points, theirs.points)
    comment, quarrel = _newer(last.comment, ours.comment, theirs.comment)
    return Merged(Word(points, comment), fight or quarrel)


def _newer(last: _T, ours: _T, theirs: _T) -> tuple[_T, bool]:
    if theirs in (last, ours):
        return ours, False
    return (theirs, False) if ours == last else (ours, True)
