"""What the attacks on a level prove, as a handful of guarantees that an instructor can read.

A guarantee holds if every attack on it was tried and refused. What no level promises, and what a
level does not promise by its nature, is in `NOT_PROMISED`.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.sandbox.doctor.trial import Finding
from autograder.sandbox.host.isolation import Level

GUARANTEES: dict[str, tuple[str, ...]] = {
    "hidden": ("read", "import"),
    "files": ("write",),
    "network": ("network",),
    "processes": ("trace", "signal", "neighbour"),
    "programs": ("execute", "escape"),
    "end": ("daemon", "fork bomb"),
    "resources": ("memory", "memory together", "memory of nobody", "disk", "files", "folders"),
}
"""By guarantee, the names of the attacks that would break it."""

_WITHOUT_NAMESPACES = frozenset({Level.CONTAINER, Level.LIMITS})

_AT_LIMITS = ("end", "resources")

NOT_PROMISED: dict[str, frozenset[Level]] = {
    "names": frozenset({Level.CONTAINER}),
    "quarter": frozenset(Level) - _WITHOUT_NAMESPACES,
    "quarter_disk": _WITHOUT_NAMESPACES,
    "kernel": frozenset(Level),
}
"""What is not promised, by the levels that do not promise it."""


def broken(level: Level, findings: Iterable[Finding]) -> dict[str, str]:
    """The guarantees that do not hold, and how the first attack on each got through.

    Args:
        level: a level.
        findings: those of the level.
    """
    outcome = {finding.attack: finding for finding in findings}
    found = {}
    for guarantee, attacks in GUARANTEES.items():
        # There, attacks spare the machine itself, so those that fail prove little.
        if level is Level.LIMITS and guarantee not in _AT_LIMITS:
            found[guarantee] = "nothing prevents it"
            continue
        for attack in attacks:
            finding = outcome.get(attack)
            if finding is None or finding.verdict != "held":
                found[guarantee] = finding.how if finding else "not tried"
                break
    return found


def not_promised(level: Level) -> list[str]:
    """What this level does not promise, whatever attacks have shown."""
    return [what for what, levels in NOT_PROMISED.items() if level in levels]
