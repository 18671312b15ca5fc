"""Students' processes without a wall: real ones, forked from a warm interpreter.

What is tested here is what is said between the host and such a process, and what the process makes
of a notebook. That needs no privileges. The walls have their own tests. As behind a wall, there is
numpy and nothing else of what this machine has installed (``-S``): a notebook that imports torch
means the same on a machine that has it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import autograder.sandbox
from autograder.sandbox.host.visible_paths import ENVIRONMENT, FLAGS

_HOME = str(Path(autograder.sandbox.__file__).parents[1])
_PACKAGES = str(Path(np.__file__).parent.parent)

# Each session has a supervisor, which is the parent that the student's code sees, in a process
# group of their own: a notebook that kills its parent kills its supervisor.
_ZYGOTE = """
import os, resource, signal, socket, sys
home, packages, control = sys.argv[1], sys.argv[2], socket.socket(fileno=int(sys.argv[3]))
sys.path[:0] = [home, packages]
import sandbox
from sandbox.confine import syscalls
if syscalls.fix_addresses():  # as the zygote does
    os.execv(sys.orig_argv[0], sys.orig_argv)
import numpy
sys.path.remove(home)
from sandbox.guest import session
sys.path.remove(packages)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    said = descriptors = supervisor = None  # sessions start from the same memory, as behind a wall
    said, descriptors = socket.recv_fds(control, 1, 1)[:2]
    if not said:
        os._exit(0)
    supervisor = os.fork()
    if supervisor == 0:
        control.close()
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        student = os.fork()
        if student == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
            try:
                session.main(socket.socket(fileno=descriptors[0]), {})
            finally:
                os._exit(0)
        os.close(descriptors[0])
        os.waitpid(student, 0)
        os._exit(0)
    try:
        os.setpgid(supervisor, supervisor)
    except OSError:
        pass
    os.close(descriptors[0])
    control.sendall(supervisor.to_bytes(4, "little"))
"""


@dataclass(frozen=True)
class Ended:
    reason: str = "exit"
    code: int = 0
    cpu_s: float = 0.0


class SessionProcess:
    def __init__(self, group: int, sock: socket.socket) -> None:
        self.group = group
        self.sock = sock

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def wait(self, timeout: float) -> Ended:
        del timeout
        return Ended()

    def used(self) -> None:
        """It has no supervisor that could tell."""

    used_by_all = used


class RealServer:
    """`autograder.sandbox.host.server.Server` with real processes."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        self._control, theirs = socket.socketpair()
        arguments = [*FLAGS, "-c", _ZYGOTE, _HOME, _PACKAGES, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                pass_fds=[theirs.fileno()],
                cwd=self._scratch.name,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.spawned: list[SessionProcess] = []

    @property
    def has_fixed_addresses(self) -> bool:
        """Whether this machine let it turn address space randomisation off."""
        path = Path(f"/proc/{self._process.pid}/personality")
        return path.exists() and bool(int(path.read_text(), 16) & 0x40000)

    def spawn(self, settings: dict[str, Any]) -> SessionProcess:
        del settings
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"s"], [theirs.fileno()])
            group = int.from_bytes(self._control.recv(4), "little")
        child = SessionProcess(group, ours)
        self.spawned.append(child)
        return child

    def close(self) -> None:
        for child in self.spawned:
            child.kill()
            child.sock.close()
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._scratch.cleanup()
