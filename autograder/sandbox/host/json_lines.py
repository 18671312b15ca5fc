"""JSON lines between our own trusted processes: the host and its zygote or supervisors."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from typing import Any


class JsonLines:
    """Reads JSON objects, one per line, from a trusted peer, which may die at any time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def read(self, timeout: float) -> dict[str, Any] | None:
        """The next object, or None at end of file.

        Raises:
            TimeoutError: no complete line arrived in time.
        """
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = max(0.0, deadline - time.monotonic())
            if not self._poll.poll(left * 1000):
                raise TimeoutError
            try:
                data = self._sock.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        fields = json.loads(line)
        return fields if isinstance(fields, dict) else None

    def send(self, data: bytes) -> None:
        """Send a few bytes to the peer, without waiting for it.

        Raises:
            OSError: it has gone, or has not read what it was sent before.
        """
        self._sock.send(data, socket.MSG_DONTWAIT)

    def hang_up(self) -> None:
        """Close our direction, which tells the peer to finish; it can still be read."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
