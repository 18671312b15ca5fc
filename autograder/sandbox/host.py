"""Protect the trusted processes themselves."""

from __future__ import annotations

import sys

from .inside import kernel


def protect_host() -> None:
    """Let no other process of the same user trace this one, or read its memory and environment.

    Call it first thing in every process that holds expected results. Not inherited by programs that
    are started afterwards. Does nothing where there is no such protection (macOS).
    """
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0, "dumpable")
