"""Walk through a submitted folder, however deeply it is nested.

Links to folders are not followed. Depth and number of entries are limited: one student's zip file
may unpack to a million folders, which must not affect other students.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.ingest.disguised import begins_like_notebook
from autograder.ingest.filenames import is_ignored, may_be_submission, notebook_stem

MAX_DEPTH = 50
"""Maximum depth below the submitted folder."""

MAX_ENTRIES = 20_000
"""Maximum number of entries below one folder."""


@dataclass(frozen=True)
class ClosedFolder:
    """A folder that the operating system does not let the grader read, or not all of it."""

    path: Path
    reason: str

    @classmethod
    def of(cls, path: Path, error: OSError) -> ClosedFolder:
        """One with the operating system's reason."""
        return cls(path, error.strerror or type(error).__name__)


@dataclass(frozen=True)
class Tree:
    """The content of a folder at any depth, shallowest first, then by name.

    Attributes:
        notebooks: files named like notebooks.
        others: files that may have been submitted instead of a notebook.
        rest: all other files, and what editors and systems have left.
        folders: all folders, and links to folders.
        closed: folders whose content the grader cannot list.
        complete: whether the limits allowed everything to be visited.
    """

    notebooks: tuple[Path, ...]
    others: tuple[Path, ...]
    folders: tuple[Path, ...]
    rest: tuple[Path, ...] = ()
    closed: tuple[ClosedFolder, ...] = ()
    complete: bool = True


def walk(folder: Path) -> Tree:
    """Everything below ``folder``; nothing if it is a link.

    Raises:
        OSError: the folder itself cannot be read. Those below it are listed as closed.
    """
    notebooks: list[Path] = []
    others: list[Path] = []
    folders: list[Path] = []
    rest: list[Path] = []
    closed: list[ClosedFolder] = []
    waiting: list[tuple[str, int]] = [] if folder.is_symlink() else [(str(folder), 0)]
    left = MAX_ENTRIES
    while waiting and left >= 0:  # not recursive: folders may be nested deeper than Python's stack
        current, depth = waiting.pop()
        for entry in _entries(current, closed if depth else None):
            left -= 1
            if left < 0:
                break
            path = Path(entry.path)
            if is_ignored(entry.name):
                rest.append(path)
            elif _is_folder(entry):
                folders.append(path)
                if depth < MAX_DEPTH and not entry.is_symlink():
                    waiting.append((entry.path, depth + 1))
            elif notebook_stem(path) is not None:
                notebooks.append(path)
            elif may_be_submission(path) or begins_like_notebook(path):
                others.append(path)
            else:
                rest.append(path)
    closed.sort(key=lambda one: one.path)
    return Tree(
        _sorted(notebooks),
        _sorted(others),
        _sorted(folders),
        _sorted(rest),
        tuple(closed),
        left >= 0,
    )


def _entries(folder: str, closed: list[ClosedFolder] | None) -> Iterator[os.DirEntry[str]]:
    """The entries of a folder. If it cannot be read, it is added to ``closed``.

    Raises:
        OSError: it cannot be read, and there is no such list.
    """
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        if closed is None:
            raise
        closed.append(ClosedFolder.of(Path(folder), error))


def _sorted(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(sorted(paths, key=lambda path: (len(path.parts), str(path))))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # e.g. a link to itself: reported when the file is opened
        return False
