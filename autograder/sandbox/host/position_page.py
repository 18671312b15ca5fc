"""The host's side of the page in which a session writes down which statement runs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Collection

from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.position import AFTERWARDS, LAYOUT, SIZE, WRITTEN

MAX_POSITION = 2**20


class PositionPage:
    """A file of one page, without a name, that a session maps into its memory.

    It is only ever read as a file, never mapped here: a file that the student's code has cut short
    would kill whoever has it mapped. Where the kernel allows it, it can be neither cut nor grown.

    Raises:
        OSError: there is no memory, or no descriptor, left for it.
    """

    def __init__(self) -> None:
        self.descriptor = _nameless_file()

    def read(self, cells: Collection[int]) -> tuple[int, int] | None:
        """The cell's index and the position in it; None before the first.

        Args:
            cells: the indices that there are.

        Raises:
            wire.WireError: what is there is not a position.
        """
        data = os.pread(self.descriptor, LAYOUT.size, 0)
        written, cell, position = LAYOUT.unpack(data.ljust(LAYOUT.size, b"\0"))
        if not written:
            return None
        known = cell in cells or (position == AFTERWARDS and cell == 0)
        if written != WRITTEN or not known or not AFTERWARDS <= position < MAX_POSITION:
            raise wire.WireError("an invalid position")
        return cell, position

    def close(self) -> None:
        """Close it; a session that has it mapped keeps it."""
        os.close(self.descriptor)


def _nameless_file() -> int:
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile() as file:
            file.truncate(SIZE)
            return os.dup(file.fileno())
    descriptor = os.memfd_create("position", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, SIZE)
        with contextlib.suppress(OSError):  # a kernel that cannot: its size does not matter here
            seals = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
