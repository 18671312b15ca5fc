"""Supervise sessions: start a student's process, watch its usage, kill it with all it started.

With namespaces, the zygote itself supervises all sessions: a student's process is the init process
of its own PID namespace, and the kernel kills the rest of the namespace with it. Without, every
session gets a supervisor process of its own. That process is a subreaper, so orphans of the session
become its children, and a signal to "everyone" sent by it cannot reach another session. Either is
forked by the zygote's `template`.
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
from typing import Any, NoReturn

from ..confine import kill, landlock, processes, scratch, syscalls
from ..confine.confine import Confinement
from ..protocol.config import EVERYTHING, REMOVED, SCRATCH, UIDS, WORK
from . import student_process
from .supervised_session import SupervisedSession
from .template import Template

_CHECK_INTERVAL_S = 0.25


@dataclass
class Supervisor:
    """Runs until the host has hung up and no session is left.

    Args:
        confinement: what all sessions share.
        control: socket on which the host requests sessions; None in a supervisor of one session.
    """

    confinement: Confinement
    control: socket.socket | None
    _sessions: dict[int, SupervisedSession] = field(default_factory=dict)
    _count: int = 0
    _can_kill_all: bool = False
    _template: Template | None = None

    def serve(self) -> None:
        """Fork the template, tell the host that all is ready, and `run`."""
        assert self.control is not None
        namespaced = self.confinement.config.namespaced
        start = self._become_session if namespaced else self._supervise_alone
        if sys.platform == "linux" and not namespaced:
            syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
        self._template = Template(
            start,
            # Otherwise it forks supervisors, which are trusted and keep the originals.
            prepare=student_process.prepare if namespaced else None,
            new_pid_namespace=namespaced,
            close=(self.control.fileno(),),
        )
        hello = {"pid": os.getpid(), "landlock": self.confinement.landlock,
                 "python": sys.version.split()[0]}  # fmt: skip
        self.control.sendall(json.dumps(hello).encode() + b"\n")
        self.run()

    def run(self) -> None:
        """One event loop over control socket, sessions and SIGCHLD."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        # SIGCHLD wakes the poll through a pipe: a handler that does nothing is all that is needed.
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        checked = time.monotonic()
        while self.control is not None or self._sessions:
            poll = select.poll()
            poll.register(wake_read, select.POLLIN)
            if self.control is not None:
                poll.register(self.control, select.POLLIN)
            for session in self._sessions.values():
                if not session.killed:
                    poll.register(session.status, select.POLLIN)
                if session.report >= 0:
                    poll.register(session.report, select.POLLIN)
            timeout_ms = _CHECK_INTERVAL_S * 1000 if self._sessions else None
            ready = {number for number, _ in poll.poll(timeout_ms)}
            if wake_read in ready:
                os.read(wake_read, 4096)
            for session in list(self._sessions.values()):
                if session.report in ready:
                    self._read_report(session)
                if session.status.fileno() in ready:
                    self._answer(session)
            if time.monotonic() - checked >= _CHECK_INTERVAL_S:
                self._enforce_limits()
                checked = time.monotonic()
            self._reap_exited()
            if self.control is not None and self.control.fileno() in ready:
                self._handle_request()

    def _handle_request(self) -> None:
        """Start a session, whose two sockets come with the request; or the host has hung up."""
        assert self.control is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self.control, 1, 2)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self.control.close()
            self.control = None
            for session in self._sessions.values():
                session.kill()
            return
        sock, status = descriptors[0], socket.socket(fileno=descriptors[1])
        self._count += 1
        try:
            if self.confinement.config.namespaced:
                self._start(sock, status)
            else:
                assert self._template is not None
                threads = self.confinement.count_threads()
                settings = {"count": self._count, "threads": threads}
                self._template.fork([sock, status.fileno()], settings)
                status.close()
        except OSError as error:
            _send_line(status, failed=str(error))
            status.close()
        finally:
            os.close(sock)

    def _supervise_alone(self, descriptors: list[int], settings: dict[str, Any]) -> NoReturn:
        """Supervise a single session, in a process of its own."""
        sock, status = descriptors[0], socket.socket(fileno=descriptors[1])
        code, single = 1, Supervisor(self.confinement, None, _count=settings["count"])
        self.confinement.threads = settings["threads"]
        try:
            os.setsid()
            config = self.confinement.config
            if sys.platform == "linux":
                syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
            if config.uid is not None:
                single._can_kill_all = True
            elif self.confinement.landlock >= landlock.SCOPES_SINCE:
                syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
                landlock.scope_signals(self.confinement.landlock)
                single._can_kill_all = kill.signals_are_scoped()
            single._start(sock, status)
            os.close(sock)
            single.run()
            code = 0
        except BaseException:
            with contextlib.suppress(OSError):
                _send_line(status, failed=traceback.format_exc(limit=-3))
            for session in single._sessions.values():  # whatever went wrong, leave nothing behind
                session.kill()
                single._kill_leftovers(session)
        finally:
            os._exit(code)

    def _become_session(self, descriptors: list[int], settings: dict[str, Any]) -> NoReturn:
        """Become a student's process, in a PID namespace of its own."""
        sock, report = descriptors
        supervisor, scratch, uid = (settings[name] for name in ("supervisor", "scratch", "uid"))
        student_process.run(self.confinement, supervisor, sock, report, scratch, uid)

    def _start(self, sock: int, status: socket.socket) -> None:
        config = self.confinement.config
        uid = None if config.uid is None else config.uid + self._count % UIDS
        own = SCRATCH
        if not config.namespaced:
            # Its length is the same in every session, and so is that of objects that hold it.
            own = f"{config.scratch}/{os.getpid():08}-{self._count:06}"
            inner = [f"{own}/{WORK}", f"{own}/{REMOVED}"] if config.confined else []
            for folder in (own, *inner):
                os.mkdir(folder, 0o700)  # noqa: PTH102
                if uid is not None:
                    os.chown(folder, uid, uid)
        read, write = os.pipe()
        try:
            pid = self._fork(sock, write, own, uid)
        except OSError:
            os.close(read)
            raise
        finally:
            os.close(write)
        self._sessions[pid] = SupervisedSession(pid, status, read, uid, own)

    def _fork(self, sock: int, report: int, scratch: str, uid: int | None) -> int:
        """Fork a student's process; with namespaces, the init process of a new PID namespace."""
        supervisor = os.getpid()
        if self._template is not None:
            settings = {"supervisor": supervisor, "scratch": scratch, "uid": uid}
            return self._template.fork([sock, report], settings)
        pid = os.fork()
        if pid == 0:
            student_process.run(self.confinement, supervisor, sock, report, scratch, uid)
        return pid

    def _read_report(self, session: SupervisedSession) -> None:
        """Read the process's report that it is confined, or why it could not be."""
        data = os.read(session.report, 4096)
        session.reported += data
        if data:
            return
        os.close(session.report)
        session.report = -1
        if session.reported.startswith(b"ok "):
            session.proc_pid = int(session.reported[3:])
            session.inherited_kb = processes.private_kb(session.proc_pid)
            _send_line(session.status, ready=True)
        else:
            _send_line(
                session.status,
                failed=session.reported.decode(errors="replace") or "it died at once",
            )
            if session.pid in self._sessions:
                session.kill()

    def _answer(self, session: SupervisedSession) -> None:
        """Tell the host how busy a session is, or end it if the host has hung up."""
        try:
            asked = session.status.recv(64)
        except OSError:
            asked = b""
        if asked:
            config = self.confinement.config
            _send_line(session.status, **session.used(config, own=EVERYTHING in asked))
        else:
            session.kill()

    def _enforce_limits(self) -> None:
        """Kill sessions that exceed a limit on all their processes together.

        rlimits bound single processes only. These totals are checked a few times a second.
        """
        for session in self._sessions.values():
            if not session.proc_pid:
                continue
            session.limit = session.exceeded(self.confinement.config) or session.limit
            if session.limit:
                session.kill()

    def _reap_exited(self) -> None:
        """Reap exited children, and tell the host how its session ended."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if self._template is not None and pid == self._template.pid:
                raise ChildProcessError("the template has ended")  # the host starts another zygote
            session = self._sessions.pop(pid, None)
            cpu_s = usage.ru_utime + usage.ru_stime
            if session is None:  # an orphan of a session, or the supervisor of one that has ended
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
                limit=session.limit,
            )
            session.status.close()

    def _drain_report(self, session: SupervisedSession) -> None:
        while session.report >= 0:
            self._read_report(session)

    def _kill_leftovers(self, session: SupervisedSession) -> float:
        """Kill what a session without namespaces left behind; return the CPU seconds it used.

        Repeats until there are no children: a process may fork while it is being killed.
        """
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
    """Send one JSON line to the host, unless it has gone."""
    with contextlib.suppress(OSError):
        status.sendall(json.dumps(fields).encode() + b"\n")
