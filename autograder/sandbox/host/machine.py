"""What was found out about this machine, kept between runs until something about it changes.

Finding out which isolation holds, and which libraries a session needs, costs more than grading a
notebook. A finding is kept in the user's cache folder under the `identity` of everything that could
change it, and for a day at most. It is a hint, not a proof: whoever uses one must be safe if it is
wrong (see `autograder.sandbox.doctor.confirm`).
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.files import write_atomically

LASTS_S = 24 * 3600
_LONGEST = 2**20

# Whether namespaces may be made, processes traced, and system calls filtered, here and now.
_SETTINGS = (
    "/proc/sys/kernel/random/boot_id",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/yama/ptrace_scope",
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/user/max_pid_namespaces",
    "/proc/sys/user/max_net_namespaces",
    "/proc/self/attr/current",
    "/proc/self/uid_map",
    "/sys/kernel/security/lsm",
)
_STATUS = ("NoNewPrivs", "Seccomp", "Seccomp_filters", "CapEff", "CapPrm", "CapBnd", "CapAmb")
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
_LIMITS = ("RLIMIT_AS", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_MEMLOCK")


def recall(name: str) -> Any:
    """What `remember` kept under that name on this very machine; None if nothing is known."""
    folder = _folder()
    if folder is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        kept = json.loads(_read(folder / f"{name}.json"))
        age = time.time() - kept["at"]
        if kept["machine"] == identity() and 0 <= age < LASTS_S:
            return kept["found"]
    return None


def remember(name: str, found: Any) -> None:
    """Store a finding (JSON) for the next run; if that fails, the next run finds it out again."""
    folder = _folder()
    if folder is None:
        return
    kept = {"machine": identity(), "at": time.time(), "found": found}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(folder.lstat(), stat.S_IFDIR):
            write_atomically(folder / f"{name}.json", json.dumps(kept), private=True)


def forget(name: str) -> None:
    """A finding turned out to be wrong."""
    folder = _folder()
    if folder is not None:
        with suppress(OSError):
            (folder / f"{name}.json").unlink()


def identity() -> str:
    """A hash over all that decides what isolation holds here; another one after any change."""
    numpy = find_spec("numpy")
    facts = {
        "system": list(os.uname()),
        "user": [os.geteuid(), os.getegid(), sorted(os.getgroups())],
        "python": [sys.version, _file(sys.executable), _file(_base_python())],
        "numpy": _file(numpy.origin if numpy else None),
        "bubblewrap": _file(shutil.which("bwrap")),
        "libraries": _file("/etc/ld.so.cache"),
        "settings": [_text(path) for path in _SETTINGS],
        "status": sorted(_status()),
        "namespaces": [_link(f"/proc/self/ns/{name}") for name in _NAMESPACES],
        "limits": [
            resource.getrlimit(getattr(resource, name))
            for name in _LIMITS
            if hasattr(resource, name)
        ],
        "sandbox": _our_code(),
    }
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _our_code() -> str:
    total = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*.py")):
        total.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _base_python() -> str:
    return getattr(sys, "_base_executable", sys.executable)


def _file(path: str | None) -> list[Any]:
    """A file by its place and what its status says: a new version has another time or size."""
    if path is None:
        return []
    real = os.path.realpath(path)
    try:
        status = os.stat(real)  # noqa: PTH116 - beside realpath
    except OSError:
        return [real]
    return [real, status.st_size, status.st_mtime_ns, status.st_ino, status.st_mode, status.st_uid]


def _status() -> Iterator[str]:
    for line in (_text("/proc/self/status") or "").splitlines():
        if line.partition(":")[0] in _STATUS:
            yield line


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)  # noqa: PTH115 - a namespace's name is no path
    except OSError:
        return None


def _folder() -> Path | None:
    """Where findings are kept; None where that folder is not this user's alone."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # no home
        return None
    folder = base / "autograder"
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return folder
    except OSError:
        return None
    return folder if _ours(status, stat.S_IFDIR) else None


def _ours(status: os.stat_result, kind: int) -> bool:
    """Whether it is what it should be, and nobody but this user may write into it."""
    mode = status.st_mode
    return stat.S_IFMT(mode) == kind and status.st_uid == os.geteuid() and not mode & 0o022


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not _ours(status, stat.S_IFREG) or status.st_size > _LONGEST:
            raise ValueError(f"{path} is not ours")
        return file.read()
