"""How strong the wall is."""

from __future__ import annotations

import enum


class Level(enum.IntEnum):
    """Ordered: a greater level holds all that a smaller one does. See docs/isolation.md."""

    LIMITS = 1
    """Resources only. Hidden tests could be read: for students that are trusted."""
    CONTAINER = 2
    """Landlock, a filter of system calls, limits, an unprivileged user where we are root."""
    NAMESPACES = 3
    """The same in namespaces of our own making, with a file tree that holds nothing else."""
    FULL = 4
    """The same, the file tree and the outer namespaces made by bubblewrap."""

    def __str__(self) -> str:
        """As in reports: ``full``."""
        return self.name.lower()
