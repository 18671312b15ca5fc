"""Resource limits of one session: a student's process and everything it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one session. Exceeding one affects only that session.

    Attributes:
        memory_mb: memory of all processes of the session together, and address space of each
            process beyond what the zygote already maps.
        file_mb: size of one file.
        scratch_mb: all files of the session together.
        processes: processes and threads of the session together.
        open_files: file descriptors of one process.
        cpu_s: CPU seconds of one process: a backstop behind the shorter time limits inside.
    """

    memory_mb: int = 2048
    file_mb: int = 32
    scratch_mb: int = 64
    processes: int = 24
    open_files: int = 64
    cpu_s: int = 120
