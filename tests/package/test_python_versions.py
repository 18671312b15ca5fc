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


Grades = Mapping[tuple[str, str], tuple[str, object]]


def run(python: str | Path, *arguments: str | Path) -> None:
    """Run the grader by this interpreter."""
    ran = subprocess.run(
        [python, "-m", "autograder", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr


def grades(graded: Path) -> Grades:
    """By student and exercise, what each got."""
    results, _ = read_results(graded)
    return {
        (str(each.student), str(each.exercise)): (str(each.status), each.score) for each in results
    }


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class, handed in and graded by the interpreter that runs these tests."""
    out = tmp_path_factory.mktemp("here") / "out"
    run(sys.executable, "demo", "--students", "2", "--out", out)
    assert len({score for _, score in grades(out / "graded").values()}) > 5
    return out


@pytest.mark.parametrize("version", [each for each in VERSIONS if each != THIS])
def test_a_class_gets_the_same_grades(version: str, made_up: Path, tmp_path: Path) -> None:
    interpreter = installed(version)
    if interpreter is None:
        pytest.skip(f"no Python {version} here")
    uv = [sys.executable, "-m", "uv"]
    python = tmp_path / "venv" / "bin" / "python"
    pins = ROOT / "constraints" / "run.txt"
    commands: list[list[str | Path]] = [
        ["venv", "--quiet", "--python", interpreter, tmp_path / "venv"],
        ["pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", pins],
    ]
    for command in commands:
        subprocess.run([*uv, *command], check=True, capture_output=True)
    run(python, "grade", made_up / "submitted", "--out", tmp_path / "graded")
    assert grades(tmp_path / "graded") == grades(made_up / "graded")
