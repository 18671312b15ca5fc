"""What earlier runs have collected: files in ``submitted/``, and their rows in collected.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder.collect.arrange import Piece
from autograder.collect.files import Fate
from autograder.collect.owners import canvas_name
from autograder.collect.remarks import weakness_in
from autograder.collect.table import Record
from autograder.errors import CommandError
from autograder.ingest.filenames import notebook_stem

EARLIER_RUN = -1


@dataclass(frozen=True)
class Earlier:
    """What is in ``submitted/`` before a run.

    Attributes:
        out: the folder ``submitted/``.
        records: the rows of collected.csv.
    """

    out: Path
    records: Sequence[Record]

    def pieces(self) -> Iterator[Piece]:
        """The files that are still there."""
        for turn, one in enumerate(self.records):
            path = self.out / one.kept_as
            if not one.student or not one.kept_as or path.is_symlink() or not path.is_file():
                continue
            rest = _below_hand_in(one)
            named = notebook_stem(Path(rest[-1])) is not None
            yield Piece(
                one.archive,
                one.file,
                one.student,
                one.exercise,
                rest,
                path,
                one.sha256,
                one.handed_in,
                _sequence(one.source),
                datetime.fromtimestamp(path.stat().st_mtime).astimezone(),
                EARLIER_RUN if _is_newest(one) else EARLIER_RUN - 1 - turn,
                one.late,
                one.source,
                note=one.note,
                disguised=not named and notebook_stem(Path(one.kept_as)) is not None,
                weakness=weakness_in(one.note),
            )

    def with_times(self, placed: Iterable[Piece]) -> list[Piece]:
        """Files with the times that a person has written into collected.csv."""
        known = {
            (one.student, one.exercise, one.sha256): one.handed_in
            for one in self.records
            if one.handed_in and one.sha256
        }
        return [
            one
            if one.time
            else replace(one, time=known.get((one.student, one.exercise, one.sha256)))
            for one in placed
        ]

    def other_records(self, records: Iterable[Record]) -> list[Record]:
        """The rows about files of which a run has no row of its own among ``records``."""
        seen = {(one.archive, one.file) for one in records}
        rest = []
        for one in self.records:
            if (one.archive, one.file) in seen or one.fate is Fate.MISSING:
                continue
            lost = one.student and one.kept_as and not (self.out / one.kept_as).is_file()
            rest.append(replace(one, fate=Fate.GONE, kept_as="") if lost else one)
        return rest

    def foreign_files(self, student: str) -> set[str]:
        """Files in a student's folder that no run has collected, below ``submitted/``.

        Raises:
            CommandError: the folder is a link.
        """
        folder = self.out / student
        if folder.is_symlink():
            raise CommandError(f"{folder}: is a link, and files are not written through links")
        found = {path for path in folder.rglob("*") if not path.is_dir()}
        return {path.relative_to(self.out).as_posix() for path in found} - self._ours

    @cached_property
    def _ours(self) -> frozenset[str]:
        return frozenset(one.kept_as for one in self.records)

    def remove_stale(self, records: Iterable[Record]) -> None:
        """Remove the files that are in another place by now, according to the new ``records``."""
        current = {one.kept_as for one in records}
        for one in self.records:
            if one.kept_as and one.kept_as not in current:
                path = self.out / one.kept_as
                with suppress(OSError):
                    path.unlink()
                    path.parent.rmdir()  # only if it is empty


def _is_newest(one: Record) -> bool:
    """Whether a file is of the newest hand-in: the notebook that counts, or what is beside it."""
    if one.fate is Fate.COUNTS:
        return True
    return PurePosixPath(one.kept_as).parts[1:2] == (one.exercise or "files",)


def _below_hand_in(one: Record) -> tuple[str, ...]:
    """The path of a file below its hand-in, so that what is beside a notebook stays in place."""
    parts = PurePosixPath(one.kept_as).parts[1:]
    if notebook_stem(Path(one.kept_as)) is None:
        if len(parts) > 1 and parts[0] == (one.exercise or "files"):
            return parts[1:]
        if len(parts) > 2 and parts[0] == "old":
            return parts[2:]
    return tuple(one.file.split("/")[-3:])


def _sequence(source: str) -> int:
    match = canvas_name(f"{source}_")
    return int(match["attachment"] or 0) if match else 0
