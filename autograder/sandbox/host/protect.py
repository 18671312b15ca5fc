"""Protect trusted processes from other processes of the same user."""

from __future__ import annotations

import sys

from autograder.sandbox.confine import syscalls


def protect_host() -> None:
    """Prevent other processes of this user from tracing this one or reading its memory.

    Must be called first in every process that holds expected results. Programs started later do not
    inherit it. Does nothing on platforms without such protection (macOS).
    """
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")
