"""collected.csv: every file of every archive, what became of it, and when it was handed in.

It is for people and for the next run alike. `autograder collect` reads it to know what is in
``submitted/`` already; `autograder grade` takes hand-in times from it. A time that a person has
written into its column ``handed_in`` is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.collect.files import REASONS, Fate
from autograder.errors import CommandError
from autograder.ingest.tables import by_heading, read_rows, write_rows

FILE = "collected.csv"
OWN_FILES = frozenset({FILE, "roster.csv"})
"""Our files in ``submitted/``, whose names no student's folder can have."""

COLUMNS = (
    "archive", "file", "status", "student", "exercise", "kept_as", "handed_in", "late", "source",
    "sha256", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One row.

    Attributes:
        archive: the archive's or folder's name.
        file: the file's path in it, as text.
        fate: what became of it.
        student: the student's folder below ``submitted/``; "" if unknown.
        exercise: the exercise's id; "" if unknown.
        kept_as: where it is below ``submitted/``; "" if it is not there.
        handed_in: when it was handed in; None if no reliable source has it.
        late: whether the platform marks it as late.
        source: what the platform calls the submission.
        sha256: of its content; "" if it was not read.
        note: anything else that a person should know.
    """

    archive: str
    file: str
    fate: Fate
    student: str = ""
    exercise: str = ""
    kept_as: str = ""
    handed_in: datetime | None = None
    late: bool = False
    source: str = ""
    sha256: str = ""
    note: str = ""


def encode(records: Iterable[Record]) -> bytes:
    """The bytes of the table."""
    return write_rows(
        COLUMNS,
        (
            {
                "archive": one.archive,
                "file": one.file,
                "status": one.fate,
                "student": one.student,
                "exercise": one.exercise,
                "kept_as": one.kept_as,
                "handed_in": one.handed_in.isoformat(" ", "seconds") if one.handed_in else "",
                "late": "late" if one.late else "",
                "source": one.source,
                "sha256": one.sha256,
                "note": one.note or _reason(one.fate),
            }
            for one in records
        ),
    )


def decode(raw: bytes) -> list[Record]:
    """The rows of the table.

    Raises:
        ValueError: with the line, what is wrong and what to do.
    """
    rows = read_rows(raw)
    if rows and not {"archive", "file", "status"} <= {name.strip().lower() for name in rows[0][1]}:
        raise ValueError("line 1: the columns are not those of collected.csv. Run `collect` again")
    return [_record(line, fields) for line, fields in by_heading(rows)]


def read_records(folder: Path) -> list[Record]:
    """The rows of ``folder``/collected.csv; none without such a file.

    Raises:
        CommandError: it is not such a table.
    """
    path = folder / FILE
    try:
        return decode(path.read_bytes())
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from None


def _record(line: int, fields: dict[str, str]) -> Record:
    try:
        fate = Fate(fields.get("status", ""))
    except ValueError:
        raise ValueError(
            f"line {line}: status {fields.get('status')!r} is unknown. Write one of "
            f"{', '.join(Fate)}"
        ) from None
    note = fields.get("note", "")
    return Record(
        fields.get("archive", ""),
        fields.get("file", ""),
        fate,
        fields.get("student", ""),
        fields.get("exercise", ""),
        fields.get("kept_as", ""),
        _time(line, fields.get("handed_in", "")),
        fields.get("late", "") != "",
        fields.get("source", ""),
        fields.get("sha256", ""),
        "" if note == _reason(fate) else note,
    )


def _reason(fate: Fate) -> str:
    return REASONS[fate]["en"] if fate in REASONS else ""


def _time(line: int, text: str) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(
            f"line {line}: handed_in {text!r} is not a time. Write it like "
            "2026-05-01 23:59:00+09:00"
        ) from None
    return time if time.tzinfo else time.astimezone()
