"""The same attacks where the grader is an ordinary user, the same as students' code runs as."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder.sandbox.host.isolation import Level
from tests.ordinary_user import CAN_BECOME_ANOTHER_USER, WHY_NOT, ordinary_user

NOBODY_IN_PARTICULAR = 61_234

pytestmark = pytest.mark.skipif(not CAN_BECOME_ANOTHER_USER, reason=WHY_NOT)

EXAMINE = """
import dataclasses, json, subprocess
from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor import examination as doctor
from autograder.sandbox.doctor.confirm import confirm
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
def confirmed(level):
    try:
        with Server(level, Limits()) as server:
            confirm(server, [])
    except SandboxUnavailable as error:
        return str(error)
bystander = subprocess.Popen(["sleep", "300"])
rows = [{**dataclasses.asdict(finding), "level": str(finding.level)}
        for finding in doctor.examine(tuple(level for level in sorted(Level) if level > 1))]
unconfirmed = {str(level): confirmed(level) for level in Level if level > 1}
print(json.dumps({"rows": rows, "unconfirmed": unconfirmed, "bystander": bystander.poll()}))
bystander.kill()
"""


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    """What the doctor says to an ordinary user."""
    packages = Path(np.__file__).parents[1]
    libraries = [path for path in (packages / "numpy", packages / "numpy.libs") if path.is_dir()]
    kit = Path(autograder.__file__).parent
    with ordinary_user(NOBODY_IN_PARTICULAR, [kit, *libraries], "numpy") as user:
        ran = user.run("-c", EXAMINE)
    assert ran.returncode == 0, ran.stderr
    said: dict[str, object] = json.loads(ran.stdout)
    return said


@pytest.mark.parametrize("level", [Level.FULL, Level.NAMESPACES, Level.CONTAINER], ids=str)
@pytest.mark.slow
def test_no_attack_gets_through(report: dict[str, object], level: Level) -> None:
    rows = report["rows"]
    assert isinstance(rows, list)
    mine = [row for row in rows if row["level"] == str(level)]
    if mine[0]["attack"] == "level":
        pytest.skip(mine[0]["how"])
    assert len(mine) > 10
    assert [(row["attack"], row["how"]) for row in mine if row["verdict"] != "held"] == []
    unconfirmed = report["unconfirmed"]
    assert isinstance(unconfirmed, dict)
    assert unconfirmed[str(level)] is None


def test_ending_sessions_does_not_end_the_users_other_processes(report: dict[str, object]) -> None:
    assert report["bystander"] is None
