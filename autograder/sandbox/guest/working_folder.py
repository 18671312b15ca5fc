"""The working directory that each criterion finds: with the files of cells, as these left them.

Criteria have processes of their own where one might help or harm another, but these share a
directory, and code may behave otherwise if a file is there that it has written before.
"""

from __future__ import annotations

import contextlib
import os
import stat
from itertools import islice

# Notebooks see replacements.
_stat, _lstat, _scandir, _unlink, _utime = os.stat, os.lstat, os.scandir, os.unlink, os.utime
_open, _read, _write, _close = os.open, os.read, os.write, os.close

MAX_ENTRIES = 1000
"""The most directory entries that are listed: code decides how many there are."""
MAX_FILES = 100
"""The most files whose contents are remembered, and whose sizes and times are compared."""
MAX_BYTES = 2**22
"""The most bytes of them that are kept in order to be restored."""


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

    Folders, and what is in them, are left as they are; so are large files.
    """

    def __init__(self) -> None:
        self._began_in = mark()[:2]
        self._mark: tuple[int, ...] = ()
        self._names: frozenset[str] = frozenset()
        self._contents: dict[str, tuple[os.stat_result, bytes]] = {}
        self._is_known = False

    def remember(self) -> None:
        """Remember what there is now."""
        self._mark = mark()
        with contextlib.suppress(Exception), _scandir(".") as entries:
            found = list(islice(entries, MAX_ENTRIES))
            self._names = frozenset(entry.name for entry in found)
            self._is_known = self._mark[:2] == self._began_in and len(self._names) < MAX_ENTRIES
            if self._is_known:
                self._read_files(found[:MAX_FILES])

    def restore(self) -> None:
        """Remove files that have been added since, and undo changes of others."""
        if not self._is_known:
            return
        now = mark()
        if now[:2] != self._began_in:
            return
        for name, (before, content) in self._contents.items():
            with contextlib.suppress(Exception):
                _restore(name, before, content)
        if now == self._mark:
            return
        with contextlib.suppress(Exception), _scandir(".") as entries:
            for entry in list(islice(entries, MAX_ENTRIES)):
                if entry.name not in self._names and not entry.is_dir(follow_symlinks=False):
                    _unlink(entry.name)
        self._mark = mark()

    def _read_files(self, entries: list[os.DirEntry[str]]) -> None:
        left = MAX_BYTES
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                if found.st_size <= left:
                    left -= found.st_size
                    self._contents[entry.name] = found, _content(entry.name, found.st_size)


def _content(name: str, size: int) -> bytes:
    descriptor = _open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return _read(descriptor, size)
    finally:
        _close(descriptor)


def _restore(name: str, before: os.stat_result, content: bytes) -> None:
    try:
        now = _lstat(name)
    except FileNotFoundError:
        now = None
    if now is not None:
        if not stat.S_ISREG(now.st_mode):
            _unlink(name)
        elif (now.st_mtime_ns, now.st_size) == (before.st_mtime_ns, before.st_size):
            return
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = _open(name, flags, stat.S_IMODE(before.st_mode))
    try:
        while content:
            content = content[_write(descriptor, content) :]
    finally:
        _close(descriptor)
    _utime(name, ns=(before.st_atime_ns, before.st_mtime_ns), follow_symlinks=False)
