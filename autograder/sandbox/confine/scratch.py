"""A session's own files where they lie on the machine's disk: how much they take, and their end.

A student made them. They may be nested deeper than a path is long or Python's stack is high, shut
against reading, and more than anybody can count; neither of these functions minds.
"""

from __future__ import annotations

import contextlib
import itertools
import os

FILES_PER_MB = 64
"""How many files, folders among them, a session may have for each megabyte that it may fill."""

_DEEPEST = 64


def exceeds(directory: str, megabytes: int) -> bool:
    """Whether what is below ``directory`` is more than a session may have, or cannot be looked at.

    Takes no longer for a million files than for as many as are allowed.
    """
    blocks, files = megabytes * 2**20 // 512, megabytes * FILES_PER_MB
    waiting = [(directory, 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    files -= 1
                    with contextlib.suppress(FileNotFoundError):
                        blocks -= entry.stat(follow_symlinks=False).st_blocks
                    if files < 0 or blocks < 0:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
        except FileNotFoundError:
            continue
        except OSError:  # a folder that its owner must not read: what is in it cannot be counted
            return True
        if depth > _DEEPEST:
            return True
    return False


def remove(directory: str) -> None:
    """Remove ``directory`` with all that is in it, as far as that is allowed. Never raises OSError.

    Nobody may be writing to it any more.
    """
    names = (f"{directory}/.{number}" for number in itertools.count())
    stuck: set[str] = set()
    while folders := [folder for folder in _emptied(directory) if folder not in stuck]:
        for folder in folders:
            for inner in _emptied(folder):
                # Up to the top, so that no path ever becomes longer than three names.
                free = next(name for name in names if not os.path.lexists(name))
                with contextlib.suppress(OSError):
                    os.rename(inner, free)  # noqa: PTH104
            try:
                os.rmdir(folder)  # noqa: PTH106
            except OSError:
                stuck.add(folder)
    with contextlib.suppress(OSError):
        os.rmdir(directory)  # noqa: PTH106


def _emptied(folder: str) -> list[str]:
    """Remove a folder's files; the folders in it."""
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)  # noqa: PTH101
    folders = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108
    except OSError:
        return []
    return folders
