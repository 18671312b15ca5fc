"""Each supported version of Python that is installed here gives the same grades as this one.

Code behind the wall reads bytecode and the memory of dicts, which differ from version to version,
and pins give some of them another NumPy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.report import read_results
from tests.paths import ROOT

pytestmark = pytest.mark.slow

CLASSIFIER = "Programming Language :: Python :: "
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = [
    each.removeprefix(CLASSIFIER)
    for each in PROJECT["classifiers"]
    if each.startswith(f"{CLASSIFIER}3.")
]
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


def installed(version: str) -> str | None:
    """The path of an interpreter, if there is one. pyenv hides those that are not chosen."""
    environment = dict(os.environ)
    if pyenv := shutil.which("pyenv"):
        known = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True)
        environment["PYENV_VERSION"] = ":".join(known.stdout.split())
    command = [f"python{version}", "-c", "import sys, venv, ensurepip; print(sys.executable)"]
    try:
        found = subprocess.run(command, env=environment, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return found.stdout.strip() if found.returncode == 0 else None


def grades(python: str | Path, out: Path) -> Mapping[tuple[str, str], tuple[str, object]]:
    """What a made-up class gets from the grader, run by this interpreter."""
    ran = subprocess.run(
        [python, "-m", "autograder", "demo", "--students", "4", "--out", str(out)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=out.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    results, _ = read_results(out / "graded")
    return {
        (str(each.student), str(each.exercise)): (str(each.status), each.score) for each in results
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], tuple[str, object]]:
    found = grades(sys.executable, tmp_path_factory.mktemp("here") / "out")
    assert len({score for _, score in found.values()}) > 3
    return found


@pytest.mark.parametrize("version", [each for each in VERSIONS if each != THIS])
def test_a_class_gets_the_same_grades(
    version: str, here: Mapping[tuple[str, str], tuple[str, object]], tmp_path: Path
) -> None:
    interpreter = installed(version)
    if interpreter is None:
        pytest.skip(f"no Python {version} here")
    subprocess.run([interpreter, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    pins = ROOT / "constraints" / "run.txt"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pins)],
        check=True,
        capture_output=True,
    )
    assert grades(python, tmp_path / "out") == here
