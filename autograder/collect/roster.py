"""The class: who is in it, and who of them a name in an archive means.

Nobody is guessed: a name that fits two people fits none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from autograder.collect.owners import Submitter
from autograder.collect.table import OWN_FILES
from autograder.ingest.names import folder_name

_HIDDEN = "participant|参加者"
BLIND = re.compile(rf"(?:{_HIDDEN})\s*(\d+)", re.IGNORECASE)
"""What Moodle calls a student whose name it hides."""


@dataclass(frozen=True)
class Person:
    """One student of the class; what the roster does not say is "".

    Attributes:
        id: the student number.
        name: the name as it is written.
        email: the address.
        login: the name of the account.
        canvas_id: Canvas's number of the student.
        section: the section or group.
        participants: Moodle's numbers of the student, one for each assignment.
        assignments: those numbers whose exercise is known, each with it.
        names: other orders in which the name is written.
        folder: the student's folder, if it is decided already.
    """

    name: str
    id: str = ""
    email: str = ""
    login: str = ""
    canvas_id: str = ""
    section: str = ""
    participants: frozenset[str] = frozenset()
    assignments: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()
    folder: str = ""

    def participant(self, exercise: str) -> str:
        """Moodle's number of the student's submission for an exercise; "" if that is unknown."""
        known = {number for number, id in self.assignments if id == exercise}
        numbers = known or self.participants - {number for number, _ in self.assignments}
        return next(iter(numbers)) if len(numbers) == 1 else ""

    @property
    def blind_number(self) -> str:
        """Moodle's number of a student about whom nothing else is known; "" for everybody else.

        With blind marking, a worksheet has "Participant 12" in place of name and address.
        """
        if self.id or self.email or self.login or self.canvas_id:
            return ""
        found = BLIND.fullmatch(self.name)
        return found[1] if found else ""


@dataclass(frozen=True)
class Roster:
    """A whole class.

    Attributes:
        people: everybody, in the order of the files.
        times: hand-in times that a platform's export has, by Moodle's number of a submission.
        worksheets: the numbers in each of Moodle's grading worksheets.
        notices: what is odd about the files, one line each.
    """

    people: tuple[Person, ...] = ()
    times: Mapping[str, datetime] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    worksheets: tuple[frozenset[str], ...] = ()

    def find(self, one: Submitter) -> Person | None:
        """The person that a platform's submitter is; None if nobody or several could be."""
        if one.platform == "moodle" and one.id in self._by["participant"]:
            return self._only("participant", one.id)
        if one.platform == "canvas" and self._by["canvas"]:
            return self._only("canvas", one.id)
        for kind, value in (("id", one.number), ("email", one.email)):
            if value and (found := self._only(kind, plain(value))):
                return found
        name = plain(one.name)
        if one.platform in ("folder", "nbgrader"):
            for kind in ("folder", "id", "login", "email", "local", "canvas"):
                if found := self._only(kind, name):
                    return found
        if one.platform == "canvas":
            return self._only("squeezed", squeezed(one.name))
        return self._only("name", name)

    def members(self, group: str) -> tuple[Person, ...]:
        """The people whose section or group is called like this."""
        name = plain(group)
        return tuple(
            one
            for one in self.people
            if name and name in [plain(each) for each in re.split("[,;]", one.section)]
        )

    def called(self, name: str) -> bool:
        """Whether somebody has this name."""
        return plain(name) in self._by["name"]

    def time_of(self, person: Person) -> datetime | None:
        """When the person handed in, if the export has one time of theirs only."""
        found = {self.times[number] for number in person.participants if number in self.times}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _by(self) -> Mapping[str, Mapping[str, Sequence[Person]]]:
        by: dict[str, defaultdict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
        for one in self.people:
            for kind, value in (("id", one.id), ("login", one.login), ("email", one.email)):
                if value:
                    by[kind][plain(value)].append(one)
            if one.email:
                by["local"][plain(one.email).partition("@")[0]].append(one)
            if one.canvas_id:
                by["canvas"][one.canvas_id].append(one)
            if one.folder:
                by["folder"][plain(one.folder)].append(one)
            for participant in one.participants:
                by["participant"][participant].append(one)
            names = {one.name, *one.names} - {""}
            for name in {plain(name) for name in names}:
                by["name"][name].append(one)
            for name in {squeezed(name) for name in names}:
                by["squeezed"][name].append(one)
        return by

    def _only(self, kind: str, value: str) -> Person | None:
        found = self._by[kind].get(value, ()) if kind in self._by else ()
        return found[0] if len(found) == 1 else None


def with_numbers(
    people: Sequence[Person],
    submissions: Collection[tuple[str, str, str]],
    worksheets: Sequence[Collection[str]] = (),
) -> tuple[Person, ...]:
    """The people with Moodle's numbers of what they have handed in, each with its exercise.

    Args:
        people: the class.
        submissions: a student's folder, Moodle's number and the exercise of each submission.
        worksheets: the numbers in each grading worksheet, which is of one assignment.
    """
    by_folder: dict[str, set[tuple[str, str]]] = defaultdict(set)
    of_number: dict[str, set[str]] = defaultdict(set)
    for folder, number, exercise in submissions:
        if number:
            by_folder[folder].add((number, exercise))
            of_number[number] |= {exercise} - {""}
    for numbers in worksheets:
        exercises = {id for number in numbers for id in of_number.get(number, ())}
        if len(exercises) == 1:
            unknown = [number for number in numbers if not of_number.get(number)]
            of_number |= dict.fromkeys(unknown, exercises)

    def known(one: Person) -> Person:
        numbers = one.participants | {number for number, _ in by_folder.get(one.folder, ())}
        found = {(n, next(iter(of_number[n]))) for n in numbers if len(of_number.get(n, ())) == 1}
        return replace(one, participants=numbers, assignments=one.assignments | found)

    return tuple(map(known, people))


def folders(people: Sequence[Person]) -> list[Person]:
    """Everybody with a folder: the name, with the number where two are called the same."""
    uses: dict[str, int] = defaultdict(int)
    for one in people:
        uses[folder_name(one.name).casefold()] += 1
    named = []
    for one in people:
        folder = one.folder or folder_name(one.name)
        number = (
            one.id or one.canvas_id or one.login or one.email or min(one.participants, default="")
        )
        if not one.folder and uses[folder.casefold()] > 1 and number:
            folder = folder_name(f"{one.name} ({number})")
        if folder.casefold() in OWN_FILES:
            folder = f"{folder} (2)"
        named.append(replace(one, folder=folder))
    return named


def plain(text: str) -> str:
    """A name, number or address without regard to capitals, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def squeezed(text: str) -> str:
    """A name as Canvas puts it into file names: letters and digits only, in lower case."""
    return re.sub(r"[\W_]", "", plain(text))
