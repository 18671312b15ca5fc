"""What the host asks of the warm server, as it travels on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Plan:
    """One server's orders. Holds nothing that a student may not know.

    Attributes:
        level: ``full``, ``namespaces``, ``container`` or ``limits``.
        control: descriptor on which the host asks for sessions.
        packages: directory that holds numpy's package.
        readable: files and directories that students' code may read.
        uid: first of `UIDS` unprivileged user ids for sessions, or None without root.
        scratch: directory for the sessions' files, where they cannot have a file system of their
            own.
        memory_mb, file_mb, scratch_mb, processes, open_files, cpu_s: as in ``Limits``.
    """

    level: str
    control: int
    packages: str
    readable: tuple[str, ...]
    uid: int | None
    scratch: str | None
    memory_mb: int
    file_mb: int
    scratch_mb: int
    processes: int
    open_files: int
    cpu_s: int

    @property
    def namespaced(self) -> bool:
        """Whether every session gets namespaces of its own."""
        return self.level in ("full", "namespaces")

    @property
    def walled(self) -> bool:
        """Whether system calls and files are restricted, and not only resources."""
        return self.level != "limits"

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """From the command line."""
        fields = json.loads(text)
        fields["readable"] = tuple(fields["readable"])
        return cls(**fields)


UIDS = 64
"""How many user ids after ``Plan.uid`` belong to one server."""
