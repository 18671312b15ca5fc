"""Fingerprints of code by winnowing (Schleimer, Wilkerson and Aiken, 2003). Pure.

Every run of `GRAM` tokens is hashed; of every `WINDOW` neighbouring hashes the smallest is a
fingerprint. Two texts that share ``GRAM + WINDOW - 1`` tokens in a row share a fingerprint,
wherever the passage is, and few fingerprints say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

from autograder.similarity.tokens import Code, Token

GRAM = 14
"""Tokens of a passage that means something: about two lines."""

WINDOW = 6
"""Hashes of which one is kept."""


@dataclass(frozen=True, slots=True)
class Print:
    """A fingerprint: the hash of a passage, and its first and last line, from 0."""

    hash: int
    first: int
    last: int


def grams(tokens: Sequence[Token]) -> list[int]:
    """The hash of every passage; the same in every process, unlike Python's own."""
    texts = [token.text for token in tokens]
    ends = range(GRAM, len(texts) + 1)
    return [crc32(" ".join(texts[end - GRAM : end]).encode("utf-8", "replace")) for end in ends]


def all_grams(codes: Iterable[Code]) -> frozenset[int]:
    """The hashes of all passages of some code: what others may share with it."""
    return frozenset(hash for code in codes for cell in _cells(code) for hash in grams(cell))


def fingerprints(code: Code, known: frozenset[int] = frozenset()) -> tuple[Print, ...]:
    """The fingerprints of some code that are not ``known``. No passage reaches over two cells."""
    return tuple(
        Print(hash, cell[i].line, cell[i + GRAM - 1].line)
        for cell in _cells(code)
        for i, hash in _chosen(grams(cell))
        if hash not in known
    )


def _cells(code: Code) -> list[list[Token]]:
    return [list(tokens) for _, tokens in groupby(code.tokens, key=lambda token: token.cell)]


def _chosen(hashes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places of the fingerprints, and the fingerprints."""
    before = -1
    for start in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1))):
        window = hashes[start : start + WINDOW]
        # The last of equal ones, so that neighbouring windows choose the same.
        place = start + len(window) - 1 - window[::-1].index(min(window))
        if place != before:
            yield place, hashes[place]
        before = place
