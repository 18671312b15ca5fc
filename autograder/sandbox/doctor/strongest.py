"""The strongest isolation level that this machine supports, found by attacking it.

The attacks take longer than grading a notebook, so the outcome is cached for a day and for this
machine (`autograder.sandbox.host.machine`). Every server that grades confirms that it still holds
(`autograder.sandbox.doctor.confirm`).
"""

from __future__ import annotations

import functools

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host import machine
from autograder.sandbox.host.isolation import Level

__all__ = ["Level", "SandboxUnavailable", "forget", "strongest"]

_KEPT = "isolation"


@functools.cache
def strongest(trust_students: bool = False, *, fresh: bool = False) -> Level:
    """The highest level that withstands a handful of real attacks. Computed once per process.

    Args:
        trust_students: whether to fall back to `Level.LIMITS`, which hides nothing.
        fresh: whether to ignore what an earlier run found.

    Raises:
        SandboxUnavailable: no level above `Level.LIMITS` holds and students are not trusted, or
            this interpreter cannot run students' code at all.
    """
    known = None if fresh else _known()
    if known is not None:
        return known
    level, reasons = _try_all()
    if level is not None:
        machine.remember(_KEPT, level.name)
        return level
    # Not cached: whoever installs bubblewrap next expects it to be used at once.
    forget()
    if trust_students:
        return Level.LIMITS
    raise SandboxUnavailable(
        "this machine cannot keep students' code away from hidden tests ("
        + " | ".join(reasons)
        + ")",
        "install bubblewrap on Linux, or say --trust-students if nobody would cheat; "
        "`autograder doctor` shows what was tried",
    )


def forget() -> None:
    """Drop the cached outcome: it turned out to be wrong."""
    machine.forget(_KEPT)


def _known() -> Level | None:
    name = machine.recall(_KEPT)
    levels = {level.name: level for level in Level if level > Level.LIMITS}
    return levels.get(name) if isinstance(name, str) else None


def _try_all() -> tuple[Level | None, list[str]]:
    """The highest level that holds, and why each one above it does not."""
    # Imported here: the attacks are not needed where the outcome is cached.
    from autograder.sandbox.doctor import exhausting, reaching
    from autograder.sandbox.doctor.trial import try_level
    from autograder.sandbox.host.visible_paths import visible_paths

    # Enough to tell that a level works on this machine, in a few tenths of a second.
    quick = (
        reaching.READ,
        reaching.NETWORK,
        reaching.SIGNAL,
        reaching.EXECUTE,
        exhausting.DAEMON,
    )
    reasons: list[str] = []
    for level in sorted(Level, reverse=True):
        if level is Level.LIMITS:
            break
        problem = None
        for finding in try_level(level, quick, visible_paths()):
            if finding.verdict != "held":
                problem = f"{level}: {finding.how}"
                break
        if problem is None:
            return level, reasons
        reasons.append(problem)
    return None, reasons
