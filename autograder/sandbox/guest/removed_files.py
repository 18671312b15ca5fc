"""Removing and replacing files at level ``container``, where the kernel refuses to.

There the session's files are on the machine's own disk and are measured by walking its folder, so a
file may not disappear from it while somebody has it open. Removed files are moved to a folder of
the session's own that the notebook does not see, and are emptied unless they are open. The calls
that move a file without replacing another one are the only ones allowed; `os.remove`, `os.replace`
and the like are made of them here. What changes modes and times is refused there as well, and has
no effect.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import itertools
import os
import stat
from collections.abc import Callable
from typing import Any

from ..protocol.config import REMOVED

_AT_FDCWD, _RENAME_NOREPLACE = -100, 1
_MOST_DESCRIPTORS = 64

Name = str | bytes | os.PathLike[Any]

_libc = ctypes.CDLL(None, use_errno=True)
_lstat, _fstat, _rmdir, _truncate = os.lstat, os.fstat, os.rmdir, os.truncate
_getpid, _stat = os.getpid, os.stat
_numbers = itertools.count()


def install(folder: str) -> None:
    """Replace `os.remove` and the like, if this session has a folder for removed files.

    Args:
        folder: its working directory.
    """
    removed = f"{os.path.dirname(folder)}/{REMOVED}"  # noqa: PTH120 (in every session, so cheap)
    try:
        if not stat.S_ISDIR(_stat(removed).st_mode):
            return
    except OSError:
        return

    def remove(path: Name, *, dir_fd: int | None = None) -> None:
        """Remove a file."""
        if stat.S_ISDIR(_stat(path, dir_fd=dir_fd, follow_symlinks=False).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        hidden = f"{removed}/{_getpid()}-{next(_numbers)}"
        _move(path, hidden, dir_fd, None)
        found = _lstat(hidden)
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and not _is_open(found):
            with contextlib.suppress(OSError):
                _truncate(hidden, 0)

    def replace(
        src: Name, dst: Name, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None
    ) -> None:
        """Rename a file or directory, replacing what has the new name."""
        try:
            _move(src, dst, src_dir_fd, dst_dir_fd)
        except FileExistsError:
            old = _stat(dst, dir_fd=dst_dir_fd, follow_symlinks=False)
            new = _stat(src, dir_fd=src_dir_fd, follow_symlinks=False)
            if (old.st_dev, old.st_ino) == (new.st_dev, new.st_ino):
                return
            if stat.S_ISDIR(old.st_mode) and stat.S_ISDIR(new.st_mode):
                _rmdir(dst, dir_fd=dst_dir_fd)
            elif stat.S_ISDIR(new.st_mode):
                number = errno.ENOTDIR
                raise OSError(number, os.strerror(number), src, None, dst) from None
            else:
                remove(dst, dir_fd=dst_dir_fd)
            _move(src, dst, src_dir_fd, dst_dir_fd)

    remove.__name__ = remove.__qualname__ = "remove"
    for name, function in (
        ("remove", remove), ("unlink", remove), ("rename", replace), ("replace", replace),
    ):  # fmt: skip
        setattr(os, name, function)
    for name in ("chmod", "chown", "lchown", "fchmod", "fchown", "utime", "setxattr"):
        if hasattr(os, name):
            setattr(os, name, _without_effect(getattr(os, name)))
    _rebind_tempfile(remove)


def _move(src: Name, dst: Name, src_dir_fd: int | None, dst_dir_fd: int | None) -> None:
    """Rename; FileExistsError if there is something with that name already."""
    ctypes.set_errno(0)
    failed = _libc.renameat2(
        _AT_FDCWD if src_dir_fd is None else src_dir_fd,
        os.fsencode(src),
        _AT_FDCWD if dst_dir_fd is None else dst_dir_fd,
        os.fsencode(dst),
        ctypes.c_uint(_RENAME_NOREPLACE),
    )
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), src, None, dst)


def _is_open(found: os.stat_result) -> bool:
    """Whether this process has the file open, or mapped (a mapping keeps a descriptor)."""
    for descriptor in range(_MOST_DESCRIPTORS):
        with contextlib.suppress(OSError):
            mine = _fstat(descriptor)
            if (mine.st_dev, mine.st_ino) == (found.st_dev, found.st_ino):
                return True
    return False


def _without_effect(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def changing(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except PermissionError:
            return None

    return changing


def _rebind_tempfile(remove: Callable[..., None]) -> None:
    """`tempfile` has bound `os.unlink` as a default argument."""
    import tempfile

    closer = getattr(tempfile, "_TemporaryFileCloser", None)
    for name in ("close", "cleanup"):
        function = getattr(closer, name, None)
        if function is not None and function.__defaults__:
            function.__defaults__ = tuple(
                remove if getattr(each, "__name__", "") == "unlink" else each
                for each in function.__defaults__
            )
