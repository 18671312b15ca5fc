"""The class: who is in it, and who of them a name in an archive means.

A roster is a CSV with a heading for each column, as an instructor writes it (``id,name,email``) or
as a platform exports it: Moodle's participants and grading worksheet, Canvas's gradebook,
Gradescope's roster, nbgrader's students. Nobody is guessed: a name that fits two people fits none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path

from autograder.collect.notes import time_in
from autograder.collect.owners import Submitter
from autograder.errors import CommandError
from autograder.ingest.names import folder_name
from autograder.ingest.tables import by_heading, heading, read_rows, write_rows

FILE = "roster.csv"
COLUMNS = ("student", "id", "name", "email", "login", "canvas_id", "section")
"""The columns that we write; ``student`` is the folder below ``submitted/``."""

_ID = ("id", "number", "student id", "student number", "sid", "id number", "sis user id",
       "matriculation number", "username", "学籍番号", "idナンバー", "id番号")  # fmt: skip
_NAME = ("name", "full name", "student", "氏名", "名前", "フルネーム")
_FIRST = ("first name", "first_name", "given name", "名")
_LAST = ("last name", "last_name", "surname", "family name", "姓", "名字")
_EMAIL = ("email", "email address", "e-mail", "mail", "メールアドレス", "メール")
_LOGIN = ("login", "sis login id", "username", "user name", "ユーザー名")
_SECTION = ("section", "sections", "group", "セクション", "グループ")
_IDENTIFIER = ("identifier", "識別子")
_MODIFIED = (
    "last modified (submission)",
    heading("最終更新日時 （提出）"),
    heading("最終更新日時（提出）"),
)
_PARTICIPANT = re.compile(r"\D*(\d+)")
_MOODLE_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%d %B %Y, %I:%M %p")
_HALVES = "午前|午後"
_JAPANESE_TIME = re.compile(
    rf"(\d{{4}}) 年 \s*(\d{{1,2}}) 月 \s*(\d{{1,2}}) 日 [^\d:]*?"
    rf"(?:({_HALVES})\s*)?(\d{{1,2}}):(\d\d)",
    re.X,
)


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
    names: frozenset[str] = frozenset()
    folder: str = ""


@dataclass(frozen=True)
class Roster:
    """A whole class.

    Attributes:
        people: everybody, in the order of the files.
        times: hand-in times that a platform's export has, by Moodle's number of a submission.
        notices: what is odd about the files, one line each.
    """

    people: tuple[Person, ...] = ()
    times: Mapping[str, datetime] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def find(self, one: Submitter) -> Person | None:
        """The person that a platform's submitter is; None if nobody or several could be."""
        if one.platform == "moodle" and one.id in self._by["participant"]:
            return self._only("participant", one.id)
        if one.platform == "canvas" and self._by["canvas"]:
            return self._only("canvas", one.id)
        for kind, value in (("id", one.number), ("email", one.email)):
            if value and (found := self._only(kind, _plain(value))):
                return found
        name = _plain(one.name)
        if one.platform in ("folder", "nbgrader"):
            for kind in ("folder", "id", "login", "email", "local", "canvas"):
                if found := self._only(kind, name):
                    return found
        if one.platform == "canvas":
            return self._only("squeezed", _squeezed(one.name))
        return self._only("name", name)

    @cached_property
    def _by(self) -> Mapping[str, Mapping[str, Sequence[Person]]]:
        by: dict[str, defaultdict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
        for one in self.people:
            for kind, value in (("id", one.id), ("login", one.login), ("email", one.email)):
                if value:
                    by[kind][_plain(value)].append(one)
            if one.email:
                by["local"][_plain(one.email).partition("@")[0]].append(one)
            if one.canvas_id:
                by["canvas"][one.canvas_id].append(one)
            if one.folder:
                by["folder"][_plain(one.folder)].append(one)
            for participant in one.participants:
                by["participant"][participant].append(one)
            names = {one.name, *one.names} - {""}
            for name in {_plain(name) for name in names}:
                by["name"][name].append(one)
            for name in {_squeezed(name) for name in names}:
                by["squeezed"][name].append(one)
        return by

    def _only(self, kind: str, value: str) -> Person | None:
        found = self._by[kind].get(value, ()) if kind in self._by else ()
        return found[0] if len(found) == 1 else None


def read_roster(files: Iterable[Path], zone: tzinfo | None) -> Roster:
    """The class by one or more files; the same person in several of them is one.

    Raises:
        CommandError: a file is not a roster.
    """
    people: list[Person] = []
    times: dict[str, datetime] = {}
    notices: list[str] = []
    for file in files:
        try:
            rows = read_rows(file.read_bytes())
        except FileNotFoundError:
            raise CommandError(f"{file}: no such file", 2) from None
        except ValueError as error:
            raise CommandError(f"{file}: {error}") from None
        headings = {heading(name) for name in rows[0][1]} if rows else set()
        known = {*_ID, *_NAME, *_FIRST, *_LAST, *_EMAIL, *_IDENTIFIER}
        if not headings & known:
            raise CommandError(
                f"{file}: has no column that names a student. The first line must have the "
                "columns' names, such as id,name,email"
            )
        unread, before = 0, len(people)
        for line, fields in by_heading(rows):
            one = _person(fields)
            if one is None:
                continue
            if not one.name:
                notices.append(f"{file}:{line}: names nobody, and was left out")
                continue
            people = _with(people, one, before)
            text = _first(fields, _MODIFIED)
            if text not in ("", "-") and one.participants:
                time = moodle_time(text, zone)
                unread += time is None
                if time is not None:
                    times |= dict.fromkeys(one.participants, time)
        if unread:
            notices.append(
                f"{file}: {unread} of its hand-in times are not in a form that is read (English "
                "or Japanese), and are unknown. Download it with Moodle in English"
            )
    return Roster(tuple(people), times, tuple(notices))


def moodle_time(text: str, zone: tzinfo | None) -> datetime | None:
    """A time as Moodle writes it for people, in English or Japanese; None if it is not one."""
    if (time := time_in(text, zone)) is not None:
        return time
    found = _JAPANESE_TIME.search(unicodedata.normalize("NFKC", text))
    try:
        if found:
            year, month, day, half, hour, minute = found.groups()
            hours = int(hour) % 12 + 12 * (half == "午後") if half else int(hour)
            local = datetime(int(year), int(month), int(day), hours, int(minute))
            return local.replace(tzinfo=zone) if zone else local.astimezone()
    except ValueError:
        return None
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for form in _MOODLE_TIMES:
        try:
            local = datetime.strptime(plain, form)
        except ValueError:
            continue
        return local.replace(tzinfo=zone) if zone else local.astimezone()
    return None


def encode(people: Iterable[Person]) -> bytes:
    """The bytes of our own roster.csv."""
    return write_rows(
        COLUMNS,
        (
            {
                "student": one.folder,
                "id": one.id,
                "name": one.name,
                "email": one.email,
                "login": one.login,
                "canvas_id": one.canvas_id,
                "section": one.section,
            }
            for one in people
        ),
    )


def decode(raw: bytes) -> list[Person]:
    """The people of our own roster.csv.

    Raises:
        ValueError: it is not a table.
    """
    return [
        Person(
            fields.get("name", "") or fields.get("student", ""),
            fields.get("id", ""),
            fields.get("email", ""),
            fields.get("login", ""),
            fields.get("canvas_id", ""),
            fields.get("section", ""),
            folder=fields.get("student", ""),
        )
        for _, fields in by_heading(read_rows(raw))
    ]


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
        named.append(replace(one, folder=folder))
    return named


def _person(fields: Mapping[str, str]) -> Person | None:
    """The person in a row; None for a row that is about nobody, such as Canvas's maximum points."""
    canvas = "sis user id" in fields or "sis login id" in fields
    name = _first(fields, _NAME)
    if canvas and (name.startswith(("Points Possible", "    Points")) or name == "Student, Test"):
        return None
    last, first = _first(fields, _LAST), _first(fields, _FIRST)
    names = {name}
    if first or last:
        names |= {f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}, {first}"}
        name = name or f"{first} {last}".strip()
    if "," in name:  # "Doe, John"
        before, _, after = name.partition(",")
        name = f"{after.strip()} {before.strip()}"
        names |= {name, f"{before.strip()} {after.strip()}"}
    elif " " in name:
        words = name.split()
        names |= {f"{words[-1]} {' '.join(words[:-1])}", f"{' '.join(words[1:])} {words[0]}"}
    email, login = _first(fields, _EMAIL), _first(fields, _LOGIN)
    ids = _ID[1:] if canvas else _ID
    number = _first(fields, ids)
    participant = _PARTICIPANT.fullmatch(_first(fields, _IDENTIFIER))
    return Person(
        name or email or number or login,
        number,
        email,
        login if login != number else "",
        fields.get("canvas_id", "") or (fields.get("id", "") if canvas else ""),
        _first(fields, _SECTION),
        frozenset({participant[1]} if participant else ()),
        frozenset(names - {""}),
        fields.get("student", "") if "name" in fields and "student" in fields else "",
    )


def _with(people: list[Person], new: Person, before: int) -> list[Person]:
    """The people with one more, or with what a further file says about one of them.

    Numbers and addresses tell who is the same. Where a file has neither, names do, but not within
    one file: there, two of the same name are two.

    Args:
        people: everybody so far.
        new: one more.
        before: how many of the people are from earlier files.
    """
    for at, one in enumerate(people):
        pairs = [(one.id, new.id), (one.email, new.email)]
        known = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
        if known:
            same = any(_plain(mine) == _plain(theirs) for mine, theirs in known)
        else:
            named = [each for each in people[:before] if _plain(each.name) == _plain(new.name)]
            same = named == [one]
        if same:
            merged = replace(
                one,
                id=one.id or new.id,
                email=one.email or new.email,
                login=one.login or new.login,
                canvas_id=one.canvas_id or new.canvas_id,
                section=one.section or new.section,
                participants=one.participants | new.participants,
                names=one.names | new.names,
                folder=one.folder or new.folder,
            )
            return [*people[:at], merged, *people[at + 1 :]]
    return [*people, new]


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name].strip() for name in names if fields.get(name, "").strip()), "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _squeezed(text: str) -> str:
    """A name as Canvas puts it into file names: letters and digits only."""
    return re.sub(r"[\W_]", "", _plain(text))
