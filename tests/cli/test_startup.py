"""What a command imports before it begins: start-up is paid by every call, so it is kept small.

CPU seconds are measured by benchmarks/startup.py; here it is what they are spent on that is tested,
which no busy machine changes.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.paths import ROOT

HEAVY = {
    "numpy",
    "pytest",
    "_pytest",
    "rich",
    "jinja2",
    "jupytext",
    "nbformat",
    "nbgrader",
    "asyncio",
}

LOADED = """
import json, sys
from {module} import {name}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def imported_by(module: str, name: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module, name=name)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return HEAVY & set(json.loads(ran.stdout))


@pytest.mark.parametrize(
    ("module", "name", "allowed"),
    [
        ("autograder.cli.main", "main", set()),
        ("autograder.cli.check", "run", {"rich"}),
        ("autograder.cli.grade", "run", {"rich", "jinja2", "asyncio"}),
        ("autograder.cli.generate", "run", set()),
        ("autograder.run.pool", "grade_all", set()),
        ("autograder.run.worker", "work", {"numpy", "pytest", "_pytest"}),
    ],
)
def test_nothing_heavy_is_imported_that_is_not_needed(
    module: str, name: str, allowed: set[str]
) -> None:
    assert imported_by(module, name) <= allowed
