"""Collect archives into ``submitted/``, beside what earlier runs have collected there."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collect import remarks, table
from autograder.collect import roster_files as rosters
from autograder.collect.archive_layout import downloads
from autograder.collect.archives import CannotWrite, Opener
from autograder.collect.arrange import Piece, arrange
from autograder.collect.earlier import Earlier
from autograder.collect.files import Fate
from autograder.collect.owners import moodle_number
from autograder.collect.put import put_all
from autograder.collect.request import Request
from autograder.collect.roster import Roster, folders, with_numbers
from autograder.collect.sort import Sorter
from autograder.collect.student_folders import StudentFolders
from autograder.collect.table import Record
from autograder.errors import CommandError
from autograder.files import write_atomically
from autograder.folder_lock import alone_in
from autograder.ingest.choose import fault
from autograder.ingest.filenames import is_backup
from autograder.ingest.recognize import Inspector
from autograder.ingest.submission import NotCounted
from autograder.text import counted

COLLECTING_S = 600.0
"""Seconds that another run may take to collect into the same folder."""

SCRATCH = ".collecting"


@dataclass(frozen=True)
class Collected:
    """What a run has done.

    Attributes:
        records: the rows of collected.csv.
        problems: what needs the instructor, one line each.
        notices: what the instructor may want to know.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]


def collect(request: Request) -> Collected:
    """Collect everything, beside what earlier runs have collected.

    Raises:
        CommandError: a roster or collected.csv cannot be read, or no archive can be opened.
        OSError: a file cannot be written.
    """
    out = request.out
    out.mkdir(parents=True, exist_ok=True)
    with alone_in(out, COLLECTING_S):
        return _Run(request).run()


class _Run:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.out = request.out
        self.problems: list[str] = []
        self.notices: list[str] = []
        self.earlier = Earlier(self.out, table.read_records(self.out))
        self.roster = self._roster()
        known: dict[str, str] = {}
        for record in self.earlier.records:
            if record.student:
                known.setdefault(record.student.casefold(), record.student)
        numbers = {number: folder for folder, number, _ in _submissions(self.earlier.records)}
        self.folders = StudentFolders(self.roster, known, numbers, notices=self.notices)

    def run(self) -> Collected:
        scratch = self.out / SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        scratch.mkdir()
        try:
            return self._collect(scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _collect(self, scratch: Path) -> Collected:
        records, pieces = self._open_all(scratch)
        self.problems += remarks.strangers(self.folders.strangers, self.folders.found)
        pieces = self._weighed(_without_backups(pieces))
        placed = self._placed(_without_repeats(pieces))
        put_all(placed, self.out, scratch)
        records += [_record(one) for one in placed]
        records = remarks.without_empty_subfolders(records)
        records += self.earlier.other_records(records)
        records += remarks.missing(records, self.roster.people)
        records.sort(key=lambda one: (one.archive, one.file, one.student, one.exercise))
        self._write(records)
        self._report(records)
        return Collected(tuple(records), tuple(self.problems), tuple(self.notices))

    def _open_all(self, scratch: Path) -> tuple[list[Record], list[Piece]]:
        """Records of what is not collected, and the other files, earlier runs' first.

        Raises:
            CommandError: no archive can be opened.
            OSError: a file cannot be written.
        """
        opener = Opener(scratch, self.request.zone)
        sorter = Sorter(self.request, self.roster, self.folders)
        records: list[Record] = []
        pieces = [*self.earlier.pieces()]
        opened = 0
        for turn, path in enumerate(self.request.archives):
            try:
                files = opener.open(path)
            except CommandError as error:
                self.problems.append(str(error))
                records.append(Record(path.name, "", Fate.DAMAGED))
                continue
            except OSError as error:
                self.problems.append(
                    f"{path}: cannot be read ({error.strerror}). Change its permissions, or give "
                    "another copy of it"
                )
                records.append(Record(path.name, "", Fate.CLOSED))
                continue
            except CannotWrite as failed:
                why = failed.error
                raise OSError(why.errno, why.strerror, str(self.out)) from why
            opened += 1
            several = len(parts := downloads(files)) > 1
            for number, part in enumerate(parts):
                listed, owned = sorter.sort(path, part, turn, nobodys=several and not number)
                records += listed
                pieces += owned
        if not opened:
            raise CommandError("\n".join(self.problems) or "nothing to collect")
        return records, pieces

    def _placed(self, pieces: list[Piece]) -> list[Piece]:
        """The files with what becomes of each, and its place."""
        occupied = self._occupied({one.student for one in pieces})
        placed = self.earlier.with_times(arrange(pieces, self.request.exercises, occupied))
        placed, said = remarks.set_aside(placed)
        self.notices += said
        return placed

    def _write(self, records: list[Record]) -> None:
        """Write collected.csv and the roster, and remove files that have been replaced."""
        write_atomically(self.out / table.FILE, table.encode(records), below=self.out)
        if self.roster.people:
            people = with_numbers(self.roster.people, _submissions(records), self.roster.worksheets)
            write_atomically(self.out / rosters.FILE, rosters.encode(people), below=self.out)
        self.earlier.remove_stale(records)

    def _report(self, records: list[Record]) -> None:
        """What the instructor has to know of it all."""
        self.notices += remarks.who_is_missing(records, self.roster.people)
        self.problems += remarks.what_needs_you(records, self.out / table.FILE)
        self.problems += remarks.without_notebook(records)
        if not any(one.fate is Fate.COUNTS for one in records):
            self.problems.append("no notebook was found. Is it the right download?")
        self.notices += remarks.unknown_times(records, self.out / table.FILE)

    def _weighed(self, pieces: list[Piece]) -> list[Piece]:
        """The files with what is wrong with them, where a student has several notebooks.

        Notebooks are read only if there is a new one among them: it takes 10 ms each.
        """
        contents: dict[tuple[str, str], set[str]] = defaultdict(set)
        known: dict[tuple[str, str], dict[str, NotCounted | None]] = defaultdict(dict)
        for one in pieces:
            if one.exercise and one.stem is not None:
                contents[one.student, one.exercise].add(one.sha256)
                if one.turn < 0:
                    known[one.student, one.exercise][one.sha256] = one.weakness
        inspectors: dict[tuple[str, str], Inspector] = {}
        weighed = []
        for one in pieces:
            key = one.student, one.exercise
            if contents[key] == known[key].keys():
                one = replace(one, weakness=known[key].get(one.sha256))
            elif one.stem is not None and len(contents[key]) > 1:
                inspector = inspectors.setdefault(key, Inspector(self.request.handouts))
                seen = inspector.inspect(one.content, one.content)
                one = replace(one, weakness=fault(seen, one.exercise))
            weighed.append(one)
        return weighed

    # --- what is there already --------------------------------------------------------------------

    def _occupied(self, students: Iterable[str]) -> dict[str, set[str]]:
        """Files in students' folders that no run has collected."""
        occupied: dict[str, set[str]] = {}
        for student in students:
            if names := self.earlier.foreign_files(student):
                occupied[student] = {name.partition("/")[2] for name in names}
                self.notices.append(
                    f"{self.out / student}: has {counted(len(names), 'file')} that nobody has "
                    f"collected ({', '.join(sorted(names)[:3])}), left as they are"
                )
        return occupied

    def _roster(self) -> Roster:
        own = self.out / rosters.FILE
        files = [*self.request.rosters]
        if own.is_file() and own.resolve() not in [file.resolve() for file in files]:
            files.insert(0, own)
        roster = rosters.read_roster(files, self.request.zone)
        known = with_numbers(folders(roster.people), _submissions(self.earlier.records))
        self.notices += roster.notices
        if roster.times and self.request.zone is None:
            self.notices.append(
                "the roster's hand-in times are taken to be in this machine's time zone "
                f"({datetime.now().astimezone():UTC%z}). If Moodle shows another one, write "
                "timezone under [policy] in course.toml and collect again"
            )
        return replace(roster, people=known)


def _submissions(records: Iterable[Record]) -> list[tuple[str, str, str]]:
    """The student, Moodle's number and the exercise of each submission on Moodle."""
    return [
        (one.student, number, one.exercise if one.kept_as else "")
        for one in records
        if one.student and (number := moodle_number(one.source))
    ]


def _without_backups(pieces: list[Piece]) -> list[Piece]:
    """The files, in which an editor's copy of a notebook is not a notebook beside one."""
    notebooks = {
        (one.archive, one.student, one.exercise)
        for one in pieces
        if one.stem is not None and not one.disguised
    }
    return [
        replace(one, disguised=False)
        if is_backup(one.rest[-1])
        and one.turn >= 0
        and (one.archive, one.student, one.exercise) in notebooks
        else one
        for one in pieces
    ]


def _without_repeats(pieces: list[Piece]) -> list[Piece]:
    """The files without those of earlier runs that have been handed over again."""
    again = {(one.archive, one.file, one.sha256, one.student) for one in pieces if one.turn >= 0}
    return [
        one
        for one in pieces
        if one.turn >= 0 or (one.archive, one.file, one.sha256, one.student) not in again
    ]


def _record(one: Piece) -> Record:
    return Record(
        one.archive,
        one.file,
        one.fate,
        one.student,
        one.exercise,
        one.kept_as,
        one.time,
        one.late,
        one.source,
        one.sha256,
        one.note,
    )
