"""What starting costs: CPU and wall seconds of a command, everything that it starts included.

    python benchmarks/startup.py [RUNS]

Grades the teaching solution of 02_im2col with `autograder check`, for the first time on a machine
(nothing cached) and after that, and asks for `autograder --help`. Processes behind the wall are not
waited for by the command: this process adopts and counts them (PR_SET_CHILD_SUBREAPER, Linux).
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course.load import load_course
from autograder.synthetic import notebooks

ROOT = Path(__file__).resolve().parents[1]
PR_SET_CHILD_SUBREAPER = 36


def measured(arguments: list[str], cache: str) -> tuple[float, float]:
    """CPU and wall seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=ROOT,
        env=os.environ | {"XDG_CACHE_HOME": cache},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wall = time.monotonic() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> None:
    """Print the least of some runs of each."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    course = load_course(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "02_im2col.ipynb")
        solved = notebooks.solution(course, course.exercise("02_im2col"), "en")
        book.write_bytes(notebooks.notebook(solved))
        check = ["check", str(book)]
        print(f"{'command':24} {'CPU s':>6} {'wall s':>6}   ({runs} runs, the least of each)")
        first = [measured(check, tempfile.mkdtemp(dir=folder)) for _ in range(runs)]
        again = [measured(check, folder) for _ in range(runs + 1)][1:]
        usage = [measured(["--help"], folder) for _ in range(runs)]
        for name, found in (("check, first time", first), ("check", again), ("--help", usage)):
            cpu, wall = (min(column) for column in zip(*found, strict=True))
            print(f"{name:24} {cpu:6.2f} {wall:6.2f}")


if __name__ == "__main__":
    main()
