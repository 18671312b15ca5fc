"""The class page while a run is going on, and after it was killed."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from autograder.cli import interim
from autograder.cli.interim import Interim
from autograder.synthetic.notebooks import from_sources


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_page_is_written_every_half_minute_and_takes_a_twentieth_of_the_run_at_most():
    clock, written = Clock(), []

    def write(done: int) -> None:
        written.append((done, clock.now - 100))
        clock.now += took_s

    page = Interim(write, clock)
    took_s = 0.5
    for done in range(1, 100):
        clock.now += 1
        page.after(done)
    assert [at for _, at in written] == [30.0, 60.5, 91.0]
    assert written[0] == (30, 30.0)
    took_s, written[:], before = 6.0, [], clock.now
    for done in range(1000):
        clock.now += 1
        page.after(done)
    assert len(written) * took_s <= interim.SHARE * (clock.now - before) + took_s
    assert len(written) > 3


RUN = """
import sys
from autograder.cli import interim
interim.EVERY_S = 0.0
from autograder.cli.main import main
if __name__ == "__main__":
    main(sys.argv[1:])
"""


@pytest.mark.slow
def test_the_page_of_a_killed_run_says_that_it_is_unfinished_until_the_run_goes_on(mini, tmp_path):
    (mini.root / "submitted").mkdir()
    endless = [("code", "while True:\n    pass\n")]
    for student, cells in (("aiko", [("code", "x = 1\n")]), ("ben", endless)):
        path = mini.root / "submitted" / f"{student}.ipynb"
        path.write_bytes(from_sources(cells))
    script = tmp_path / "run.py"
    script.write_text(RUN)
    out = tmp_path / "out"
    command = [
        sys.executable, str(script), "grade", str(mini.root / "submitted"), "--exercise", "01_area",
        "--course", str(mini.root), "--out", str(out), "--jobs", "1", "--isolation", "limits",
        "--trust-students",
    ]  # fmt: skip
    page = out / "index.html"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not page.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        assert page.exists(), process.stderr.read()
    assert "Unfinished: 1 of 2 submissions graded" in page.read_text()
    assert not (out / "grades.csv").exists()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Unfinished" not in page.read_text()
    assert (out / "grades.csv").exists()
