"""Run several criteria of a notebook in one process.

A process for each costs more than the criteria themselves. What a criterion requests can be sent
before its test runs (`pipelining`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.host.call_outcome import CallResult, StudentFailure
from autograder.sandbox.host.conversation import SocketConversation
from autograder.sandbox.host.pipelining import (
    IN_FLIGHT_BYTES,
    MAX_ANSWERS_BYTES,
    Requests,
    digest,
    new_ids,
    requests,
    size_of,
)
from autograder.sandbox.protocol import wire


class NeedsItsOwnProcess(Exception):
    """A suite changes the notebook itself, which would have effects on other criteria."""


class Deviates(Exception):
    """A test makes a different request from the one that was sent ahead."""


class SharedConversation(SocketConversation):
    """A conversation that leaves the notebook's own definitions as they are.

    Its first request says that a criterion begins.

    Attributes:
        deviates: whether the criterion has to be tried again, without anything sent ahead.
        answers: tells the answers to what was sent ahead apart (`digest`); None if nothing was, or
            they did not all arrive.
        lost: whether an answer to what was sent ahead did not arrive. The notebook's process may
            have held it back (`guest.held_answers`), so it may be a later call that never returned.
        names_used: functions and classes of the notebook that were requested.
    """

    _changes_definitions = False

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.deviates = False
        self.answers: bytes | None = None
        self.names_used: set[str] = set()
        self._begun = False
        self._ids: list[int] = []
        self._ahead: deque[bytes] = deque()
        self._answers: deque[wire.Received | wire.WireError] = deque()
        self._written: list[bytes] | None = []
        self._answered_bytes = 0
        self.lost = False

    @property
    def broken(self) -> bool:
        """See `Conversation`; or an answer to what was sent ahead did not arrive."""
        return self.lost or (super().broken and not self.deviates)

    @property
    def timed_out_for_good(self) -> bool:
        """See `Conversation`."""
        return super().timed_out_for_good and not self.deviates

    # --- what is sent ahead -----------------------------------------------------------------

    def prepare(self, known: Requests) -> list[bytes]:
        """All requests of a criterion as messages, to be sent before any is made."""
        self._ids = new_ids(len(known.parts))
        self._ahead.extend(known.encoded(self._ids))
        return [*self._ahead]

    def send_ahead(self, messages: Sequence[bytes]) -> None:
        """Send what has been prepared, by whichever conversation.

        Raises:
            wire.WireError: it cannot be sent.
        """
        super()._write([b"".join(messages)], self._deadline())

    def read_answers(self) -> None:
        """Wait for all answers to what was sent ahead, which the requests will then get."""
        found: list[wire.Received] = []
        for _ in self._ids:
            self._begin_call()
            try:
                answer = super()._read(self._deadline())
            except wire.WireError as error:  # raised again when the request is made
                self.lost = True
                self._answers.extend([*found, error])
                return
            self._answered_bytes += size_of(answer)
            if self._answered_bytes > MAX_ANSWERS_BYTES:
                self.deviates = True  # but the rest has to be read as well
                found.clear()
            else:
                found.append(answer)
        if not self.deviates:
            self._answers.extend(found)
            self.answers = digest(found, self._ids)

    def made(self) -> Requests | None:
        """The requests that were made; None if they could not be sent ahead."""
        if self._reference_calls is not None or self._functions or not self._written:
            return None
        if self.counted:
            return None  # its input could be worked through before anybody counts
        too_large = self._answered_bytes > MAX_ANSWERS_BYTES
        return None if too_large else requests(self._written)

    # --- what a test requests ---------------------------------------------------------------

    def request(self, op: str, place: Mapping[str, Any], **fields: Any) -> CallResult:
        """See `Conversation.request`.

        Raises:
            NeedsItsOwnProcess: it would change a function or class.
            Deviates: another request was sent ahead.
        """
        sets = op in ("set", "set_items") and "name" in place
        if sets and not self._changes_definitions:
            raise NeedsItsOwnProcess
        if "name" in place:
            self.names_used.add(place["name"])
        return super().request(op, place, **fields)

    def _new_id(self) -> int:
        position = len(self._ids) - len(self._ahead)
        return self._ids[position] if self._ahead else super()._new_id()

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        if not self._begun:
            self._begun = True
            message = {**message, "begin": True}
        super()._send(message, deadline)

    def _write(self, encoded: Sequence[bytes | memoryview], deadline: float) -> None:
        if self._ids:
            if not self._ahead or [self._ahead.popleft()] != encoded:
                self.deviates = True
                raise Deviates
            return
        if self._written is not None and len(encoded) == 1:
            self._written.append(bytes(encoded[0]))
        else:
            self._written = None  # it is larger than what is sent ahead
        super()._write(encoded, deadline)

    def _read(self, deadline: float) -> wire.Received:
        if not self._ids:
            answer = super()._read(deadline)
            self._answered_bytes += size_of(answer)
            return answer
        found = self._answers.popleft()
        if isinstance(found, wire.WireError):
            raise found
        return found


class FeedbackConversation(SharedConversation):
    """A conversation for feedback, which may change the notebook's own definitions.

    Whether it did is checked afterwards with `SharedProcess.is_unchanged`.
    """

    _changes_definitions = True

    def begin_again(self) -> None:
        """See `Conversation.begin_again`."""
        self._begun = False

    def is_unchanged(self) -> bool:
        """See `Conversation.is_unchanged`."""
        if self.broken:
            return False
        try:
            return self.request("unchanged", {}).value is True
        except StudentFailure:
            return False


@dataclass
class SharedProcess:
    """A copy of a notebook in which one criterion after another is tried, to save time.

    Nothing that is decided here counts if the notebook's own state has changed: one criterion may
    have helped another. What fails has to be tried again in another process as well, unless the
    notebook's code is plain: one may have harmed another in a way that is not seen.

    Attributes:
        kept: whether the process is wanted afterwards, to answer questions for feedback. Its state
            has to be unchanged.
    """

    _converse: Callable[[], SharedConversation]
    _timed: Callable[[], AbstractContextManager[None]]
    _may_send_ahead: bool = True
    _broken: bool = False
    _stalled: bool = False
    _next: deque[tuple[str, Requests]] = field(default_factory=deque)
    _in_flight: deque[tuple[str, Requests, SharedConversation]] = field(default_factory=deque)
    kept: bool = False

    @property
    def broken(self) -> bool:
        """Whether the process can serve no more criteria: a call has not returned."""
        return self._broken

    @property
    def stalled(self) -> bool:
        """Whether a call has waited, or could not be stopped."""
        return self._stalled

    def send_ahead(self, known: Mapping[str, Requests]) -> list[str]:
        """Send ahead what criteria, by their ids, are known to request.

        Returns:
            The ids of those that have to be tried first, in this order.
        """
        if not self._may_send_ahead:
            return []
        self._next.extend(known.items())
        with self._timed():
            self._send_more()
        return list(known)

    @contextmanager
    def criterion(self, id: str | None = None) -> Iterator[SharedConversation]:
        """The next criterion.

        Args:
            id: its id, if its requests are sent ahead.

        Raises:
            StudentTimeout: the grader's time for the submission is used up.
        """
        with self._timed():
            conversation = self._conversation(id)
            try:
                yield conversation
            finally:
                self._broken = self._broken or conversation.broken
                self._stalled = self._stalled or conversation.timed_out_for_good
                if not self._broken:
                    self._send_more()

    def _conversation(self, id: str | None) -> SharedConversation:
        if id is not None:
            sent, _, conversation = self._in_flight.popleft()
            assert sent == id, "what is sent ahead is answered in order"
            conversation.read_answers()
            return conversation
        return self._converse()

    def _send_more(self) -> None:
        """Send what follows, as long as the socket takes it without being read."""
        if not self._next:
            return
        used = sum(requests.size for _, requests, _ in self._in_flight)
        messages: list[bytes] = []
        prepared: list[tuple[str, Requests, SharedConversation]] = []
        while self._next and used + self._next[0][1].size <= IN_FLIGHT_BYTES:
            id, requests = self._next.popleft()
            conversation = self._converse()
            messages += conversation.prepare(requests)
            prepared.append((id, requests, conversation))
            used += requests.size
        if prepared:
            try:
                conversation.send_ahead(messages)
            except wire.WireError:
                self._broken = True
                return
            self._in_flight.extend(prepared)

    def is_unchanged(self) -> bool:
        """Whether the notebook's own state is what it was before the first criterion."""
        return self._tells("unchanged")

    def is_plain(self) -> bool:
        """Whether the notebook's code can keep state only where `is_unchanged` sees it."""
        return self._tells("plain")

    def _tells(self, question: str) -> bool:
        if self._broken:
            return False
        with self._timed():
            try:
                return self._converse().request(question, {}).value is True
            except StudentFailure:
                return False
