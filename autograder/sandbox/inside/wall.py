"""Build the wall around the process that is about to run a student's code. It cannot be undone.

Order matters: namespaces while there are capabilities, files and rules while their paths can be
walked, then the user, then limits, and the filter of system calls last, since it refuses most of
what came before it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import tempfile

from . import kernel, landlock, processes, seccomp
from .plan import Plan

SOCKET, REPORT = 3, 4
"""Where the session's socket and the pipe for problems are, once the wall stands."""

_UID_INSIDE = 1000


class Ground:
    """What sessions have in common, found out once by the warm server."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.landlock = kernel.landlock_version() if plan.walled else 0
        self.filter = (
            seccomp.program(os.uname().machine, shared_tree=not plan.namespaced)
            if plan.walled
            else []
        )
        self.mapped_kb = _mapped_kb()
        self.resident_kb = processes.myself().resident_kb


def _mapped_kb() -> int:
    """Address space of this process: the student's allowance comes on top."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            pages = int(file.read().split()[0])
    except OSError:
        return 1 << 20  # no /proc, no exact number: a warm interpreter is well below a gigabyte
    return pages * resource.getpagesize() // 1024


def build(ground: Ground, scratch: str, uid: int | None) -> None:
    """Shut this process in.

    Args:
        ground: what all sessions share.
        scratch: the session's own directory.
        uid: the user to become; None to stay who we are.

    Raises:
        OSError: a part of the wall could not be built; the caller must not go on.
    """
    plan = ground.plan
    if plan.namespaced:
        _enter_namespaces(plan, scratch)
    os.chdir(scratch)
    os.umask(0o077)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    tempfile.tempdir = None
    if plan.walled:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
        if ground.landlock:
            landlock.restrict(ground.landlock, plan.readable, scratch, may_remove=plan.namespaced)
    if uid is not None and not plan.namespaced:
        become(uid)
    _limit(ground, uid)
    if os.uname().sysname == "Linux":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0, "dumpable")
        if not plan.namespaced:
            _die_with(os.getppid())
    if plan.namespaced:
        kernel.drop_all_capabilities()
    if plan.walled:
        seccomp.install(ground.filter)


def become(uid: int) -> None:
    """Be an unprivileged user for good, without groups."""
    os.setgroups([])
    if hasattr(os, "setresuid"):
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        os.setgid(uid)
        os.setuid(uid)


def _die_with(parent: int) -> None:
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
    if os.getppid() != parent:
        raise OSError("the keeper of this session has gone")


def new_user_namespace(others: int) -> None:
    """Enter a user namespace (and ``others``) in which we are an ordinary, mapped user."""
    uid, gid = os.geteuid(), os.getegid()
    # Changing users made this process undumpable, and its /proc files the superuser's.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1, "dumpable")
    kernel.unshare(kernel.CLONE_NEWUSER | others)
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


def _enter_namespaces(plan: Plan, scratch: str) -> None:
    """A user, a mount and an IPC namespace; the process namespace came with the fork."""
    new_user_namespace(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
    harmless = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount(
        "tmpfs",
        scratch,
        "tmpfs",
        harmless,
        f"size={plan.scratch_mb}m,nr_inodes={64 * plan.scratch_mb},mode=0700",
    )
    # /proc shows every process of the server's namespace. Nothing a student needs is in it.
    kernel.mount("tmpfs", "/proc", "tmpfs", harmless | kernel.MS_RDONLY, "size=4k,nr_inodes=1")


def keep_descriptors(sock: int, report: int) -> None:
    """Close all but the session's socket and the pipe for problems, which get their places.

    Standard streams become /dev/null.
    """
    null = os.open(os.devnull, os.O_RDWR)
    # First up, out of each other's way, then down to where they belong.
    high = [os.dup(sock), os.dup(report), os.dup(null)]
    while min(high) <= REPORT:
        high = [os.dup(descriptor) for descriptor in high]
    for target in (0, 1, 2):
        os.dup2(high[2], target)
    os.dup2(high[0], SOCKET)
    os.dup2(high[1], REPORT)
    os.closerange(REPORT + 1, 1 << 20)


def _limit(ground: Ground, uid: int | None) -> None:
    plan = ground.plan
    file_mb = min(plan.file_mb, plan.scratch_mb)
    tasks = plan.processes
    if not plan.namespaced and uid is None:  # every process of the user counts
        tasks += processes.tasks_of(os.getuid())
    limits = {
        "RLIMIT_AS": (ground.mapped_kb + plan.memory_mb * 1024) * 1024,
        "RLIMIT_FSIZE": file_mb * 2**20,
        "RLIMIT_NOFILE": plan.open_files,
        "RLIMIT_NPROC": tasks,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": plan.cpu_s,
        "RLIMIT_STACK": 8 * 2**20,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 256,
    }
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        # macOS takes no bound on address space; everywhere else a refusal is an error.
        tolerated = contextlib.suppress(ValueError) if name == "RLIMIT_AS" else None
        with tolerated or contextlib.nullcontext():
            resource.setrlimit(number, (value, value))
