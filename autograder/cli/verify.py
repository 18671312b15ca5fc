"""``autograder verify``: check the course itself; print a table, and each problem with a remedy."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.table import Table

from autograder import generate
from autograder.cli.console import console, literal, progress
from autograder.cli.resolve import resolve_course, resolve_exercises, resolve_level
from autograder.course.models import Course, Exercise
from autograder.errors import CourseError
from autograder.ingest import Submission
from autograder.run.service import grade_submissions, setup_for
from autograder.suite.plugin import Suites, with_suites
from autograder.text import counted
from autograder.verify import Claim, Problem, claims, ids_agree, judge

COLUMNS = ("ids", "solution", "stub", "mistake", "equivalent", "assignments")


def run(options: argparse.Namespace) -> int:
    """Check every claim about the given exercises, or all of them."""
    course = resolve_course(options)
    exercises = resolve_exercises(course, options.exercises)
    problems = _ids(course, exercises) + _assignments(course, exercises)
    checked_claims = [claim for exercise in exercises for claim in claims(course, exercise)]
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        problems += _graded(options, course, checked_claims, Path(folder))
    _print(exercises, checked_claims, problems)
    return 1 if problems else 0


def _ids(course: Course, exercises: tuple[Exercise, ...]) -> list[Problem]:
    problems: list[Problem] = []

    def compare(suites: Suites) -> None:
        for exercise in exercises:
            if not exercise.suite.is_file():
                text = f"{exercise.suite}: no such file. Write the hidden suite"
                problems.append(Problem(exercise.id, "ids", text))
                continue
            broken = suites.problems.get(exercise.suite)
            problems.extend(ids_agree(exercise, suites.criteria(exercise), broken))

    with_suites(course, exercises, compare)
    return problems


def _assignments(course: Course, exercises: tuple[Exercise, ...]) -> list[Problem]:
    problems = []
    for exercise in exercises:
        try:
            found = generate.stale(course, [exercise.id], (), course.root / "assignments")
        except CourseError as error:  # a leak or a misspelt marker: generating must fail
            found = [str(error)]
        problems += [Problem(exercise.id, "assignments", text) for text in found]
    if len(exercises) == len(course.exercises) and not problems:
        surplus = generate.stale(course, [], (), course.root / "assignments")
        problems += [Problem(exercises[0].id, "assignments", text) for text in surplus]
    return problems


def _graded(
    options: argparse.Namespace, course: Course, checked_claims: list[Claim], folder: Path
) -> list[Problem]:
    by_name: dict[tuple[str, str], Claim] = {}
    submissions = []
    for number, claim in enumerate(checked_claims):
        path = folder / f"{number}.ipynb"
        path.write_bytes(claim.notebook)
        by_name[claim.student, claim.exercise] = claim
        submissions.append(Submission(claim.student, claim.exercise, path, folder))
    level = resolve_level(options)
    setup = setup_for(course, level, {claim.exercise for claim in checked_claims})
    problems: list[Problem] = []
    with progress(len(submissions), "verifying") as tick:
        for step in grade_submissions(course, setup, submissions, jobs=options.jobs):
            result = step.graded.result
            claim = by_name[result.student, result.exercise]
            found = judge(claim, course.exercise(claim.exercise), result, step.graded.notes)
            problems.extend(found)
            tick(f"{claim.exercise} · {claim.student}: {'NOT as claimed' if found else 'ok'}")
            if os.environ.get("AUTOGRADER_TRACEBACK"):
                print(*step.graded.notes, sep="\n", file=sys.stderr)
    return problems


def _print(
    exercises: tuple[Exercise, ...], checked_claims: list[Claim], problems: list[Problem]
) -> None:
    counts = Counter((claim.exercise, str(claim.kind)) for claim in checked_claims)
    wrong = Counter((problem.exercise, problem.kind) for problem in problems)
    table = Table("exercise", "points", "criteria", *COLUMNS, title="Is the course correct?")
    for exercise in exercises:
        marks = []
        for column in COLUMNS:
            bad = wrong[exercise.id, column]
            total = counts.get((exercise.id, column))
            of = f" of {total}" if total else ""
            marks.append(f"✗ {bad}{of}" if bad else f"✓ {total}" if total else "✓")
        table.add_row(exercise.id, f"{exercise.points:g}", str(len(exercise.criteria)), *marks)
    out = console()
    out.print(table)
    told: Counter[str] = Counter()
    for problem in problems:
        told[problem.cause] += 1
        if not problem.cause or told[problem.cause] == 1:
            out.print(f"✗ {literal(problem.text)}", soft_wrap=True)
    more = sum(count - 1 for cause, count in told.items() if cause)
    if more:
        out.print(f"  … and {more} more with the same cause{'' if more == 1 else 's'}")
    claimed = len(checked_claims)
    out.print(
        f"[bold]{counted(len(problems), 'problem')}[/bold]"
        if problems
        else f"[bold]The course is correct[/bold]: "
        f"{counted(claimed, 'claim holds', 'claims hold')}."
    )
