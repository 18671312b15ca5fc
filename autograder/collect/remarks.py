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

_UNUSABLE = frozenset({Fate.IGNORED, Fate.OPENED, Fate.READ})
"""What is not collected although nothing is wrong with it."""

_NOTHING = frozenset({Fate.MISSING, Fate.GONE, Fate.EMPTY_FOLDER})
"""What has nothing in it (any more)."""

_WEAKNESSES: dict[NotCounted | None, str] = {
    NotCounted.UNTOUCHED: "is the unchanged handout",
    NotCounted.OTHER_EXERCISE: "is evidently the notebook of another exercise",
    NotCounted.UNREADABLE: "cannot be read as a notebook",
}


def missing(records: Sequence[Record], people: Sequence[Person]) -> list[Record]:
    """A row for each student of the roster and exercise without anything handed in."""
    exercises = sorted({one.exercise for one in records if one.kept_as and one.exercise})
    of = exercises_of(records)
    handed_in = {
        (one.student, exercise)
        for one, exercise in zip(records, of, strict=True)
        if one.file and one.fate not in _NOTHING
    }
    return [
        Record("", "", Fate.MISSING, person.folder, exercise)
        for person in people
        for exercise in exercises
        if (person.folder, exercise) not in handed_in
    ]


def exercises_of(records: Sequence[Record]) -> list[str]:
    """The exercise of each file; where its own is unknown, that of all notebooks beside it."""
    beside: dict[str, set[str]] = defaultdict(set)
    for one in records:
        if one.exercise and one.kept_as:
            beside[one.archive].add(one.exercise)
    only = {archive: next(iter(ids)) for archive, ids in beside.items() if len(ids) == 1}
    return [one.exercise or only.get(one.archive, "") for one in records]


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


def without_notebook(records: Sequence[Record]) -> Iterator[str]:
    """A line for each exercise of which somebody has handed in files, but no notebook."""
    of = exercises_of(records)
    notebooks = [one for one in records if one.fate in (Fate.COUNTS, Fate.NO_EXERCISE)]
    counts = {(one.student, one.exercise) for one in notebooks}
    counts |= {(one.student, "") for one in notebooks}
    collected = {(one.archive, one.student) for one in records if one.kept_as}
    collected |= {(one.archive, one.student) for one in records if one.fate is Fate.SAME}
    others: dict[tuple[str, str], str] = {}
    unusable: dict[tuple[str, str], Record] = {}
    for one, exercise in zip(records, of, strict=True):
        if not one.student or (one.student, exercise) in counts:
            continue
        if one.fate is Fate.KEPT:
            others.setdefault((exercise, one.student), PurePosixPath(one.kept_as).name)
        elif one.fate in _UNUSABLE and (one.archive, one.student) not in collected:
            before = unusable.setdefault((exercise, one.student), one)
            if before.fate is Fate.OPENED:  # what is in it says more
                unusable[exercise, one.student] = one
    for files, what in (
        (others, "no notebook, but other files"),
        (
            {key: below_source(one) for key, one in unusable.items() if key not in others},
            "nothing but files of an editor or the system, or an empty archive",
        ),
    ):
        names: dict[str, list[str]] = defaultdict(list)
        for (exercise, student), file in sorted(files.items()):
            names[exercise].append(f"{student} ({file})")
        for exercise, some in names.items():
            which = f"{exercise}: " if exercise else ""
            yield (
                f"{which}{counted(len(some), 'student')} handed in {what}: "
                f"{abbreviated(some, MAX_LISTED)}. Ask for the .ipynb"
            )


def below_source(one: Record) -> str:
    """The end of a file's path: without what the platform wrote, and not too long."""
    parts = one.file.split("/")
    own = next((at for at, part in enumerate(parts) if part.startswith(one.source)), 0)
    rest = [parts[own].removeprefix(one.source).lstrip("_"), *parts[own + 1 :]]
    return "/".join([part for part in rest if part][-4:]) or one.file


def uncollected(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The files of those students of whom nothing could be collected, by student."""
    of: dict[str, list[Record]] = defaultdict(list)
    for one in records:
        if one.student and one.fate is not Fate.MISSING:
            of[one.student].append(one)
    return {
        student: files
        for student, files in of.items()
        if not any(one.kept_as or one.fate is Fate.GONE for one in files)
    }


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
