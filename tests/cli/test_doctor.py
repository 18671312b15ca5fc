"""What `autograder doctor` tells the instructor: one screen, true, with one thing to do."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from autograder.messages.doctor import report
from autograder.sandbox.doctor.advice import Circumstances, advise
from autograder.sandbox.doctor.examination import EVERY_ATTACK
from autograder.sandbox.doctor.guarantees import GUARANTEES, broken
from autograder.sandbox.doctor.trial import Finding
from autograder.sandbox.host.isolation import Level
from tests.conftest import Run

FULL, NAMESPACES, CONTAINER, LIMITS = sorted(Level, reverse=True)
UBUNTU = Circumstances(sysctl="kernel.apparmor_restrict_unprivileged_userns=0")


def findings(level: Level, *got_through: str) -> list[Finding]:
    """Those of a level at which the attacks named get through and the others do not."""
    return [
        Finding(level, attack.name, attack.aim, "not held", "read /etc/shadow")
        if attack.name in got_through
        else Finding(level, attack.name, attack.aim, "held", "3 tries, all refused")
        for attack in EVERY_ATTACK
    ]


def no_level(level: Level, how: str) -> Finding:
    return Finding(level, "level", "run students' code at this level", "not applicable", how)


def test_every_attack_belongs_to_one_guarantee() -> None:
    grouped = [attack for attacks in GUARANTEES.values() for attack in attacks]
    assert sorted(grouped) == sorted(attack.name for attack in EVERY_ATTACK)


def test_one_attack_that_gets_through_breaks_its_guarantee_alone() -> None:
    assert broken(FULL, findings(FULL, "import")) == {"hidden": "read /etc/shadow"}


def test_an_attack_that_was_not_tried_proves_nothing() -> None:
    assert broken(FULL, findings(FULL)[1:]) == {"hidden": "not tried"}


def test_at_limits_nothing_is_promised_about_files_and_processes() -> None:
    assert set(GUARANTEES) - set(broken(LIMITS, findings(LIMITS))) == {"end", "resources"}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("level", Level)
def test_the_report_is_one_screen(level: Level, lang: str) -> None:
    lines = report(level, level, [no_level(FULL, "no"), *findings(level)], UBUNTU, lang)
    assert len(lines) <= 20
    assert max(map(cell_len, lines)) <= 100


def test_what_holds_and_what_does_not_are_told_apart() -> None:
    lines = report(FULL, FULL, findings(FULL, "network"), Circumstances(), "en")
    kept, lost = "\n".join(lines).split("Not guaranteed")
    assert "✓ There is no network" not in kept
    assert "✗ The network and other programs' sockets can be reached. (read /etc/shadow)" in lost
    assert kept.count("✓") == len(GUARANTEES) - 1


def test_a_level_that_is_not_available_says_why() -> None:
    why = "isolation level full does not work here: bwrap: Operation not permitted"
    lines = report(FULL, CONTAINER, [no_level(FULL, why)], Circumstances(container=True), "en")
    assert lines[0] == (
        "Isolation level full cannot be used on this machine: bwrap: Operation not permitted"
    )


@pytest.mark.parametrize(
    ("level", "here", "advice"),
    [
        (FULL, Circumstances(), "highest"),
        (NAMESPACES, Circumstances(bubblewrap=False), "install_bubblewrap"),
        (NAMESPACES, Circumstances(), "look_closer"),
        (NAMESPACES, Circumstances(container=True), "container_flags"),
        (CONTAINER, UBUNTU, "sysctl"),
        (CONTAINER, Circumstances(container=True, bubblewrap=False), "container_flags"),
        (CONTAINER, Circumstances(bubblewrap=False), "install_bubblewrap"),
        (LIMITS, Circumstances(linux=False), "linux"),
        (LIMITS, Circumstances(), "landlock"),
    ],
)
def test_there_is_one_thing_to_do(level: Level, here: Circumstances, advice: str) -> None:
    assert advise(level, here) == advice


def test_it_says_where_runs_may_differ() -> None:
    docker = Circumstances(container=True, fixed_addresses=False)
    lines = report(CONTAINER, CONTAINER, findings(CONTAINER), docker, "en")
    assert "  – Repetition: results that depend on memory addresses" in "\n".join(lines)
    fixed = report(CONTAINER, CONTAINER, findings(CONTAINER), Circumstances(), "en")
    assert "Repetition" not in "\n".join(fixed)


def test_the_setting_to_change_is_named() -> None:
    lines = report(CONTAINER, CONTAINER, findings(CONTAINER), UBUNTU, "en")
    assert lines[-1] == (
        "To raise the level: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    )


def test_where_the_cause_is_unknown_it_is_quoted() -> None:
    found = [*findings(NAMESPACES), *findings(FULL, "write")]
    lines = report(NAMESPACES, NAMESPACES, found, Circumstances(), "en")
    assert lines[-1] == "To raise the level: full does not work here: read /etc/shadow"


def test_a_lower_level_than_necessary_is_named_as_such() -> None:
    lines = report(CONTAINER, FULL, findings(CONTAINER), Circumstances(), "en")
    assert lines[-1] == "To raise the level: leave out --isolation; full holds on this machine."


@pytest.mark.slow
def test_the_command_attacks_for_real(autograder: Run, wall: Level) -> None:
    done = autograder("doctor")
    assert done.stderr == ""
    assert f"level {wall}: {len(EVERY_ATTACK)} kinds of attack" in done.stdout
    assert len(done.stdout.splitlines()) <= 24
    assert done.returncode == (0 if wall > LIMITS else 1)
