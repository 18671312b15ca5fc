"""The grader's end of the reference process: start it, send it calls, stop it.

If the process dies or hangs during a call, the calling code gets an exception, and the next
criterion gets a new process.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host import trusted_process
from autograder.sandbox.host.overload import unbounded_memory
from autograder.sandbox.host.reference_calls import Apply, CallbackRaised
from autograder.sandbox.protocol import wire

MEMORY = 192 * 2**20
"""Bytes that the process may allocate for calls."""

CPU_S = 4
"""CPU seconds for all calls of one criterion; a network's gradient takes a hundredth of this."""

MAX_NAME = 100
"""The most characters that a name in a proxy's call may have."""

_CALL_S = 20.0
_START_S = 60.0
_STARTS = 3
"""How often it may be started for one notebook."""


class ReferenceProcess:
    """The process that holds the reference of a course and serves one notebook after another.

    Args:
        root: the course's folder.

    Attributes:
        cpu_s: CPU seconds of processes that have ended.
        generation: how many processes have been started.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None
        self.cpu_s = 0.0
        self.generation = 0

    def __enter__(self) -> ReferenceProcess:
        """Return itself; the process starts when it is first needed."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the process."""
        self.close()

    @property
    def running(self) -> bool:
        """Whether a process has been started and not lost since."""
        return self._sock is not None

    def request(self, message: dict[str, Any], seconds: float = _CALL_S) -> dict[str, Any]:
        """Send a message and return the reply.

        Raises:
            wire.WireError: there was no reply; the process has been stopped.
        """
        self.notify(message)
        assert self._sock is not None
        try:
            return wire.receive(self._sock, deadline=time.monotonic() + seconds)
        except BaseException:  # the rest of this reply would be read as the next one
            self.close()
            raise

    def notify(self, message: dict[str, Any]) -> None:
        """Send a message that has no reply.

        Raises:
            wire.WireError: it could not be sent; the process has been stopped.
        """
        if self._sock is None:
            raise wire.Closed("the reference process has ended")
        try:
            wire.send(self._sock, message, deadline=time.monotonic() + _CALL_S)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the process."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            with contextlib.suppress(ChildProcessError):
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                self.cpu_s += used.ru_utime + used.ru_stime

    def start(self) -> None:
        """Start the process if it is not running."""
        if self._sock is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs, unbounded_memory():
            numbers = (theirs.fileno(), MEMORY, CPU_S, os.getpid())
            arguments = [str(self._root), *map(str, numbers)]
            self._process = subprocess.Popen(
                trusted_process.command("autograder.carrying.reference_process", *arguments),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=trusted_process.environment(),
            )
        self._sock = ours
        self.generation += 1


class ReferenceProxies:
    """Proxies of reference functions and classes for one notebook, backed by the reference process.

    Args:
        process: the reference process.
        names: the functions, classes and ``Class.method`` that the notebook may use.
        spellings: other names for each.
        replaces: the notebook's own names that each replaces.

    Attributes:
        descriptions: what the guest needs to know about each proxy that the reference can back.
        used: names of the proxies that have been called.
        cpu_s: CPU seconds that the process took for this notebook, once it is closed.

    Raises:
        SandboxUnavailable: the process does not start.
    """

    def __init__(
        self,
        process: ReferenceProcess,
        names: Iterable[str],
        spellings: Mapping[str, Sequence[str]],
        replaces: Mapping[str, Sequence[str]],
    ) -> None:
        self._process = process
        self._names = sorted(names)
        self._number = next(_numbers)
        self._generation = 0
        self._starts = 0
        self._made: dict[Any, str] = {}
        self.used: set[str] = set()
        self.cpu_s = 0.0
        known = self._open()
        self.descriptions: Sequence[Mapping[str, Any]] = [
            {
                "name": name,
                "methods": methods,
                "spellings": list(spellings.get(name, ())),
                "replaces": list(replaces.get(name, ())),
            }
            for name, methods in known.items()
        ]

    def close(self) -> None:
        """Make the process release this notebook's objects, and say what it has cost."""
        if self._process.running and self._process.generation == self._generation:
            with contextlib.suppress(wire.WireError):
                reply = self._process.request({"notebook": self._number, "close": True})
                self.cpu_s = float(reply["cpu_s"])

    def begin_notebook(self) -> None:
        """Forget all objects: the cells are run once more."""
        if self._process.running and self._process.generation == self._generation:
            self._made.clear()
            with contextlib.suppress(wire.WireError):
                self._process.request({"notebook": self._number, "open": self._names})

    def begin_criterion(self) -> None:
        """Reset the objects to their state after all cells had run."""
        lost = not self._process.running or self._process.generation != self._generation
        if lost and self._starts < _STARTS:
            self._open()
        with contextlib.suppress(wire.WireError):
            self._process.notify({"notebook": self._number, "begin": True})

    def call(self, message: Mapping[str, Any], apply: Apply) -> dict[str, Any]:
        """The reply to a proxy's call; never raises because of its content.

        Args:
            message: from ``guest.reference_channel``. Nothing in it is trusted.
            apply: calls a function that the student's code passed.

        Raises:
            wire.WireError: the student's process is lost or violates the protocol.
        """
        generation = self._process.generation
        if generation != self._generation:
            return TOO_MUCH
        operation = _plain(message["proxy"], dict)
        request: dict[str, Any] = {
            "call": {
                "proxy": operation,
                "args": _plain(message.get("args"), list),
                "kwargs": _plain(message.get("kwargs"), dict),
                "generators": _plain(message.get("generators"), dict),
            }
        }
        while True:
            try:
                reply = self._process.request({"notebook": self._number, **request})
            except wire.WireError:
                return TOO_MUCH
            if "apply" not in reply:
                result: dict[str, Any] = reply.get("reply", TOO_MUCH)
                self._record(operation, result)
                return result
            try:
                request = {"applied": apply(reply["apply"], reply["args"])}
            except CallbackRaised as raised:
                request = {"failed": str(raised)}
            except BaseException:
                self._process.close()  # it would wait for this result indefinitely
                raise

    def _record(self, operation: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        name = _text(operation.get("name"))
        if _text(operation.get("op")) == "method_of":
            name = f"{name}.{_text(operation.get('method'))}"
        if not name and type(operation.get("number")) is int:
            name = self._made.get(operation["number"], "")
        if name in self._names:
            self.used.add(name)
            if "number" in result:
                self._made[result["number"]] = name

    def _open(self) -> dict[str, list[str] | None]:
        self._starts += 1
        for _ in range(2):
            with contextlib.suppress(wire.WireError, OSError):
                self._process.start()
                self._generation = self._process.generation
                message = {"notebook": self._number, "open": self._names}
                reply = self._process.request(message, _START_S)
                names: dict[str, list[str] | None] = reply["names"]
                return names
        raise SandboxUnavailable(
            "the reference process does not start",
            "check whether Python can import source_lib in the course's folder",
        )


TOO_MUCH = {"raised": "MemoryError", "text": "this is too much work for the grader"}

_numbers = count(1)


def _text(value: Any) -> str:
    """It, if it is a short text: what students send may be anything, arrays included."""
    return value if isinstance(value, str) and len(value) <= MAX_NAME else ""


def _plain(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else kind()
