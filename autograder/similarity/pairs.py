"""Pairs and groups of submissions whose code is alike beyond what others' code explains. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.similarity.winnow import Print

LEAST = 10
"""Fingerprints that a pair has to share: a passage of a few lines does not make one."""

SHARE = 0.5
"""The share of the shorter one's fingerprints that a pair has in common."""

COMMON_SHARE = 0.25
COMMON_LEAST = 4
COMMON_MOST = 60
"""Code is common if more than a quarter of the class have it, and more than 4 students; in a class
of any size, if more than 60 have it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students, the fingerprints that they share, and the share of the shorter one's."""

    one: str
    other: str
    shared: frozenset[int]
    share: float


def same_code(prints: Mapping[str, Sequence[Print]]) -> list[tuple[str, ...]]:
    """Groups of students whose code is the same but for names, comments, layout and order.

    Args:
        prints: every student's fingerprints, without what the course explains.
    """
    groups: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for student, own in sorted(prints.items()):
        groups[frozenset(each.hash for each in own)].append(student)
    found = [
        tuple(students)
        for hashes, students in groups.items()
        if len(students) > 1 and len(hashes) >= LEAST
    ]
    return sorted(found, key=lambda students: (-len(students), students))


def same_bytes(hashes: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of students whose files are the same, largest first.

    Args:
        hashes: the hash of each student's file.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for student, hash in sorted(hashes.items()):
        groups[hash].append(student)
    found = [tuple(students) for students in groups.values() if len(students) > 1]
    return sorted(found, key=lambda students: (-len(students), students))


def common(prints: Mapping[str, Sequence[Print]]) -> frozenset[int]:
    """The fingerprints that are too common to say anything about two students.

    The same code counts once, however many have it: a group that shares one solution cannot make
    it usual.
    """
    distinct = {frozenset(each.hash for each in own) for own in prints.values()}
    count = Counter(hash for own in distinct for hash in own)
    most = min(max(COMMON_LEAST, COMMON_SHARE * len(distinct)), COMMON_MOST)
    return frozenset(hash for hash, n in count.items() if n > most)


def pairs(prints: Mapping[str, Sequence[Print]], share: float = SHARE) -> list[Pair]:
    """Pairs of students whose code is alike, most alike first.

    If several students have the same code, only the first one's is compared.

    Args:
        prints: every student's fingerprints, without what the course explains.
        share: the least share that is reported.
    """
    copies = {student for students in same_code(prints) for student in students[1:]}
    usual = common(prints)
    own = {
        student: frozenset(each.hash for each in of_one) - usual
        for student, of_one in prints.items()
        if student not in copies
    }
    with_hash: defaultdict[int, list[str]] = defaultdict(list)
    for student in sorted(own):
        for hash in own[student]:
            with_hash[hash].append(student)
    count: Counter[tuple[str, str]] = Counter()
    for students in with_hash.values():
        count.update(combinations(students, 2))
    found = []
    for (one, other), n in count.items():
        shorter = min(len(own[one]), len(own[other]))
        if n >= LEAST and n / shorter >= share:
            found.append(Pair(one, other, own[one] & own[other], n / shorter))
    return sorted(found, key=lambda pair: (-pair.share, -len(pair.shared), pair.one, pair.other))
