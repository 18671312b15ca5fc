"""How much one student's process, with everything it starts, may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one session; each costs only the session that reaches it.

    Attributes:
        memory_mb: memory of all processes of the session together, and address space of each
            above what the warm interpreter already maps.
        file_mb: size of one file.
        scratch_mb: all files of the session together.
        processes: processes and threads of the session together.
        open_files: file descriptors of one process.
        cpu_s: CPU seconds of one process: a backstop behind the session's own, shorter clocks.
    """

    memory_mb: int = 2048
    file_mb: int = 32
    scratch_mb: int = 64
    processes: int = 24
    open_files: int = 64
    cpu_s: int = 120
