"""Whatever a student sends, and by whichever message, the process that grades it stays small."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.sandbox.host.isolation import Level
from tests.paths import ROOT
from tests.red_team.attacks.memory import TABLE

pytestmark = pytest.mark.slow

MOST_MB = 300
MOST_BYTES = 2**20
"""The largest result: the main process and the pages hold it. A notebook may have 5,000 cells."""


@pytest.fixture(scope="module")
def measured(wall: Level) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "tests.red_team.attacks.memory", wall.name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", TABLE)
def test_the_trusted_process_stays_small_and_so_does_the_result(measured, name):
    found = measured[name]
    assert found["peak_mb"] <= MOST_MB
    assert found["result_bytes"] <= MOST_BYTES
    assert found["score"] == 0.0


def test_the_meter_sees_what_is_held(measured):
    """An answer of 16 MB is held more than once while it is compared."""
    least = min(found["peak_mb"] for found in measured.values())
    assert measured["by Python: arrays that are wrong"]["peak_mb"] > least + 16
