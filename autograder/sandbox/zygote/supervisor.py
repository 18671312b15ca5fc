"""Keep sessions: start a student's process, watch what it uses, end it and all that it started.

With namespaces, the warm server itself keeps all sessions: a student's process is the first of its
own process namespace, and the kernel ends the rest with it. Without, every session has a keeper
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
from ..confine.confine import Ground
from ..protocol.config import SCRATCH, UIDS
from . import student_process

_WATCH_S = 0.25


@dataclass
class _Kept:
    """One session, as its keeper sees it."""

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
        ground: what sessions share.
        control: where the host asks for sessions; None in a keeper of one.
    """

    ground: Ground
    control: socket.socket | None
    home: int | None = None
    _kept: dict[int, _Kept] = field(default_factory=dict)
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
        while self.control is not None or self._kept:
            poll = select.poll()
            poll.register(wake_read, select.POLLIN)
            if self.control is not None:
                poll.register(self.control, select.POLLIN)
            for kept in self._kept.values():
                if not kept.ending:
                    poll.register(kept.status, select.POLLIN)
                if kept.report >= 0:
                    poll.register(kept.report, select.POLLIN)
            ready = {number for number, _ in poll.poll(_WATCH_S * 1000 if self._kept else None)}
            if wake_read in ready:
                os.read(wake_read, 4096)
            for kept in list(self._kept.values()):
                if kept.report in ready:
                    self._hear(kept)
                if kept.status.fileno() in ready:
                    self._kill(kept)  # whatever the host says, or its silence, means: end it
            if time.monotonic() - watched >= _WATCH_S:
                self._watch()
                watched = time.monotonic()
            self._collect()
            if self.control is not None and self.control.fileno() in ready:
                self._take_order()

    def _take_order(self) -> None:
        """The host asks for a session (its two sockets come along), or has hung up."""
        assert self.control is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self.control, 1, 2)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self.control.close()
            self.control = None
            for kept in self._kept.values():
                self._kill(kept)
            return
        sock, status = descriptors[0], socket.socket(fileno=descriptors[1])
        self._count += 1
        try:
            if self.ground.plan.namespaced:
                self._start(sock, status)
            elif os.fork() == 0:
                self._keep_one(sock, status)
            else:
                status.close()
        except OSError as error:
            _tell(status, failed=str(error))
            status.close()
        finally:
            os.close(sock)

    def _keep_one(self, sock: int, status: socket.socket) -> NoReturn:
        """Be the keeper of one session."""
        code, single = 1, Supervisor(self.ground, None, _count=self._count)
        try:
            assert self.control is not None
            self.control.close()
            os.setsid()
            plan = self.ground.plan
            if sys.platform == "linux":
                syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
            if plan.uid is not None:
                self._can_kill_all = True
            elif self.ground.landlock >= landlock.SCOPES_SINCE:
                syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
                landlock.keep_signals_inside(self.ground.landlock)
                self._can_kill_all = kill.is_shut_in()
            single._can_kill_all = self._can_kill_all
            single._start(sock, status)
            os.close(sock)
            single.run()
            code = 0
        except BaseException:
            with contextlib.suppress(OSError):
                _tell(status, failed=traceback.format_exc(limit=-3))
            for kept in single._kept.values():  # whatever went wrong here, nothing outlives it
                single._kill(kept)
                single._end_the_rest(kept)
        finally:
            os._exit(code)

    def _start(self, sock: int, status: socket.socket) -> None:
        plan = self.ground.plan
        uid = None if plan.uid is None else plan.uid + self._count % UIDS
        own = SCRATCH
        if not plan.namespaced:
            own = f"{plan.scratch}/{os.getpid()}-{self._count}"
            os.mkdir(own, 0o700)  # noqa: PTH102
            if uid is not None:
                os.chown(own, uid, uid)
        keeper = os.getpid()
        read, write = os.pipe()
        try:
            pid = self._fork()
        except OSError:
            os.close(read)
            raise
        else:
            if pid == 0:
                student_process.become(self.ground, keeper, sock, write, own, uid)
        finally:
            os.close(write)
        self._kept[pid] = _Kept(pid, status, read, uid, own)

    def _fork(self) -> int:
        """Fork; with namespaces, the child is the first process of a new one."""
        if not self.ground.plan.namespaced:
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

    def _hear(self, kept: _Kept) -> None:
        """The process says that its wall stands, or why not."""
        data = os.read(kept.report, 4096)
        kept.said += data
        if data:
            return
        os.close(kept.report)
        kept.report = -1
        if kept.said.startswith(b"ok "):
            kept.number = int(kept.said[3:])
            _tell(kept.status, ready=True)
        else:
            _tell(kept.status, failed=kept.said.decode(errors="replace") or "it died at once")
            if kept.pid in self._kept:
                self._kill(kept)

    def _watch(self) -> None:
        """End sessions that use more than they may of what no single process's limit bounds."""
        plan = self.ground.plan
        for kept in self._kept.values():
            if not kept.number:
                continue
            everything = self._processes_of(kept)
            own = (processes.private_kb(p.pid) - self.ground.private_kb for p in everything)
            if sum(max(0, kb) for kb in own) > plan.memory_mb * 1024:
                kept.limit = "memory"
            elif sum(process.threads for process in everything) > plan.processes:
                kept.limit = "processes"
            elif not plan.namespaced and scratch.over(kept.scratch, plan.scratch_mb):
                kept.limit = "scratch"
            if kept.limit:
                self._kill(kept)

    def _processes_of(self, kept: _Kept) -> list[processes.Process]:
        """Every process of a session. Without namespaces its orphans are its keeper's children."""
        if self.ground.plan.namespaced:
            return processes.beneath(kept.number)
        return processes.beneath(processes.myself().pid)[1:]

    def _kill(self, kept: _Kept) -> None:
        kept.ending = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(kept.pid, signal.SIGKILL)

    def _collect(self) -> None:
        """Take note of what has ended."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            kept = self._kept.pop(pid, None)
            cpu_s = usage.ru_utime + usage.ru_stime
            if kept is None:  # an orphan of a session, or a keeper that has done its work
                for other in self._kept.values():
                    other.cpu_s += cpu_s
                continue
            if kept.report >= 0:
                self._hear_last_words(kept)
            if not self.ground.plan.namespaced:
                kept.cpu_s += self._end_the_rest(kept)
                scratch.remove(kept.scratch)
            code = os.waitstatus_to_exitcode(status)
            _tell(
                kept.status,
                exit=code,
                cpu_s=kept.cpu_s + cpu_s,
                max_rss_kb=usage.ru_maxrss,
                limit=kept.limit,
            )
            kept.status.close()

    def _hear_last_words(self, kept: _Kept) -> None:
        while kept.report >= 0:
            self._hear(kept)

    def _end_the_rest(self, kept: _Kept) -> float:
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
                    os.killpg(kept.pid, signal.SIGKILL)
                elif not self._can_kill_all:
                    kill.hunt(os.getpid())
                elif kept.uid is None:
                    os.kill(-1, signal.SIGKILL)
                else:
                    kill.kill_all_of(kept.uid)
            time.sleep(0.002)


def _tell(status: socket.socket, **fields: object) -> None:
    """One line to the host. If the host does not listen, that is the host's business."""
    with contextlib.suppress(OSError):
        status.sendall(json.dumps(fields).encode() + b"\n")
