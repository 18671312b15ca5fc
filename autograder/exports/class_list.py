"""Who is in the class, and what the platform calls their submissions: roster.csv, collected.csv.

`autograder collect` keeps both; a roster may also be one's own, or a platform's export.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.collect import roster_files as rosters
from autograder.collect import table
from autograder.collect.files import Fate
from autograder.collect.owners import Submitter, moodle_number
from autograder.collect.roster import Person, Roster, squeezed
from autograder.collect.table import Record
from autograder.ingest.names import readable
from autograder.ingest.tables import read_rows

_ASSIGNMENT = re.compile(r"(.+) \((\d+)\)")


@dataclass(frozen=True, slots=True)
class Handed:
    """What the platform says about one submission.

    Attributes:
        source: what it calls it, such as ``Jane Doe_1234567_assignsubmission_file_``.
        time: when it was handed in, as text.
        late: whether it is marked as late.
    """

    source: str = ""
    time: str = ""
    late: bool = False

    @property
    def participant(self) -> str:
        """Moodle's number of the submission; "" if it is not from Moodle."""
        return moodle_number(self.source)


NOT_COLLECTED = Handed()


@dataclass(frozen=True)
class ClassList:
    """The class by its lists.

    Attributes:
        roster: everybody, in the order of the list.
        handed: what is known about submissions, by folder and exercise.
        files: the same by the path of each file.
        assignments: columns of a Canvas export that are assignments, by letters and digits of the
            name without its number: ``lab1`` → ``Lab 1 (4711)``.
    """

    roster: Roster = field(default_factory=Roster)
    handed: Mapping[tuple[str, str], Handed] = field(default_factory=dict)
    files: Mapping[str, Handed] = field(default_factory=dict)
    assignments: Mapping[str, str] = field(default_factory=dict)

    def find(self, folder: str, name: str) -> Person | None:
        """The student whose folder and display name these are; None if nobody or several.

        Somebody who has a folder by the list of `autograder collect` is found by that folder only.
        """
        for own in (folder, name):
            found = self.roster.find(Submitter("folder", own))
            if found is not None and found.folder in ("", folder, name):
                return found
        return None

    def submission(self, folder: str, name: str, exercise: str, file: str = "") -> Handed:
        """What the platform says about a submission: the one whose ``file`` was graded, if known.

        A student may have several for an exercise, even from different assignments.
        """
        if file in self.files:
            return self.files[file]
        by_folder = self.handed.get((folder, exercise))
        return by_folder or self.handed.get((name, exercise), NOT_COLLECTED)


def read_class_list(roster: Path | None, submitted: Path | None) -> ClassList:
    """The class by the lists that exist.

    Args:
        roster: the class, besides the list that `autograder collect` keeps; None without one.
        submitted: the folder with collected.csv; None without one.

    Raises:
        CommandError: a list cannot be read, or is not one.
    """
    kept = submitted / rosters.FILE if submitted else None
    files = [kept] if kept is not None and kept.is_file() else []
    if roster is not None and roster not in files:
        files.append(roster)
    known = rosters.read_roster(files, None)
    assignments: dict[str, str] = {}
    for file in files:
        headings = next(iter(read_rows(file.read_bytes())), (1, []))[1]
        matches = (_ASSIGNMENT.fullmatch(heading) for heading in headings)
        assignments |= {squeezed(match[1]): match[0] for match in matches if match}
    handed: dict[tuple[str, str], Handed] = {}
    records = table.read_records(submitted) if submitted else []
    by_file = {
        readable(submitted.resolve() / one.kept_as): _handed(one)
        for one in records
        if submitted and one.kept_as
    }
    for fate in (Fate.COUNTS, Fate.KEPT):  # a PDF in place of a notebook is a submission, too
        for one in sorted(records, key=lambda one: "/old/" in one.kept_as):
            if one.fate is fate:
                handed.setdefault((one.student, one.exercise), _handed(one))
    return ClassList(known, handed, by_file, assignments)


def _handed(one: Record) -> Handed:
    time = one.handed_in.isoformat(" ", "seconds") if one.handed_in else ""
    return Handed(one.source, time, one.late)


def find_submitted(files: Iterable[str]) -> Path | None:
    """The folder that `autograder collect` has written and these submissions are in."""
    folders = Counter(parent for file in files for parent in [*Path(file).parents][:4])
    for folder, _ in folders.most_common():
        if (folder / table.FILE).is_file():
            return folder
    return None
