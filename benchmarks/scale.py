"""How far a class scales: jobs here, workers of a Dask cluster, and what 100,000 would cost.

    python benchmarks/scale.py [SUBMISSIONS] [--jobs 1 2] [--workers 1 2 4] [--exercise ID]
                               [--json FILE]

Grades the same made-up class (right, half right, wrong, untouched) with each number of processes,
and with each number of Dask workers of one thread, started here by Dask's own commands. Prints for
each run seconds, CPU seconds of all processes together (grader, students' code, Dask; orphans
counted, by a subreaper), and both after subtracting a run of six submissions for each process, one
of each kind: what starting costs, with all that a process loads when it first needs it.

Then the model: with C CPU seconds a submission, H of them on the machine where the run is started,
N submissions on W processors take start + N * max(C / W, H) seconds.

More workers than processors show that nothing is lost by them, not that anything is gained. On a
busy machine only CPU seconds mean anything.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from soak import EXERCISE, HONEST, ROOT, descendants, write_class

from autograder.report import read_results
from autograder.sandbox.confine import syscalls

MANY = 100_000
KINDS = len(HONEST)
PRICE = 0.04
"""US dollars for an hour of one processor: what clouds ask for small machines, about."""


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Attributes:
        how: ``2 jobs`` or ``4 workers``.
        processes: how many grade.
        submissions: how many were graded.
        wall_s: seconds of the command.
        cpu_s: of all processes, from the start of the cluster to its end.
        here_cpu_s: of the command itself and what it starts; on a cluster that is the dispatcher.
    """

    how: str
    processes: int
    submissions: int
    wall_s: float
    cpu_s: float
    here_cpu_s: float


def spent() -> float:
    """CPU seconds of all our children that have been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def reap_all() -> None:
    """Wait for every process below us, so that `spent` counts it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not list(descendants(os.getpid())):
            return
        time.sleep(0.05)
    raise RuntimeError("processes are left")


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and workers on this machine; gives the address."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    common = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    options = ["--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
    with (folder / "log").open("w") as log:
        processes = [
            subprocess.Popen([*dask, "scheduler", "--port", "0", *common], stdout=log, stderr=log)
        ]
        try:
            while not file.exists():
                time.sleep(0.05)
            for _ in range(workers):
                command = [*dask, "worker", *common, *options]
                processes.append(subprocess.Popen(command, stdout=log, stderr=log))
            while (folder / "log").read_text().count("Register worker") < workers:
                time.sleep(0.05)
            yield json.loads(file.read_text())["address"]
        finally:
            for process in reversed(processes):  # workers take leave of the scheduler
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def graded(handed_in: Path, submissions: int, processes: int, exercise: str, *, dask: bool) -> Run:
    """Grade the class in a folder."""
    reap_all()
    before = spent()
    with tempfile.TemporaryDirectory(prefix="scale-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        out = folder / "out"
        command = [sys.executable, "-m", "autograder", "grade", str(handed_in), "--out", str(out)]
        command += ["--exercise", exercise, "--course", str(ROOT)]
        if dask:
            command += ["--dask", stack.enter_context(cluster(folder, processes))]
        else:
            command += ["--jobs", str(processes)]
        started, began = spent(), time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        wall_s, here = time.monotonic() - began, spent() - started
        results, _ = read_results(out)
        assert len(results) == submissions, f"{len(results)} of {submissions} results"
        stack.close()
        reap_all()
    how = f"{processes} {'workers' if dask else 'jobs'}"
    return Run(how, processes, submissions, wall_s, spent() - before, here)


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("submissions", nargs="?", type=int, default=120)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--exercise", default=EXERCISE, metavar="ID")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    pairs: list[tuple[Run, Run]] = []
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        first = {n: n * KINDS for n in (*options.jobs, *options.workers)}
        for count in {*first.values(), *(n + options.submissions for n in first.values())}:
            folder = Path(name) / str(count)
            folder.mkdir()
            write_class(folder, count, options.exercise, 0)
        Path(name).chmod(0o755)
        for dask, numbers in ((False, options.jobs), (True, options.workers)):
            for processes in numbers:
                small, large = [
                    graded(Path(name) / str(n), n, processes, options.exercise, dask=dask)
                    for n in (first[processes], first[processes] + options.submissions)
                ]
                pairs.append((small, large))
                print(line(small, large), flush=True)
    model(pairs)
    if options.json:
        figures = [[asdict(run) for run in pair] for pair in pairs]
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def line(small: Run, large: Run) -> str:
    """One row: a run, and what a submission more costs."""
    more = large.submissions - small.submissions
    wall_s, cpu_s = large.wall_s - small.wall_s, large.cpu_s - small.cpu_s
    return (
        f"{large.how:10} {large.submissions} submissions: {large.wall_s:6.1f} s, "
        f"{large.cpu_s:6.1f} CPU s; starting {small.wall_s:5.1f} s, {small.cpu_s:5.1f} CPU s; "
        f"each more {wall_s / more:.3f} s, {cpu_s / more:.3f} CPU s, "
        f"{cpu_s / wall_s:.2f} processors busy"
    )


def model(pairs: list[tuple[Run, Run]]) -> None:
    """Print what `MANY` submissions would take, from the runs on a cluster."""
    on_cluster = [pair for pair in pairs if pair[1].how.endswith("workers")]
    if not on_cluster:
        return
    more = [(large.submissions - small.submissions) for small, large in on_cluster]
    each = [(b.cpu_s - a.cpu_s) / n for (a, b), n in zip(on_cluster, more, strict=True)]
    here = [(b.here_cpu_s - a.here_cpu_s) / n for (a, b), n in zip(on_cluster, more, strict=True)]
    c, h = sorted(each)[len(each) // 2], sorted(here)[len(here) // 2]
    print(f"C = {c:.3f} CPU s a submission, of which H = {h:.4f} where the run is started")
    for processors in (2, 8, 32, 128):
        hours = MANY * max(c / processors, h) / 3600
        print(f"{MANY:,} submissions on {processors:3} processors: {hours:5.1f} h")
    print(f"and {MANY * c / 3600:.0f} processor hours: {MANY * c / 3600 * PRICE:.2f} dollars")


if __name__ == "__main__":
    main()
