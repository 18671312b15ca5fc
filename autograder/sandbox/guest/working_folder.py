"""The working directory that each criterion finds: with the files of cells, not of other criteria.

Criteria have processes of their own where one might help or harm another, but these share a
directory, and code may behave otherwise if a file is there that it has written before.
"""

from __future__ import annotations

import contextlib
import os
from itertools import islice

_stat, _scandir, _unlink = os.stat, os.scandir, os.unlink  # notebooks see replacements

MAX_ENTRIES = 1000
"""How many are looked at: code decides how many there are."""
MAX_FILES = 100
"""How many are looked at more closely, in each process that criteria share."""


def mark() -> tuple[int, ...]:
    """Which working directory it is, and when an entry was last added or removed.

    That time is exact to some milliseconds; the directory's size changes at once (in memory).
    """
    try:
        found = _stat(".")
    except OSError:  # it is gone
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def files() -> list[tuple[object, ...]]:
    """Name, size and time of the last change of what is in it: of the first ones."""
    with contextlib.suppress(Exception), _scandir(".") as entries:
        return [
            (entry.name, found.st_size, found.st_mtime_ns)
            for entry in islice(entries, MAX_FILES)
            for found in [entry.stat(follow_symlinks=False)]
        ]
    return []


class WorkingFolder:
    """Remembers what there is, in the directory in which the notebook began.

    Folders, and files that are changed, are left as they are.
    """

    def __init__(self) -> None:
        self._began_in = mark()[:2]
        self._mark: tuple[int, ...] = ()
        self._names: frozenset[str] = frozenset()
        self._is_known = False

    def remember(self) -> None:
        """Remember what there is now."""
        self._mark = mark()
        with contextlib.suppress(Exception), _scandir(".") as entries:
            self._names = frozenset(entry.name for entry in islice(entries, MAX_ENTRIES))
            self._is_known = self._mark[:2] == self._began_in and len(self._names) < MAX_ENTRIES

    def restore(self) -> None:
        """Remove files that have been added since."""
        now = mark()
        if now == self._mark or now[:2] != self._began_in or not self._is_known:
            return
        with contextlib.suppress(Exception), _scandir(".") as entries:
            for entry in list(islice(entries, MAX_ENTRIES)):
                if entry.name not in self._names and not entry.is_dir(follow_symlinks=False):
                    _unlink(entry.name)
        self._mark = mark()
