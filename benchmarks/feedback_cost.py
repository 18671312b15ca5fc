"""What feedback costs: naming mistakes and searching for smallest inputs, beside grading alone.

    python benchmarks/feedback_cost.py [--rounds N] [EXERCISE...]

Grades notebooks in the sandbox: for each exercise the right one, one with a mistake, one with two
parts wrong, and the same two when the catalogue lacks what is wrong with them ("unknown": nothing
can be named, so the sandbox is searched). Each is graded as it is, without smallest inputs, and
without both, in turns, after a first time that is not counted: what is known of mistakes is
computed once per course. CPU time is that of the grader and of all it started, as the kernel
counts it (Linux). `ratio` is all of it beside grading alone; `each` is the search's time per
failed criterion.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from autograder.carrying.reference import ReferenceProcess
from autograder.course.load import course_sha256, load_course, load_mistakes
from autograder.course.models import Course, Exercise, Mistake
from autograder.diagnosis.diagnose import Diagnostician
from autograder.ingest import Submission
from autograder.own_faults.own_faults import OwnFaults
from autograder.run import submission
from autograder.run.questions import Questions
from autograder.run.service import locked_cells
from autograder.run.submission import Grader
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import visible_paths
from autograder.status import WRONG
from autograder.suite.outcome import Outcome
from autograder.suite.plugin import Suites, with_suites
from autograder.synthetic import notebooks

ROOT = Path(__file__).resolve().parent.parent
RIGHT, FAILING, SEARCH_MS = 1.1, 1.5, 100.0
TICK_S = 0.01
WAYS = {"all of it": (), "no search": ("search",), "grading alone": ("search", "naming")}


@dataclass(frozen=True)
class HandIn:
    """A notebook to grade, with the mistakes in it, and whether the catalogue has them."""

    exercise: Exercise
    mistakes: tuple[Mistake, ...]
    known: bool
    file: Path

    @property
    def name(self) -> str:
        """What is wrong with it."""
        wrong = " + ".join(each.id for each in self.mistakes) or "right"
        return wrong if self.known else f"{wrong}, unknown"


@dataclass(frozen=True)
class Cost:
    """Mean CPU milliseconds: grading alone, what naming and searching add, and failed criteria."""

    alone: float
    naming: float
    search: float
    failed: int

    @property
    def all(self) -> float:
        """All of it."""
        return self.alone + self.naming + self.search


def hand_ins(course: Course, exercise: Exercise, folder: Path) -> Iterator[HandIn]:
    """A right notebook, and wrong ones with what is known and with what is not."""
    mistakes = load_mistakes(exercise)[0]
    one = mistakes[0]
    other = next(each for each in reversed(mistakes) if each.part != one.part)
    for number, wrong in enumerate([(), (one,), (one, other)]):
        cells = notebooks.with_variants(course, exercise, wrong, "en")
        file = folder / f"{exercise.id}-{number}.ipynb"
        file.write_bytes(notebooks.notebook(cells))
        for known in (True, False) if wrong else (True,):
            yield HandIn(exercise, wrong, known, file)


def cpu_s(server: Server) -> float:
    """CPU seconds of this process and of the sandbox."""
    return time.process_time() + sum(map(_of, _descendants(server.pid or 0)))


def _of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) * TICK_S  # its own and that of those it waited for


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def _only_outcomes(questions: Questions, *_known: object) -> dict[str, Outcome]:
    return dict(questions.notebook.best)


def measured(grader: Grader, suites: Suites, server: Server, one: HandIn, rounds: int) -> Cost:
    """What a hand-in costs."""
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    failed = 0
    left = [each for each in load_mistakes(one.exercise)[0] if each not in one.mistakes]
    held_out = Diagnostician(grader.course, grader.course_sha256, suites, lambda _exercise: left)
    handed_in = Submission("student", one.exercise.id, one.file, one.file.parent)
    for number in range(rounds + 1):
        for name, off in WAYS.items():
            with ExitStack() as stack:
                if "search" in off:
                    patched = mock.patch.object(submission, "with_smallest_inputs", _only_outcomes)
                    stack.enter_context(patched)
                if "naming" in off:
                    nothing = mock.patch.object(Diagnostician, "explanations", return_value={})
                    stack.enter_context(nothing)
                if not one.known:
                    other = mock.patch.object(Grader, "_diagnostician", return_value=held_out)
                    stack.enter_context(other)
                began = cpu_s(server)
                found = grader.grade(suites, handed_in).result
                if number:
                    spent[name].append(1e3 * (cpu_s(server) - began))
                failed = sum(each.status in WRONG for each in found.criteria)
    # The kernel tells other processes' time in steps of 10 ms: means, not medians.
    every, named, alone = (statistics.mean(spent[name]) for name in WAYS)
    return Cost(alone, named - alone, every - named, failed)


def line(name: str, wrong: str, cost: Cost) -> str:
    """A line of the table."""
    text = f"{name:20} {wrong:24} {cost.failed:6} {cost.alone:8.0f} {cost.naming:8.0f}"
    text += f" {cost.search:8.0f} {cost.all / cost.alone:8.2f}"
    return f"{text} {cost.search / cost.failed:8.1f}" if cost.failed else text


def total(costs: list[Cost]) -> Cost:
    """The sum."""
    return Cost(
        sum(each.alone for each in costs),
        sum(each.naming for each in costs),
        sum(each.search for each in costs),
        sum(each.failed for each in costs),
    )


def main() -> None:
    """Print a line for each notebook."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    course = load_course(ROOT)
    level = strongest()
    chosen = [e for e in course.exercises if not options.exercises or e.id in options.exercises]
    with (
        tempfile.TemporaryDirectory() as name,
        Server(level, Limits(), visible_paths(course.packages)) as server,
    ):
        process = ReferenceProcess(course.root)
        grader = Grader(
            course,
            course_sha256(course),
            locked_cells(course, {each.id for each in chosen}),
            server,
            level,
            process=process,
            own_faults=OwnFaults(course.root),
        )

        def run(suites: Suites) -> None:
            print(f"CPU ms (targets: ratio {RIGHT} if right, {FAILING} if not; each {SEARCH_MS:g})")
            print(
                f"{'exercise':20} {'wrong':24} {'failed':>6} {'grading':>8} {'naming':>8}"
                f" {'search':>8} {'ratio':>8} {'each':>8}"
            )
            costs: dict[str, list[Cost]] = {"right": [], "known": [], "unknown": []}
            for exercise in chosen:
                for one in hand_ins(course, exercise, Path(name)):
                    cost = measured(grader, suites, server, one, options.rounds)
                    print(line(exercise.id, one.name, cost), flush=True)
                    kind = "known" if one.known else "unknown"
                    costs[kind if one.mistakes else "right"].append(cost)
            for kind, found in costs.items():
                print(line("all", kind, total(found)))

        with_suites(course, chosen, run)
        process.close()


if __name__ == "__main__":
    main()
