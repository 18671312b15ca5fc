"""Several criteria of one notebook in one process: a process for each costs more than they do."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.host.conversation import (
    CallResult,
    Conversation,
    SocketConversation,
    StudentDied,
    StudentFailure,
)
from autograder.sandbox.protocol import wire

SEND_S = 10.0
"""Seconds in which the process has to read a message, while it runs no student code."""


class NeedsItsOwnProcess(Exception):
    """A suite changes the notebook itself, which would have effects on other criteria."""


class SharedConversation(SocketConversation):
    """A conversation that leaves the notebook's own definitions as they are."""

    def request(self, op: str, place: Mapping[str, Any], **fields: Any) -> CallResult:
        """See `Conversation.request`.

        Raises:
            NeedsItsOwnProcess: it would change a function or class.
        """
        if op == "set" and "name" in place:
            raise NeedsItsOwnProcess
        return super().request(op, place, **fields)


@dataclass
class SharedProcess:
    """A copy of a notebook in which one criterion after another is tried, to save time.

    What fails here has to be decided in a process of its own, and so has everything if the
    notebook's own state has changed: one criterion may have helped another.
    """

    _sock: socket.socket
    _converse: Callable[[], SocketConversation]
    _timed: Callable[[], AbstractContextManager[None]]
    _broken: bool = False
    _stalled: bool = False

    @property
    def broken(self) -> bool:
        """Whether the process can serve no more criteria: a call has not returned."""
        return self._broken

    @property
    def stalled(self) -> bool:
        """Whether a call has waited, or could not be stopped."""
        return self._stalled

    @contextmanager
    def criterion(self) -> Iterator[Conversation]:
        """The next criterion.

        Raises:
            StudentDied: the process has ended.
            StudentTimeout: the grader's time for the submission is used up.
        """
        with self._timed():
            try:
                wire.send(self._sock, {"op": "begin"}, deadline=time.monotonic() + SEND_S)
            except wire.WireError:
                self._broken = True
                raise StudentDied("the process ended") from None
            conversation = self._converse()
            try:
                yield conversation
            finally:
                self._broken = conversation.broken
                self._stalled = self._stalled or conversation.timed_out_for_good

    def is_unchanged(self) -> bool:
        """Whether the notebook's own state is what it was before the first criterion."""
        if self._broken:
            return False
        with self._timed():
            try:
                return self._converse().request("unchanged", {}).value is True
            except StudentFailure:
                return False
