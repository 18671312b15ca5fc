"""What a run tells the instructor about its rows: who is missing, what was not collected. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from autograder.collect.arrange import Piece
from autograder.collect.files import FINE, REASONS, Fate
from autograder.collect.roster import Person
from autograder.collect.table import Record
from autograder.ingest.submission import NotCounted
from autograder.text import abbreviated, counted

MAX_LISTED = 20
"""Files of one fate that are listed one by one."""

FEW = 5
"""Students missing from the roster who are listed one by one."""

_WEAKNESSES: dict[NotCounted | None, str] = {
    NotCounted.UNTOUCHED: "is the unchanged handout",
    NotCounted.OTHER_EXERCISE: "is evidently the notebook of another exercise",
    NotCounted.UNREADABLE: "cannot be read as a notebook",
}


def missing(records: Iterable[Record], people: Sequence[Person]) -> list[Record]:
    """A row for each student of the roster and exercise without anything handed in."""
    handed_in = {(one.student, one.exercise) for one in records if one.kept_as}
    exercises = sorted({exercise for _, exercise in handed_in if exercise})
    return [
        Record("", "", Fate.MISSING, person.folder, exercise)
        for person in people
        for exercise in exercises
        if (person.folder, exercise) not in handed_in
    ]


def without_empty_subfolders(records: Sequence[Record]) -> list[Record]:
    """The rows, in which an empty folder needs nobody if its student's others are not empty."""
    handed_in = {(one.archive, one.student) for one in records if one.kept_as}
    return [
        replace(one, fate=Fate.IGNORED)
        if one.fate is Fate.EMPTY_FOLDER and (one.archive, one.student) in handed_in
        else one
        for one in records
    ]


def who_is_missing(records: Iterable[Record], people: Sequence[Person]) -> Iterator[str]:
    """A line for each exercise that somebody has not handed in."""
    names: dict[str, list[str]] = defaultdict(list)
    for one in records:
        if one.fate is Fate.MISSING:
            names[one.exercise].append(one.student)
    for exercise, absent in names.items():
        yield (
            f"{exercise}: {len(absent)} of {counted(len(people), 'student')} handed in nothing: "
            f"{abbreviated(absent, 9)}"
        )


def without_notebook(records: Iterable[Record]) -> Iterator[str]:
    """A line for each exercise of which somebody has handed in files, but no notebook."""
    counts: set[tuple[str, str]] = set()
    files: dict[tuple[str, str], str] = {}
    for one in records:
        if one.fate is Fate.COUNTS:
            counts.add((one.student, one.exercise))
        elif one.fate is Fate.KEPT and one.exercise:
            files.setdefault((one.student, one.exercise), PurePosixPath(one.kept_as).name)
    of: dict[str, list[str]] = defaultdict(list)
    for (student, exercise), file in sorted(files.items()):
        if (student, exercise) not in counts:
            of[exercise].append(f"{student} ({file})")
    for exercise, names in of.items():
        yield (
            f"{exercise}: {counted(len(names), 'student')} handed in no notebook, but other "
            f"files: {abbreviated(names, 9)}. Ask for the .ipynb"
        )


def strangers(names: Sequence[str], found: int) -> Iterator[str]:
    """Who is not in the roster, one by one if they are few.

    Args:
        names: what the platform calls them.
        found: how many others were found in it.
    """
    if len(names) > 1 and not found:
        yield (
            f"nobody of {counted(len(names), 'student')} is in the roster "
            f"({abbreviated(names, 3)}). Is it of this class? Its first line must "
            "name the columns: id,name,email"
        )
    elif len(names) <= FEW:
        yield from (f"{name}: is not in the roster (or several are)" for name in names)
    else:
        yield (
            f"{counted(len(names), 'student')} are not in the roster, or several of their name "
            f"are: {abbreviated(names, MAX_LISTED)}"
        )


def what_needs_you(records: Iterable[Record], table: Path) -> Iterator[str]:
    """A line for each file that was not collected; ``table`` is where all of them are listed."""
    by_fate: dict[Fate, list[Record]] = defaultdict(list)
    for one in records:
        if one.fate not in FINE and one.file:
            by_fate[one.fate].append(one)
    for fate, rows in by_fate.items():
        for one in rows[:MAX_LISTED]:
            yield f"{one.archive}: {one.file}: {REASONS[fate]['en']}"
        if more := len(rows[MAX_LISTED:]):
            yield f"{more} more like that ({fate}): see {table}"


def set_aside(placed: Iterable[Piece]) -> tuple[list[Piece], list[str]]:
    """Say which notebooks do not count although they are newer, or might be: files, and lines.

    A file's note is for collected.csv; it is there only once, however often files are collected.
    """
    noted, lines = [], []
    for one in placed:
        why = _WEAKNESSES.get(one.weakness) if one.fate is Fate.EARLIER else None
        if why is not None:
            lines.append(
                f"{one.student} · {one.exercise}: {one.archive}: {one.file} {why}, so another "
                f"hand-in counts. It is kept as {one.kept_as}"
            )
            if why not in one.note:
                one = replace(one, note="; ".join(filter(None, (one.note, why))))
        noted.append(one)
    return noted, lines


def weakness_in(note: str) -> NotCounted | None:
    """The weakness that the note of an earlier run names."""
    return next((kind for kind, why in _WEAKNESSES.items() if why in note), None)


def unknown_times(records: Iterable[Record], table: Path) -> Iterator[str]:
    """A line about the notebooks whose hand-in time is unknown, if any."""
    unknown = sum(one.fate is Fate.COUNTS and one.handed_in is None for one in records)
    if unknown:
        it, they = ("it", "it was") if unknown == 1 else ("them", "they were")
        yield (
            f"{counted(unknown, 'notebook')}: when {they} handed in is unknown, so nobody is late "
            f"for {it}. On Moodle, give the grading worksheet as --roster; or write times into "
            f"column handed_in of {table}"
        )
