"""Read and write bytes on a socket until a deadline, with one system call where one is enough.

A socket with a timeout takes three system calls for what takes one here: it asks whether there is
anything to read, or any room, before it finds out.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Iterable

from .values import TRUSTED_SIZE, Closed, TooLate


def write(
    sock: socket.socket, parts: Iterable[bytes | memoryview], deadline: float | None = None
) -> None:
    """Write an encoded message.

    Args:
        sock: a connected stream socket.
        parts: from `wire.encode`.
        deadline: ``time.monotonic()`` after which to give up.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: the other side did not read the message in time.
    """
    _block(sock)
    try:
        for part in parts:
            if deadline is None:
                sock.sendall(part)
            else:
                _send_all(sock, part, deadline)
    except TimeoutError as error:
        raise TooLate("the message was not read in time") from error
    except OSError as error:
        raise Closed("the connection was closed") from error


def exactly(
    sock: socket.socket, size: int, deadline: float | None, begun: bytes | memoryview = b""
) -> bytearray:
    """Receive ``size`` bytes, of which ``begun`` have been received before.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: they did not arrive in time.
    """
    buffer = bytearray(min(size, TRUSTED_SIZE))
    filled = len(begun)
    buffer[:filled] = begun
    while filled < size:
        if filled == len(buffer):  # this much has really arrived, so double the buffer
            buffer += bytes(min(filled, size - filled))
        with memoryview(buffer)[filled:] as rest:
            filled += receive_some(sock, rest, deadline)
    return buffer


def receive_some(sock: socket.socket, into: memoryview, deadline: float | None) -> int:
    """Receive at least one byte, and as many as have arrived and there is room for.

    Returns:
        How many.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: nothing arrived in time.
    """
    _block(sock)
    try:
        got = sock.recv_into(into) if deadline is None else _receive(sock, into, deadline)
    except TimeoutError as error:
        raise TooLate("no answer in time") from error
    except OSError as error:
        raise Closed("the connection was closed") from error
    if not got:
        raise Closed("the connection was closed")
    return got


def _block(sock: socket.socket) -> None:
    """Remove the socket's own timeout, if it has one."""
    if sock.gettimeout() is not None:
        sock.settimeout(None)


def _receive(sock: socket.socket, rest: memoryview, deadline: float) -> int:
    """Receive what has arrived; wait if nothing has. Raises TimeoutError."""
    while True:
        left = _left(deadline)
        try:
            return sock.recv_into(rest, 0, socket.MSG_DONTWAIT)
        except BlockingIOError:
            _wait(sock, select.POLLIN, left)


def _send_all(sock: socket.socket, part: bytes | memoryview, deadline: float) -> None:
    """Send all of it. Raises TimeoutError."""
    sent = 0
    with memoryview(part) as whole:
        while sent < len(whole):
            left = _left(deadline)
            try:
                sent += sock.send(whole[sent:], socket.MSG_DONTWAIT)
            except BlockingIOError:
                _wait(sock, select.POLLOUT, left)


def _wait(sock: socket.socket, event: int, seconds: float) -> None:
    poll = select.poll()
    poll.register(sock, event)
    poll.poll(math.ceil(1000 * seconds))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
