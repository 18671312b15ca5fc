"""Sort the files of an archive: whose is each, and of which exercise?

`autograder.collect.owners` tells from a path whose file it is, and the roster who the members of a
group are. The exercise is named in the path or by the platform, else the notebook's content tells.
A file of a known student becomes a `Piece`, to be placed by `autograder.collect.arrange`. Every
other file is only recorded, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.collect.archive_layout import recognise
from autograder.collect.arrange import Piece
from autograder.collect.files import Fate, Found
from autograder.collect.notes import is_note, read_notes
from autograder.collect.owners import Owned, Submitter
from autograder.collect.put import put
from autograder.collect.request import Request
from autograder.collect.roster import Roster
from autograder.collect.student_folders import StudentFolders
from autograder.collect.table import Record
from autograder.ingest.disguised import is_disguised
from autograder.ingest.filenames import bare_stem, exercise_in, notebook_stem
from autograder.ingest.names import folder_name
from autograder.ingest.recognize import Inspector

UNASSIGNED = ".unassigned"


@dataclass
class Sorter:
    """Sorts one archive after the other.

    Args:
        request: what to collect, and how.
        roster: the class.
        folders: names the students' folders.
    """

    request: Request
    roster: Roster
    folders: StudentFolders
    _inspectors: dict[str, Inspector] = field(default_factory=dict)

    def sort(
        self, path: Path, files: list[Found], turn: int, *, nobodys: bool
    ) -> tuple[list[Record], list[Piece]]:
        """Records of an archive's files that are not collected, and the others as pieces.

        Args:
            path: the archive.
            files: what is in it.
            turn: greater for an archive that was given later.
            nobodys: whether the files belong to nobody, being beside the archive's downloads.
        """
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
            if one.content is not None and is_note(one) and archive.reads(one):
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
            archive=found.archive,
            file=found.file,
            student=student,
            exercise=exercise,
            rest=one.rest,
            content=found.content,
            sha256=found.sha256,
            time=time,
            sequence=one.sequence,
            stamp=found.stamp,
            turn=turn,
            late=one.late,
            source=one.source,
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
        inspector = self._inspectors.setdefault(student, Inspector(self.request.handouts))
        return inspector.inspect(content, content).exercise or ""

    def _unassigned(self, one: Found) -> Record:
        name = "/".join((UNASSIGNED, *map(folder_name, (one.archive, *one.path[-3:]))))
        target = self.request.out / name
        assert one.content is not None
        put(one.content, target, one.stamp)
        return Record(one.archive, one.file, Fate.NO_STUDENT, kept_as=name, sha256=one.sha256)


def _is_disguised(found: Found) -> bool:
    """Whether a file is a whole notebook although it is not named like one."""
    name = found.path[-1]
    if found.content is None or found.fate is not None or notebook_stem(Path(name)) is not None:
        return False
    return is_disguised(name, found.content)


def _shared(owners: Sequence[Owned]) -> str:
    return f"handed in by a group: {', '.join(one.submitter.name for one in owners)}"
