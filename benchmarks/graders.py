"""One assignment, graded by this program, nbgrader and otter-grader: what each takes.

    python benchmarks/graders.py --environments DIR [--rounds 3] [--out benchmarks/results]
    python benchmarks/graders.py --environments DIR --small     # does the benchmark still work?

Three functions, ten tests of which half are hidden, twenty submissions, right and wrong, all from
one description (comparison/assignment.toml). Every grader has its current release in an environment
of its own below --environments, made by pip and kept for the next time. Graders take turns; each
must give every student the points that the description says. Every process that they start counts.

Beside them two floors: a plain process for each submission, and one warm process for all, both
without isolation, time limits or feedback. Prints tables; writes graders.json, graders.md and
graders.png.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import measure
from comparison import assignment, environments, processes, shown
from comparison.assignment import Assignment, Scores, Submission
from comparison.floors import PlainProcess, WarmProcess
from comparison.grader import Grader
from comparison.measured import NBGRADER, OTTER, OURS, Measured, Round, usual
from comparison.nbgrader import Nbgrader
from comparison.otter import Otter
from comparison.ours import Ours
from comparison.processes import Usage
from rich.console import Console

TRIES = 9
ENOUGH_S = 30.0
"""How often a grader is tried in a round, and for how many seconds at most; the medians count."""
SIZES = (4, 20)
SIZES_SMALL = (1, 3)
RELEASES = {NBGRADER: ("nbgrader",), OTTER: ("otter-grader",), OURS: ("convgrade", "numpy")}


class Disagreement(Exception):
    """A grader gave other points than the description; says which."""


def graders(options: argparse.Namespace) -> list[Grader]:
    """Those that are wanted."""
    known: list[Grader] = [Ours(options.isolation), Nbgrader(), Otter(), PlainProcess()]
    known.append(WarmProcess())
    return [each for each in known if not options.only or each.name in options.only]


def interpreters(
    wanted: Sequence[Grader], options: argparse.Namespace, console: Console
) -> dict[str, Path]:
    """The interpreter of each grader by name; if small, of those that are installed."""
    found: dict[str, Path] = {}
    for grader in wanted:
        # Floors need nothing but NumPy, and shall have the same as ours.
        home = grader.name if grader.name in RELEASES else OURS
        packages = grader.packages if home == grader.name else Ours.packages
        folder = options.environments
        python = environments.python_of(folder, home, packages) if folder else None
        if python is None and options.small:
            python = environments.this() if home == OURS else None
        elif python is None:
            console.print(f"installing {home} ...")
            python = environments.make(folder, home, packages)
        if python is None:
            console.print(f"{grader.name} is not installed: left out")
        else:
            found[grader.name] = python
    return found


class Bench:
    """Runs one grader on classes of any size, each time in a fresh copy of its folder."""

    def __init__(self, grader: Grader, python: Path, work: Path, described: Assignment) -> None:
        """Let the grader write the instructor's files."""
        self.grader, self.python, self.described = grader, python, described
        self.work = work / grader.name.replace(" ", "_")
        self.prepared, self.home = self.work / "prepared", self.work / "home"
        for folder in (self.prepared, self.home):
            folder.mkdir(parents=True)
        grader.write(self.prepared, described, python)

    def run(self, submissions: tuple[Submission, ...]) -> Usage:
        """Grade them; what is measured is the grader's commands alone.

        Raises:
            Disagreement: the points are not those of the description.
        """
        folder = self.work / "class"
        shutil.copytree(self.prepared, folder)
        self.grader.hand_in(folder, self.described, submissions)
        usage = processes.run(
            self.grader.commands(folder, submissions, self.python),
            folder,
            environments.variables(self.python, self.home),
            self.work / "log",
        )
        compare(
            self.grader.name,
            self.grader.scores(folder, self.described, self.python),
            self.described.expected(submissions),
        )
        shutil.rmtree(folder)
        return usage


def compare(name: str, scores: Scores, expected: Scores) -> None:
    """Complain about the first student with other points."""
    for student, points in expected.items():
        if scores.get(student) != points:
            raise Disagreement(f"{name} gives {student} {scores.get(student)}, expected {points}")


def measure_all(
    benches: Sequence[Bench], rounds: int, sizes: tuple[int, int], tries: int
) -> Measured:
    """Let the graders take turns."""
    submissions = benches[0].described.submissions
    small, large = (submissions[:size] for size in sizes)
    found: dict[str, list[Round]] = {bench.grader.name: [] for bench in benches}
    for bench in benches:
        bench.run(submissions[:1])  # what is done once on a machine, such as filling caches
    for _ in range(rounds):
        for bench in benches:
            found[bench.grader.name].append(one_round(bench, small, large, tries))
    return Measured(len(small), len(large), found)


def one_round(
    bench: Bench, small: tuple[Submission, ...], large: tuple[Submission, ...], tries: int
) -> Round:
    """Grade both classes; a quick grader up to so many times, since starting it varies."""
    found: list[Round] = []
    while len(found) < tries and sum(map(seconds_of, found)) < ENOUGH_S:
        found.append((bench.run(small), bench.run(large)))
    of_small, of_large = zip(*found, strict=True)
    return usual(of_small), usual(of_large)


def seconds_of(classes: Round) -> float:
    """Wall seconds of both."""
    return classes[0].wall_s + classes[1].wall_s


def main() -> int:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--environments", type=Path, help="folder for the graders' environments")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="folder for results (none if --small)")
    parser.add_argument("--only", nargs="*", help="names of graders, such as ours nbgrader")
    parser.add_argument("--isolation", default="full", help="the level of ours")
    parser.add_argument(
        "--small",
        action="store_true",
        help="one round of few submissions with what is installed; ours from this environment",
    )
    options = parser.parse_args()
    console = measure.console()
    if not options.small and options.environments is None:
        parser.error("--environments DIR is needed: graders are installed there")
    if options.environments:
        options.environments = options.environments.resolve()
    out = options.out or (None if options.small else measure.RESULTS)
    described = assignment.load()
    processes.adopt_orphans()
    try:
        wanted = graders(options)
        pythons = interpreters(wanted, options, console)
        with tempfile.TemporaryDirectory(prefix="graders-") as name:
            work = Path(name)
            work.chmod(0o755)  # an ordinary user's session reads the course there
            benches = [
                Bench(grader, pythons[grader.name], work, described)
                for grader in wanted
                if grader.name in pythons
            ]
            if not benches:
                console.print("nothing to measure")
                return 1
            sizes = SIZES_SMALL if options.small else SIZES
            rounds, tries = (1, 1) if options.small else (options.rounds, TRIES)
            measured = measure_all(benches, rounds, sizes, tries)
    except subprocess.CalledProcessError as error:
        console.print(f"{error}\n{error.stderr or error.output}", markup=False)
        return 1
    except (processes.Failed, Disagreement) as error:
        console.print(str(error), markup=False)
        return 1
    console.print(*shown.tables(measured))
    console.print("Every grader gave every student the points of the description.")
    if out is not None:
        releases = {
            package: environments.version(pythons[grader], package)
            for grader, packages in RELEASES.items()
            if grader in pythons
            for package in packages
        }
        commands = {bench.grader.name: bench.grader.command for bench in benches}
        content = {"machine": measure.machine(), "releases": releases, "commands": commands}
        measure.write_json(out / "graders.json", content | measured.as_json())
        (out / "graders.md").write_text(shown.markdown(measured), encoding="utf-8")
        shown.draw(measured, out / "graders.png")
        console.print(f"written: {out}/graders.json, graders.md, graders.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
