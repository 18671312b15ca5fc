"""Read messages from a criterion's socket with few system calls.

`wire.receive` takes two for the smallest message, and must not read more than the message: what
follows may come with a descriptor, or be meant for another process. Each end of a criterion's
socket has one reader, which is sent no descriptors that it wants. So it takes whatever has arrived,
and cuts the messages out of that.
"""

from __future__ import annotations

import socket
import time

from . import wire

PIECE_BYTES = 64 * 1024
"""The most that is read ahead of the message that is wanted. Parts of messages that are larger are
received into memory of their own."""

_monotonic = time.monotonic  # notebooks see another clock


class MessageReader:
    """Reads one socket; nothing else may read it.

    Args:
        sock: one end of a criterion's socket.
        piece_bytes: the most that is read ahead.
    """

    def __init__(self, sock: socket.socket, piece_bytes: int = PIECE_BYTES) -> None:
        self.sock = sock
        self._piece = memoryview(bytearray(piece_bytes))
        self._begin = self._end = 0
        self._deadline: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether something of the next message has been read, so that there is no need to wait."""
        return self._begin < self._end

    def receive_encoded(
        self,
        deadline: float | None = None,
        max_total: int = wire.MAX_TOTAL,
        max_header: int = wire.MAX_HEADER,
    ) -> wire.Received:
        """The next message as it is. Arguments and exceptions are those of `wire.receive`."""
        if deadline is not None and _monotonic() >= deadline:  # even if all of it has been read
            raise wire.TooLate("no answer in time")
        self._deadline = deadline
        return wire.assembled(self._take, max_total, max_header)

    def _take(self, size: int) -> bytearray:
        """The next ``size`` bytes."""
        if size > len(self._piece):
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
