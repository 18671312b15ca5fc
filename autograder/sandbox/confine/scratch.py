"""Measure and remove a session's scratch directory where it is on the machine's own disk.

Its content is hostile: it may be nested deeper than paths or Python's stack allow, unreadable, or
made of more files than can be counted. So the functions here are iterative and bounded.
"""

from __future__ import annotations

import contextlib
import itertools
import os

FILES_PER_MB = 64
"""How many files and directories a session may have per megabyte of its limit."""

_DEEPEST = 64


def exceeds(directory: str, megabytes: int) -> bool:
    """Whether ``directory`` exceeds its limits, or cannot be measured.

    Stops at the first excess, so a million files take no longer than the allowed number.
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
        except OSError:  # an unreadable directory cannot be measured
            return True
        if depth > _DEEPEST:
            return True
    return False


def remove(directory: str) -> None:
    """Remove ``directory`` and its contents as far as permissions allow. Never raises OSError.

    No process may still be writing to it.
    """
    names = (f"{directory}/.{number}" for number in itertools.count())
    stuck: set[str] = set()
    while folders := [folder for folder in _emptied(directory) if folder not in stuck]:
        for folder in folders:
            for inner in _emptied(folder):
                # Move inner directories to the top, so that no path is ever too long.
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
    """Remove the files in a directory and return its subdirectories."""
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
