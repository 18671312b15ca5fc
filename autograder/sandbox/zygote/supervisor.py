"""Keep sessions: start a student's process, watch what it uses, end it and all that it started.

With namespaces, the warm server itself keeps all sessions: a student's process is the first of its
own process namespace, and the kernel ends the rest with it. Without, every session has a supervisor
process of its own, to which the session's orphans fall, and which alone may be told to end it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import NoReturn

from ..confine import kill, landlock, processes, scratch, syscalls
from ..confine.confine import Confinement
from ..protocol.config import SCRATCH, UIDS
from . import student_process

_CHECK_INTERVAL_S = 0.25


@dataclass
class _SupervisedSession:
    """One session, as its supervisor sees it."""

    pid: int
    status: socket.socket
    report: int
    uid: int | None
    scratch: str
    said: bytes = b""
    number: int = 0  # by which /proc knows it, once its wall stands
    ending: bool = False
    limit: str | None = None
    cpu_s: float = 0.0


@dataclass
class Supervisor:
    """Runs until the host hangs up and no session is left.

    Args:
        confinement: what sessions share.
        control: where the host asks for sessions; None in a supervisor of one.
    """

    confinement: Confinement
    control: socket.socket | None
    home: int | None = None
    _sessions: dict[int, _SupervisedSession] = field(default_factory=dict)
    _count: int = 0
    _can_kill_all: bool = False

    def run(self) -> None:
        """Serve the host."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        watched = time.monotonic()
        while self.control is not None or self._sessions:
            poll = select.poll()
            poll.register(wake_read, select.POLLIN)
            if self.control is not None:
                poll.register(self.control, select.POLLIN)
            for session in self._sessions.values():
                if not session.ending:
                    poll.register(session.status, select.POLLIN)
                if session.report >= 0:
                    poll.register(session.report, select.POLLIN)
            ready = {
                number
                for number, _ in poll.poll(_CHECK_INTERVAL_S * 1000 if self._sessions else None)
            }
            if wake_read in ready:
                os.read(wake_read, 4096)
            for session in list(self._sessions.values()):
                if session.report in ready:
                    self._read_report(session)
                if session.status.fileno() in ready:
                    self._kill(session)  # whatever the host says, or its silence, means: end it
            if time.monotonic() - watched >= _CHECK_INTERVAL_S:
                self._enforce_limits()
                watched = time.monotonic()
            self._reap_exited()
            if self.control is not None and self.control.fileno() in ready:
                self._handle_request()

    def _handle_request(self) -> None:
        """The host asks for a session (its two sockets come along), or has hung up."""
        assert self.control is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self.control, 1, 2)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self.control.close()
            self.control = None
            for session in self._sessions.values():
                self._kill(session)
            return
        sock, status = descriptors[0], socket.socket(fileno=descriptors[1])
        self._count += 1
        try:
            if self.confinement.config.namespaced:
                self._start(sock, status)
            elif os.fork() == 0:
                self._supervise_alone(sock, status)
            else:
                status.close()
        except OSError as error:
            _send_line(status, failed=str(error))
            status.close()
        finally:
            os.close(sock)

    def _supervise_alone(self, sock: int, status: socket.socket) -> NoReturn:
        """Be the supervisor of one session."""
        code, single = 1, Supervisor(self.confinement, None, _count=self._count)
        try:
            assert self.control is not None
            self.control.close()
            os.setsid()
            config = self.confinement.config
            if sys.platform == "linux":
                syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
            if config.uid is not None:
                self._can_kill_all = True
            elif self.confinement.landlock >= landlock.SCOPES_SINCE:
                syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
                landlock.scope_signals(self.confinement.landlock)
                self._can_kill_all = kill.signals_are_scoped()
            single._can_kill_all = self._can_kill_all
            single._start(sock, status)
            os.close(sock)
            single.run()
            code = 0
        except BaseException:
            with contextlib.suppress(OSError):
                _send_line(status, failed=traceback.format_exc(limit=-3))
            for (
                session
            ) in single._sessions.values():  # whatever went wrong here, nothing outlives it
                single._kill(session)
                single._kill_leftovers(session)
        finally:
            os._exit(code)

    def _start(self, sock: int, status: socket.socket) -> None:
        config = self.confinement.config
        uid = None if config.uid is None else config.uid + self._count % UIDS
        own = SCRATCH
        if not config.namespaced:
            own = f"{config.scratch}/{os.getpid()}-{self._count}"
            os.mkdir(own, 0o700)  # noqa: PTH102
            if uid is not None:
                os.chown(own, uid, uid)
        supervisor = os.getpid()
        read, write = os.pipe()
        try:
            pid = self._fork()
        except OSError:
            os.close(read)
            raise
        else:
            if pid == 0:
                student_process.become(self.confinement, supervisor, sock, write, own, uid)
        finally:
            os.close(write)
        self._sessions[pid] = _SupervisedSession(pid, status, read, uid, own)

    def _fork(self) -> int:
        """Fork; with namespaces, the child is the first process of a new one."""
        if not self.confinement.config.namespaced:
            return os.fork()
        assert self.home is not None
        syscalls.unshare(syscalls.CLONE_NEWPID)
        try:
            pid = os.fork()
        except OSError:
            syscalls.setns(self.home, syscalls.CLONE_NEWPID)
            raise
        if pid:
            syscalls.setns(self.home, syscalls.CLONE_NEWPID)
        return pid

    def _read_report(self, session: _SupervisedSession) -> None:
        """The process says that its wall stands, or why not."""
        data = os.read(session.report, 4096)
        session.said += data
        if data:
            return
        os.close(session.report)
        session.report = -1
        if session.said.startswith(b"ok "):
            session.number = int(session.said[3:])
            _send_line(session.status, ready=True)
        else:
            _send_line(
                session.status, failed=session.said.decode(errors="replace") or "it died at once"
            )
            if session.pid in self._sessions:
                self._kill(session)

    def _enforce_limits(self) -> None:
        """End sessions that use more than they may of what no single process's limit bounds."""
        config = self.confinement.config
        for session in self._sessions.values():
            if not session.number:
                continue
            everything = self._processes_of(session)
            own = (processes.private_kb(p.pid) - self.confinement.private_kb for p in everything)
            if sum(max(0, kb) for kb in own) > config.memory_mb * 1024:
                session.limit = "memory"
            elif sum(process.threads for process in everything) > config.processes:
                session.limit = "processes"
            elif not config.namespaced and scratch.exceeds(session.scratch, config.scratch_mb):
                session.limit = "scratch"
            if session.limit:
                self._kill(session)

    def _processes_of(self, session: _SupervisedSession) -> list[processes.Process]:
        """Every process of a session. Without namespaces orphans fall to the supervisor."""
        if self.confinement.config.namespaced:
            return processes.process_tree(session.number)
        return processes.process_tree(processes.current().pid)[1:]

    def _kill(self, session: _SupervisedSession) -> None:
        session.ending = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(session.pid, signal.SIGKILL)

    def _reap_exited(self) -> None:
        """Take note of what has ended."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            session = self._sessions.pop(pid, None)
            cpu_s = usage.ru_utime + usage.ru_stime
            if session is None:  # an orphan of a session, or a supervisor that has done its work
                for other in self._sessions.values():
                    other.cpu_s += cpu_s
                continue
            if session.report >= 0:
                self._drain_report(session)
            if not self.confinement.config.namespaced:
                session.cpu_s += self._kill_leftovers(session)
                scratch.remove(session.scratch)
            code = os.waitstatus_to_exitcode(status)
            _send_line(
                session.status,
                exit=code,
                cpu_s=session.cpu_s + cpu_s,
                max_rss_kb=usage.ru_maxrss,
                limit=session.limit,
            )
            session.status.close()

    def _drain_report(self, session: _SupervisedSession) -> None:
        while session.report >= 0:
            self._read_report(session)

    def _kill_leftovers(self, session: _SupervisedSession) -> float:
        """End what a session without namespaces left behind; the CPU seconds it used."""
        cpu_s = 0.0
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return cpu_s
            if pid:
                cpu_s += usage.ru_utime + usage.ru_stime
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if sys.platform != "linux":
                    os.killpg(session.pid, signal.SIGKILL)
                elif not self._can_kill_all:
                    kill.kill_descendants(os.getpid())
                elif session.uid is None:
                    os.kill(-1, signal.SIGKILL)
                else:
                    kill.kill_all_of(session.uid)
            time.sleep(0.002)


def _send_line(status: socket.socket, **fields: object) -> None:
    """One line to the host. If the host does not listen, that is the host's business."""
    with contextlib.suppress(OSError):
        status.sendall(json.dumps(fields).encode() + b"\n")
