"""Open what a student handed in, and nothing else: no link leads out of their own file or folder.

A path that was checked may be another file a moment later, so nothing is checked by path. The way
down is walked one component at a time, each opened relative to the folder before it and never
through a link (``O_NOFOLLOW``); a link is read and walked in the same manner, beneath the folder
handed in. Linux does this in one call (``openat2`` with ``RESOLVE_BENEATH``), but only newer
kernels do; the walk works everywhere, and one way for all machines is easier to trust than two.

Hard links are not refused: whoever can make one can read the file, and could hand in a copy.
`autograder.ingest.discover` says when two students' files are one.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

MOST_LINKS = 40
"""Links on one path before it counts as a circle; Linux has the same bound."""

# Not blocking: a named pipe would wait for a writer. No terminal becomes ours.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class LeadsOut(Exception):
    """A link on the way leads out of what was handed in, or what was handed in is itself a link."""


def open_beneath(inside: Path, path: Path) -> int:
    """Open ``path`` for reading, and give the descriptor.

    Args:
        inside: the file or folder that was handed in. The folder that holds it is the
            instructor's, and may be reached through links.
        path: the same, or something beneath it. Whatever it turns out to be is opened: see with
            `os.fstat` what it is.

    Raises:
        LeadsOut: as it says.
        OSError: it cannot be opened.
    """
    top = Path(os.path.abspath(inside))  # noqa: PTH100 (no link is followed)
    target = Path(os.path.abspath(path))  # noqa: PTH100
    try:
        parts = [top.name, *target.relative_to(top).parts]
    except ValueError:
        raise LeadsOut from None
    folders = [os.open(top.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        return _walk(folders, [part for part in parts if part])
    finally:
        for folder in folders:
            os.close(folder)


def _walk(folders: list[int], waiting: list[str]) -> int:
    """Open the last of ``waiting``, below ``folders``, of which the first is the instructor's."""
    links = 0
    while waiting:
        part = waiting.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            if len(folders) <= 2:
                raise LeadsOut
            os.close(folders.pop())
            continue
        link = None
        try:
            descriptor = os.open(part, _FLAGS, dir_fd=folders[-1])
        except OSError as error:
            with suppress(OSError):
                link = os.readlink(part, dir_fd=folders[-1])
            if link is None:
                raise error from None
        if link is not None:
            if len(folders) == 1 or link.startswith("/"):
                raise LeadsOut
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), part)
            waiting = [*link.split("/"), *waiting]
        elif any(rest not in ("", ".") for rest in waiting):
            folders.append(descriptor)
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), part)
        else:
            return descriptor
    return os.dup(folders[-1])  # a link to a folder on the way: "..", say
