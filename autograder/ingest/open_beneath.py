"""Open a submitted file without following links that lead outside the submission.

A path that has been checked may be a different file a moment later, so nothing is checked by path.
Instead, the path is walked one component at a time, each opened relative to the previous folder and
never through a link (``O_NOFOLLOW``); the target of a link is read and walked in the same way,
beneath the submitted folder. Newer Linux kernels can do this in one call (``openat2`` with
``RESOLVE_BENEATH``), but the walk works everywhere, and a single code path is easier to trust.

Hard links are allowed: whoever can create one can read the file and could submit a copy instead.
`autograder.ingest.discover` reports when two students' files are the same file.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

MAX_LINKS = 40
"""Links on one path before it counts as a loop, as in Linux."""

# Opening a named pipe must not block, and a terminal must not become our controlling terminal.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class OutsideSubmission(Exception):
    """A link leads outside the submission, or the submission itself is a link."""


def open_beneath(root: Path, path: Path) -> int:
    """Open ``path`` for reading and return the descriptor.

    Args:
        root: the file or folder that was submitted. Its parent folder belongs to the instructor and
            may be reached through links.
        path: the same, or something beneath it. Anything that exists there is opened, so check its
            type with `os.fstat`.

    Raises:
        OutsideSubmission: see there.
        OSError: it cannot be opened.
    """
    top = Path(os.path.abspath(root))  # noqa: PTH100 (no link is followed)
    target = Path(os.path.abspath(path))  # noqa: PTH100
    try:
        parts = [top.name, *target.relative_to(top).parts]
    except ValueError:
        raise OutsideSubmission from None
    folders = [os.open(top.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        return _walk(folders, [part for part in parts if part])
    finally:
        for folder in folders:
            os.close(folder)


def _walk(folders: list[int], waiting: list[str]) -> int:
    """Open the path ``waiting`` below the last of ``folders``, the first being the instructor's."""
    links = 0
    while waiting:
        part = waiting.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            if len(folders) <= 2:
                raise OutsideSubmission
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
                raise OutsideSubmission
            links += 1
            if links > MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), part)
            waiting = [*link.split("/"), *waiting]
        elif any(rest not in ("", ".") for rest in waiting):
            folders.append(descriptor)
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), part)
        else:
            return descriptor
    return os.dup(folders[-1])  # a link to a folder on the path, such as ".."
