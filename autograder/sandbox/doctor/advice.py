"""What to do for the next higher level of isolation, from what this machine is like."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.sandbox.host.isolation import Level

Advice = Literal[
    "highest",
    "linux",
    "landlock",
    "install_bubblewrap",
    "sysctl",
    "container_flags",
    "look_closer",
]


_ADDR_NO_RANDOMIZE = 0x40000


@dataclass(frozen=True)
class Circumstances:
    """What decides which levels a machine gives.

    Attributes:
        linux: whether it is Linux at all.
        bubblewrap: whether bubblewrap is installed.
        container: whether this process is in a container (Docker, Podman, Kubernetes).
        sysctl: the kernel setting that would allow user namespaces, such as
            ``user.max_user_namespaces=10000``; empty if no setting forbids them.
        fixed_addresses: whether a process may fix the addresses of its memory.
    """

    linux: bool = True
    bubblewrap: bool = True
    container: bool = False
    sysctl: str = ""
    fixed_addresses: bool = True


def circumstances() -> Circumstances:
    """Those of this process."""
    return Circumstances(
        linux=sys.platform == "linux",
        bubblewrap=shutil.which("bwrap") is not None,
        container=_in_a_container(),
        sysctl=_forbidding(root=os.geteuid() == 0),
        fixed_addresses=_may_fix_addresses(),
    )


def advise(level: Level, here: Circumstances) -> Advice:
    """The one thing to do for a higher level.

    Args:
        level: the highest one that holds here.
        here: what the machine is like.
    """
    if level is Level.FULL:
        return "highest"
    if not here.linux:
        return "linux"
    if level is Level.NAMESPACES:
        if not here.bubblewrap:
            return "install_bubblewrap"
        return "container_flags" if here.container else "look_closer"
    # Both levels above need namespaces.
    if here.sysctl:
        return "sysctl"
    if here.container:
        return "container_flags"
    if not here.bubblewrap:
        return "install_bubblewrap"
    return "landlock" if level is Level.LIMITS else "look_closer"


def _may_fix_addresses() -> bool:
    """Try it, in a process of its own: whether two runs agree in what depends on addresses."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError, ValueError):
        if int(Path("/proc/self/personality").read_text(), 16) & _ADDR_NO_RANDOMIZE:
            return True  # they are fixed already
    source = "import sys; sys.exit(not syscalls.fix_addresses())"
    module = "from autograder.sandbox.confine import syscalls"
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {module}; {source}"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _in_a_container() -> bool:
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    return any(mark.exists() for mark in marks) or "KUBERNETES_SERVICE_HOST" in os.environ


def _forbidding(root: bool) -> str:
    if _setting("user.max_user_namespaces") == "0":
        return "user.max_user_namespaces=10000"
    # These two are about ordinary users only. Ubuntu has the first since 23.10.
    if not root and _setting("kernel.apparmor_restrict_unprivileged_userns") == "1":
        return "kernel.apparmor_restrict_unprivileged_userns=0"
    if not root and _setting("kernel.unprivileged_userns_clone") == "0":
        return "kernel.unprivileged_userns_clone=1"
    return ""


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", *name.split(".")).read_text().strip()
    except OSError:
        return ""
