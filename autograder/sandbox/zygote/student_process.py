"""From a fork of the warm server to a student's process: build the wall, then run the session."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
from typing import NoReturn

from ..confine import confine, processes
from ..confine.confine import Confinement


def become(
    confinement: Confinement, supervisor: int, sock: int, report: int, scratch: str, uid: int | None
) -> NoReturn:
    """Build the wall, then run the session. Never returns, and never runs student code unwalled."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()  # a signal to the process group would pass the border of a namespace
        confine.close_other_descriptors(sock, report, confinement.rules(scratch))
    except BaseException:
        os._exit(125)
    try:
        number = processes.current().pid
        confine.build(confinement, supervisor, scratch, uid)
        from ..guest import session

        os.write(confine.REPORT, b"ok %d" % number)
        os.close(confine.REPORT)
    except BaseException as error:
        os.write(confine.REPORT, f"{type(error).__name__}: {error}".encode()[:2000])
        os._exit(125)
    try:
        channel = socket.socket(fileno=confine.SOCKET)
        session.main(channel, _settings(channel))
        os._exit(0)
    finally:
        os._exit(70)


def _settings(channel: socket.socket) -> dict[str, object]:
    """The host's first words to the session. They never pass through the server's memory."""
    size = struct.unpack("<I", _exactly(channel, 4))[0]
    settings = json.loads(_exactly(channel, size))
    assert isinstance(settings, dict)
    return settings


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = channel.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
