"""The working directory that each criterion finds: with the files of cells, not of other criteria.

Criteria have processes of their own where one might help or harm another, but these share a
directory, and code may behave otherwise if a file is there that it has written before.
"""

from __future__ import annotations

import contextlib
import os
import shutil

_stat, _scandir, _unlink = os.stat, os.scandir, os.unlink  # notebooks see replacements


def mark() -> tuple[int, ...]:
    """Which working directory it is, and when an entry was last added or removed.

    That time is exact to some milliseconds; the directory's size changes at once (in memory).
    """
    try:
        found = _stat(".")
    except OSError:  # it is gone
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


class WorkingFolder:
    """Remembers what there is. Files that are changed, and folders in folders, are not its task."""

    def __init__(self) -> None:
        self._mark: tuple[int, ...] = ()
        self._names: frozenset[str] = frozenset()

    def remember(self) -> None:
        """Remember what there is now."""
        self._mark = mark()
        with contextlib.suppress(OSError), _scandir(".") as entries:
            self._names = frozenset(entry.name for entry in entries)

    def restore(self) -> None:
        """Remove what has been added since."""
        if mark() == self._mark:
            return
        with contextlib.suppress(OSError), _scandir(".") as entries:
            for entry in [entry for entry in entries if entry.name not in self._names]:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.name, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        _unlink(entry.name)
        self._mark = mark()
