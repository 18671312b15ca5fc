"""Grading works where only the packages of constraints/run.txt are installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.mini_course import MiniCourse
from tests.paths import ROOT

# Python runs this file at its start, in the workers as well.
BLOCKER = """
import sys

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(f"No module named {name!r} (not in run.txt)", name=name)

sys.meta_path.insert(0, Absent)
"""


def absent() -> list[str]:
    """Names of everything that can be imported here and is in no package of run.txt."""
    text = (ROOT / "constraints" / "run.txt").read_text()
    installed = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", text, re.M)}
    installed |= {"pip", "setuptools"}
    return sorted(
        name
        for name, owners in packages_distributions().items()
        if name not in ("autograder", "source_lib")
        and not installed & {owner.lower().replace("_", "-") for owner in owners}
    )


def test_a_class_is_made_up_and_graded_without_what_authors_and_testers_need(
    mini: MiniCourse, tmp_path: Path, trust: tuple[str, ...]
) -> None:
    names = absent()
    assert {"jupytext", "nbformat", "nbgrader", "scipy", "hypothesis", "xdist"} <= set(names)
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(f"NAMES = {names!r}\n{BLOCKER}")
    out = tmp_path / "out"
    ran = subprocess.run(
        [sys.executable, "-m", "autograder", "demo", "--students", "3", "--jobs", "1",
         "--out", str(out), "--course", str(mini.root), *trust],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "start"), str(ROOT)])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    results = [json.loads(path.read_text()) for path in out.glob("graded/results/*/*.json")]
    assert {result["status"] for result in results} == {"graded"}
    assert max(result["score"] for result in results) == 3.5
