"""What the host's parts expect of one another: a process, its supervisor, a loaded notebook."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from autograder.sandbox.host.conversation import Conversation
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.loaded import CellRecord, Remarks
from autograder.sandbox.host.shared_process import SharedProcess
from autograder.sandbox.host.watch import Used


class ExitLike(Protocol):
    """How a student's process ended (see `autograder.sandbox.host.process.ProcessExit`)."""

    @property
    def reason(self) -> str:
        """``exit``, ``signal``, or ``unknown`` if its supervisor is gone as well."""

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the process and its children."""


class ProcessLike(Protocol):
    """A student's process with everything it started."""

    @property
    def sock(self) -> socket.socket:
        """The host's end of its socket."""

    def kill(self) -> None:
        """Kill all its processes; return when none is left."""

    def wait(self, timeout: float) -> ExitLike | None:
        """How it ended, or None if it is still running after ``timeout`` seconds."""

    def used(self) -> Used | None:
        """CPU time of the criteria forked from it; None if it cannot be told."""

    def used_by_all(self) -> Used | None:
        """CPU time of all its processes; None if it cannot be told."""


class Spawner(Protocol):
    """Starts students' processes (see `autograder.sandbox.host.server.Server`)."""

    def spawn(self, settings: dict[str, Any]) -> ProcessLike:
        """Start a fresh process in the sandbox."""


class LoadedNotebook(Protocol):
    """A notebook whose cells have run, as a suite sees it."""

    @property
    def cells(self) -> Sequence[tuple[int, str]]:
        """(index in the notebook, source), in order."""

    @property
    def records(self) -> Sequence[CellRecord]:
        """The outcome of each cell."""

    @property
    def defined(self) -> Mapping[str, tuple[str, ...] | None]:
        """What the student defined: function name → None, class name → its methods' names."""

    @property
    def remarks(self) -> Remarks:
        """Remarks about the student's definitions."""

    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> AbstractContextManager[Conversation]:
        """A copy of the notebook for one criterion.

        Args:
            world: a definition; names that it uses mean what they meant when it was made. None: the
                state after all cells have run.
            attempt: whether a timeout counts, and how generous the limits are.
        """

    def in_another_load(self) -> AbstractContextManager[LoadedNotebook]:
        """The notebook loaded once more, in processes that share nothing with this one's."""

    def shared(
        self, first: bool = False, again: bool = False
    ) -> AbstractContextManager[SharedProcess | None]:
        """A copy of the notebook for several criteria; None if each gets its own anyway.

        Args:
            first: whether criteria are tried for the first time, and no other process is used
                meanwhile: this one is all that most notebooks need.
            again: whether what has failed is tried once more, in a process that has not been asked
                anything. If it is kept, it is most likely the last one that is needed.
        """
