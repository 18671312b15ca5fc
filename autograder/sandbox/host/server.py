"""The host's handle of a zygote: start it, request sessions, replace it if it dies.

Each worker has one, used by one thread at a time. Every wait has a timeout.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from autograder.errors import SandboxUnavailable
from autograder.files import make_temporary
from autograder.sandbox.confine import scratch
from autograder.sandbox.host import command_line
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.json_lines import JsonLines
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.overload import unbounded_memory
from autograder.sandbox.host.process import ProcessExit, SessionProcess
from autograder.sandbox.host.visible_paths import ENVIRONMENT, VisiblePaths, visible_paths
from autograder.sandbox.protocol.config import WORK

__all__ = ["ProcessExit", "Server", "SessionProcess"]

_START_S = 60.0
_START_POLL_S = 0.1
_SPAWN_S = 30.0
_KILL_S = 20.0
_ATTEMPTS = 3


class Server:
    """A zygote (a preloaded interpreter inside the sandbox), from which sessions are forked.

    Args:
        level: how strongly sessions are isolated.
        limits: limits of each session.
        visible: the paths that sessions may see, if they are known already.
    """

    def __init__(self, level: Level, limits: Limits, visible: VisiblePaths | None = None) -> None:
        self.level = level
        self.limits = limits
        self._visible = visible
        self._process: subprocess.Popen[bytes] | None = None
        self._has_worked = False
        self._control: socket.socket | None = None
        self._init_pid: int | None = None
        self._scratch: Path | None = None
        self._stderr: IO[bytes] | None = None

    def __enter__(self) -> Server:
        """Start the zygote."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End the zygote and every session."""
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the zygote, or of the process that holds its namespaces."""
        return self._process.pid if self._process else None

    def session_directories(self) -> tuple[str, ...]:
        """The sessions' working directories, if they are on this machine's own disk."""
        if self._scratch is None:
            return ()
        inner = WORK if self.level is Level.CONTAINER else ""
        return tuple(str(folder / inner) for folder in self._scratch.iterdir())

    def start(self) -> None:
        """Start the zygote and wait until it is ready, unless it is running already.

        Raises:
            SandboxUnavailable: this machine does not support the level, or starting failed.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        seen = self._visible = self._visible or visible_paths()
        if self.level < Level.NAMESPACES:
            self._scratch = make_temporary("scratch", lambda left: scratch.remove(str(left)))
            self._scratch.chmod(0o711)  # sessions run as other users must reach their own directory
        ours, theirs = socket.socketpair()
        self._control = ours
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed by close()
        # Bubblewrap writes the pid of its child to it. A pipe would break if this process were
        # killed in between: bubblewrap would die of SIGPIPE, and its child wait for it forever.
        info = os.memfd_create("info") if self.level is Level.FULL else None
        try:
            config = command_line.server_config(
                self.level, self.limits, seen, theirs.fileno(), self._scratch
            )
            command = command_line.command(self.level, seen, config, info)
            with unbounded_memory():
                self._process = subprocess.Popen(
                    command,
                    env=ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._stderr,
                    pass_fds=(theirs.fileno(), *([] if info is None else [info])),
                    start_new_session=True,
                    cwd="/",
                )
        except OSError as error:
            self.close()
            raise self._unavailable(str(error)) from error
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()
            if self._process is None and info is not None:
                os.close(info)
        with contextlib.ExitStack() as stack:
            if info is not None:
                stack.callback(os.close, info)
            self._wait_until_ready()
            if info is not None:
                self._init_pid = int(json.loads(os.pread(info, 1000, 0))["child-pid"])

    def _wait_until_ready(self) -> None:
        assert self._control is not None
        problem = f"it was not ready after {_START_S:.0f} s"
        lines = JsonLines(self._control)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            try:
                line = lines.read(_START_POLL_S)
            except TimeoutError:
                # If bubblewrap was killed, its child still holds the socket and waits for it.
                if self._process is None or self._process.poll() is None:
                    continue
                line = None
            if line and "pid" in line:
                return
            problem = str(line["failed"]) if line else self._last_stderr_line()
            break
        self.destroy()  # immediately, since a hanging process would not end by itself
        self.close()
        raise self._unavailable(problem)

    def _last_stderr_line(self) -> str:
        assert self._stderr is not None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        self._stderr.seek(0)
        return (
            _last_line(self._stderr.read().decode(errors="replace")) or "it ended without a message"
        )

    def _unavailable(self, problem: str) -> SandboxUnavailable:
        return SandboxUnavailable(
            f"isolation level {self.level} does not work here: {problem}",
            "run `autograder doctor` to see what this machine supports",
        )

    def spawn(self, settings: dict[str, Any]) -> SessionProcess:
        """Start a session: a confined process that waits for the host's first message.

        Args:
            settings: JSON-serializable; passed to ``guest.session.main``.

        Raises:
            SandboxUnavailable: no session could be started, not even by a fresh zygote.
        """
        problem = ""
        for attempt in range(_ATTEMPTS):
            try:
                self.start()
                process = self._spawn(settings)
            except (OSError, EOFError, SandboxUnavailable) as error:
                if isinstance(error, SandboxUnavailable) and not self._has_worked:
                    raise  # this machine does not support the level, so retrying would not help
                problem = _last_line(str(error)) or "the zygote died"
                self.destroy()
                time.sleep(0.1 * attempt)
            else:
                self._has_worked = True
                return process
        raise SandboxUnavailable(
            f"no session could be started ({problem})",
            "check whether memory, or the processes of this user (`ulimit -u`), have run out",
        )

    def _spawn(self, settings: dict[str, Any]) -> SessionProcess:
        assert self._control is not None
        ours, theirs = socket.socketpair()
        status, supervisor = socket.socketpair()
        supervisor_lines = JsonLines(status)
        child = SessionProcess(ours, supervisor_lines, self.destroy)
        try:
            with theirs, supervisor:
                self._control.settimeout(_SPAWN_S)
                socket.send_fds(self._control, [b"s"], [theirs.fileno(), supervisor.fileno()])
            answer = supervisor_lines.read(_SPAWN_S)
            if answer is None:
                raise EOFError
            if "failed" in answer:
                raise OSError(answer["failed"])
            text = json.dumps(settings).encode()
            ours.settimeout(_SPAWN_S)
            ours.sendall(struct.pack("<I", len(text)) + text)
            ours.settimeout(None)
        except BaseException:
            ours.close()
            status.close()
            raise
        return child

    def close(self) -> None:
        """End the zygote and every session."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:  # closing the control socket lets it clean up and exit
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_KILL_S / 4)
        self.destroy()
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None
        if self._scratch is not None:
            scratch.remove(str(self._scratch))
            self._scratch = None

    def destroy(self) -> None:
        """Kill the zygote, and thereby everything in its namespaces."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is None:
            return
        if self._init_pid is not None:
            # Kill the init process of bubblewrap's PID namespace; bubblewrap only waits for it.
            with contextlib.suppress(OSError):
                os.kill(self._init_pid, signal.SIGKILL)
            self._init_pid = None
        else:
            self._kill_group()
        try:
            self._process.wait(_KILL_S)
        except subprocess.TimeoutExpired:
            self._kill_group()
            with contextlib.suppress(subprocess.TimeoutExpired):  # the kernel ends it some time
                self._process.wait(_KILL_S)
        self._process = None

    def _kill_group(self) -> None:
        """Kill the process and what it started: bubblewrap's child does not die with it."""
        assert self._process is not None
        with contextlib.suppress(OSError):  # all have ended
            os.killpg(self._process.pid, signal.SIGKILL)


def _last_line(text: str) -> str:
    """The last line of some text; of a traceback, that is the exception."""
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else ""
