"""The zygote's configuration, passed from the host to the zygote on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

CRITERIA, EVERYTHING = b"c", b"e"
"""What the host asks a session's supervisor for: the CPU time of the processes that decide
criteria, or that of all, which includes the one that runs the cells."""


@dataclass(frozen=True)
class ServerConfig:
    """Configuration of one zygote. Students may see it: it must hold no secrets.

    Attributes:
        level: ``full``, ``namespaces``, ``container`` or ``limits``.
        control: file descriptor of the socket on which the host requests sessions.
        packages: the directory that contains the numpy package.
        names, wanted, folders: the course's packages, as in ``host.packages.Installed``.
        readable: files and directories that students' code may read.
        uid: first of `UIDS` unprivileged user ids for sessions; None if the host is not root.
        scratch: parent directory of the sessions' scratch directories, at levels where a session
            cannot mount a file system of its own; else None.
        memory_mb, file_mb, scratch_mb, processes, open_files, cpu_s: as in ``Limits``.
    """

    level: str
    control: int
    packages: str
    names: tuple[str, ...]
    wanted: tuple[str, ...]
    folders: tuple[str, ...]
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
        """Whether every session runs in namespaces of its own."""
        return self.level in ("full", "namespaces")

    @property
    def confined(self) -> bool:
        """Whether system calls and file access are restricted, not only resources."""
        return self.level != "limits"

    def to_json(self) -> str:
        """Serialize for the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ServerConfig:
        """Parse what `to_json` wrote."""
        fields = json.loads(text)
        for name in ("names", "wanted", "folders", "readable"):
            fields[name] = tuple(fields[name])
        return cls(**fields)


UIDS = 64
"""How many user ids, from ``ServerConfig.uid`` on, belong to one zygote."""


SCRATCH_PARENT = "/scratch"
SCRATCH = SCRATCH_PARENT + "/files"
WORK, REMOVED = "files", "removed"
"""The folders of a session at level ``container``: its working directory, and for removed files."""

"""Scratch directory of sessions that have a file tree of their own; ``/tmp`` links to it.

Landlock rules apply to directories, not to mounts: one rule on the parent, made once by the zygote,
covers whatever file system each session mounts below it.
"""

PACKAGE = "sandbox"
"""The name of this package inside the sandbox, where none of our other packages exist."""

ZONES = ("protocol", "confine", "zygote", "guest")
"""The subpackages that exist inside the sandbox; `host` and `doctor` stay outside."""

BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import sandbox; del sys.path[0]; "
    "from sandbox.{module} import main; main()"
)
"""Starts a module of `ZONES`. ``argv[1]`` is on ``sys.path`` only while the package is found."""
