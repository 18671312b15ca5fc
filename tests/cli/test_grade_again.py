"""Grading goes on where it stopped, and again only where something changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Run
from tests.handed_in import IM2COL, book, results
from tests.paths import ROOT

COL2IM_LATER = "def col2im(*args):\n    raise RuntimeError('not yet')\n"


def test_a_run_that_was_killed_goes_on(
    tmp_path: Path, autograder: Run, trust: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    honest = [tmp_path / f"honest {number}" / "02_im2col.ipynb" for number in range(3)]
    for path in honest:
        path.parent.mkdir()
        path.write_bytes(book(IM2COL, COL2IM_LATER))
    command = [sys.executable, "-m", "autograder", "grade", *honest, "--out", out, "--jobs", "1"]
    process = subprocess.Popen([*map(str, command), *trust], cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not list(out.glob("results/*/*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    first = {path: path.read_bytes() for path in out.glob("results/*/*.json")}
    assert first
    assert all(json.loads(content) for content in first.values()), "each is whole"
    again = autograder("grade", *honest, "--out", out, "--jobs", "1")
    assert again.returncode == 0, again.stderr
    assert "unchanged" in again.stderr
    assert len(results(out)) == 3
    assert len(list(out.glob("feedback/*/*.html"))) == 3
    assert all(path.read_bytes() == content for path, content in first.items())


def test_what_changed_is_graded_again(tmp_path: Path, autograder: Run) -> None:
    place = tmp_path / "in" / "02_im2col.ipynb"
    place.parent.mkdir()
    out = tmp_path / "out"
    place.write_bytes(book(IM2COL))
    autograder("grade", place, "--out", out)
    before = results(out)["in/02_im2col"]["score"]
    place.write_bytes(book("# nothing"))
    done = autograder("grade", place, "--out", out)
    assert "unchanged" not in done.stderr
    assert (before, results(out)["in/02_im2col"]["score"]) == (9, 0)
