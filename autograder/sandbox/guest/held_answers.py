"""Write several answers at once, where several requests have arrived at once.

The host sends many requests at once (`host.pipelining`) and waits for the answers. Each answer that
is written by itself costs a system call, and wakes the host. So an answer is held as long as
another request has been read already. What is held while the next call runs is lost if that call
never returns: the host then does not conclude which call it was (`SharedConversation.lost`).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

from ..protocol import wire

HELD_BYTES = 16 * 1024
"""The most that is held."""

HELD_S = 0.001
"""Once an answer has been held for so long, it is written with the next one."""

_monotonic = time.monotonic  # notebooks see another clock


class HeldAnswers:
    """Writes one socket; nothing else may write it.

    Args:
        sock: the guest's end of a criterion's socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._parts: list[bytes | memoryview] = []
        self._bytes = 0
        self._since = 0.0

    def hold(self, parts: Sequence[bytes | memoryview]) -> None:
        """Hold an encoded message, unless it is large or others have been held for long.

        Raises:
            wire.Closed: the host has hung up.
        """
        now = _monotonic()
        if not self._parts:
            self._since = now
        self._bytes += sum(map(len, parts))
        if self._bytes > HELD_BYTES or now - self._since >= HELD_S:
            self.write(parts)
        else:
            self._parts += parts

    def write(self, parts: Sequence[bytes | memoryview] = ()) -> None:
        """Write what is held, and then an encoded message. Exceptions are those of `hold`."""
        if self._parts:
            held, self._parts = b"".join(self._parts), []
            parts = [held, *parts] if self._bytes > HELD_BYTES else [held + b"".join(parts)]
        self._bytes = 0
        wire.write(self._sock, parts)
