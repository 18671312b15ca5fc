"""Protect the trusted processes themselves."""

from __future__ import annotations

import sys

from autograder.sandbox.confine import syscalls


def protect_host() -> None:
    """Let no other process of the same user trace this one, or read its memory and environment.

    Call it first thing in every process that holds expected results. Not inherited by programs that
    are started afterwards. Does nothing where there is no such protection (macOS).
    """
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")
