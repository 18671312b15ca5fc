"""Identify a student by the name of a file or folder.

A name yields a *key*, which is the name of the student's folder in the results, and a *display
name*. The key depends only on the bytes of the name, so it is the same in every run, whichever
other students are in it. Students keep different keys even if their names look alike, differ only
in capitals or Unicode form, or become equal when invalid characters are replaced.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.encodings import decoded

_LONGEST = 120
_DIGITS = 12
"""Hexadecimal digits of a key's hash, enough to make a collision infeasible to find."""

_HASHED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}")


@dataclass(frozen=True, order=True)
class Student:
    """One student.

    Attributes:
        key: a valid folder name; the same name always gives the same key.
        name: the display name.
    """

    key: str
    name: str


def student_named(raw: str, *, fold_case: bool = False) -> Student:
    """The student whose submission is named ``raw``.

    A valid folder name is its own key. Other keys end with a hash of the name's bytes.

    Args:
        raw: a name as returned by `os`, with surrogates for undecodable bytes.
        fold_case: whether the results' file system treats ``ALICE`` and ``alice`` as the same name.
            If so, names with capitals get a hash as well.
    """
    name = unicodedata.normalize("NFC", readable(raw))
    safe = folder_name(name)
    same = safe == raw and not _HASHED.fullmatch(safe[-_DIGITS - 1 :])
    if same and not (fold_case and safe != safe.casefold()):
        return Student(safe, safe)
    digest = hashlib.sha256(os.fsencode(raw)).hexdigest()[:_DIGITS]
    key = f"{safe}-{digest}"
    # If only the encoding differs, there is no need to show the hash.
    return Student(key, safe if safe == name else key)


def lookalikes(students: Iterable[Student]) -> list[tuple[Student, ...]]:
    """Groups of students whose names look the same to a reader, each sorted by key."""
    groups: dict[str, set[Student]] = defaultdict(set)
    for one in students:
        groups[_skeleton(one.name)].add(one)
    return [tuple(sorted(group)) for _, group in sorted(groups.items()) if len(group) > 1]


def folder_name(text: str) -> str:
    """A valid folder name: any script and spaces, but nothing that could point elsewhere."""
    text = "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in text)
    text = text.strip(". ")
    while len(text.encode("utf-8", "replace")) > _LONGEST:
        text = text[:-1]
    return text.rstrip(". ") or "_"


def readable(name: Path | str) -> str:
    """A name or path as text, each component decoded with its detected encoding.

    Names from archives made on Japanese Windows are often CP932; on disk they are just bytes.
    """
    return "/".join(decoded(part) for part in os.fsencode(name).split(b"/"))


def _skeleton(name: str) -> str:
    """A name without what readers overlook: case, compatibility forms, spaces, marks and hash."""
    text = unicodedata.normalize("NFKC", _HASHED.sub("", name)).casefold()
    return "".join(c for c in text if c.isalnum()) or name
