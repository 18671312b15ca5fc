"""`autograder doctor`: try every attack at every level."""

from __future__ import annotations

import sys

from autograder.sandbox.doctor import exhausting, reaching
from autograder.sandbox.doctor.trial import Finding, try_level
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.visible_paths import visible_paths

__all__ = ["EVERY_ATTACK", "Finding", "examine"]

EVERY_ATTACK = (*reaching.ALL, *exhausting.ALL)


def examine(levels: tuple[Level, ...] = tuple(sorted(Level, reverse=True))) -> list[Finding]:
    """Try every attack at every level. Takes some seconds per level.

    Raises:
        SandboxUnavailable: this interpreter cannot run students' code at all.
    """
    findings: list[Finding] = []
    for level in levels:
        if level > Level.LIMITS and sys.platform != "linux":
            aim = "run students' code at this level"
            findings.append(Finding(level, "level", aim, "not applicable", "needs Linux"))
            continue
        findings += try_level(level, EVERY_ATTACK, visible_paths())
    return findings
