"""What one more submission costs in a running class: CPU seconds of all processes.

    python benchmarks/submission.py [--fewer N] [--more N] [--jobs N] [--only WORD…]

Grades classes of two sizes with `autograder grade`, and divides the difference: what starting costs
is not in it. The notebooks of a class differ from each other by a number in their metadata, so that
nothing can be kept from one to the next. Processes behind the wall are not waited for by the
command: this process adopts and counts them (PR_SET_CHILD_SUBREAPER, Linux). The least of some
rounds counts for each size.

Beside it is printed what the results say that they took, which leaves out the command, the report,
and the zygote with its forks. (On a busy machine start-up varies by a second, and with it the first
figure, if the class is small.)
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.load import load_course, load_mistakes
from autograder.course.models import Course
from autograder.report import read_results
from autograder.sandbox.confine import syscalls
from autograder.synthetic import notebooks

ROOT = Path(__file__).resolve().parents[1]
NOTHING_LEFT_OF = b'"nbformat_minor": 5'

Files = dict[str, bytes]
"""The notebooks that one student hands in, by exercise id."""


@dataclass(frozen=True)
class Case:
    """What each student of a class hands in, and the target in CPU ms for all of it."""

    name: str
    target_ms: int
    files: Callable[[Course], Files]


def right(*exercises: str) -> Callable[[Course], Files]:
    """The teaching solutions of these exercises, or of all."""

    def files(course: Course) -> Files:
        ids = exercises or course.ids
        solved = {id: notebooks.solution(course, course.exercise(id), "en") for id in ids}
        return {id: notebooks.notebook(cells) for id, cells in solved.items()}

    return files


def wrong(exercise: str, part: str) -> Callable[[Course], Files]:
    """The teaching solution with the first known mistake in a part: diagnosed and carried."""

    def files(course: Course) -> Files:
        of = course.exercise(exercise)
        mistake = next(each for each in load_mistakes(of)[0] if each.part == part)
        return {exercise: notebooks.notebook(notebooks.with_variant(course, of, mistake))}

    return files


CASES = (
    Case("02_im2col, right", 50, right("02_im2col")),
    Case("03_convolution, right", 120, right("03_convolution")),
    Case(
        "03_convolution, Convolution.forward wrong",
        120,
        wrong("03_convolution", "Convolution.forward"),
    ),
    Case("all exercises, right", 1200, right()),
)


@dataclass(frozen=True)
class Run:
    """What grading a class took: CPU and wall seconds, and CPU seconds as the results say."""

    cpu_s: float
    wall_s: float
    said_s: float


def graded(course: Path, files: Files, students: int, jobs: int) -> Run:
    """Hand in for a class of this many students, and grade it."""
    with tempfile.TemporaryDirectory() as name:
        handed_in, out = Path(name, "in"), Path(name, "out")
        for number in range(students):
            folder = handed_in / f"s{number:04}"
            folder.mkdir(parents=True)
            for exercise, content in files.items():
                differs = NOTHING_LEFT_OF + b', "number": %d' % number
                book = content.replace(NOTHING_LEFT_OF, differs, 1)
                (folder / f"{exercise}.ipynb").write_bytes(book)
        command = [sys.executable, "-m", "autograder", "grade", str(handed_in), "--out", str(out)]
        command += ["--course", str(course), "--jobs", str(jobs)]
        before, began = children_cpu_s(), time.monotonic()
        subprocess.run(
            command, cwd=course, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wall = time.monotonic() - began
        wait_for_orphans()
        results, _ = read_results(out)
        assert len(results) == students * len(files), f"{len(results)} results"
        said = sum(result.timing.cpu_s for result in results)
        return Run(children_cpu_s() - before, wall, said)


def children_cpu_s() -> float:
    """CPU seconds of all processes below this one that have ended and been waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def wait_for_orphans() -> None:
    """Count those that were left to this process, too."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--fewer", type=int, default=4)
    parser.add_argument("--more", type=int, default=44)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="cases that contain one of these words")
    options = parser.parse_args()
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
    course = load_course(options.course)
    cases = [
        (case, case.files(course))
        for case in CASES
        if not options.only or any(word in case.name for word in options.only)
    ]
    sizes = (options.fewer, options.more)
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for _ in range(options.rounds):
        for case, files in cases:
            for students in sizes:
                runs[case.name, students].append(
                    graded(options.course, files, students, options.jobs)
                )
    print(f"{'ms for one more student':44} {'CPU':>7} {'target':>7} {'as said':>8} {'wall':>7}")
    for case, _ in cases:
        fewer, more = (least(runs[case.name, students]) for students in sizes)
        each = 1e3 / (options.more - options.fewer)
        cpu, wall, said = (each * (m - f) for m, f in zip(more, fewer, strict=True))
        print(f"{case.name:44} {cpu:7.1f} {case.target_ms:7} {said:8.1f} {wall:7.1f}")


def least(runs: list[Run]) -> tuple[float, float, float]:
    """The least of each figure: what else the machine does can only add to it."""
    return (
        min(run.cpu_s for run in runs),
        min(run.wall_s for run in runs),
        min(run.said_s for run in runs),
    )


if __name__ == "__main__":
    main()
