"""The comparison of graders: the description holds, the arithmetic is right, and it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from autograder.sandbox.host.isolation import Level
from tests.paths import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def comparison(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package beside the scripts, with the modules that need no environment."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import comparison
    import comparison.assignment
    import comparison.floors
    import comparison.measured
    import comparison.without_grader

    return comparison


def test_submissions_earn_what_the_description_says(
    comparison: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = comparison.assignment.load()
    floor = comparison.floors.WarmProcess()
    floor.write(tmp_path, described, Path(sys.executable))
    floor.hand_in(tmp_path, described, described.submissions)
    monkeypatch.chdir(tmp_path)
    files = [f"submitted/{each.student}.ipynb" for each in described.submissions]
    monkeypatch.setattr("sys.argv", ["without_grader.py", *files])
    comparison.without_grader.main()

    assert floor.scores(tmp_path, described, Path(sys.executable)) == described.expected(
        described.submissions
    )
    assert len(described.submissions) == 20
    assert [test.hidden for test in described.tests].count(True) == 5
    assert len(described.tests) == 10


def test_start_up_and_marginal_cost_come_from_two_sizes(comparison: ModuleType) -> None:
    def taking(start: float, each: float) -> list[tuple[object, object]]:
        usage = comparison.measured.Usage
        return [tuple(usage(start + n * each, start + 2 * n * each, 100.0) for n in (4, 20))]

    measured = comparison.measured.Measured(
        4, 20, {"ours": taking(1.0, 0.25), "nbgrader": taking(3.0, 1.0)}
    )
    figures = measured.figures("nbgrader")
    assert figures["cpu_s_marginal"] == 1.0
    assert figures["cpu_s_start_up"] == 3.0
    assert figures["wall_s_marginal"] == 2.0
    assert measured.ratio("nbgrader", "ours") == 4.0
    assert measured.ratio("otter-grader", "ours") is None
    assert comparison.measured.met(4.0, 25, None) is False


@pytest.mark.slow
def test_small_run(wall: Level, tmp_path: Path) -> None:
    """Ours and both floors, whose points must agree; the others need their own environments."""
    command = [sys.executable, str(BENCHMARKS / "graders.py"), "--small", "--out", str(tmp_path)]
    command += ["--isolation", str(wall), "--only", "ours", "plain process", "warm process"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads((tmp_path / "graders.json").read_text())
    assert found["graders"].keys() == {"ours", "plain process", "warm process"}
    assert all(
        each["cpu_s_total"] > 0 and each["peak_mb"] > 0 for each in found["graders"].values()
    )
    assert (tmp_path / "graders.png").stat().st_size > 0
