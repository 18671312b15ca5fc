"""The same attacks where the grader is an ordinary user, the same as students' code runs as."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder.sandbox.host.isolation import Level

NOBODY_IN_PARTICULAR = 61_234

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="becoming another user takes root; without root the other tests are these",
)

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
def installed() -> Iterator[Path]:
    """The kit and numpy where every user can read them."""
    root = Path(tempfile.mkdtemp(prefix="convkit-installed-"))
    root.chmod(0o755)
    packages = Path(np.__file__).parents[1]
    without_cache = shutil.ignore_patterns("__pycache__")
    try:
        shutil.copytree(Path(autograder.__file__).parent, root / "autograder", ignore=without_cache)
        for name in ("numpy", "numpy.libs"):
            if (packages / name).is_dir():
                shutil.copytree(packages / name, root / name, ignore=without_cache)
        for directory in (p for p in root.rglob("*") if p.is_dir()):
            directory.chmod(0o755)
        yield root
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
def report(installed: Path) -> dict[str, object]:
    """What the doctor says to an ordinary user."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [Path(getattr(sys, "_base_executable", sys.executable)).resolve()]
    if found := shutil.which(version, path="/usr/bin:/usr/local/bin"):
        candidates.append(Path(found))
    for python in candidates:
        if _as_user(python, installed, "import numpy").returncode == 0:
            ran = _as_user(python, installed, EXAMINE)
            assert ran.returncode == 0, ran.stderr
            said: dict[str, object] = json.loads(ran.stdout)
            return said
    pytest.skip("every interpreter here is out of an ordinary user's reach, or lacks numpy's ABI")


def _as_user(python: Path, installed: Path, source: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [str(python), "-c", source],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "HOME": "/tmp",
                 "XDG_CACHE_HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            user=NOBODY_IN_PARTICULAR,
            group=NOBODY_IN_PARTICULAR,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=300,
        )  # fmt: skip
    except PermissionError as error:
        return subprocess.CompletedProcess([], 1, "", str(error))


@pytest.mark.parametrize("level", [Level.FULL, Level.NAMESPACES, Level.CONTAINER], ids=str)
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
