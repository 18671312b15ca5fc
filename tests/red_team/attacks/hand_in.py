"""Hand in attacks as one class, and say what became of each.

``python -m tests.red_team.attacks.hand_in LEVEL OUT [ID…]`` grades them all, or some, and writes
what happened as JSON, so that tests can run it as another user.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from autograder.course.load import load_course
from autograder.ingest import Submission
from autograder.run.jobs import Graded
from autograder.run.service import grade_submissions, setup_for
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.synthetic.notebooks import from_sources
from tests.paths import ROOT
from tests.red_team.attacks import TABLE, Attack

SHORT = Budget(cell_s=0.7, cells_s=1.4, call_cpu_s=0.3, call_wall_s=0.8, total_wall_s=5)
"""Students get more time; attacks would only use it up."""

JOBS = 4
"""Attacks mostly wait, so that two processors are enough for four of them."""


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


def hand_in(level: Level, ids: Iterable[str] = TABLE) -> dict[str, Outcome]:
    """Grade attacks at this level, as the user that this process runs as; outcomes by id."""
    course = load_course(ROOT)
    attacks = {str(number): TABLE[id] for number, id in enumerate(ids)}
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        submissions = [_write(folder, student, attack) for student, attack in attacks.items()]
        exercises = {attack.exercise for attack in attacks.values()}
        setup = setup_for(course, level, exercises, budget=SHORT)
        steps = grade_submissions(course, setup, submissions, jobs=JOBS)
        return {attacks[step.graded.result.student].id: _outcome(step.graded) for step in steps}


def _write(folder: Path, student: str, attack: Attack) -> Submission:
    path = folder / f"{student}.ipynb"
    path.write_bytes(from_sources([("code", cell) for cell in attack.cells]))
    return Submission(student, attack.exercise, path, folder)


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


if __name__ == "__main__":
    level, out, *ids = sys.argv[1:]
    found = hand_in(Level[level.upper()], ids or TABLE)
    Path(out).write_text(json.dumps({id: asdict(outcome) for id, outcome in found.items()}))
