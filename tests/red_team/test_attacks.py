"""The table of attacks, handed in as one class at every level, as root and as an ordinary user.

The slow tier hands every attack in at one of these six places, a sixth at each; with
CONVKIT_ALL_ATTACKS=1 in the environment, all of them at each, which takes an hour. The fast tier
hands in a few at the strongest level.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
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
def test_every_attack_gets_its_verdict(level: Level) -> None:
    try:
        with Server(level, Limits()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(error.what)
    ids = share(level, ordinary_user=False)
    outcomes = hand_in(level, ids)
    assert set(outcomes) == set(ids)
    assert all_wrong(outcomes) == {}


@pytest.fixture(scope="module")
def readable() -> Iterator[tuple[Path, Path]]:
    """A copy of what grading needs and an interpreter, where every user can read them."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("becoming another user takes root; without root the other tests are these")
    root = Path(tempfile.mkdtemp(prefix="convkit-readable-"))
    root.chmod(0o755)
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    try:
        for name in ("autograder", "source_lib", "solutions", "tests", "assignments"):
            shutil.copytree(ROOT / name, root / name, ignore=leave)
        for folder in {Path(np.__file__).parents[1], Path(pytest.__file__).parents[1]}:
            for name in NEEDED:
                for path in folder.glob(name):
                    if path.is_dir() and not (root / path.name).exists():
                        shutil.copytree(path, root / path.name, ignore=leave)
                    elif path.is_file():
                        shutil.copy(path, root)
        for path in root.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield root, _interpreter(root)
    finally:
        shutil.rmtree(root)


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


def _interpreter(root: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [Path(getattr(sys, "_base_executable", sys.executable)).resolve()]
    if found := shutil.which(version, path="/usr/bin:/usr/local/bin"):
        candidates.append(Path(found))
    for python in candidates:
        try:
            if _as_user(root, python, "-c", "import numpy, pytest, rich").returncode == 0:
                return python
        except PermissionError:
            continue
    pytest.skip("every interpreter here is out of an ordinary user's reach, or lacks numpy's ABI")


def _as_user(root: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "HOME": "/tmp",
             "XDG_CACHE_HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
             "OPENBLAS_NUM_THREADS": "1"},
        cwd=root,
        user=NOBODY_IN_PARTICULAR,
        group=NOBODY_IN_PARTICULAR,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=900,
    )  # fmt: skip


@cache
def _unavailable(root: Path, python: Path, level: Level) -> str:
    code = (
        "from autograder.errors import SandboxUnavailable\n"
        "from autograder.sandbox.host.isolation import Level\n"
        "from autograder.sandbox.host.limits import Limits\n"
        "from autograder.sandbox.host.server import Server\n"
        f"try:\n    with Server(Level.{level.name}, Limits()): pass\n"
        "except SandboxUnavailable as error: print(error.what)\n"
    )
    done = _as_user(root, python, "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=str)
def test_every_attack_gets_its_verdict_where_the_grader_is_an_ordinary_user(
    readable: tuple[Path, Path], level: Level
) -> None:
    if why := _unavailable(*readable, level):
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="convkit-") as folder:
        os.chown(folder, NOBODY_IN_PARTICULAR, NOBODY_IN_PARTICULAR)
        out = Path(folder) / "outcomes.json"
        module, ids = "tests.red_team.attacks.hand_in", share(level, ordinary_user=True)
        done = _as_user(*readable, "-m", module, level.name, str(out), *ids)
        assert done.returncode == 0, done.stderr[-2000:]
        outcomes = {id: Outcome(**found) for id, found in json.loads(out.read_text()).items()}
    assert set(outcomes) == set(ids)
    assert all_wrong(outcomes) == {}
