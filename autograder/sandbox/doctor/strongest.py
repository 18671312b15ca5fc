"""The strongest isolation level that this machine supports, found by attacking it."""

from __future__ import annotations

import functools

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor import exhausting, reaching
from autograder.sandbox.doctor.trial import try_level
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.visible_paths import visible_paths

__all__ = ["Level", "SandboxUnavailable", "strongest"]

# Enough to tell that a level works on this machine, in a few tenths of a second.
_QUICK = (
    reaching.READ,
    reaching.NETWORK,
    reaching.SIGNAL,
    reaching.EXECUTE,
    exhausting.DAEMON,
)


@functools.cache
def strongest(trust_students: bool = False) -> Level:
    """The highest level that withstands a handful of real attacks. Computed once per process.

    Args:
        trust_students: whether to fall back to `Level.LIMITS`, which hides nothing.

    Raises:
        SandboxUnavailable: no level above `Level.LIMITS` holds and students are not trusted, or
            this interpreter cannot run students' code at all.
    """
    reasons = []
    for level in sorted(Level, reverse=True):
        if level is Level.LIMITS:
            break
        problem = None
        for finding in try_level(level, _QUICK, visible_paths()):
            if finding.verdict != "held":
                problem = f"{level}: {finding.how}"
                break
        if problem is None:
            return level
        reasons.append(problem)
    if trust_students:
        return Level.LIMITS
    raise SandboxUnavailable(
        "this machine cannot keep students' code away from hidden tests ("
        + " | ".join(reasons)
        + ")",
        "install bubblewrap on Linux, or say --trust-students if nobody would cheat; "
        "`autograder doctor` shows what was tried",
    )
