"""A copy of the zygote that only forks, so that every session starts from the same memory.

The supervisor's own memory changes with every session that it has served. A session forked from it
would find objects at other addresses than the one before, and with them other hashes, other orders
of sets, other leftovers in uninitialised arrays: the same notebook could get another result when it
is graded later in the run. So sessions are forked from a template, which is forked once, when all
is loaded, and then only waits for a byte, forks, and waits until the new process is there.

A session is the supervisor's child, to be supervised, and so the template's sibling. Where the
system cannot fork a sibling, the template's child forks once more and exits, so that the kernel
hands the session to the supervisor: it is the init process of its PID namespace, or a subreaper.

Any of these processes may be killed at any moment. So what a session is told comes over a socket of
its own: were it the template's, what a dead session has not read would wait there for the next one,
descriptors included. And the template says when nothing more will come, so that nobody waits for a
process that was killed.
"""

from __future__ import annotations

import array
import gc
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ..confine import syscalls
from . import free_memory
from .sibling import Sibling

# Bound before `prepare`, which replaces these functions.
_fork, _waitpid, _read, _exit = os.fork, os.waitpid, os.read, os._exit
_pipe, _close = os.pipe, os.close

_PID = struct.Struct("=i")
_ENDED = _PID.pack(0)
"""The request has been dealt with. Sent by a new process with its line, it means nothing."""
_told = bytearray(4096)
"""Filled by a new process with what it is told, and cleared: that differs from session to session,
and what a freed buffer held can be seen in an uninitialised array.
"""
_WAIT_S = 20.0
_TRIES = 12
"""Processes forked before the first that is used: until the interpreter has specialized the
bytecode that forks (PEP 659), each may leave another trace in the template's memory.
"""

Start = Callable[[list[int], dict[str, Any]], NoReturn]
"""What the new process does, with the descriptors and the settings that it is sent."""


class Template:
    """The supervisor's handle of the template.

    Args:
        start: what every new process does.
        prepare: what the template does once, for all of them.
        new_pid_namespace: whether each is the init process of a PID namespace of its own.
        close: descriptors that the template must not keep open.
    """

    def __init__(
        self,
        start: Start,
        *,
        prepare: Callable[[], None] | None = None,
        new_pid_namespace: bool,
        close: tuple[int, ...],
    ) -> None:
        self._tries = _TRIES
        requests, self._requests = os.pipe()
        # Not the same channel: the template may already wait for its next request when the new
        # process has yet to read what it is told.
        self._sock, theirs = socket.socketpair()
        self._sock.settimeout(_WAIT_S)
        supervisor = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._sock.close()
                for descriptor in (self._requests, *close):
                    os.close(descriptor)
                if sys.platform == "linux":
                    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
                if os.getppid() == supervisor:
                    if prepare is not None:
                        prepare()
                        gc.collect()
                        gc.freeze()
                    namespaces = syscalls.CLONE_NEWPID if new_pid_namespace else 0
                    sibling = _sibling(namespaces)
                    free_memory.defragment()
                    _serve(requests, theirs, start, namespaces, sibling)
            finally:
                os._exit(0)
        os.close(requests)
        theirs.close()

    def fork(self, descriptors: list[int], settings: dict[str, Any]) -> int:
        """A new process, the supervisor's child; returns its id.

        Raises:
            OSError: it cannot be forked, or the template is gone.
        """
        while self._tries:
            self._tries -= 1
            pid, line = self._new()
            line.close()  # it ends: nobody tells it anything
            os.waitpid(pid, 0)
        pid, line = self._new()
        with line:
            socket.send_fds(line, [json.dumps(settings).encode()], descriptors)
        return pid

    def _new(self) -> tuple[int, socket.socket]:
        """A new process, and the line on which it waits to be told what to do."""
        os.write(self._requests, b"f")
        pid, line = 0, None
        while True:
            answer, received, _, _ = socket.recv_fds(self._sock, _PID.size, 1)
            if not answer:
                raise OSError("the template is gone")
            if received:
                line = socket.socket(fileno=received[0])
            elif answer == _ENDED:
                break
            pid = _PID.unpack(answer)[0] or pid
        if line is None:
            raise OSError(-pid, os.strerror(-pid) if pid < 0 else "the new process was killed")
        return int(pid), line


def _sibling(namespaces: int) -> Sibling | None:
    """What forks siblings; None if this is impossible here."""
    try:
        return Sibling(namespaces)
    except OSError:
        return None


def _serve(
    requests: int, sock: socket.socket, start: Start, namespaces: int, sibling: Sibling | None
) -> None:
    """Fork whenever asked to. Nothing here may leave a trace in this process's memory."""
    while _read(requests, 1):
        if sibling is None or not _fork_sibling(sibling, sock, start):
            child = _fork()
            if child == 0:
                _fork_again(sock, start, namespaces)
            _waitpid(child, 0)
        sock.send(_ENDED)


def _fork_sibling(sibling: Sibling, sock: socket.socket, start: Start) -> bool:
    """Fork a new process and say so on ``sock``.

    The new process makes its line itself: two socket objects that are made and freed here would
    swap their addresses each time.

    Returns:
        False if this is impossible.
    """
    try:
        sent, done = _pipe()
    except OSError:
        return False
    try:
        pid = sibling.fork()
    except OSError:
        pid = -1
    if pid == 0:
        try:
            supervisors, line = socket.socketpair()
            socket.send_fds(sock, [_ENDED], [supervisors.fileno()])
            _close(sent)
            _close(done)
        except BaseException:
            _exit(125)
        _become(line, (sock, supervisors), start)
    _close(done)
    if pid > 0:
        _read(sent, 1)  # nothing: it has sent its line, or has ended
        sock.send(_PID.pack(pid))
    _close(sent)
    return pid > 0


def _fork_again(sock: socket.socket, start: Start, namespaces: int) -> NoReturn:
    """Fork the new process from this one, which exits, so that the kernel finds it a new parent."""
    try:
        if namespaces:
            syscalls.unshare(namespaces)
        supervisors, line = socket.socketpair()
        pid = _fork()
    except OSError as error:
        sock.send(_PID.pack(-(error.errno or 1)))
        _exit(0)
    if pid:
        socket.send_fds(sock, [_PID.pack(pid)], [supervisors.fileno()])
        _exit(0)
    _become(line, (sock, supervisors), start)


def _become(line: socket.socket, others: tuple[socket.socket, ...], start: Start) -> NoReturn:
    """Start the new process, as the supervisor tells it on ``line``."""
    try:
        for sock in others:
            sock.close()
        size, descriptors = _receive(line, _told)
        line.close()
        settings = json.loads(_told[:size])
        _told[:] = bytes(len(_told))
        start(descriptors, settings)
    finally:
        _exit(125)


def _receive(line: socket.socket, buffer: bytearray) -> tuple[int, list[int]]:
    """Fill the buffer with a message; returns its size, and the descriptors that came with it."""
    descriptors = array.array("i")
    size, [(_, _, data)], _, _ = line.recvmsg_into(
        [buffer], socket.CMSG_SPACE(4 * descriptors.itemsize)
    )
    descriptors.frombytes(data)
    return size, list(descriptors)
