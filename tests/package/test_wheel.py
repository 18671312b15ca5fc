"""What is installed: the two packages and what they need, and nothing that is hidden."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


OURS = ("autograder/generate/", "autograder/in_process/")
"""Modules of the program that share a name with files of the course."""


def test_no_suite_solution_or_mistake_is_in_the_wheel(names: set[str]) -> None:
    assert {Path(name).parts[0].split("-")[0] for name in names} == {
        "autograder",
        "source_lib",
        "convgrade",
    }
    assert not [name for name in names if "hidden" in name or "/test_" in name]
    assert not [name for name in names if Path(name).name in ("notebook.py", "exercise.toml")
                and not name.startswith(OURS)]  # fmt: skip


@pytest.mark.parametrize(
    "needed",
    [
        "autograder/verdict/result_schema.json",
        "autograder/report/templates/feedback.html",
        "autograder/scaffold/templates/notebook.txt",
        "autograder/sandbox/zygote/main.py",
        "source_lib/data/mnist_6k.npz",
    ],
)
def test_what_the_program_needs_is(names: set[str], needed: str) -> None:
    assert needed in names
