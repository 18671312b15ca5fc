"""Decide which file counts, and where each is kept. Pure: nothing here touches a file.

The newest hand-in of a student for an exercise counts. What a platform says about times goes first,
then its numbers, then the times in the archive (when it was downloaded), then the order in which
archives were given. Within one hand-in, names decide as everywhere (`autograder.ingest.choose`).
As everywhere, too, what is damaged, unchanged or of another exercise does not replace what is not.

    submitted/<student>/<exercise>.ipynb            what counts
    submitted/<student>/<exercise>/report.pdf       what else was handed in with it
    submitted/<student>/old/<exercise> (1).ipynb    earlier attempts, the first of them with (1)
    submitted/<student>/old/files 1/report.pdf      … and their other files
    submitted/<student>/notes.ipynb                 a notebook of an unknown exercise
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograder.collect.files import Fate
from autograder.ingest.choose import FAULTS
from autograder.ingest.filenames import Attempt, bare_stem, notebook_stem, parse_name
from autograder.ingest.names import folder_name
from autograder.ingest.submission import NotCounted


@dataclass(frozen=True)
class Piece:
    """A file of a known student.

    Attributes:
        archive: the archive's name.
        file: its path in the archive, as text.
        student: the student's folder.
        exercise: the exercise's id; "" if unknown.
        rest: the components of its path below what the platform wrote.
        content: the file with its content.
        sha256: of the content.
        time: when it was handed in.
        sequence: greater for what was uploaded later, according to the platform.
        stamp: its time according to the archive.
        turn: greater for an archive that was given later; negative for what is in ``submitted/``.
        late: whether the platform marks it as late.
        source: what the platform calls the submission.
        fate: what becomes of it.
        kept_as: where it is kept, below ``submitted/``.
        note: what else a person should know.
        disguised: whether it is a notebook although it is not named like one.
        fault: why an archive has not been opened, or not all of it.
        weakness: why it counts only if the student has nothing better for the exercise.
    """

    archive: str
    file: str
    student: str
    exercise: str
    rest: tuple[str, ...]
    content: Path
    sha256: str
    time: datetime | None = None
    sequence: int = 0
    stamp: datetime | None = None
    turn: int = 0
    late: bool = False
    source: str = ""
    fate: Fate = Fate.KEPT
    kept_as: str = ""
    note: str = ""
    disguised: bool = False
    fault: Fate | None = None
    weakness: NotCounted | None = None

    @property
    def stem(self) -> str | None:
        """The notebook's name without its suffix; None if it is not a notebook."""
        name = self.rest[-1]
        return bare_stem(name) if self.disguised else notebook_stem(Path(name))


def arrange(
    pieces: Iterable[Piece],
    exercises: Collection[str],
    occupied: Mapping[str, Collection[str]] | None = None,
) -> list[Piece]:
    """All pieces with their fate and place, in the same order.

    Args:
        pieces: all files of all students, those in ``submitted/`` included.
        exercises: ids of the course's exercises.
        occupied: files in students' folders that are not ours, relative to these.
    """
    pieces = list(pieces)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        groups[piece.student, piece.exercise].append(at)
    placed = list(pieces)
    taken: dict[str, set[str]] = defaultdict(set)
    for student, names in (occupied or {}).items():
        taken[student] = {name.casefold() for name in names}
    for (student, exercise), members in sorted(groups.items()):
        hand_ins = _hand_ins([pieces[at] for at in members])
        order = {hand_in: number for number, hand_in in enumerate(hand_ins)}

        def key(
            at: int, order: dict[tuple[object, ...], int] = order, id: str = exercise
        ) -> tuple[object, ...]:
            piece = pieces[at]
            weak = -FAULTS.index(piece.weakness)
            return weak, order[_hand_in(piece)], _within(piece, id, exercises), piece.sequence

        notebooks = sorted((at for at in members if pieces[at].stem is not None), key=key)
        others = sorted((at for at in members if pieces[at].stem is None), key=key)
        free = _Free(student, taken[student])
        distinct = _distinct(notebooks, pieces)
        numbers = {at: number for number, at in enumerate(_kept_in_order(distinct, notebooks), 1)}
        for at in reversed(notebooks):
            piece = pieces[at]
            kept = distinct[piece.sha256]
            if at != kept:
                placed[at] = replace(piece, fate=Fate.SAME)
            elif not exercise:
                name = f"{piece.stem}.ipynb" if piece.disguised else piece.rest[-1]
                name = folder_name(name)
                placed[at] = replace(piece, fate=Fate.NO_EXERCISE, kept_as=free(name))
            elif at == notebooks[-1]:
                time = _first_time(piece, (pieces[other] for other in notebooks))
                name = f"{exercise}.ipynb"
                placed[at] = replace(piece, fate=Fate.COUNTS, time=time, kept_as=free(name))
            else:
                name = f"old/{exercise} ({numbers[at]}).ipynb"
                placed[at] = replace(piece, fate=Fate.EARLIER, kept_as=free(name))
        current = {len(hand_ins) - 1, *(order[_hand_in(pieces[at])] for at in notebooks[-1:])}
        seen: set[tuple[str, str]] = set()
        for at in reversed(others):
            piece = pieces[at]
            same = (piece.sha256, piece.rest[-1])
            if same in seen:
                placed[at] = replace(piece, fate=Fate.SAME)
                continue
            seen.add(same)
            number = order[_hand_in(piece)]
            folder = exercise or "files"
            folder = folder if number in current else f"old/files {number + 1}"
            above = (re.sub(r"\.zip$", "", part, flags=re.I) for part in piece.rest[-3:-1])
            name = "/".join((folder, *map(folder_name, (*above, piece.rest[-1]))))
            placed[at] = replace(piece, fate=piece.fault or Fate.KEPT, kept_as=free(name))
    return placed


def _hand_in(piece: Piece) -> tuple[object, ...]:
    """What one upload has in common: a platform's folder in one archive."""
    if piece.turn < 0:  # in submitted/ already: each file is on its own
        return piece.turn, piece.source, piece.archive
    return piece.turn, piece.source if piece.sequence == 0 else piece.student


def _hand_ins(pieces: Sequence[Piece]) -> list[tuple[object, ...]]:
    """The hand-ins, oldest first."""
    groups: dict[tuple[object, ...], list[Piece]] = defaultdict(list)
    for piece in pieces:
        groups[_hand_in(piece)].append(piece)
    timed = all(any(piece.time for piece in group) for group in groups.values())
    numbered = all(any(piece.sequence for piece in group) for group in groups.values())
    stamped = all(any(piece.stamp for piece in group) for group in groups.values())

    def age(hand_in: tuple[object, ...]) -> tuple[float, int, float, int]:
        group = groups[hand_in]
        times = [piece.time.timestamp() for piece in group if piece.time]
        stamps = [piece.stamp.timestamp() for piece in group if piece.stamp]
        return (
            max(times) if timed else 0.0,
            max(piece.sequence for piece in group) if numbered else 0,
            max(stamps) if stamped else 0.0,
            max(piece.turn for piece in group),
        )

    return sorted(groups, key=age)


def _within(piece: Piece, exercise: str, exercises: Collection[str]) -> tuple[object, ...]:
    """How new a file of a hand-in is, judging by names: see `autograder.ingest.choose.rank`."""
    stem = piece.stem
    own = parse_name(PurePosixPath(piece.rest[-1]).stem if stem is None else stem, exercises)
    folders = [parse_name(part, exercises).attempt for part in piece.rest[:-1]]
    attempt = Attempt(
        max((one.date for one in folders), default=""), sum(one.number for one in folders)
    )
    fits = own.exercise in (None, exercise) and own.impersonal
    return (
        not piece.disguised,
        attempt,
        fits,
        own.exercise == exercise,
        own.attempt,
        stem == exercise,
    )


def _distinct(notebooks: Sequence[int], pieces: Sequence[Piece]) -> dict[str, int]:
    """For each content the newest notebook that has it."""
    return {pieces[at].sha256: at for at in notebooks}


def _kept_in_order(distinct: Mapping[str, int], notebooks: Sequence[int]) -> list[int]:
    """The notebooks that are kept, in the order of ``notebooks``."""
    kept = {*distinct.values()}
    return [at for at in notebooks if at in kept]


def _first_time(piece: Piece, others: Iterable[Piece]) -> datetime | None:
    """When this content was handed in for the first time: handing it in again makes nobody late."""
    times = [one.time for one in others if one.sha256 == piece.sha256 and one.time]
    return min(times, default=piece.time)


class _Free:
    """Gives names in a student's folder that are not taken, whatever the file system ignores.

    A student may hand in thousands of files of one name, so nothing is searched for twice.
    """

    def __init__(self, student: str, taken: set[str]) -> None:
        self._student = student
        self._taken = taken
        self._folders = {str(parent) for name in taken for parent in PurePosixPath(name).parents}
        self._last: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        path = PurePosixPath(name)
        if any(str(parent).casefold() in self._taken for parent in path.parents):
            path = PurePosixPath("_".join(path.parts))  # a file has the name of the folder
        plain = str(path).casefold()
        candidate = path
        while self._is_used(str(candidate).casefold()):
            number = self._last[plain] = self._last.get(plain, 1) + 1
            candidate = path.with_name(f"{path.stem}~{number}{path.suffix}")
        self._taken.add(str(candidate).casefold())
        self._folders.update(str(parent).casefold() for parent in candidate.parents)
        return f"{self._student}/{candidate}"

    def _is_used(self, plain: str) -> bool:
        return plain in self._taken or plain in self._folders
