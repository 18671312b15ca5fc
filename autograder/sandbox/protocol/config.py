"""What the host asks of the warm server, as it travels on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class ServerConfig:
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
    def confined(self) -> bool:
        """Whether system calls and files are restricted, and not only resources."""
        return self.level != "limits"

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ServerConfig:
        """From the command line."""
        fields = json.loads(text)
        fields["readable"] = tuple(fields["readable"])
        return cls(**fields)


UIDS = 64
"""How many user ids after ``ServerConfig.uid`` belong to one server."""


SCRATCH_PARENT = "/scratch"
SCRATCH = SCRATCH_PARENT + "/files"
"""Where sessions with a file tree of their own keep their files; ``/tmp`` is a link to it.

Landlock knows directories, not mounts. A rule on the parent, made once, holds for whatever a
session mounts below it.
"""

PACKAGE = "sandbox"
"""What this package is called behind the wall, where nothing else of ours is."""

ZONES = ("protocol", "confine", "zygote", "guest")
"""The folders that a session's file tree holds; `host` and `doctor` stay outside."""

BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import sandbox; del sys.path[0]; "
    "from sandbox.{module} import main; main()"
)
"""How a module of `ZONES` is started: home is on the path just long enough to find the package."""
