"""Collect archives into ``submitted/``, beside what earlier runs have collected there."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from autograder.collect import remarks, table
from autograder.collect import roster_files as rosters
from autograder.collect.archives import CannotWrite, Opener
from autograder.collect.arrange import Piece, arrange
from autograder.collect.earlier import Earlier
from autograder.collect.files import Fate, Found
from autograder.collect.notes import is_note, read_notes
from autograder.collect.owners import Owned, Submitter, downloads, moodle_number, recognise
from autograder.collect.put import put, put_all
from autograder.collect.roster import Roster, folders, with_numbers
from autograder.collect.student_folders import StudentFolders
from autograder.collect.table import Record
from autograder.errors import CommandError
from autograder.files import write_atomically
from autograder.folder_lock import alone_in
from autograder.ingest.choose import fault
from autograder.ingest.disguised import is_disguised
from autograder.ingest.filenames import bare_stem, exercise_in, is_backup, notebook_stem
from autograder.ingest.names import folder_name
from autograder.ingest.recognize import Handouts, Inspector
from autograder.ingest.submission import NotCounted
from autograder.text import counted

COLLECTING_S = 600.0
"""Seconds that another run may take to collect into the same folder."""

SCRATCH = ".collecting"
UNASSIGNED = ".unassigned"


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


@dataclass(frozen=True)
class Request:
    """What to collect, and how.

    Attributes:
        archives: archives and folders.
        out: the folder ``submitted/``.
        exercises: ids of the course's exercises.
        handouts: recognise notebooks by what is in them.
        exercise: the exercise of notebooks whose names do not contain it; "" if unknown.
        rosters: the files that know the class.
        zone: the time zone of times without one; None for that of this machine.
        file_times: whether times of files in the archives are hand-in times.
    """

    archives: Sequence[Path]
    out: Path
    exercises: Sequence[str]
    handouts: Handouts
    exercise: str = ""
    rosters: Sequence[Path] = ()
    zone: tzinfo | None = None
    file_times: bool = False


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
        self.inspectors: dict[str, Inspector] = {}

    def run(self) -> Collected:
        scratch = self.out / SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        scratch.mkdir()
        try:
            return self._collect(scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _collect(self, scratch: Path) -> Collected:
        opener = Opener(scratch, self.request.zone)
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
                listed, owned = self._sort(path, part, turn, nobodys=several and not number)
                records += listed
                pieces += owned
        if not opened:
            raise CommandError("\n".join(self.problems) or "nothing to collect")
        self.problems += remarks.strangers(self.folders.strangers, self.folders.found)
        pieces = self._weighed(_without_backups(pieces))
        again = {
            (one.archive, one.file, one.sha256, one.student) for one in pieces if one.turn >= 0
        }
        pieces = [
            one
            for one in pieces
            if one.turn >= 0 or (one.archive, one.file, one.sha256, one.student) not in again
        ]
        occupied = self._occupied({one.student for one in pieces})
        placed = self.earlier.with_times(arrange(pieces, self.request.exercises, occupied))
        placed, said = remarks.set_aside(placed)
        self.notices += said
        put_all(placed, self.out, scratch)
        records += [_record(one) for one in placed]
        records = remarks.without_empty_subfolders(records)
        records += self.earlier.other_records(records)
        records += remarks.missing(records, self.roster.people)
        records.sort(key=lambda one: (one.archive, one.file, one.student, one.exercise))
        write_atomically(self.out / table.FILE, table.encode(records), below=self.out)
        if self.roster.people:
            people = with_numbers(self.roster.people, _submissions(records), self.roster.worksheets)
            write_atomically(self.out / rosters.FILE, rosters.encode(people), below=self.out)
        self.earlier.remove_stale(records)
        self.notices += remarks.who_is_missing(records, self.roster.people)
        self.problems += remarks.what_needs_you(records, self.out / table.FILE)
        self.problems += remarks.without_notebook(records)
        if not any(one.fate is Fate.COUNTS for one in records):
            self.problems.append("no notebook was found. Is it the right download?")
        self.notices += remarks.unknown_times(records, self.out / table.FILE)
        return Collected(tuple(records), tuple(self.problems), tuple(self.notices))

    # --- whose and what ---------------------------------------------------------------------------

    def _sort(
        self, path: Path, files: list[Found], turn: int, *, nobodys: bool
    ) -> tuple[list[Record], list[Piece]]:
        """The files of an archive: records of those that are not collected, and the others."""
        name = PurePosixPath(files[0].archive if files else path.name).stem
        notes = read_notes(files, self.request.zone)
        handed_in = [one for one in files if not is_note(one)]
        real = [one for one in handed_in if one.fate is not Fate.IGNORED]
        archive = recognise(name, real or handed_in, notes, self.request.exercises)
        owned = [(one, [] if nobodys else self._members(archive.owners(one))) for one in files]
        folders = self.folders.of([o.submitter for _, owners in owned for o in owners])
        by_name = exercise_in(name, self.request.exercises) or ""
        records, pieces = [], []
        for one, owners in owned:
            if one.content is not None and is_note(one) and archive.reads(one.path[-1]):
                records.append(Record(one.archive, one.file, Fate.READ))
            elif one.content is None:
                student = folders[owners[0].submitter.key] if owners else ""
                exercise = (self.request.exercise or by_name) if owners else ""
                source = owners[0].source if owners else ""
                fate = one.fate or Fate.DAMAGED
                records.append(
                    Record(one.archive, one.file, fate, student, exercise, source=source)
                )
            elif not owners:
                records.append(self._unassigned(one))
            else:
                group = "" if len(owners) == 1 else _shared(owners)
                pieces += [
                    self._piece(o, folders[o.submitter.key], by_name, turn, group) for o in owners
                ]
        return records, pieces

    def _members(self, owners: list[Owned]) -> list[Owned]:
        """The members of a group that handed in as one on Moodle; everybody else unchanged.

        Moodle's number is the group's then. It may be the number of a student of another group.
        """
        if len(owners) != 1 or owners[0].submitter.platform != "moodle":
            return owners
        (one,) = owners
        people = self.roster.members(one.submitter.name)
        if not people or self.roster.called(one.submitter.name):
            return owners
        return [
            replace(
                one,
                submitter=Submitter("moodle", person.name, "", person.id, person.email),
                source="",
                time=self.roster.time_of(person),
            )
            for person in people
        ]

    def _piece(self, one: Owned, student: str, by_name: str, turn: int, note: str) -> Piece:
        found, request = one.found, self.request
        assert found.content is not None
        disguised = _is_disguised(found)
        exercise = self._exercise(one, student, by_name, disguised=disguised)
        time = one.time
        if one.submitter.platform == "moodle":
            time = time or self.roster.times.get(one.submitter.id)
        if time is None and request.file_times:
            time = found.stamp
        return Piece(
            found.archive,
            found.file,
            student,
            exercise,
            one.rest,
            found.content,
            found.sha256,
            time,
            one.sequence,
            found.stamp,
            turn,
            one.late,
            one.source,
            note=note,
            disguised=disguised,
            fault=found.fate,
        )

    def _exercise(self, one: Owned, student: str, by_name: str, *, disguised: bool) -> str:
        """The exercise by the file's name, its folders, what the platform says, its content."""
        ids = self.request.exercises
        path = PurePosixPath(*one.rest)
        names = [bare_stem(path.name), *reversed(path.parts[:-1]), one.assignment]
        for name in names:
            if exercise := exercise_in(name, ids):
                return exercise
        if exercise := self.request.exercise or by_name:
            return exercise
        content = one.found.content
        if content is None or (notebook_stem(Path(path.name)) is None and not disguised):
            return ""
        inspector = self.inspectors.setdefault(student, Inspector(self.request.handouts))
        return inspector.inspect(content, content).exercise or ""

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

    def _unassigned(self, one: Found) -> Record:
        name = "/".join((UNASSIGNED, *map(folder_name, (one.archive, *one.path[-3:]))))
        target = self.out / name
        assert one.content is not None
        put(one.content, target, one.stamp)
        return Record(one.archive, one.file, Fate.NO_STUDENT, kept_as=name, sha256=one.sha256)

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


def _is_disguised(found: Found) -> bool:
    """Whether a file is a whole notebook although it is not named like one."""
    name = found.path[-1]
    if found.content is None or found.fate is not None or notebook_stem(Path(name)) is not None:
        return False
    return is_disguised(name, found.content)


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


def _shared(owners: Sequence[Owned]) -> str:
    return f"handed in by a group: {', '.join(one.submitter.name for one in owners)}"
