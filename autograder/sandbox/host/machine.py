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
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder import user_cache

LASTS_S = 24 * 3600

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
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        kept = json.loads(user_cache.read(f"{name}.json") or b"")
        age = time.time() - kept["at"]
        if kept["machine"] == identity() and 0 <= age < LASTS_S:
            return kept["found"]
    return None


def remember(name: str, found: Any) -> None:
    """Store a finding (JSON) for the next run; if that fails, the next run finds it out again."""
    kept = {"machine": identity(), "at": time.time(), "found": found}
    user_cache.write(f"{name}.json", json.dumps(kept))


def forget(name: str) -> None:
    """A finding turned out to be wrong."""
    user_cache.remove(f"{name}.json")


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
        "sandbox": user_cache.code_sha256(Path(__file__).resolve().parents[1]),
    }
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


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
        return os.readlink(path)  # noqa: PTH115 - a namespace's name is not a path
    except OSError:
        return None
