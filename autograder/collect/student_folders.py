"""The folder of each student below ``submitted/``: one for each, the same one in every run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.collect.owners import Submitter
from autograder.collect.roster import Roster
from autograder.collect.table import OWN_FILES
from autograder.ingest.names import folder_name, student_named


@dataclass
class StudentFolders:
    """Names the folders.

    Attributes:
        roster: the class.
        known: folders that exist, by their names without regard to case.
        numbers: folders by Moodle's number of a submission, as far as that is known.
        strangers: names that the roster does not have, or has several times.
        found: how many students were found in the roster.
        notices: whom only a number tells apart, one line each.
    """

    roster: Roster
    known: dict[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    found: int = 0
    notices: list[str] = field(default_factory=list)

    def of(self, submitters: Iterable[Submitter]) -> dict[tuple[str, str, str], str]:
        """The folder of each student of an archive, by `Submitter.key`."""
        distinct = {one.key: one for one in submitters}
        same_name: dict[str, set[str]] = defaultdict(set)
        for one in distinct.values():
            same_name[folder_name(one.name).casefold()].add(one.id or one.number or one.email)
        folders = {}
        for key, one in sorted(distinct.items()):
            person = self.roster.find(one)
            if person is not None:
                folders[key] = person.folder
                self.found += 1
                continue
            if one.platform == "moodle" and one.id in self.numbers:
                folders[key] = self.numbers[one.id]
                continue
            if self.roster.people:
                self.strangers.append(one.name)
            name = one.name
            if one.platform == "canvas":
                name = f"{one.name}_{one.id}"
            elif len(same_name[folder_name(one.name).casefold()]) > 1 and (
                number := one.number or one.email or one.id
            ):
                name = f"{one.name} ({number})"
                self._same_name(one)
            folders[key] = self._named(name)
        return folders

    def _same_name(self, one: Submitter) -> None:
        remedy = "A roster (--roster) tells who is who"
        if one.platform == "moodle":  # its names of folders have a number of the hand-in only
            remedy = "The assignment's grading worksheet, given as --roster, tells who is who"
        line = (
            f"{one.name}: several students have this name, and are told apart by a number. {remedy}"
        )
        if line not in self.notices:
            self.notices.append(line)

    def _named(self, name: str) -> str:
        """A folder; names that differ only in capitals or invalid characters get two.

        Our own files beside the folders keep their names.
        """
        folder = folder_name(name)
        if folder != name:
            folder = student_named(name).key
        own = folder.casefold() in OWN_FILES
        known = self.known.setdefault(folder.casefold(), folder)
        if own or known != folder:
            folder = student_named(name, fold_case=True).key
            if folder == name:
                folder = f"{name} (2)"
            self.known.setdefault(folder.casefold(), folder)
        return folder
