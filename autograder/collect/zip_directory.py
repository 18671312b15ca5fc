"""Read what a zip's directory says of its members: their names, times, and its own size.

Zips rarely say in which encoding names are or in which time zone times are, and `zipfile` guesses.
"""

from __future__ import annotations

import os
import struct
import unicodedata
import zipfile
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.ingest.encodings import decoded, detect_encoding

_TAIL = 2**16 + 128
"""Bytes at the end of a zip in which the record is that says how large its directory is."""


def directory_size(path: Path) -> int:
    """The size of a zip's directory by the largest claim at its end, whichever counts."""
    with path.open("rb") as file:
        file.seek(-min(_TAIL, path.stat().st_size), os.SEEK_END)
        tail = file.read()
    sizes = [0]
    for mark, offset, form in ((b"PK\5\6", 12, "<I"), (b"PK\6\6", 40, "<Q")):
        at = tail.find(mark)
        while at >= 0:
            if at + offset + struct.calcsize(form) <= len(tail):
                sizes += struct.unpack_from(form, tail, at + offset)
            at = tail.find(mark, at + 1)
    return max(sizes)


def member_names(infos: list[zipfile.ZipInfo], most: int) -> list[tuple[str, ...]]:
    """The components of the members' paths, in whatever encoding the names are.

    A zip made on Japanese Windows has CP932 in its directory and no flag that says so; most of its
    names are too short to recognise an encoding, all of them together are not.

    Args:
        infos: the members.
        most: components that a path may have; a longer one keeps the first of them, and the last.
    """
    raw = [None if info.flag_bits & 0x800 else _raw(info.orig_filename) for info in infos]
    together = b"\n".join(name for name in raw if name and not name.isascii())
    encoding = detect_encoding(together) if together else None
    return [
        _components(info.orig_filename if name is None else _decoded(name, encoding), most)
        for info, name in zip(infos, raw, strict=True)
    ]


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder."""
    return info.filename.endswith("/")  # `is_dir` fails on an empty name


def _raw(name: str) -> bytes | None:
    try:
        return name.encode("cp437")  # which `zipfile` takes every other name for
    except UnicodeEncodeError:
        return None


def _decoded(name: bytes, encoding: str | None) -> str:
    if encoding is not None:
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            pass
    return decoded(name)


def _components(name: str, most: int) -> tuple[str, ...]:
    name = unicodedata.normalize("NFC", name.partition("\0")[0]).replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", ".", ".."))
    if len(parts) > most:
        parts = (*parts[: most - 1], parts[-1])
    return parts or ("_",)


def member_time(info: zipfile.ZipInfo, zone: tzinfo | None) -> datetime | None:
    """A member's time: the exact one if the zip has it, else the wall clock of its maker."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x5455 and len(body) >= 5 and body[0] & 1:
            return datetime.fromtimestamp(struct.unpack_from("<i", body, 1)[0], UTC)
    try:
        local = datetime(*info.date_time)
    except ValueError:
        return None
    if info.date_time[:3] == (1980, 1, 1):  # what writers give that know no time
        return None
    return local.replace(tzinfo=zone) if zone else local.astimezone()
