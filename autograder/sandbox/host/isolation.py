"""Isolation levels: how strongly students' code is confined."""

from __future__ import annotations

import enum


class Level(enum.IntEnum):
    """Ordered: a higher level guarantees all that a lower one does. See docs/isolation.md."""

    LIMITS = 1
    """Resource limits only. Hidden tests can be read: for students who are trusted."""
    CONTAINER = 2
    """Landlock, seccomp and limits, and an unprivileged user if the host runs as root."""
    NAMESPACES = 3
    """The same in namespaces that we create ourselves, with a minimal file tree."""
    FULL = 4
    """The same, with outer namespaces and file tree created by bubblewrap."""

    def __str__(self) -> str:
        """As in reports: ``full``."""
        return self.name.lower()
