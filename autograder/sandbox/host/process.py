"""The host's handle of one session's processes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from autograder.sandbox.host.json_lines import JsonLines
from autograder.sandbox.host.watch import Used
from autograder.sandbox.protocol.config import CRITERIA, EVERYTHING

_KILL_S = 20.0
_ANSWER_S = 1.0


@dataclass(frozen=True)
class ProcessExit:
    """How a student's process ended.

    Attributes:
        reason: ``exit`` (``code`` is the status), ``signal`` (``code`` is its number), or
            ``unknown`` (its supervisor died as well).
        code: see ``reason``.
        cpu_s: CPU seconds of all processes of the session that were reaped.
        limit: the limit for which the session was killed (``memory``, ``processes`` or
            ``scratch``), or None.
    """

    reason: Literal["exit", "signal", "unknown"]
    code: int
    cpu_s: float
    limit: str | None = None


_LOST = ProcessExit("unknown", -1, 0.0)


class SessionProcess:
    """A student's process and everything it starts.

    Args:
        sock: the host's end of the session's stream socket; an attribute as well.
        status: messages from its supervisor.
        kill_server: the last resort if the supervisor does not respond.
    """

    def __init__(
        self, sock: socket.socket, status: JsonLines, kill_server: Callable[[], None]
    ) -> None:
        self.sock = sock
        self._kill_server = kill_server
        self._status = status
        self._exit: ProcessExit | None = None

    def wait(self, timeout: float) -> ProcessExit | None:
        """How it ended, or None if it is still running after ``timeout`` seconds."""
        if self._exit is None:
            try:
                line = self._status.read(timeout)
                while line is not None and "busiest_s" in line:  # an answer that came too late
                    line = self._status.read(timeout)
            except TimeoutError:
                return None
            self._exit = _parse_exit(line) if line else _LOST
            self._status.close()
        return self._exit

    def used(self) -> Used | None:
        """The CPU time of its criteria, if its supervisor, which is trusted, can tell."""
        return self._asked(CRITERIA)

    def used_by_all(self) -> Used | None:
        """The same of all its processes, the one that runs the cells included."""
        return self._asked(EVERYTHING)

    def _asked(self, what: bytes) -> Used | None:
        if self._exit is not None:
            return None
        try:
            self._status.send(what)
            line = self._status.read(_ANSWER_S)
        except (OSError, TimeoutError):
            return None
        if line is None or "busiest_s" not in line:  # it has just ended
            self._exit = _parse_exit(line) if line else _LOST
            self._status.close()
            return None
        return Used(float(line["busiest_s"]), float(line["all_s"]), line["asleep"] is True)

    def kill(self) -> None:
        """Kill the session. When this returns, none of its processes is left."""
        if self._exit is not None:
            return
        self._status.hang_up()
        if self.wait(_KILL_S) is None:
            # The supervisor does not respond. Nothing outlives the zygote and its namespaces.
            self._kill_server()
            self.wait(_KILL_S)


def _parse_exit(line: dict[str, Any]) -> ProcessExit:
    if "exit" not in line:
        return _LOST
    code = int(line["exit"])
    return ProcessExit(
        reason="signal" if code < 0 else "exit",
        code=abs(code),
        cpu_s=float(line["cpu_s"]),
        limit=line["limit"],
    )
