"""What corrections.csv and a gradebook agreed on the last time: ``OUT/gradebook.json``."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import CommandError
from autograder.files import read_below, write_atomically
from autograder.gradebook.entries import NO_WORD, Word

FILE = "gradebook.json"
SCHEMA_VERSION = 1

Key = tuple[str, str]
"""A student's key and an exercise's id."""


@dataclass(frozen=True)
class Agreed:
    """The words of the last time.

    Attributes:
        url: the gradebook's address.
        words: words by cell, for each student and exercise in the gradebook.
        cells: the cells of each exercise in the gradebook.
    """

    url: str
    words: Mapping[Key, Mapping[str, Word]] = field(default_factory=dict)
    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def word(self, key: Key, cell: str) -> Word:
        """The word about one cell."""
        return self.words.get(key, {}).get(cell, NO_WORD)


def read_agreed(out: Path, url: str) -> Agreed:
    """What was agreed with this gradebook; nothing if the last one was another.

    Raises:
        CommandError: the file is damaged.
    """
    path = out / FILE
    try:
        tree = json.loads(read_below(path, out))
        if tree["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema_version {tree['schema_version']!r} is unknown")
        if tree["gradebook"] != _fingerprint(url):
            return Agreed(url)
        words = {
            (str(one["student"]), str(one["exercise"])): {
                str(cell): _word(value) for cell, value in one["words"].items()
            }
            for one in tree["results"]
        }
        cells = {str(id): [str(cell) for cell in names] for id, names in tree["cells"].items()}
    except FileNotFoundError:
        return Agreed(url)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CommandError(
            f"{path}: cannot be read ({type(error).__name__}: {error}). Remove it: then decisions "
            "in corrections.csv count where the gradebook has others"
        ) from None
    return Agreed(url, words, cells)


def write_agreed(out: Path, agreed: Agreed) -> None:
    """Write ``out``/gradebook.json. The address may contain a password, so only its hash is kept.

    Raises:
        OSError: it cannot be written.
    """
    tree = {
        "schema_version": SCHEMA_VERSION,
        "gradebook": _fingerprint(agreed.url),
        "cells": {id: list(names) for id, names in sorted(agreed.cells.items())},
        "results": [
            {
                "student": student,
                "exercise": exercise,
                "words": {c: [w.points, w.comment] for c, w in words.items() if w != NO_WORD},
            }
            for (student, exercise), words in sorted(agreed.words.items())
        ],
    }
    text = json.dumps(tree, ensure_ascii=False, indent=1) + "\n"
    write_atomically(out / FILE, text, below=out)


def _word(value: Any) -> Word:
    points, comment = value
    if points is not None and not math.isfinite(points):
        raise ValueError(f"{points!r} points")
    return Word(None if points is None else float(points), str(comment))


def _fingerprint(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
