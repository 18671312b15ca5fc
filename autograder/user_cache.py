"""Small files that a user's later runs may find: a hint that saves work, never a source of truth.

They are in the user's cache folder, which only that user may write. Whatever is wrong with it (no
home, a full disk, another user's folder, a damaged file), nothing is found and nothing is written.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path

from autograder.files import write_atomically

_LONGEST = 2**20


def read(name: str, longest: int = _LONGEST) -> bytes | None:
    """The content of a file; None if this user wrote no such file.

    Args:
        name: the path below the cache folder.
        longest: bytes; a longer file is not read.
    """
    folder = _folder()
    if folder is None:
        return None
    with suppress(OSError):
        descriptor = os.open(
            folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        )
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if _ours(status, stat.S_IFREG) and status.st_size <= longest:
                return file.read()
    return None


def write(name: str, content: str | bytes) -> None:
    """Write a file, which other users cannot read; do nothing if that fails."""
    folder = _folder()
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(folder.lstat(), stat.S_IFDIR):
            write_atomically(folder / name, content, private=True)


def remove(name: str) -> None:
    """Remove a file if it exists."""
    folder = _folder()
    if folder is not None:
        with suppress(OSError):
            (folder / name).unlink()


def remove_oldest(pattern: str, keep: int) -> None:
    """Remove all but the ``keep`` newest of the files that match a pattern."""
    folder = _folder()
    if folder is None:
        return
    with suppress(OSError):
        found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[keep:]:
            path.unlink(missing_ok=True)


@cache
def code_sha256(folder: Path) -> str:
    """A hash of all modules below a folder: part of a key, so that other code finds nothing."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _folder() -> Path | None:
    """The cache folder; None if it is not this user's alone."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # no home
        return None
    folder = base / "autograder"
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return folder
    except OSError:
        return None
    return folder if _ours(status, stat.S_IFDIR) else None


def _ours(status: os.stat_result, kind: int) -> bool:
    """Whether it is what it should be, and nobody but this user may write into it."""
    mode = status.st_mode
    return stat.S_IFMT(mode) == kind and status.st_uid == os.geteuid() and not mode & 0o022
