"""Build the wall around the process that is about to run a student's code. It cannot be undone.

Order matters: namespaces while there are capabilities, files and rules while their paths can be
walked, then the user, then limits, and the filter of system calls last, since it refuses most of
what came before it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import sys
import tempfile

from ..protocol.config import SCRATCH_PARENT, ServerConfig
from . import landlock, processes, seccomp, syscalls

SOCKET, REPORT, _RULES = 3, 4, 5
"""Where the session's socket and the pipe for problems are while the wall is built."""

_UID_INSIDE = 1000
_SLACK = 64  # the user goes on starting other things


class Confinement:
    """What sessions have in common, found out once by the warm server."""

    def __init__(self, config: ServerConfig) -> None:
        self.config = config
        self.landlock = syscalls.landlock_version() if config.confined else 0
        _check_support(config, self.landlock)
        self.filter = (
            seccomp.program(os.uname().machine, shared_tree=not config.namespaced)
            if config.confined
            else []
        )
        self._readable = landlock.readable(self.landlock, config.readable) if self.landlock else []
        self._rules = self._new_rules(SCRATCH_PARENT) if config.namespaced else None
        self.nproc_counts_per_namespace = _kernel() >= (5, 14)
        self.mapped_kb = _mapped_kb()
        self.private_kb = processes.private_kb("self")

    def rules(self, scratch: str) -> int | None:
        """Landlock's rules for a session, as a descriptor; None where there is no Landlock."""
        return self._rules if self.config.namespaced else self._new_rules(scratch)

    def _new_rules(self, scratch: str) -> int | None:
        if not self.landlock:
            return None
        # Without a file system of its own, a session's files are counted by looking at them.
        apart = self.config.namespaced
        return landlock.ruleset(self.landlock, self._readable, scratch, may_remove=apart)


def _check_support(config: ServerConfig, version: int) -> None:
    if config.confined and not seccomp.supported():
        raise OSError(f"no list of system calls for {os.uname().machine}")
    if config.level == "container" and not version:
        raise OSError("this kernel has no Landlock (Linux 5.13 and later have it)")
    if config.level == "container" and config.uid is None and version < landlock.SCOPES_SINCE:
        raise OSError(
            "this kernel's Landlock cannot keep signals inside (Linux 6.12 and later can)"
        )


def _kernel() -> tuple[int, ...]:
    """The kernel's version. Since 5.14, RLIMIT_NPROC counts each user namespace by itself."""
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


def _mapped_kb() -> int:
    """Address space of this process: the student's allowance comes on top."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            pages = int(file.read().split()[0])
    except OSError:
        return 1 << 20  # no /proc, no exact number: a warm interpreter is well below a gigabyte
    return pages * resource.getpagesize() // 1024


def build(confinement: Confinement, supervisor: int, scratch: str, uid: int | None) -> None:
    """Shut this process in.

    Args:
        confinement: what all sessions share.
        supervisor: the process that started this one, and without which it must not live.
        scratch: the session's own directory.
        uid: the user to drop_privileges; None to stay who we are.

    Raises:
        OSError: a part of the wall could not be built; the caller must not go on.
    """
    config = confinement.config
    if config.namespaced:
        _enter_namespaces(config, scratch)
    os.chdir(scratch)
    os.umask(0o077)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    tempfile.tempdir = scratch  # it would try to remove a file, which is not allowed everywhere
    if config.confined:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
        if confinement.landlock:
            landlock.enforce(_RULES)
            os.close(_RULES)
    if uid is not None and not config.namespaced:
        drop_privileges(uid)
    _limit(confinement, uid)
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")
        if not config.namespaced:
            _die_with_parent(supervisor)
    if config.namespaced:
        syscalls.drop_all_capabilities()
    if config.confined:
        seccomp.install(confinement.filter)


def drop_privileges(uid: int) -> None:
    """Be an unprivileged user for good, without groups."""
    os.setgroups([])
    if hasattr(os, "setresuid"):
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        os.setgid(uid)
        os.setuid(uid)


def _die_with_parent(parent: int) -> None:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
    if os.getppid() != parent:
        raise OSError("the supervisor of this session has gone")


def new_user_namespace(others: int) -> None:
    """Enter a user namespace (and ``others``) in which we are an ordinary, mapped user."""
    uid, gid = os.geteuid(), os.getegid()
    # Changing users made this process undumpable, and its /proc files the superuser's.
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1, "dumpable")
    syscalls.unshare(syscalls.CLONE_NEWUSER | others)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_UID_INSIDE} {uid} 1"),
        ("gid_map", f"{_UID_INSIDE} {gid} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _enter_namespaces(config: ServerConfig, scratch: str) -> None:
    """A user, a mount and an IPC namespace; the process namespace came with the fork."""
    new_user_namespace(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC)
    harmless = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    syscalls.mount(
        "tmpfs",
        scratch,
        "tmpfs",
        harmless,
        f"size={config.scratch_mb}m,nr_inodes={64 * config.scratch_mb},mode=0700",
    )
    # /proc shows every process of the server's namespace. Nothing a student needs is in it.
    syscalls.mount("tmpfs", "/proc", "tmpfs", harmless | syscalls.MS_RDONLY, "size=4k,nr_inodes=1")


def close_other_descriptors(sock: int, report: int, rules: int | None) -> None:
    """Close all but the session's socket, the pipe for problems, and Landlock's rules.

    Standard streams drop_privileges /dev/null.
    """
    null = os.open(os.devnull, os.O_RDWR)
    wanted = [null, null, null, sock, report] + ([] if rules is None else [rules])
    # First up, out of each other's way, then down to where they belong.
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in wanted]
    for target, descriptor in enumerate(high):
        os.dup2(descriptor, target)
    os.closerange(len(wanted), 1 << 20)


def _limit(confinement: Confinement, uid: int | None) -> None:
    config = confinement.config
    file_mb = min(config.file_mb, config.scratch_mb)
    limits = {
        "RLIMIT_AS": (confinement.mapped_kb + config.memory_mb * 1024) * 1024,
        "RLIMIT_FSIZE": file_mb * 2**20,
        "RLIMIT_NOFILE": config.open_files,
        "RLIMIT_NPROC": _nproc_limit(confinement, uid),
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": config.cpu_s,
        "RLIMIT_STACK": 8 * 2**20,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 256,
    }
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is None or value is None:
            continue
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        # macOS takes no bound on address space; everywhere else a refusal is an error.
        tolerated = contextlib.suppress(ValueError) if name == "RLIMIT_AS" else None
        with tolerated or contextlib.nullcontext():
            resource.setrlimit(number, (value, value))


def _nproc_limit(confinement: Confinement, uid: int | None) -> int | None:
    """What RLIMIT_NPROC has to be for a session to have its number of processes.

    Where it cannot be exact it is generous, and the supervisor, who counts, ends the session.
    """
    config = confinement.config
    if config.namespaced and confinement.nproc_counts_per_namespace:
        return config.processes
    if config.namespaced and config.uid is None:
        return None  # all of the user's processes count, and from here they cannot be seen
    if uid is not None:
        return config.processes + 2 * config.namespaced  # the server is of the same user
    return config.processes + processes.count_threads(os.getuid()) + _SLACK
