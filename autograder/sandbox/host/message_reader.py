"""Read messages from a criterion's process with few system calls.

`wire.receive` takes two for the smallest message, and must not read more than the message: what
follows may come with a descriptor, or be meant for another process. The host's end of a criterion's
socket has one reader, which is sent no descriptors that it wants. So it takes whatever has arrived,
and cuts the messages out of that.
"""

from __future__ import annotations

import socket
import time

from autograder.sandbox.protocol import wire

PIECE_BYTES = 64 * 1024
"""The most that is read ahead of the message that is wanted. Parts of messages that are larger are
received into memory of their own."""


class MessageReader:
    """Reads one socket; nothing else may read it.

    Args:
        sock: the host's end of a criterion's socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._piece = memoryview(bytearray(PIECE_BYTES))
        self._begin = self._end = 0
        self._deadline = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether something of the next message has been read, so that there is no need to wait."""
        return self._begin < self._end

    def receive_encoded(self, deadline: float, max_total: int, max_header: int) -> wire.Received:
        """The next message as it is. Arguments and exceptions are those of `wire.receive`."""
        if time.monotonic() >= deadline:  # even if all of it has been read
            raise wire.TooLate("no answer in time")
        self._deadline = deadline
        return wire.assembled(self._take, max_total, max_header)

    def _take(self, size: int) -> bytearray:
        """The next ``size`` bytes."""
        if size > PIECE_BYTES:
            begun = self._piece[self._begin : self._end]
            self._begin = self._end = 0
            return wire.exactly(self.sock, size, self._deadline, begun)
        begin, end = self._begin, self._begin + size
        if end > self._end:
            self._fill(size)
            begin, end = 0, size
        self._begin = end
        return bytearray(self._piece[begin:end])

    def _fill(self, size: int) -> None:
        """Read what has arrived, and wait until at least ``size`` bytes have."""
        left = self._end - self._begin
        self._piece[:left] = self._piece[self._begin : self._end]  # they may overlap
        self._begin, self._end = 0, left
        while self._end < size:
            self._end += wire.receive_some(self.sock, self._piece[self._end :], self._deadline)
