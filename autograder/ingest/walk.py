"""Look through what was handed in, however it is folded.

Links to folders are not followed. How deep and how much is looked at is bounded: a student's zip
may unpack to a million folders, and that is no other student's affair.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.filenames import ignored, may_be_a_submission, stem

DEEPEST = 50
"""How many folders below the one handed in are looked into."""

MOST_ENTRIES = 20_000
"""How many names are looked at below one folder."""


@dataclass(frozen=True)
class Tree:
    """What lies below a folder, nearest first, then by name.

    Attributes:
        books: files named like notebooks.
        others: files that somebody may have handed in instead of one.
        folders: every folder, and links to folders.
        whole: whether everything was looked at.
    """

    books: tuple[Path, ...]
    others: tuple[Path, ...]
    folders: tuple[Path, ...]
    whole: bool = True


def walk(folder: Path) -> Tree:
    """Everything below ``folder``; nothing if it is a link.

    Raises:
        OSError: the folder itself cannot be read. What cannot be read below it is passed over.
    """
    books: list[Path] = []
    others: list[Path] = []
    folders: list[Path] = []
    waiting: list[tuple[str, int]] = [] if folder.is_symlink() else [(str(folder), 0)]
    left = MOST_ENTRIES
    while waiting:  # no recursion, as in os.walk: folders may be nested deeper than Python's stack
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        break
                    if ignored(entry.name):
                        continue
                    path = Path(entry.path)
                    if _is_folder(entry):
                        folders.append(path)
                        if depth < DEEPEST and not entry.is_symlink():
                            waiting.append((entry.path, depth + 1))
                    elif stem(path) is not None:
                        books.append(path)
                    elif may_be_a_submission(path):
                        others.append(path)
        except OSError:
            if depth == 0:
                raise
        if left < 0:
            break
    return Tree(_sorted(books), _sorted(others), _sorted(folders), left >= 0)


def _sorted(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(sorted(paths, key=lambda path: (len(path.parts), str(path))))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, say: it is opened later, and the reason is told then
        return False
