"""Level ``namespaces``: set up the zygote's namespaces and file tree where bubblewrap is missing.

The part of bubblewrap that we need: new namespaces, a read-only file tree that contains only what
is listed, and no capabilities except those for switching users.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from . import syscalls

_OLD, _NEW = "/old", "/new"
_KEPT_FLAGS = (
    (os.ST_NOSUID, syscalls.MS_NOSUID),
    (os.ST_NOEXEC, syscalls.MS_NOEXEC),
    # noatime, nodiratime, relatime: a namespace may not lift what its parent has set.
    (1024, 1024),
    (2048, 2048),
    (4096, 1 << 21),
)


def main() -> None:
    """Build the file tree, enter it and exec the zygote. ``sys.argv``: home, file_tree, command."""
    file_tree = json.loads(sys.argv[2])
    command = json.loads(sys.argv[3])
    root = os.geteuid() == 0
    uid, gid = os.geteuid(), os.getegid()
    flags = (
        syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC
    )
    flags |= syscalls.CLONE_NEWUTS
    syscalls.unshare(flags if root else flags | syscalls.CLONE_NEWUSER)
    if not root:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
    pid = os.fork()
    if pid:
        # If we kept the zygote's socket open, the host would never see it close. Open nothing from
        # here on: the child replaces the root file system, which is ours as well.
        os.closerange(3, 1 << 20)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
    build(file_tree)
    if root:
        syscalls.keep_capabilities((syscalls.CAP_SETUID, syscalls.CAP_SETGID))
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
    os.execv(command[0], command)


def build(file_tree: dict[str, Any]) -> None:
    """Make a ``command_line.FileTree`` the root of this process; all else becomes unreachable."""
    syscalls.mount(None, "/", None, syscalls.MS_SLAVE | syscalls.MS_REC)
    # Any mount point will do; what the mount hides stays visible below _OLD.
    syscalls.mount("tmpfs", "/tmp", "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755")
    Path("/tmp" + _OLD).mkdir(mode=0o755)
    Path("/tmp" + _NEW).mkdir(mode=0o755)
    syscalls.pivot_root("/tmp", "/tmp" + _OLD)
    os.chdir("/")
    syscalls.mount("tmpfs", _NEW, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755")
    for directory in file_tree["directories"]:
        Path(_NEW + directory).mkdir(mode=0o755, parents=True, exist_ok=True)
    for source, target in file_tree["binds"]:
        _bind(source, target)
    for hidden in file_tree["hidden"]:
        syscalls.mount("tmpfs", _NEW + hidden, "tmpfs", 0, "mode=0755")
    for source, target in file_tree["over_hidden"]:
        _bind(source, target)
    for hidden in file_tree["hidden"]:
        _make_read_only(_NEW + hidden)
    for link, target in file_tree["links"]:
        Path(_NEW + link).symlink_to(target)
    for device in file_tree["devices"]:
        _bind(device, device, device=True)
    _mount_proc()
    syscalls.unmount(_OLD, syscalls.MNT_DETACH)
    os.chdir(_NEW)
    syscalls.pivot_root(".", ".")  # stacks the old root on top of the new one
    syscalls.unmount(".", syscalls.MNT_DETACH)
    os.chdir("/")
    _make_read_only("/")


def _mount_proc() -> None:
    """Mount /proc for the zygote, which reads its sessions' usage there; sessions mask it."""
    harmless = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    try:
        syscalls.mount("proc", _NEW + "/proc", "proc", harmless)
    except PermissionError:  # the kernel refuses if the outer /proc is partly masked (Docker)
        syscalls.mount(_OLD + "/proc", _NEW + "/proc", None, syscalls.MS_BIND | syscalls.MS_REC)


def _bind(source: str, target: str, *, device: bool = False) -> None:
    goal = _NEW + target
    if Path(_OLD + source).is_dir():
        Path(goal).mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(goal, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    syscalls.mount(_OLD + source, goal, None, syscalls.MS_BIND | syscalls.MS_REC)
    if not device:
        _make_read_only(goal)


def _make_read_only(path: str) -> None:
    flags = syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | syscalls.MS_NOSUID
    present = os.statvfs(path).f_flag
    for reported, flag in _KEPT_FLAGS:
        if present & reported:
            flags |= flag
    syscalls.mount(None, path, None, flags | syscalls.MS_NODEV)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
