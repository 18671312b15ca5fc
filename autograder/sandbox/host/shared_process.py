"""Several criteria of one notebook in one process: a process for each costs more than they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.host.call_outcome import CallResult, StudentFailure
from autograder.sandbox.host.conversation import Conversation, SocketConversation


class NeedsItsOwnProcess(Exception):
    """A suite changes the notebook itself, which would have effects on other criteria."""


class SharedConversation(SocketConversation):
    """A conversation that leaves the notebook's own definitions as they are.

    Its first request says that a criterion begins.
    """

    _begun = False

    def request(self, op: str, place: Mapping[str, Any], **fields: Any) -> CallResult:
        """See `Conversation.request`.

        Raises:
            NeedsItsOwnProcess: it would change a function or class.
        """
        if op in ("set", "set_items") and "name" in place:
            raise NeedsItsOwnProcess
        return super().request(op, place, **fields)

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        if not self._begun:
            self._begun = True
            message = {**message, "begin": True}
        super()._send(message, deadline)


@dataclass
class SharedProcess:
    """A copy of a notebook in which one criterion after another is tried, to save time.

    What fails here has to be decided in a process of its own, and so has everything if the
    notebook's own state has changed: one criterion may have helped another.
    """

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
            StudentTimeout: the grader's time for the submission is used up.
        """
        with self._timed():
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
