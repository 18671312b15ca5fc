"""Protect trusted processes from other processes of the same user."""

from __future__ import annotations

import os
import signal
import sys

from autograder.sandbox.confine import syscalls


def protect_host() -> None:
    """Prevent other processes of this user from tracing this one or reading its memory.

    Must be called first in every process that holds expected results. Programs started later do not
    inherit it. Does nothing on platforms without such protection (macOS).
    """
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")


def die_with(parent: int | None) -> None:
    """Let the kernel kill this process when ``parent``, the process that started it, has ended.

    Otherwise a worker would finish its current submission before noticing, and nobody would receive
    the result. Its zygote and all sessions end when the worker's socket closes.
    """
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
        if parent is not None and os.getppid() != parent:  # it ended before the call took effect
            os._exit(1)
