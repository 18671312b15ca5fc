"""The table of attacks, handed in as one class at every level, as root and as an ordinary user.

The slow tier hands every attack in at one of these six places, a sixth at each; with
CONVKIT_ALL_ATTACKS=1 in the environment, all of them at each, which takes an hour. The fast tier
hands in a few at the strongest level.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from tests.ordinary_user import (
    CAN_BECOME_ANOTHER_USER,
    WHY_NOT,
    OrdinaryUser,
    ordinary_user,
)
from tests.paths import ROOT
from tests.red_team.attacks import TABLE, Attack, appendix
from tests.red_team.attacks.hand_in import Outcome, hand_in

LEVELS = (Level.FULL, Level.NAMESPACES, Level.CONTAINER)
NOBODY_IN_PARTICULAR = 61_235
BOUND_S = 60
"""For one attack, which has five seconds of its own, on a machine that does other things."""

FEW = tuple(TABLE)[3 :: len(TABLE) // 8]


def share(level: Level, *, ordinary_user: bool) -> tuple[str, ...]:
    """The attacks that are handed in at one of the six places."""
    if os.environ.get("CONVKIT_ALL_ATTACKS"):
        return tuple(TABLE)
    return tuple(TABLE)[LEVELS.index(level) + 3 * ordinary_user :: 6]


def wrong(attack: Attack, outcome: Outcome) -> list[str]:
    """In which ways the outcome is not the verdict that the attack must get."""
    said = " ".join(outcome.texts)
    found = [f"earned {name}" for name in outcome.earned if name not in attack.may_earn]
    odd = set(outcome.statuses) - {"failed", "error", "timeout", "missing"}
    if odd - ({"passed", "carried"} if attack.may_earn else set()):
        found.append(f"statuses {outcome.statuses}")
    found += [f"the grader's fault: {note.strip()[-300:]}" for note in outcome.notes]
    if outcome.wall_s > BOUND_S:
        found.append(f"took {outcome.wall_s:.0f} s")
    if attack.never_shown and attack.never_shown in said:
        found.append(f"{attack.never_shown} was shown")
    if attack.must_say and not any(word in said for word in attack.must_say):
        found.append(f"was not refused: {said[:200]}")
    if re.search(r"source_lib|\btest_", said):
        found.append("the grader's own names were shown")
    lines = [line for text in outcome.texts for line in text.split("\n")]
    if not all(line.isprintable() and len(line) < 700 for line in lines):
        found.append("a text that is not fit to be shown")
    return found


def all_wrong(outcomes: Mapping[str, Outcome]) -> dict[str, list[str]]:
    return {id: problems for id, found in outcomes.items() if (problems := wrong(TABLE[id], found))}


def test_a_few_attacks_get_their_verdicts(wall: Level) -> None:
    outcomes = hand_in(wall, FEW)
    assert set(outcomes) == set(FEW)
    assert all_wrong(outcomes) == {}


def test_there_are_attacks_of_every_kind_with_names_of_their_own() -> None:
    assert len(TABLE) >= 150
    assert len({attack.tries for attack in TABLE.values()}) > 0.95 * len(TABLE)


def test_the_list_in_the_documentation_is_current() -> None:
    assert appendix.PAGE.read_text("utf-8") == appendix.page(), (
        "run python -m tests.red_team.attacks.appendix"
    )


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_every_attack_gets_its_verdict(level: Level, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        with Server(level, Limits()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(error.what)
    ids = share(level, ordinary_user=False)
    outcomes = hand_in(level, ids)
    assert set(outcomes) == set(ids)
    assert all_wrong(outcomes) == {}
    assert capfd.readouterr() == ("", ""), "what students' code makes the grader say"


@pytest.fixture(scope="module")
def user() -> Iterator[OrdinaryUser]:
    """A user with a copy of what grading needs."""
    if not CAN_BECOME_ANOTHER_USER:
        pytest.skip(WHY_NOT)
    ours = ("autograder", "source_lib", "solutions", "tests", "assignments")
    folders = {Path(np.__file__).parents[1], Path(pytest.__file__).parents[1]}
    needed = [path for folder in folders for name in NEEDED for path in folder.glob(name)]
    copied = [*(ROOT / name for name in ours), *needed]
    with ordinary_user(NOBODY_IN_PARTICULAR, copied, "numpy, pytest, rich") as user:
        yield user


NEEDED = (
    *("numpy", "numpy.libs", "pytest", "_pytest", "rich", "jinja2", "markupsafe", "pygments"),
    *(
        "py.py",
        "pluggy",
        "packaging",
        "iniconfig",
        "fastjsonschema",
        "tomlkit",
        "mdurl",
        "markdown_it",
    ),
    *("pytest-*.dist-info", "numpy-*.dist-info", "pluggy-*.dist-info"),
)


@cache
def _unavailable(user: OrdinaryUser, level: Level) -> str:
    code = (
        "from autograder.errors import SandboxUnavailable\n"
        "from autograder.sandbox.host.isolation import Level\n"
        "from autograder.sandbox.host.limits import Limits\n"
        "from autograder.sandbox.host.server import Server\n"
        f"try:\n    with Server(Level.{level.name}, Limits()): pass\n"
        "except SandboxUnavailable as error: print(error.what)\n"
    )
    done = user.run("-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_every_attack_gets_its_verdict_where_the_grader_is_an_ordinary_user(
    user: OrdinaryUser, level: Level
) -> None:
    if why := _unavailable(user, level):
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="convkit-") as folder:
        os.chown(folder, NOBODY_IN_PARTICULAR, NOBODY_IN_PARTICULAR)
        out = Path(folder) / "outcomes.json"
        module, ids = "tests.red_team.attacks.hand_in", share(level, ordinary_user=True)
        done = user.run("-m", module, level.name, str(out), *ids, timeout=900)
        assert done.returncode == 0, done.stderr[-2000:]
        outcomes = {id: Outcome(**found) for id, found in json.loads(out.read_text()).items()}
    assert set(outcomes) == set(ids)
    assert all_wrong(outcomes) == {}
