"""A process that criteria have shared, kept to try those of other parts, and for feedback.

Starting another one would cost more than most requests do. Its state is compared with the
notebook's before each use, so it answers as a fresh one would.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.sandbox.host.conversation import Conversation
from autograder.sandbox.host.shared_process import SharedProcess
from autograder.sandbox.protocol.message_reader import MessageReader


@dataclass
class KeptProcess:
    """A kept process, whose state was unchanged after the last criterion.

    Attributes:
        process: the shared process.
        reader: reads the host's end of its socket.
        pid: its id in the sandbox.
        in_use: whether a conversation with it is going on.
    """

    process: SharedProcess
    reader: MessageReader
    pid: int
    in_use: bool = False
    _asked: bool = False
    _broken: bool = False

    def is_unchanged(self) -> bool:
        """Whether it answers as if it had not been asked anything."""
        if self._broken:
            return False
        return not self._asked or self.process.is_unchanged()

    @contextmanager
    def used_for(self, conversation: Conversation | SharedProcess) -> Iterator[None]:
        """It serves one conversation, or several criteria, as long as the block lasts."""
        self.in_use = self._asked = True
        try:
            yield
        finally:
            self.in_use = False
            self._broken = self._broken or conversation.broken
