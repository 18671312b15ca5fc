"""A thousand submissions, 5 % of them hostile: does the grader stay small and leave nothing behind?

    python benchmarks/soak.py [SUBMISSIONS] [--jobs N] [--exercise ID] [--honest] [--json FILE]

Grades a made-up class in a run of its own and looks at every process twice a second. Prints for
each kind of process its resident memory early in the run (the second tenth) and late (the last
tenth), that of the trusted processes together (shared pages once), what a submission costs in each
tenth of the run, and what is left when it has ended: processes, temporary files, unfinished writes.
Exit status 1 if memory has grown by more than 10 % (in runs long enough to tell, of 200 and more),
a submission is missing, or anything is left.

No two submissions are the same file: each has a comment of its own. With ``--honest`` none is
hostile, for long runs: endless loops take most of the time otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course.load import load_course
from autograder.report import read_results
from autograder.sandbox.confine import syscalls
from autograder.synthetic.personas import synthetic_class

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = "02_im2col"
HOSTILE = {
    "endless loop", "os._exit", "10 GB", "endless output", "fork bomb", "sys.exit at import",
    "snoops for the tests",
}  # fmt: skip
HONEST = {"right", "mistaken", "half done", "nothing written", "right, another way", "typo"}
EVERY = 20
"""Every 20th submission is hostile: 5 %."""

ALLOWED_GROWTH = 1.1
KINDS = ("command", "worker", "sandbox's server", "bubblewrap", "trusted together")
"""Those that live as long as the run."""

TRUSTED = {"command", "worker", "other"}
"""Kinds of process that run only our code: ``other`` holds the reference for carried errors."""

TENTHS = 10


@dataclass
class Watched:
    """Resident memory in MB by kind of process: of the largest one, at each look."""

    sizes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def look(self, command: int) -> None:
        """Look at the command and everything below it."""
        largest: dict[str, float] = {}
        trusted = 0.0
        for pid in (command, *descendants(command)):
            with contextlib.suppress(OSError, ValueError, IndexError):
                kind = kind_of(pid, command)
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                size = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
                largest[kind] = max(size, largest.get(kind, 0.0))
                trusted += proportional_mb(pid) if kind in TRUSTED else 0.0
        largest["trusted together"] = trusted
        for kind, size in largest.items():
            self.sizes[kind].append(size)

    def early_and_late(self, kind: str) -> tuple[float, float]:
        """The medians over the second and the last tenth of the run."""
        sizes = self.sizes[kind]
        tenth = max(1, len(sizes) // 10)
        return statistics.median(sizes[tenth : 2 * tenth]), statistics.median(sizes[-tenth:])


def proportional_mb(pid: int) -> float:
    """Resident memory in MB, where a page that N processes share counts as an N-th in each."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has ended")


def descendants(pid: int) -> Iterator[int]:
    """Every process below this one."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from descendants(child)


def kind_of(pid: int, command: int) -> str:
    """Which of the grader's processes this is."""
    if pid == command:
        return "command"
    line = Path(f"/proc/{pid}/cmdline").read_bytes()
    if b"autograder.run.worker_process" in line:
        return "worker"
    if line.startswith(b"bwrap") or b"/bwrap\0" in line.split(b"--info-fd")[0]:
        return "bubblewrap"
    if b"zygote" not in line:
        return "other"
    # A session is a fork of the sandbox's server with one more filter.
    return "session" if filters(pid) > filters(command) else "sandbox's server"


def filters(pid: int) -> int:
    """The number of system call filters on a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("Seccomp_filters"):
            return int(line.split()[1])
    return 0


def write_class(folder: Path, submissions: int, exercise: str, every: int = EVERY) -> Counter[str]:
    """Write the notebooks; returns how many there are of each kind.

    Every ``every``-th is hostile; 0 for none.
    """
    course = load_course(ROOT)
    only = replace(course, exercises=(course.exercise(exercise),))
    made: dict[str, list[bytes]] = defaultdict(list)
    for student in synthetic_class(only, 120):
        made[student.kind] += student.files.values()
    hostile, honest = (
        itertools.cycle(itertools.chain.from_iterable(zip(*columns(made, kinds), strict=True)))
        for kinds in (HOSTILE, HONEST)
    )
    count: Counter[str] = Counter()
    for number in range(submissions):
        bad = every and number % every == every // 2
        kind, content = next(hostile if bad else honest)
        count[kind] += 1
        (folder / f"s{number:05}.ipynb").write_bytes(with_comment(content, f"# {number}"))
    return count


def with_comment(content: bytes, comment: str) -> bytes:
    """The notebook with a comment at the end of its last code cell."""
    book = json.loads(content)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    if code:
        source = code[-1]["source"]
        text = source if isinstance(source, str) else "".join(source)
        code[-1]["source"] = f"{text}\n{comment}"
    return json.dumps(book).encode()


def costs(out: Path) -> list[tuple[float, float]]:
    """For each tenth of the run CPU s a submission and submissions a second, in order of writing.

    The rate is that between the first and the last result that was written in it.
    """
    files = sorted((path.stat().st_mtime, path) for path in (out / "results").glob("*/*.json"))
    size = max(1, len(files) // TENTHS)
    found = []
    for start in range(0, size * TENTHS, size):
        tenth = files[start : start + size]
        if len(tenth) < 2:
            break
        spent = [json.loads(path.read_bytes())["timing"]["cpu_s"] for _, path in tenth]
        rate = (len(tenth) - 1) / max(tenth[-1][0] - tenth[0][0], 1e-9)
        found.append((statistics.fmean(spent), rate))
    return found


def columns(made: dict[str, list[bytes]], kinds: set[str]) -> list[list[tuple[str, bytes]]]:
    """As many notebooks of each kind as of the most frequent one, so that kinds take turns."""
    most = max(len(made[kind]) for kind in kinds)
    return [
        [(kind, content) for content in itertools.islice(itertools.cycle(made[kind]), most)]
        for kind in sorted(kinds)
    ]


def main() -> int:
    """Run it, print the figures, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("submissions", nargs="?", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--exercise", default=EXERCISE, metavar="ID")
    parser.add_argument("--honest", action="store_true", help="no hostile submissions")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    # Orphans become our children, so that none can get out of sight.
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        root = Path(name)
        handed_in, out, temporary = root / "in", root / "out", root / "tmp"
        for folder in (handed_in, temporary):
            folder.mkdir()
        root.chmod(0o755)
        temporary.chmod(0o777)
        kinds = write_class(
            handed_in, options.submissions, options.exercise, 0 if options.honest else EVERY
        )
        print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())), flush=True)
        began = time.monotonic()
        command = [sys.executable, "-m", "autograder", "grade", str(handed_in), "--out", str(out)]
        command += [
            "--exercise",
            options.exercise,
            "--course",
            str(ROOT),
            "--jobs",
            str(options.jobs),
        ]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        watched = Watched()
        with (root / "log").open("w") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            while process.poll() is None:
                watched.look(process.pid)
                time.sleep(0.5)
        took_s = time.monotonic() - began
        print(f"{options.submissions} submissions, {options.jobs} jobs: {took_s:.0f} s")
        failed = process.returncode != 0
        if failed:
            print((root / "log").read_text()[-2000:])
        for kind in sorted(watched.sizes):
            early, late = watched.early_and_late(kind)
            grown = options.submissions >= 200 and kind in KINDS and late > early * ALLOWED_GROWTH
            failed |= grown
            print(
                f"{kind:18} early {early:6.1f} MB   late {late:6.1f} MB   "
                f"largest {max(watched.sizes[kind]):6.1f} MB{'   GROWN' if grown else ''}"
            )
        tenths = costs(out)
        for number, (cpu_s, rate) in enumerate(tenths, 1):
            print(f"tenth {number:2}: {cpu_s:.3f} CPU s a submission, {rate:.1f} a second")
        if options.json:
            figures = {
                "submissions": options.submissions,
                "jobs": options.jobs,
                "seconds": took_s,
                "tenths": [{"cpu_s": cpu_s, "per_s": rate} for cpu_s, rate in tenths],
                "memory_mb": thinned(watched.sizes),
            }
            options.json.write_text(json.dumps(figures, indent=1) + "\n")
        results, _ = read_results(out)
        statuses = Counter(str(result.status) for result in results)
        print("results:", ", ".join(f"{count} {status}" for status, count in statuses.items()))
        left = what_is_left(out, temporary)
        print("left behind:", ", ".join(left) or "nothing")
        return int(failed or bool(left) or len(results) != options.submissions)


def thinned(sizes: dict[str, list[float]], points: int = 50) -> dict[str, list[float]]:
    """The largest size in each fiftieth of the run, by kind of process."""
    return {
        kind: [
            round(max(seen[i * len(seen) // points : (i + 1) * len(seen) // points]), 1)
            for i in range(points)
        ]
        for kind, seen in sizes.items()
        if len(seen) >= points
    }


def what_is_left(out: Path, temporary: Path) -> list[str]:
    """Processes (after five seconds), temporary files and unfinished writes."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not list(descendants(os.getpid())):
            break
        time.sleep(0.1)
    left = [f"process {pid}" for pid in descendants(os.getpid())]
    left += [path.name for path in temporary.iterdir()]
    return left + [str(path.relative_to(out)) for path in out.rglob(".*.writing")]


if __name__ == "__main__":
    sys.exit(main())
