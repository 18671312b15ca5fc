"""Choose which of a student's submissions for one exercise counts: the newest, and never silently.

Names take precedence over modification times, which unpacking, cloning and copying change: first
the attempt given by the folders' names, then the one given by the file's name. An unreadable file,
an unmodified handout or the notebook of another exercise counts only if there is nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.disguised import may_be_disguised
from autograder.ingest.filenames import (
    Attempt,
    ParsedName,
    bare_stem,
    notebook_stem,
    parse_name,
)
from autograder.ingest.names import Student
from autograder.ingest.recognize import NotebookInfo
from autograder.ingest.submission import NotCounted


@dataclass(frozen=True)
class Candidate:
    """Something that one student submitted for one exercise.

    Attributes:
        path: the file, or a folder without a notebook.
        root: the file or folder that was submitted.
        rank: greater means newer; see `rank`.
        closed: whether it is a folder that cannot be read, so that nobody knows what counts.
    """

    student: Student
    exercise: str
    path: Path
    root: Path
    rank: tuple[object, ...] = ()
    closed: bool = False

    @property
    def is_notebook(self) -> bool:
        """Whether it is named like a notebook and is not a folder."""
        return notebook_stem(self.path) is not None and not self.path.is_dir()


def candidate(
    student: Student, exercise: str, path: Path, root: Path, exercises: Collection[str]
) -> Candidate:
    """A candidate with its rank."""
    return Candidate(student, exercise, path, root, rank(path, root, exercise, exercises))


def rank(path: Path, root: Path, exercise: str, exercises: Collection[str]) -> tuple[object, ...]:
    """A sort key for how new a submission is, judging by names.

    Compares, in this order: notebooks before other files; the attempt given by the folders' names;
    names of this exercise, or of nothing, before names of something else; the attempt given by the
    file's name; and whether the file has exactly the exercise's name.
    """
    own = notebook_stem(path)
    above = path.relative_to(root).parts[:-1] if path != root else ()
    folders = [parse_name(part, exercises).attempt for part in above]
    name = _for_exercise(parse_name(own or bare_stem(path.name), exercises), exercise)
    return (
        2 if own is not None and not path.is_dir() else 1 if path.is_file() else 0,
        Attempt(max((m.date for m in folders), default=""), sum(m.number for m in folders)),
        name.impersonal,
        name.attempt,
        own == exercise,
    )


def _for_exercise(name: ParsedName, exercise: str) -> ParsedName:
    if name.exercise in (None, exercise):
        return name
    return ParsedName(name.exercise, name.attempt, impersonal=False)


def choose(
    candidates: Sequence[Candidate], inspect: Callable[[Path, Path], NotebookInfo]
) -> tuple[Candidate, tuple[tuple[Candidate, NotCounted], ...]]:
    """The candidate that counts, and the reason why each of the others does not.

    Args:
        candidates: at least one, all of one student and exercise.
        inspect: see `autograder.ingest.recognize.Inspector.inspect`.
    """
    ordered = sorted(candidates, key=lambda one: str(one.path))
    ordered.sort(key=lambda one: (one.rank, _time(one.path)), reverse=True)
    if len(ordered) == 1:
        return ordered[0], ()
    closed = next((one for one in ordered if one.closed), None)
    if closed is not None:  # grading it is a grader error, which costs nobody points
        return closed, ()
    faults = {one: _fault(one, inspect) for one in ordered}
    chosen = min(ordered, key=lambda one: FAULTS.index(faults[one]))  # the newest of the best
    best = faults[chosen]
    others = [
        (one, NotCounted.OLDER if (why := faults[one]) is None or why is best else why)
        for one in ordered
        if one is not chosen
    ]
    return chosen, tuple(others)


FAULTS = (
    None,
    NotCounted.UNTOUCHED,
    NotCounted.OTHER_EXERCISE,
    NotCounted.UNREADABLE,
    NotCounted.NO_NOTEBOOK,
)
"""Why a file counts only if there is none with an earlier reason, or with none at all."""


def fault(seen: NotebookInfo, exercise: str) -> NotCounted | None:
    """Why a notebook should not count for an exercise if there is another; None if it may."""
    if not seen.readable:
        return NotCounted.UNREADABLE
    if seen.is_of_another(exercise):
        return NotCounted.OTHER_EXERCISE
    return NotCounted.UNTOUCHED if seen.untouched else None


def _fault(one: Candidate, inspect: Callable[[Path, Path], NotebookInfo]) -> NotCounted | None:
    if not one.is_notebook:
        if one.path.is_dir() or not may_be_disguised(one.path.name):
            return NotCounted.NO_NOTEBOOK
        seen = inspect(one.path, one.root)
        return fault(seen, one.exercise) if seen.readable else NotCounted.NO_NOTEBOOK
    return fault(inspect(one.path, one.root), one.exercise)


def _time(path: Path) -> int:
    try:
        return os.lstat(path).st_mtime_ns
    except OSError:
        return 0
