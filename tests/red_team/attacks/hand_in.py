"""Hand in attacks as one class, and say what became of each.

``python -m tests.red_team.attacks.hand_in LEVEL OUT [ID…]`` grades them all, or some, and writes
what happened as JSON, so that tests can run it as another user. To measure what hostile notebooks
cost a class, ``--kind KIND`` (several times) hands in those kinds, ``--students-limits`` gives them
the time that students get, and ``--jobs 2`` says how many at once.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.ingest import Submission
from autograder.run.jobs import Graded
from autograder.run.service import grade_submissions, setup_for
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.synthetic.notebooks import from_sources, solution
from tests.paths import ROOT
from tests.red_team.attacks import TABLE

SHORT = Budget(cell_s=0.7, cells_s=1.4, call_cpu_s=0.3, call_wall_s=0.8, total_wall_s=5)
"""Students get more time; attacks would only use it up."""

JOBS = 4
"""Attacks mostly wait, so that two processors are enough for four of them."""

RIGHT = 2
"""Right notebooks that are handed in before, for each job: from the third on, workers know what
right ones are asked, and send it ahead. Only for exercises that as many attacks are made on."""


@dataclass(frozen=True)
class Outcome:
    """What became of an attack.

    Attributes:
        earned: ids of the criteria that earned points.
        statuses: every status that a criterion has.
        texts: all that the student reads.
        notes: what the instructor would find in the log of the grader's own faults.
        wall_s: how long grading took.
    """

    earned: list[str]
    statuses: list[str]
    texts: list[str]
    notes: list[str]
    wall_s: float


def hand_in(
    level: Level, ids: Iterable[str] = TABLE, *, budget: Budget = SHORT, jobs: int = JOBS
) -> dict[str, Outcome]:
    """Grade attacks at this level, as the user that this process runs as; outcomes by id."""
    course = load_course(ROOT)
    attacks = {str(number): TABLE[id] for number, id in enumerate(ids)}
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        exercises = sorted({attack.exercise for attack in attacks.values()})
        right = [
            _write(folder, f"right {exercise} {number}", exercise, definitions(course, exercise))
            for exercise, attacked in Counter(each.exercise for each in attacks.values()).items()
            if attacked >= RIGHT * jobs
            for number in range(RIGHT * jobs)
        ]
        submissions = [
            _write(folder, student, attack.exercise, attack.cells)
            for student, attack in attacks.items()
        ]
        setup = setup_for(course, level, exercises, budget=budget)
        steps = grade_submissions(course, setup, [*right, *submissions], jobs=jobs)
        found = {step.graded.result.student: step.graded for step in steps}
        return {attack.id: _outcome(found[student]) for student, attack in attacks.items()}


def definitions(course: Course, exercise: str) -> list[str]:
    """The teaching solution's definitions, as a notebook without text and demonstrations."""
    cells = solution(course, course.exercise(exercise), "en")
    kept = [cell.source for cell in cells if cell.kind == "code"]
    return [source for source in kept if re.match(r"(import|from|def|class|@)\b", source)]


def _write(folder: Path, student: str, exercise: str, cells: Iterable[str]) -> Submission:
    path = folder / f"{student}.ipynb"
    path.write_bytes(from_sources([("code", cell) for cell in cells]))
    return Submission(student, exercise, path, folder)


def _outcome(graded: Graded) -> Outcome:
    criteria = graded.result.criteria
    texts = [text for entry in criteria for text in (entry.message["en"], entry.message["ja"])]
    texts += [text for entry in criteria if entry.counterexample
              for text in astuple(entry.counterexample) if isinstance(text, str)]  # fmt: skip
    texts += [cell.error for cell in graded.result.cells if cell.error]
    return Outcome(
        sorted(entry.id for entry in criteria if entry.points),
        sorted({str(entry.status) for entry in criteria}),
        texts,
        [*graded.notes, *graded.advice_notes],
        graded.result.timing.wall_s,
    )


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("level")
    parser.add_argument("out", type=Path)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--kind", action="append", choices=sorted({a.kind for a in TABLE.values()}))
    parser.add_argument("--students-limits", action="store_true")
    parser.add_argument("--jobs", type=int, default=JOBS)
    given = parser.parse_args()
    of_kinds = [id for id, attack in TABLE.items() if attack.kind in (given.kind or ())]
    ids = [*given.ids, *of_kinds] or [*TABLE]
    budget = Budget() if given.students_limits else SHORT
    began = time.monotonic()
    found = hand_in(Level[given.level.upper()], ids, budget=budget, jobs=given.jobs)
    print(f"{len(found)} attacks in {time.monotonic() - began:.0f} s, {given.jobs} at a time")
    for id in sorted(found, key=lambda id: -found[id].wall_s)[:5]:
        print(f"{found[id].wall_s:6.1f} s  {id}")
    given.out.write_text(json.dumps({id: asdict(outcome) for id, outcome in found.items()}))


if __name__ == "__main__":
    _main()
