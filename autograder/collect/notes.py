"""What platforms write down beside submissions: Gradescope's metadata, nbgrader's time stamps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from autograder.collect.files import Found
from autograder.collect.owners import GRADESCOPE, INBOUND, METADATA, TIMESTAMP, Note, Submitter

MAX_NOTES = 256 * 2**20
MAX_STAMP = 1000

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d)[:_](\d\d)[:_](\d\d)(?:[._](\d{1,9}))?\s*([+-]\d\d:?\d\d|\S+)?\s*"
)
_KEY = re.compile(r"( *)(- )?:?([A-Za-z_]\w*): *(.*)")


def is_note(found: Found) -> bool:
    """Whether a file was written by the platform, and not handed in under its name."""
    name, above = found.path[-1], found.path[:-1]
    if found.outside != len(found.path):
        return False
    if name == METADATA:
        return not any(GRADESCOPE.fullmatch(part) for part in above)
    return name == TIMESTAMP and len(above) > 0


def read_notes(files: Iterable[Found], zone: tzinfo | None) -> dict[str, Note]:
    """The notes by ``submission_<id>``, or by the path of the folder that they are about.

    A student can have folders of any name, so a name alone does not tell whose a time stamp is.

    Args:
        files: the files of the archive.
        zone: the time zone of times without one.
    """
    notes: dict[str, Note] = {}
    stamps: dict[str, Note] = {}
    for found in files:
        above = found.path[:-1]
        for depth, part in enumerate(above[: found.outside], 1):
            if match := INBOUND.fullmatch(part):
                stamps["/".join(above[:depth])] = Note((), time_in(match["time"], zone))
                break
        else:
            if found.content is None or not is_note(found):
                continue
            size = found.content.stat().st_size
            if found.path[-1] == METADATA and size <= MAX_NOTES:
                notes |= _metadata(found.content.read_text("utf-8", "replace"), zone)
            elif found.path[-1] == TIMESTAMP and size <= MAX_STAMP and len(above) > 1:
                time = time_in(found.content.read_text("utf-8", "replace"), zone)
                if time is not None:
                    stamps["/".join(above)] = Note((), time)
    return stamps | notes


def time_in(text: str, zone: tzinfo | None) -> datetime | None:
    """A time as Gradescope and nbgrader write it; None if it is not one.

    Args:
        text: such as ``2026-05-01 10:00:00.123456 UTC``, with an offset, a zone or neither.
        zone: the time zone if it has none; None for that of this machine.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    date, hour, minute, second, fraction, where = match.groups()
    try:
        time = datetime.fromisoformat(f"{date}T{hour}:{minute}:{second}")
        time = time.replace(microsecond=int((fraction or "0").ljust(6, "0")[:6]))
        return _in_zone(time, where or "", zone)
    except (KeyError, ValueError, OverflowError, OSError):  # no such time zone
        return None


def _in_zone(time: datetime, where: str, zone: tzinfo | None) -> datetime:
    if where.upper() in ("Z", "UTC", "GMT"):
        return time.replace(tzinfo=UTC)
    if where[:1] in ("+", "-") and where:
        return time.replace(tzinfo=datetime.strptime(where, "%z").tzinfo)
    if where:
        return time.replace(tzinfo=ZoneInfo(where))
    return time.replace(tzinfo=zone) if zone else time.astimezone()


def _metadata(text: str, zone: tzinfo | None) -> dict[str, Note]:
    """Gradescope's metadata: YAML with Ruby's symbols as keys, two levels of which matter here.

    A real YAML parser would read the scores and outputs of all tests as well, which may be a
    hundred megabytes, and expand whatever references are in them.
    """
    notes: dict[str, Note] = {}
    current = section = ""
    people: list[dict[str, str]] = []
    time: datetime | None = None

    def close() -> None:
        if current:
            notes[current] = Note(tuple(_submitter(one) for one in people), time)

    for line in text.splitlines():
        match = _KEY.fullmatch(line.rstrip())
        if match is None:
            continue
        indent, dash, key, value = len(match[1]), match[2], match[3], match[4]
        if indent == 0 and not dash and re.fullmatch(r"submission_\d+", key):
            close()
            current, section, people, time = key, "", [], None
        elif indent == 2 and not dash:
            section = key
            if key == "created_at":
                time = time_in(_scalar(value), zone)
        elif section == "submitters" and indent in (2, 4):
            if dash:
                people.append({})
            if people:
                people[-1][key] = _scalar(value)
    close()
    return notes


def _submitter(fields: dict[str, str]) -> Submitter:
    email, number = fields.get("email", ""), fields.get("sid", "")
    name = fields.get("name", "") or email or number
    return Submitter("gradescope", name, number=number, email=email)


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] == "'" == text[-1:] and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[:1] == '"' == text[-1:] and len(text) > 1:
        try:
            return str(json.loads(re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", text)))
        except ValueError:
            return text[1:-1]
    return "" if text in ("null", "~") else text
