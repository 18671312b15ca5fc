"""Read a class list, whoever made it, and write our own: ``submitted/roster.csv``.

A roster is a CSV with a heading for each column, as an instructor writes it (``id,name,email``) or
as a platform exports it: Moodle's participants and grading worksheet, Canvas's gradebook,
Gradescope's roster, nbgrader's students.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.collect.notes import time_in
from autograder.collect.roster import Person, Roster, plain
from autograder.errors import CommandError
from autograder.ingest.tables import by_heading, heading, read_rows, write_rows

FILE = "roster.csv"
MOODLE_NUMBERS = "moodle_numbers"
COLUMNS = ("student", "id", "name", "email", "login", "canvas_id", "section", MOODLE_NUMBERS)
"""The columns that we write; ``student`` is the folder below ``submitted/``. Moodle's numbers stand
after their exercises, if these are known: ``02_im2col:1234567 1234999``."""

# In English, Japanese, German, French and Spanish.
_ID = ("id", "number", "student id", "student number", "sid", "id number", "sis user id",
       "matriculation number", "username", "学籍番号", "学生番号", "idナンバー", "id番号",
       "matrikelnummer", "matrikelnr", "matrikelnr.", "matrikel-nr.", "id-nummer",
       "numéro d'étudiant", "numéro d'identification", "número de id", "matrícula")  # fmt: skip
_NAME = ("name", "full name", "student name", "student", "氏名", "名前", "フルネーム",
         "vollständiger name", "nom complet", "nombre completo")  # fmt: skip
_FIRST = ("first name", "first_name", "firstname", "given name", "名", "vorname", "prénom",
          "nombre")  # fmt: skip
_LAST = ("last name", "last_name", "lastname", "surname", "family name", "姓", "名字", "nachname",
         "familienname", "nom", "nom de famille", "apellido(s)", "apellidos")  # fmt: skip
_EMAIL = ("email", "email address", "e-mail", "e-mail address", "mail", "メールアドレス", "メール",
          "e-mail-adresse", "adresse de courriel", "courriel", "dirección de correo",
          "correo electrónico")  # fmt: skip
_GITHUB = "github_username"
_LOGIN = ("login", _GITHUB, "sis login id", "username", "user name", "ユーザー名")
_SECTION = ("section", "sections", "group", "groups", "セクション", "グループ")
_IDENTIFIER = ("identifier", "識別子")
_MODIFIED = (
    "last modified (submission)",
    heading("最終更新日時 （提出）"),
    heading("最終更新日時（提出）"),
)
_EAST_ASIAN = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")
_PARTICIPANT = re.compile(r"\D*(\d+)")
_MOODLE_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%d %B %Y, %I:%M %p")
_HALVES = "午前|午後"
_JAPANESE_TIME = re.compile(
    rf"(\d{{4}}) 年 \s*(\d{{1,2}}) 月 \s*(\d{{1,2}}) 日 [^\d:]*?"
    rf"(?:({_HALVES})\s*)?(\d{{1,2}}):(\d\d)",
    re.X,
)


def read_roster(files: Iterable[Path], zone: tzinfo | None) -> Roster:
    """The class by one or more files; the same person in several of them is one.

    Raises:
        CommandError: a file is not a roster.
    """
    people: list[Person] = []
    times: dict[str, datetime] = {}
    worksheets: list[frozenset[str]] = []
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
        if unknown := _unknown_names(rows[0][1]):
            notices.append(
                f"{file}: none of its columns is known to have names, so students are called by "
                f"their address or number. Not understood: {', '.join(unknown)}. Call the columns "
                "id,name,email"
            )
        numbers: set[str] = set()
        unread, read, before = 0, 0, len(people)
        for line, fields in by_heading(rows):
            one = _person(fields)
            if one is None:
                continue
            if not one.name:
                notices.append(f"{file}:{line}: names nobody, and was left out")
                continue
            people = _with(people, one, before)
            numbers |= one.participants
            read += 1
            text = _first(fields, _MODIFIED)
            if text not in ("", "-") and one.participants:
                time = moodle_time(text, zone)
                unread += time is None
                if time is not None:
                    times |= dict.fromkeys(one.participants, time)
        if headings & {*_IDENTIFIER} and numbers:
            worksheets.append(frozenset(numbers))
        if before and read == len(people) - before:
            _refuse_numbers_alone(file, people[before:])
        if unread:
            notices.append(
                f"{file}: {unread} of its hand-in times are not in a form that is read (English "
                "or Japanese), and are unknown. Download it with Moodle in English"
            )
    return Roster(tuple(people), times, tuple(notices), tuple(worksheets))


def _refuse_numbers_alone(file: Path, people: Sequence[Person]) -> None:
    """Refuse a roster without names of which nobody is known, where a class is known already.

    Moodle's numbers are others in each assignment, so everybody would be in the class twice.
    """
    if people and all(one.blind_number for one in people):
        raise CommandError(
            f"{file}: has numbers in place of names (blind marking), and none of them is in the "
            "class that is known. Moodle gives students other numbers in each assignment, so "
            "nobody can tell who is who. Collect each such assignment into a folder of its own "
            "with --out, or reveal the names in Moodle and download it again"
        )


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
                MOODLE_NUMBERS: _numbers_as_text(one),
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
            *_numbers_in(fields),
            folder=fields.get("student", ""),
        )
        for _, fields in by_heading(read_rows(raw))
    ]


def _numbers_as_text(one: Person) -> str:
    of = dict(one.assignments)
    texts = [f"{of[number]}:{number}" if number in of else number for number in one.participants]
    return " ".join(sorted(texts))


def _numbers_in(
    fields: Mapping[str, str],
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Moodle's numbers in a row of our own roster.csv, and those of which the exercise is known."""
    pairs = [text.rpartition(":") for text in fields.get(MOODLE_NUMBERS, "").split()]
    known = frozenset((number, exercise) for exercise, _, number in pairs if exercise)
    return frozenset(number for _, _, number in pairs), known


def _unknown_names(columns: Sequence[str]) -> list[str]:
    """The columns that are not understood, if none is known to have names.

    Moodle's worksheet has none with blind marking, but numbers.
    """
    by_heading = {heading(column): column for column in columns}
    if by_heading.keys() & {*_NAME, *_FIRST, *_LAST, *_IDENTIFIER}:
        return []
    known = {*_ID, *_EMAIL, *_LOGIN, *_SECTION, *_MODIFIED, *COLUMNS}
    return [column for name, column in by_heading.items() if name and name not in known]


def _full_name(first: str, last: str) -> str:
    """The name as it is written: in Chinese, Japanese and Korean, the family name comes first."""
    words = (last, first) if _EAST_ASIAN.match(first) and _EAST_ASIAN.match(last) else (first, last)
    return " ".join(words).strip()


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
        name = name or _full_name(first, last)
    if "," in name:  # "Doe, John"
        before, _, after = name.partition(",")
        name = _full_name(after.strip(), before.strip())
        names |= {name, f"{before.strip()} {after.strip()}"}
    elif " " in name:
        words = name.split()
        names |= {f"{words[-1]} {' '.join(words[:-1])}", f"{' '.join(words[1:])} {words[0]}"}
    email, login = _first(fields, _EMAIL), _first(fields, _LOGIN)
    ids = _ID[1:] if canvas else _ID
    number = _first(fields, ids)
    identifier = _first(fields, _IDENTIFIER)
    participant = None
    if _GITHUB in fields:
        number = number or identifier
    else:
        participant = _PARTICIPANT.fullmatch(identifier)
    numbers, assignments = _numbers_in(fields)
    return Person(
        name or email or number or login or (identifier if participant else ""),
        number,
        email,
        login if login != number else "",
        fields.get("canvas_id", "") or (fields.get("id", "") if canvas else ""),
        _first(fields, _SECTION),
        numbers | ({participant[1]} if participant else set()),
        assignments,
        frozenset(names - {""}),
        fields.get("student", "") if "name" in fields and "student" in fields else "",
    )


def _with(people: list[Person], new: Person, before: int) -> list[Person]:
    """The people with one more, or with what a further file says about one of them.

    Numbers and addresses tell who is the same. Where a file has neither, names do, but not within
    one file: there, two of the same name are two. A student whom blind marking has hidden gets the
    name when the worksheet has it.

    Args:
        people: everybody so far.
        new: one more.
        before: how many of the people are from earlier files.
    """
    for at, one in enumerate(people):
        pairs = [(one.id, new.id), (one.email, new.email)]
        known = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
        if known:
            same = any(plain(mine) == plain(theirs) for mine, theirs in known)
        elif one.participants & new.participants:
            same = True  # Moodle uses no number twice
        else:
            named = [each for each in people[:before] if plain(each.name) == plain(new.name)]
            same = named == [one]
        if same:
            merged = replace(
                one,
                name=new.name if one.blind_number else one.name,
                id=one.id or new.id,
                email=one.email or new.email,
                login=one.login or new.login,
                canvas_id=one.canvas_id or new.canvas_id,
                section=one.section or new.section,
                participants=one.participants | new.participants,
                assignments=one.assignments | new.assignments,
                names=one.names | new.names,
                folder=one.folder or new.folder,
            )
            return [*people[:at], merged, *people[at + 1 :]]
    return [*people, new]


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name].strip() for name in names if fields.get(name, "").strip()), "")
