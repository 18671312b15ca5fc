"""What a folder and its file system say, the same at every level of isolation and on every machine.

Sessions have a file system of their own or a folder on the machine's disk. These list files in
different orders, and the space left on a disk is chance.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from .virtual_clock import as_seen

_list_really, _scan_really = os.listdir, os.scandir
_BLOCK, _BLOCKS, _FILES = 4096, 16_384, 4096
"""64 MB and 4,096 files, as sessions have."""


@functools.wraps(_list_really)
def _listdir(*args: Any, **kwargs: Any) -> list[Any]:
    return sorted(_list_really(*args, **kwargs))


def _statvfs(_path: object, /) -> os.statvfs_result:
    return os.statvfs_result((_BLOCK, _BLOCK, *[_BLOCKS] * 3, *[_FILES] * 3, 0, 255))


class _Entry:
    """An `os.DirEntry` whose ``stat`` is the notebook's own."""

    def __init__(self, entry: os.DirEntry[Any]) -> None:
        self._entry = entry

    def __getattr__(self, name: str) -> Any:
        """What else an entry has."""
        return getattr(self._entry, name)

    def __fspath__(self) -> Any:
        """Its path."""
        return self._entry.path

    def __repr__(self) -> str:
        """As that of an `os.DirEntry`."""
        return repr(self._entry)

    @property  # type: ignore[misc]  # it may be read only
    def __class__(self) -> Any:
        """For ``isinstance``."""
        return os.DirEntry

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """As `os.stat`, which has the notebook's time."""
        return as_seen(self._entry.stat(follow_symlinks=follow_symlinks))

    def inode(self) -> int:
        """The number that `os.stat` gives."""
        return self.stat(follow_symlinks=False).st_ino


class _Scan:
    """What `os.scandir` returns."""

    def __init__(self, scan: Any) -> None:
        self._scan = scan

    def __iter__(self) -> _Scan:
        """Itself."""
        return self

    def __next__(self) -> _Entry:
        """The next entry."""
        return _Entry(next(self._scan))

    def __enter__(self) -> _Scan:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the folder."""
        self._scan.close()

    def close(self) -> None:
        """Close the folder."""
        self._scan.close()


@functools.wraps(os.scandir)
def _scandir(*args: Any, **kwargs: Any) -> _Scan:
    return _Scan(_scan_really(*args, **kwargs))


def replacements() -> list[tuple[Any, str, Any]]:
    """The replacements, as (owner, name, value)."""
    found: list[tuple[Any, str, Any]] = [
        (os, "listdir", _listdir),
        (os, "scandir", _scandir),
        (os, "statvfs", _statvfs),
        (os, "fstatvfs", _statvfs),
    ]
    return [each for each in found if hasattr(each[0], each[1])]
