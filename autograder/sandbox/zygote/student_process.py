"""Turn a fork of the zygote into a student's process: confine it, then run the session."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
from typing import NoReturn

from ..confine import confine, processes
from ..confine.confine import Confinement
from ..guest import prepared, session

_prepared: prepared.Prepared | None = None


def prepare() -> None:
    """Do once what every student's process forked from this one needs."""
    global _prepared
    _prepared = prepared.prepare()


def run(
    confinement: Confinement, supervisor: int, sock: int, report: int, scratch: str, uid: int | None
) -> NoReturn:
    """Confine this process, then run the session. Never returns.

    Student code arrives only over ``sock``, which is first read after the confinement is complete.

    Args:
        confinement: what all sessions share.
        supervisor: process id of the parent.
        sock: file descriptor of the session's socket.
        report: file descriptor of a pipe: ``ok PID`` once confined, else the problem.
        scratch: the session's scratch directory.
        uid: the user to switch to, or None.
    """
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Signals to a process group cross namespace boundaries, so leave the zygote's group.
        os.setsid()
        confine.close_other_descriptors(sock, report, confinement.rules(scratch))
    except BaseException:
        os._exit(125)
    try:
        proc_pid = processes.current().pid
        confine.apply(confinement, supervisor, scratch, uid)
        os.write(confine.REPORT, b"ok %d" % proc_pid)
        os.close(confine.REPORT)
    except BaseException as error:
        os.write(confine.REPORT, f"{type(error).__name__}: {error}".encode()[:2000])
        os._exit(125)
    try:
        channel = socket.socket(fileno=confine.SOCKET)
        session.main(channel, _settings(channel), _prepared)
        os._exit(0)
    finally:
        os._exit(70)


def _settings(channel: socket.socket) -> dict[str, object]:
    """The settings, which the host sends first. They never pass through the zygote's memory."""
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
