"""Look for notebooks in what was handed in, however it is folded."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.ingest.filenames import ignored, stem

DEEPEST = 50
"""How many folders below the one handed in a notebook is looked for."""


def notebooks(folder: Path) -> list[Path]:
    """Every notebook in a folder and below, nearest first; links to folders are not followed."""
    books: list[Path] = []
    waiting = [] if folder.is_symlink() else [(str(folder), 0)]
    while waiting:  # no recursion, as in os.walk: folders may be nested deeper than Python's stack
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if ignored(entry.name):
                        continue
                    if _is_folder(entry):
                        if depth < DEEPEST and not entry.is_symlink():
                            waiting.append((entry.path, depth + 1))
                    elif stem(Path(entry.path)):
                        books.append(Path(entry.path))
        except OSError:
            continue
    return sorted(books, key=lambda book: (len(book.parts), "-checkpoint" in book.stem, str(book)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, say: it is opened later, and the reason is told then
        return False
