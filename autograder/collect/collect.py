"""Collect archives into ``submitted/``: the one module of the room that writes files."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from autograder.collect import roster as rosters
from autograder.collect import table
from autograder.collect.archives import Opener
from autograder.collect.arrange import Piece, arrange
from autograder.collect.files import FINE, REASONS, Fate, Found
from autograder.collect.notes import is_note, read_notes
from autograder.collect.owners import CANVAS, Owned, Submitter, downloads, recognise
from autograder.collect.roster import Person, Roster
from autograder.collect.table import Record
from autograder.errors import CommandError
from autograder.files import write_atomically
from autograder.ingest.filenames import exercise_in, notebook_stem
from autograder.ingest.names import folder_name, student_named
from autograder.ingest.recognize import Handouts, Inspector
from autograder.text import counted

SCRATCH = ".collecting"
UNASSIGNED = ".unassigned"
EARLIER_RUN = -1


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
        exercise: the exercise of notebooks whose names do not tell; "" if unknown.
        rosters: the files that know the class.
        zone: the time zone of times that do not say theirs; None for that of this machine.
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
    with _alone_in(out):
        return _Run(request).run()


class _Run:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.out = request.out
        self.problems: list[str] = []
        self.notices: list[str] = []
        self.before = _records(self.out)
        self.roster = self._roster()
        self.folders: dict[str, str] = {}
        for record in self.before:
            if record.student:
                self.folders.setdefault(record.student.casefold(), record.student)
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
        pieces = self._kept()
        opened = 0
        for turn, path in enumerate(self.request.archives):
            try:
                files = opener.open(path)
            except CommandError as error:
                self.problems.append(str(error))
                records.append(Record(path.name, "", Fate.DAMAGED))
                continue
            except OSError as error:
                self.problems.append(f"{path}: cannot be read ({error.strerror})")
                records.append(Record(path.name, "", Fate.CLOSED))
                continue
            opened += 1
            for download in downloads(files):
                listed, owned = self._sort(path, download, turn)
                records += listed
                pieces += owned
        if not opened:
            raise CommandError("\n".join(self.problems) or "nothing to collect")
        again = {
            (one.archive, one.file, one.sha256, one.student) for one in pieces if one.turn >= 0
        }
        pieces = [
            one
            for one in pieces
            if one.turn >= 0 or (one.archive, one.file, one.sha256, one.student) not in again
        ]
        occupied = self._occupied({one.student for one in pieces})
        placed = self._with_times(arrange(pieces, self.request.exercises, occupied))
        self._write(placed)
        records += [_record(one) for one in placed]
        records += self._unchanged(records)
        records += self._missing(records)
        records.sort(key=lambda one: (one.archive, one.file, one.student, one.exercise))
        write_atomically(self.out / table.FILE, table.encode(records), below=self.out)
        if self.roster.people:
            write_atomically(
                self.out / rosters.FILE, rosters.encode(self.roster.people), below=self.out
            )
        self._remove_stale(records)
        self._report(records)
        return Collected(tuple(records), tuple(self.problems), tuple(self.notices))

    # --- whose and what ---------------------------------------------------------------------------

    def _sort(self, path: Path, files: list[Found], turn: int) -> tuple[list[Record], list[Piece]]:
        """The files of an archive: records of those that are not collected, and the others."""
        name = PurePosixPath(files[0].archive if files else path.name).stem
        notes = read_notes(files, self.request.zone)
        real = [one for one in files if one.fate is not Fate.IGNORED and not is_note(one)]
        archive = recognise(name, real, notes, self.request.exercises)
        owned = [(one, archive.owners(one)) for one in files]
        folders = self._students([o.submitter for _, owners in owned for o in owners])
        by_name = exercise_in(name, self.request.exercises) or ""
        records, pieces = [], []
        for one, owners in owned:
            if one.content is not None and is_note(one) and archive.reads(one.path[-1]):
                records.append(Record(one.archive, one.file, Fate.READ))
            elif one.content is None:
                student = folders[owners[0].submitter.key] if owners else ""
                source = owners[0].source if owners else ""
                fate = one.fate or Fate.DAMAGED
                records.append(Record(one.archive, one.file, fate, student, source=source))
            elif not owners:
                records.append(self._unassigned(one))
            else:
                group = "" if len(owners) == 1 else _shared(owners)
                pieces += [
                    self._piece(o, folders[o.submitter.key], by_name, turn, group) for o in owners
                ]
        return records, pieces

    def _students(self, submitters: Iterable[Submitter]) -> dict[tuple[str, str, str], str]:
        """The folder of each student of an archive."""
        distinct = {one.key: one for one in submitters}
        same_name: dict[str, set[str]] = defaultdict(set)
        for one in distinct.values():
            same_name[folder_name(one.name).casefold()].add(one.id or one.number or one.email)
        folders = {}
        for key, one in sorted(distinct.items()):
            person = self.roster.find(one)
            if person is not None:
                folders[key] = person.folder
                continue
            if self.roster.people:
                self.problems.append(f"{one.name}: is not in the roster (or several are)")
            name = one.name
            if one.platform == "canvas":
                name = f"{one.name}_{one.id}"
            elif len(same_name[folder_name(one.name).casefold()]) > 1 and (
                number := one.number or one.email or one.id
            ):
                name = f"{one.name} ({number})"
                self.notices.append(
                    f"{one.name}: several students are called so, and are told apart by a number. "
                    "A roster (--roster) tells who is who"
                )
            folders[key] = self._folder(name)
        return folders

    def _folder(self, name: str) -> str:
        """A student's folder; names that differ only in capitals or invalid characters differ."""
        folder = folder_name(name)
        if folder != name:
            folder = student_named(name).key
        known = self.folders.setdefault(folder.casefold(), folder)
        if known != folder:
            folder = student_named(name, fold_case=True).key
            if folder == name:
                folder = f"{name} (2)"
            self.folders.setdefault(folder.casefold(), folder)
        return folder

    def _piece(self, one: Owned, student: str, by_name: str, turn: int, note: str) -> Piece:
        found, request = one.found, self.request
        assert found.content is not None
        exercise = self._exercise(one, student, by_name)
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
            fault=found.fate,
        )

    def _exercise(self, one: Owned, student: str, by_name: str) -> str:
        """The exercise by the file's name, its folders, what the platform says, its content."""
        ids = self.request.exercises
        path = PurePosixPath(*one.rest)
        stem = notebook_stem(Path(path.name))
        names = [path.stem if stem is None else stem, *reversed(path.parts[:-1]), one.assignment]
        for name in names:
            if exercise := exercise_in(name, ids):
                return exercise
        if exercise := self.request.exercise or by_name:
            return exercise
        content = one.found.content
        if stem is None or content is None:
            return ""
        inspector = self.inspectors.setdefault(student, Inspector(self.request.handouts))
        return inspector.inspect(content, content).exercise or ""

    def _unassigned(self, one: Found) -> Record:
        name = "/".join((UNASSIGNED, *map(folder_name, (one.archive, *one.path[-3:]))))
        target = self.out / name
        assert one.content is not None
        _place(one.content, target, one.stamp)
        return Record(one.archive, one.file, Fate.NO_STUDENT, kept_as=name, sha256=one.sha256)

    # --- what earlier runs have collected ---------------------------------------------------------

    def _kept(self) -> list[Piece]:
        """What is in ``submitted/`` according to collected.csv."""
        pieces = []
        for turn, one in enumerate(self.before):
            path = self.out / one.kept_as
            if not one.student or not one.kept_as or path.is_symlink() or not path.is_file():
                continue
            stamp = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            pieces.append(
                Piece(
                    one.archive,
                    one.file,
                    one.student,
                    one.exercise,
                    _below_hand_in(one),
                    path,
                    one.sha256,
                    one.handed_in,
                    _sequence(one.source),
                    stamp,
                    EARLIER_RUN if _is_newest(one) else EARLIER_RUN - 1 - turn,
                    one.late,
                    one.source,
                    note=one.note,
                )
            )
        return pieces

    def _with_times(self, placed: list[Piece]) -> list[Piece]:
        """With times that a person has written into collected.csv."""
        known = {
            (one.student, one.exercise, one.sha256): one.handed_in
            for one in self.before
            if one.handed_in and one.sha256
        }
        return [
            one
            if one.time
            else replace(one, time=known.get((one.student, one.exercise, one.sha256)))
            for one in placed
        ]

    def _unchanged(self, records: Sequence[Record]) -> list[Record]:
        """Rows of earlier runs about files that this run has not looked at."""
        seen = {(one.archive, one.file) for one in records}
        rest = []
        for one in self.before:
            if (one.archive, one.file) in seen or one.fate is Fate.MISSING:
                continue
            lost = one.student and one.kept_as and not (self.out / one.kept_as).is_file()
            rest.append(replace(one, fate=Fate.GONE, kept_as="") if lost else one)
        return rest

    def _occupied(self, students: Iterable[str]) -> dict[str, set[str]]:
        """Files in students' folders that no run has collected."""
        ours = {one.kept_as for one in self.before}
        occupied: dict[str, set[str]] = {}
        for student in students:
            folder = self.out / student
            if folder.is_symlink():
                raise CommandError(f"{folder}: is a link, and files are not written through links")
            found = {path for path in folder.rglob("*") if not path.is_dir()}
            names = {path.relative_to(self.out).as_posix() for path in found} - ours
            if names:
                occupied[student] = {name.partition("/")[2] for name in names}
                self.notices.append(
                    f"{folder}: has {counted(len(names), 'file')} that nobody has collected "
                    f"({', '.join(sorted(names)[:3])}), left as they are"
                )
        return occupied

    # --- writing ----------------------------------------------------------------------------------

    def _write(self, placed: Sequence[Piece]) -> None:
        """Put every file in its place, new places first: an old file is never the only copy."""
        scratch = self.out / SCRATCH
        waiting: list[tuple[Piece, Path]] = []
        uses = Counter(one.content for one in placed)
        for number, one in enumerate(placed):
            if not one.kept_as or one.content == self.out / one.kept_as:
                continue
            copy = one.content
            if copy.parent != scratch:
                copy = scratch / f"kept-{number}"
                try:
                    os.link(one.content, copy)
                except OSError:
                    shutil.copy2(one.content, copy)
            elif uses[one.content] > 1:  # a group's file
                copy = scratch / f"shared-{number}"
                shutil.copyfile(one.content, copy)
            waiting.append((one, copy))
        waiting.sort(key=lambda pair: (self.out / pair[0].kept_as).exists())
        for one, copy in waiting:
            _place(copy, self.out / one.kept_as, one.time or one.stamp)

    def _remove_stale(self, records: Sequence[Record]) -> None:
        current = {one.kept_as for one in records}
        for one in self.before:
            if one.kept_as and one.kept_as not in current:
                path = self.out / one.kept_as
                with suppress(OSError):
                    path.unlink()
                    path.parent.rmdir()  # only if it is empty

    # --- reporting --------------------------------------------------------------------------------

    def _roster(self) -> Roster:
        own = self.out / rosters.FILE
        files = [*self.request.rosters]
        known: list[Person] = []
        if own.is_file() and own.resolve() not in [file.resolve() for file in files]:
            files.insert(0, own)
        roster = rosters.read_roster(files, self.request.zone)
        known = rosters.folders(roster.people)
        self.notices += roster.notices
        if roster.times and self.request.zone is None:
            self.notices.append(
                "the roster's hand-in times are taken to be in this machine's time zone "
                f"({datetime.now().astimezone():UTC%z}). If Moodle shows another one, write "
                "timezone under [policy] in course.toml and collect again"
            )
        return replace(roster, people=tuple(known))

    def _missing(self, records: Sequence[Record]) -> list[Record]:
        """A row for each student of the roster and exercise without anything handed in."""
        handed_in = {(one.student, one.exercise) for one in records if one.kept_as}
        exercises = sorted({exercise for _, exercise in handed_in if exercise})
        rows = [
            Record("", "", Fate.MISSING, person.folder, exercise)
            for person in self.roster.people
            for exercise in exercises
            if (person.folder, exercise) not in handed_in
        ]
        for exercise in exercises:
            names = [row.student for row in rows if row.exercise == exercise]
            if names:
                self.notices.append(
                    f"{exercise}: {len(names)} of {counted(len(self.roster.people), 'student')} "
                    f"handed in nothing: {', '.join(names[:9])}{', …' if names[9:] else ''}"
                )
        return rows

    def _report(self, records: Sequence[Record]) -> None:
        by_fate: dict[Fate, list[Record]] = defaultdict(list)
        for one in records:
            if one.fate not in FINE and one.file:
                by_fate[one.fate].append(one)
        for fate, rows in by_fate.items():
            for one in rows[:20]:
                self.problems.append(f"{one.archive}: {one.file}: {REASONS[fate]}")
            if rows[20:]:
                self.problems.append(
                    f"{len(rows) - 20} more like that ({fate}): see {self.out / table.FILE}"
                )
        unknown = sum(one.fate is Fate.COUNTS and one.handed_in is None for one in records)
        if unknown:
            self.notices.append(
                f"{counted(unknown, 'notebook')}: when {'it was' if unknown == 1 else 'they were'} "
                f"handed in is unknown, so nobody is late for "
                f"{'it' if unknown == 1 else 'them'}. On Moodle, give the grading worksheet as "
                f"--roster; or write times into column handed_in of {self.out / table.FILE}"
            )


def unclear(records: Iterable[Record]) -> list[Record]:
    """The rows that need somebody's attention."""
    return [one for one in records if one.fate not in FINE]


def read_records(folder: Path) -> list[Record]:
    """The rows of ``folder``/collected.csv; none without such a file.

    Raises:
        CommandError: it is not such a table.
    """
    return _records(folder)


def _records(folder: Path) -> list[Record]:
    path = folder / table.FILE
    try:
        return table.decode(path.read_bytes())
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from None


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
    match = CANVAS.fullmatch(f"{source}_")
    return int(match["attachment"] or 0) if match else 0


def _shared(owners: Sequence[Owned]) -> str:
    return f"handed in by a group: {', '.join(one.submitter.name for one in owners)}"


def _place(content: Path, target: Path, time: datetime | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if time is not None:
        with suppress(OSError, OverflowError, ValueError):
            os.utime(content, (time.timestamp(), time.timestamp()))
    content.replace(target)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run collects into the folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
