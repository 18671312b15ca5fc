"""Whose is it? From a file's or folder's name to one student.

Two names come out of one: a *key*, which is the name of the student's folder in the results, and
the name that people are *shown*. The key is a function of the bytes of the name alone. So it is the
same in every run, whoever else is in it; and two students whose names look alike, differ in
capitals or Unicode form, or lose their difference on the way to a folder's name, keep two keys.
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
"""Hexadecimal digits of a key's hash: nobody finds another name with the same by trying."""

_HASHED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}")


@dataclass(frozen=True, order=True)
class Student:
    """One student.

    Attributes:
        key: fit for a folder's name; the same name always gives the same key.
        name: for people.
    """

    key: str
    name: str


def student(raw: str, *, fold_case: bool = False) -> Student:
    """The student whose hand-in has the name ``raw``.

    A name that is fit for a folder is its own key. Any other gets a hash of its bytes.

    Args:
        raw: a name as `os` gives it; bytes that are no text are surrogates in it.
        fold_case: whether the results' file system takes ``ALICE`` and ``alice`` for one name. Then
            every name with capitals gets a hash, too.
    """
    name = unicodedata.normalize("NFC", readable(raw))
    fit = folder_name(name)
    same = fit == raw and not _HASHED.fullmatch(fit[-_DIGITS - 1 :])
    if same and not (fold_case and fit != fit.casefold()):
        return Student(fit, fit)
    digest = hashlib.sha256(os.fsencode(raw)).hexdigest()[:_DIGITS]
    key = f"{fit}-{digest}"
    # Where nothing but the encoding differs, people need not see the hash.
    return Student(key, fit if fit == name else key)


def alike(students: Iterable[Student]) -> list[tuple[Student, ...]]:
    """Students whose names a reader would take for one, each group sorted by key."""
    groups: dict[str, set[Student]] = defaultdict(set)
    for one in students:
        groups[_skeleton(one.name)].add(one)
    return [tuple(sorted(group)) for _, group in sorted(groups.items()) if len(group) > 1]


def folder_name(text: str) -> str:
    """A name as a folder's name: any script and blanks, but no way out of the folder."""
    text = "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in text)
    text = text.strip(". ")
    while len(text.encode("utf-8", "replace")) > _LONGEST:
        text = text[:-1]
    return text.rstrip(". ") or "_"


def readable(name: Path | str) -> str:
    """A name or path as text, each part of it in the encoding that it is evidently in.

    Names out of an archive made on a Japanese Windows are often in CP932; on disk they are bytes.
    """
    return "/".join(decoded(part) for part in os.fsencode(name).split(b"/"))


def _skeleton(name: str) -> str:
    """What of a name a reader goes by: no case, forms, blanks, marks that are not seen, or hash."""
    text = unicodedata.normalize("NFKC", _HASHED.sub("", name)).casefold()
    return "".join(c for c in text if c.isalnum()) or name
