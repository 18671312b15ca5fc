"""Be the only run that changes a folder: wait for others, but not without end.

The lock is on the folder itself, so no file is left behind, and it ends with the process that has
it. A process that was only stopped keeps it: whoever waits is told so.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import CommandError

_LOOK_S = 0.02


@contextmanager
def alone_in(folder: Path, seconds: float = 60.0) -> Iterator[None]:
    """Lock a folder; do nothing on file systems without locks.

    Args:
        folder: the folder.
        seconds: how long another run may take to finish its work there.

    Raises:
        CommandError: it takes longer.
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + seconds
        while not _is_locked(descriptor):
            if time.monotonic() > deadline:
                raise CommandError(
                    f"{folder}: another run has been working here for {seconds:.0f} s. Wait for "
                    "it, or end it if it was stopped, and run this again"
                )
            time.sleep(_LOOK_S)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EINTR)
    return True
