"""Every attack, at every level this machine gives: what a level promises, it holds."""

import functools
import os
import shutil

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.examination import EVERY_ATTACK
from autograder.sandbox.doctor.trial import Finding, try_level
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import visible_paths

HELD_BY_LIMITS = {"daemon", "fork bomb", "memory", "memory together", "files", "folders"}
# Not `write`, `signal` and `neighbour`: there it matters whether we are root.
OPEN_AT_LIMITS = {
    *("read", "import", "network", "trace", "execute", "escape", "disk", "memory of nobody"),
}


@functools.cache
def findings(level: Level) -> dict[str, Finding]:
    return {finding.attack: finding for finding in try_level(level, EVERY_ATTACK, visible_paths())}


PROMISED = [
    (level, attack.name)
    for level in sorted(Level, reverse=True)
    for attack in EVERY_ATTACK
    if level > Level.LIMITS or attack.name in HELD_BY_LIMITS
]


@pytest.mark.parametrize(("level", "attack"), PROMISED, indirect=["level"], ids=str)
def test_no_attack_gets_through(level: Level, attack: str) -> None:
    finding = findings(level)[attack]
    assert finding.verdict == "held", finding.how


@pytest.mark.parametrize("attack", sorted(OPEN_AT_LIMITS))
def test_an_attack_does_get_through_where_nothing_stops_it(attack: str) -> None:
    """An attack that can never succeed would prove nothing at the other levels."""
    assert findings(Level.LIMITS)[attack].verdict == "not held"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_the_strongest_level_is_tested_where_bubblewrap_is_installed() -> None:
    """So that a wall that broke does not pass for a machine that has none."""
    try:
        with Server(Level.FULL, Limits()):
            pass
    except SandboxUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(error.what)
