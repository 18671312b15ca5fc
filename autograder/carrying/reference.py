"""The grader's side of the reference's process: start it, ask it, end it.

A process that dies or hangs over a question ends that question, with an exception for the code that
asked; the next criterion gets a fresh one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.overload import unbounded_memory
from autograder.sandbox.host.stand_ins import AppliedRaised, Apply
from autograder.sandbox.protocol import wire

MEMORY = 192 * 2**20
"""Bytes that the process may need for questions."""

CPU_S = 4
"""CPU seconds for all questions of one criterion; a network's gradient takes a hundredth."""

_QUESTION_S = 20.0
_START_S = 60.0
_STARTS = 3
"""How often it is started for one notebook."""

_BOOT = "from autograder.carrying.reference_process import main; main()"


class ReferenceProcess:
    """Holds the reference of one course, for one notebook after another.

    Args:
        root: the course's folder.

    Attributes:
        cpu_s: CPU seconds of the processes that have ended.
        generation: how often it was started.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None
        self.cpu_s = 0.0
        self.generation = 0

    def __enter__(self) -> ReferenceProcess:
        """Itself; it starts when it is first needed."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close."""
        self.close()

    @property
    def running(self) -> bool:
        """Whether it has been started and has not been lost since."""
        return self._sock is not None

    def ask(self, message: dict[str, Any], seconds: float = _QUESTION_S) -> dict[str, Any]:
        """Send a message and return the reply.

        Raises:
            wire.WireError: there is none; the process has been ended.
        """
        self.tell(message)
        assert self._sock is not None
        try:
            return wire.receive(self._sock, deadline=time.monotonic() + seconds)
        except BaseException:  # what is left of this reply would be taken for the next one's
            self.close()
            raise

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message that has no reply.

        Raises:
            wire.WireError: it could not be sent; the process has been ended.
        """
        if self._sock is None:
            raise wire.Closed("the reference's process has ended")
        try:
            wire.send(self._sock, message, deadline=time.monotonic() + _QUESTION_S)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
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
        """Start the process, unless it is running."""
        if self._sock is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs, unbounded_memory():
            arguments = [str(self._root), str(theirs.fileno()), str(MEMORY), str(CPU_S)]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        self._sock = ours
        self.generation += 1


class StandIns:
    """The stand-ins of one notebook, for which the reference's process answers.

    Args:
        process: the reference's process.
        names: what the notebook may ask for.
        spellings: other names for each.
        replaces: names of the notebook's own that each replaces.

    Attributes:
        descriptions: what the guest has to know of them, those that the reference has.
        used: names of those that were asked for anything.

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
        """Let the process forget this notebook."""
        if self._process.generation == self._generation:
            with contextlib.suppress(wire.WireError):
                self._process.tell({"notebook": self._number, "close": True})

    def begin(self) -> None:
        """A criterion begins: objects are as they were when all cells had run."""
        lost = not self._process.running or self._process.generation != self._generation
        if lost and self._starts < _STARTS:
            self._open()
        with contextlib.suppress(wire.WireError):
            self._process.tell({"notebook": self._number, "begin": True})

    def answer(self, question: Mapping[str, Any], apply: Apply) -> dict[str, Any]:
        """The reply to a question; never raises because of its content.

        Args:
            question: as ``guest.stand_ins`` puts it. Nothing in it is trusted.
            apply: calls a function that the student's code gave.

        Raises:
            wire.WireError: the student's process is lost, or does not keep to the protocol.
        """
        generation = self._process.generation
        if generation != self._generation:
            return TOO_MUCH
        asked = _plain(question["stand_in"], dict)
        message: dict[str, Any] = {
            "question": {
                "stand_in": asked,
                "args": _plain(question.get("args"), list),
                "kwargs": _plain(question.get("kwargs"), dict),
                "generators": _plain(question.get("generators"), dict),
            }
        }
        while True:
            try:
                reply = self._process.ask({"notebook": self._number, **message})
            except wire.WireError:
                return TOO_MUCH
            if "apply" not in reply:
                answer: dict[str, Any] = reply.get("reply", TOO_MUCH)
                self._record(asked, answer)
                return answer
            try:
                message = {"applied": apply(reply["apply"], reply["args"])}
            except AppliedRaised as raised:
                message = {"failed": str(raised)}
            except BaseException:
                self._process.close()  # it waits for what never comes
                raise

    def _record(self, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        name = asked.get("name")
        if name is None and type(asked.get("number")) is int:
            name = self._made.get(asked["number"])
        if isinstance(name, str) and name in self._names:
            self.used.add(name)
            if "number" in answer:
                self._made[answer["number"]] = name

    def _open(self) -> dict[str, list[str] | None]:
        self._starts += 1
        for _ in range(2):
            with contextlib.suppress(wire.WireError, OSError):
                self._process.start()
                self._generation = self._process.generation
                message = {"notebook": self._number, "open": self._names}
                names: dict[str, list[str] | None] = self._process.ask(message, _START_S)["names"]
                return names
        raise SandboxUnavailable(
            "the reference's process does not start",
            "see whether Python can import source_lib in the course's folder",
        )


TOO_MUCH = {"raised": "MemoryError", "text": "this is too much work for the grader"}

_numbers = count(1)


def _plain(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else kind()
