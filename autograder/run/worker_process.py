"""A worker process: how it is started, the line to it, and how it begins.

`multiprocessing` would write all that a worker is told into a pipe before anybody knows whether the
process lives, keep the reading end open, and so wait without end for one that died at once. Here
the process greets first, and whatever is read or written has a timeout: a peer that has ended, or
that was stopped in the middle of a message, is an OSError.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from autograder.errors import WorkersFailed
from autograder.ingest import Submission
from autograder.run.jobs import CannotStart
from autograder.sandbox.host import trusted_process
from autograder.sandbox.host.protect import die_with

GREETING = "here"

LINE_S = 30.0
"""Seconds for which a line may make no progress while a message is under way: both ends are ours,
and send at once."""

_KILL_S = 10.0

_REMEDIES = {
    errno.EAGAIN: "End some of your processes, or allow more with `ulimit -u`",
    errno.ENOMEM: "There is not enough memory: close other programs, or use fewer --jobs",
    errno.ENOENT: "Is the environment still installed?",
}


@dataclass
class WorkerProcess:
    """The main process's handle of a worker.

    Attributes:
        process: the process.
        line: carries messages both ways.
        submission: what it works on.
        ready: whether it has started.
        since: ``time.monotonic()`` at which it was started, or received the submission; 0 if it is
            known to be lost.
    """

    process: subprocess.Popen[bytes]
    line: Connection
    submission: Submission | None = None
    ready: bool = False
    since: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls) -> WorkerProcess:
        """Start a process, which sends `GREETING` and waits for its setup.

        Raises:
            WorkersFailed: this is impossible now; the message says why.
        """
        try:
            ours, theirs = socket.socketpair()
            with theirs, ours, _ignoring_ctrl_c():
                process = subprocess.Popen(
                    trusted_process.command(
                        "autograder.run.worker_process", str(theirs.fileno()), str(os.getpid())
                    ),
                    env=trusted_process.environment(),
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
                return cls(process, bounded_line(ours))
        except OSError as error:
            what = f"{error.filename}: " if error.filename else ""
            remedy = _REMEDIES.get(error.errno or 0, "Fix this and run it again")
            raise WorkersFailed(
                f"no grading process can be started: {what}{error.strerror or error}. {remedy}"
            ) from error

    def send(self, message: object) -> None:
        """Send a message; if that is impossible, the worker is lost."""
        try:
            self.line.send(message)
        except OSError:
            self.since = 0.0

    def receive(self) -> object:
        """The message that has begun to arrive; None if the worker is lost."""
        try:
            return self.line.recv()
        except (EOFError, OSError):
            self.since = 0.0
            return None

    def how_it_ended(self) -> str:
        """How the process ended, in words for the instructor; or that it did not."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.poll()
        if code is None:
            return "it does not respond"
        if code == -signal.SIGKILL:
            return "it was killed, as the system does when memory runs out"
        return f"it was ended by signal {-code}" if code < 0 else f"it ended with status {code}"

    def stop(self) -> None:
        """Kill it, and with it everything that it has started."""
        self.line.close()
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_KILL_S)


def bounded_line(sock: socket.socket, seconds: float = LINE_S) -> Connection:
    """A connection over a socket, which it takes over, on which nothing waits for a stalled peer.

    Reading and writing raise an OSError if there is no progress for ``seconds``.
    """
    timeout = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)
    return Connection(sock.detach())


def main() -> None:
    """Greet, receive the setup, and work. ``sys.argv``: the line, the main process."""
    descriptor, parent = map(int, sys.argv[1:3])
    die_with(parent)
    os.set_inheritable(descriptor, False)
    line = Connection(descriptor)
    try:
        line.send(GREETING)
        setup = line.recv()
        from autograder.run.worker import work
    except (EOFError, OSError):
        return  # the main process has ended, or nothing can be read here any more
    except (ImportError, MemoryError) as error:
        with contextlib.suppress(OSError):
            line.send(CannotStart(f"The grading process cannot start: {error or 'out of memory'}"))
        return
    work(setup, line)


@contextlib.contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first instruction: we decide when they stop.

    Otherwise a worker that is still importing would print a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers, and only it receives Ctrl-C
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
