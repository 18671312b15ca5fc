"""Confine the process that is about to run a student's code. This cannot be undone.

Order matters. Namespaces come first, while there are capabilities to create them; then the scratch
directory and Landlock, while paths can still be resolved; then the unprivileged user; then resource
limits. The seccomp filter comes last, because it refuses most of the system calls used before.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import sys
import tempfile

from ..protocol.config import SCRATCH_PARENT, WORK, ServerConfig
from . import landlock, processes, seccomp, syscalls

SOCKET, REPORT, _RULES = 3, 4, 5
"""File descriptors during confinement: the session's socket, the pipe that reports problems to the
supervisor, and the Landlock ruleset."""

# Bound here: where students' processes are forked, notebooks see others (`guest.identity`).
_geteuid, _getegid, _getuid, _getppid = os.geteuid, os.getegid, os.getuid, os.getppid

_UID_INSIDE = 1000
_NPROC_MARGIN = 64  # the user may start other programs meanwhile


class Confinement:
    """What all sessions share, prepared once by the zygote.

    Attributes:
        config: the zygote's configuration.
        landlock: the kernel's Landlock ABI version; 0 if Landlock is not used.
        filter: the seccomp program; None if none is used.
        nproc_counts_per_namespace: whether RLIMIT_NPROC counts each user namespace separately.
        mapped_kb: address space of the zygote, which every session inherits.
        threads: how many the user ran when the session was requested, as `count_threads` says.

    Raises:
        OSError: the kernel lacks something that the level requires.
    """

    def __init__(self, config: ServerConfig) -> None:
        self.config = config
        self.landlock = syscalls.landlock_version() if config.confined else 0
        _check_support(config, self.landlock)
        self.filter: seccomp.Packed | None = None
        if config.confined:
            program = seccomp.program(os.uname().machine, shared_tree=not config.namespaced)
            self.filter = seccomp.packed(program)
        self._readable = landlock.readable(self.landlock, config.readable) if self.landlock else []
        self._rules = self._new_rules(SCRATCH_PARENT) if config.namespaced else None
        self.nproc_counts_per_namespace = _kernel() >= (5, 14)
        # Without /proc an upper bound: a preloaded interpreter maps far less.
        self.mapped_kb = processes.mapped_kb() or 1 << 20
        self.threads = 0

    def count_threads(self) -> int:
        """The threads of this user, if a session shares its limit with them; else 0.

        Not counted by the session: what it read of them could show in an uninitialised array.
        """
        shared = self.config.uid is None and not self.config.namespaced
        return processes.count_threads(_getuid()) if shared else 0

    def rules(self, scratch: str) -> int | None:
        """A session's Landlock ruleset, as a file descriptor; None if Landlock is not used."""
        return self._rules if self.config.namespaced else self._new_rules(scratch)

    def _new_rules(self, scratch: str) -> int | None:
        if not self.landlock:
            return None
        return landlock.ruleset(self.landlock, self._readable, scratch)


def _check_support(config: ServerConfig, version: int) -> None:
    """Refuse to run a level with one of its layers missing."""
    if config.confined and not seccomp.supported():
        raise OSError(f"there is no seccomp filter for {os.uname().machine}")
    if config.level == "container" and not version:
        raise OSError("this kernel has no Landlock (Linux 5.13 and later have it)")
    if config.level == "container" and config.uid is None and version < landlock.SCOPES_SINCE:
        raise OSError("this kernel's Landlock cannot restrict signals (Linux 6.12 and later can)")


def _kernel() -> tuple[int, ...]:
    """The kernel's version. Since 5.14, RLIMIT_NPROC counts each user namespace separately."""
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


def apply(confinement: Confinement, supervisor: int, scratch: str, uid: int | None) -> None:
    """Confine this process.

    Args:
        confinement: what all sessions share.
        supervisor: process id of the parent; this process must not outlive it.
        scratch: the session's scratch directory.
        uid: the user to switch to; None to keep the current one.

    Raises:
        OSError: a layer could not be set up; the caller must not continue.
    """
    config = confinement.config
    if config.namespaced:
        _enter_namespaces(config, scratch)
    elif config.confined:
        scratch = f"{scratch}/{WORK}"
    os.chdir(scratch)
    os.umask(0o077)
    # The folder's name differs between sessions where it is on the machine: left out of messages.
    home = scratch if config.namespaced else os.curdir
    os.environ.update(HOME=home, TMPDIR=home)
    tempfile.tempdir = home  # its own probe removes a file, which not every level allows
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
    if confinement.filter is not None:
        seccomp.install(confinement.filter)


def drop_privileges(uid: int) -> None:
    """Switch to an unprivileged user without groups, for good."""
    os.setgroups([])
    if hasattr(os, "setresuid"):
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        os.setgid(uid)
        os.setuid(uid)


def _die_with_parent(parent: int) -> None:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
    if _getppid() != parent:
        raise OSError("this session's supervisor has gone")


def new_user_namespace(others: int) -> None:
    """Enter a new user namespace (and those in ``others``), mapped to an ordinary user."""
    uid, gid = _geteuid(), _getegid()
    # Changing users made this process undumpable, and so its /proc files belong to root.
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
    """Enter user, mount and IPC namespaces; the PID namespace was created with the fork."""
    new_user_namespace(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC)
    harmless = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    syscalls.mount(
        "tmpfs",
        scratch,
        "tmpfs",
        harmless,
        f"size={config.scratch_mb}m,nr_inodes={64 * config.scratch_mb},mode=0700",
    )
    # Mask /proc, which shows every process in the zygote's namespace. Students do not need it.
    syscalls.mount("tmpfs", "/proc", "tmpfs", harmless | syscalls.MS_RDONLY, "size=4k,nr_inodes=1")


def close_other_descriptors(sock: int, report: int, rules: int | None) -> None:
    """Close all but the session's socket, the report pipe and the Landlock ruleset.

    Standard streams are redirected to /dev/null.
    """
    null = os.open(os.devnull, os.O_RDWR)
    wanted = [null, null, null, sock, report] + ([] if rules is None else [rules])
    # Duplicate to higher numbers first, so that no dup2 overwrites a descriptor still needed. Not
    # much higher: a shell may allow as few as 60.
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, len(wanted)) for descriptor in wanted]
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
        # macOS does not support RLIMIT_AS; any other refusal is an error.
        tolerated = contextlib.suppress(ValueError) if name == "RLIMIT_AS" else None
        with tolerated or contextlib.nullcontext():
            resource.setrlimit(number, (value, value))


def _nproc_limit(confinement: Confinement, uid: int | None) -> int | None:
    """The RLIMIT_NPROC under which a session can have its allowed number of processes.

    Where no exact value exists it is generous, and the supervisor counts and kills the session.
    """
    config = confinement.config
    if config.namespaced and confinement.nproc_counts_per_namespace:
        return config.processes
    if config.namespaced and config.uid is None:
        return None  # all of the user's processes count, but they are not visible from here
    if uid is not None:
        return config.processes + 4 * config.namespaced  # the zygote runs as the same user
    return config.processes + confinement.threads + _NPROC_MARGIN
