"""Grade a sample of a course's claims in the sandbox, like students' notebooks.

The kill matrix runs the course's code in the grader's own processes. Every solution and stub and a
few mistakes and guesses of each exercise are graded in the sandbox as well, to check that it
agrees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from autograder.course.models import Course
from autograder.ingest import Submission
from autograder.run.jobs import Graded
from autograder.run.service import grade_submissions, setup_for
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.synthetic.notebooks import notebook
from autograder.verify.claims import Claim

MISTAKES = 2
"""Number of mistakes of each exercise in the sample."""

GUESSES_APART = 8
"""Makes the guesses of successive exercises differ in kind: those of a part are of seven kinds."""


def sample(course: Course, claims: Sequence[Claim]) -> list[Claim]:
    """All solutions and stubs, mistakes spread evenly over each file, and two guesses.

    The guesses are another kind for each exercise, and a table. Exercises without a suite are left
    out.
    """
    chosen = []
    for number, (exercise, group) in enumerate(groupby(claims, lambda claim: claim.exercise)):
        about = list(group) if course.exercise(exercise).suite.is_file() else []
        chosen += [claim for claim in about if claim.kind in ("solution", "stub")]
        mistakes = [claim for claim in about if claim.kind == "mistake"]
        indices = {i * len(mistakes) // MISTAKES for i in range(min(MISTAKES, len(mistakes)))}
        chosen += [mistakes[index] for index in sorted(indices)]
        guesses = [claim for claim in about if claim.guess]
        others = [claim for claim in guesses if not claim.is_table]
        if others:
            chosen.append(others[number * GUESSES_APART % len(others)])
        chosen += [claim for claim in guesses if claim.is_table][-1:]
    return chosen


def graded(
    course: Course,
    claims: Sequence[Claim],
    level: Level,
    jobs: int,
    budget: Budget | None = None,
) -> Iterator[tuple[Claim, Graded]]:
    """Grade claims in the sandbox, in any order; with a student's budget, or the one given."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        by_name: dict[tuple[str, str], Claim] = {}
        submissions = []
        for number, claim in enumerate(claims):
            path = folder / f"{number}.ipynb"
            path.write_bytes(notebook(claim.cells(course)))
            by_name[claim.name, claim.exercise] = claim
            submissions.append(Submission(claim.name, claim.exercise, path, folder))
        setup = setup_for(course, level, {claim.exercise for claim in claims}, budget=budget)
        for step in grade_submissions(course, setup, submissions, jobs=jobs):
            result = step.graded.result
            yield by_name[result.student, result.exercise], step.graded
