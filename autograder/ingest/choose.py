"""Which of several hand-ins of one student for one exercise counts: the newest, and never silently.

What a name says goes before the time of the file, which unpacking, cloning and copying change: the
number of the attempt in a folder's name, then in the file's own. A file from which nothing can be
read, or that is the handout as it was, counts only if there is no other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.filenames import Marks, Reading, read_name, stem
from autograder.ingest.names import Student
from autograder.ingest.recognize import Look
from autograder.ingest.submission import Why


@dataclass(frozen=True)
class Candidate:
    """Something that one student handed in for one exercise.

    Attributes:
        path: the file, or the folder that has none.
        inside: the file or folder that was handed in.
        rank: the greater is the newer, see `rank`.
    """

    student: Student
    exercise: str
    path: Path
    inside: Path
    rank: tuple[object, ...] = ()

    @property
    def is_book(self) -> bool:
        """Whether it is named like a notebook and is no folder."""
        return stem(self.path) is not None and not self.path.is_dir()


def candidate(
    student: Student, exercise: str, path: Path, inside: Path, exercises: Collection[str]
) -> Candidate:
    """A candidate with its rank."""
    return Candidate(student, exercise, path, inside, rank(path, inside, exercise, exercises))


def rank(path: Path, inside: Path, exercise: str, exercises: Collection[str]) -> tuple[object, ...]:
    """How new a hand-in is by its names, for comparing.

    In this order: notebooks before other files; the attempt that the folders say; names that say
    the exercise, or nothing, before names of something else; the attempt that the file's name says;
    the exercise's very name.
    """
    own = stem(path)
    above = path.relative_to(inside).parts[:-1] if path != inside else ()
    folders = [read_name(part, exercises).marks for part in above]
    said = _of_another(read_name(own or path.stem, exercises), exercise)
    return (
        2 if own is not None and not path.is_dir() else 1 if path.is_file() else 0,
        Marks(max((m.date for m in folders), default=""), sum(m.number for m in folders)),
        said.nobodys,
        said.marks,
        own == exercise,
    )


def _of_another(reading: Reading, exercise: str) -> Reading:
    if reading.exercise in (None, exercise):
        return reading
    return Reading(reading.exercise, reading.marks, nobodys=False)


def choose(
    candidates: Sequence[Candidate], look: Callable[[Path, Path], Look]
) -> tuple[Candidate, tuple[tuple[Candidate, Why], ...]]:
    """The one that counts, and why each of the others does not.

    Args:
        candidates: at least one, of one student and exercise.
        look: see `autograder.ingest.recognize.Contents.look`.
    """
    ordered = sorted(candidates, key=lambda one: str(one.path))
    ordered.sort(key=lambda one: (one.rank, _time(one.path)), reverse=True)
    if len(ordered) == 1:
        return ordered[0], ()
    fault = {one: _fault(one, look) for one in ordered}
    chosen = min(ordered, key=lambda one: _FAULTS.index(fault[one]))  # the first of the best
    best = fault[chosen]
    others = [
        (one, Why.OLDER if (why := fault[one]) is None or why is best else why)
        for one in ordered
        if one is not chosen
    ]
    return chosen, tuple(others)


_FAULTS = (None, Why.UNTOUCHED, Why.UNREADABLE, Why.NO_NOTEBOOK)


def _fault(one: Candidate, look: Callable[[Path, Path], Look]) -> Why | None:
    if not one.is_book:
        return Why.NO_NOTEBOOK
    seen = look(one.path, one.inside)
    if not seen.readable:
        return Why.UNREADABLE
    return Why.UNTOUCHED if seen.untouched else None


def _time(path: Path) -> int:
    try:
        return os.lstat(path).st_mtime_ns
    except OSError:
        return 0
