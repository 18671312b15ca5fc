"""``autograder verify``: check the course itself; print a table, and each problem with a remedy."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter

from rich.table import Table

from autograder import generate
from autograder.cli import diagnosed, mutants
from autograder.cli.console import Ticker, console, literal, progress
from autograder.cli.resolve import resolve_course, resolve_exercises, resolve_level
from autograder.course.models import Course, Exercise
from autograder.errors import CourseError
from autograder.sandbox.host.isolation import Level
from autograder.text import counted
from autograder.verify.claims import Claim, claims
from autograder.verify.judge import Problem, Seen, differs, judge, never_decided
from autograder.verify.matrix import kill_matrix
from autograder.verify.sample import graded, sample
from autograder.verify.visible_checks import judge_checks

COLUMNS = (
    "ids", "solution", "stub", "mistake", "equivalent", "guess", "checks", "sandbox", "assignments",
)  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Check every claim about the given exercises, or all of them."""
    course = resolve_course(options)
    exercises = resolve_exercises(course, options.exercises)
    if options.diagnosis:
        return diagnosed.run(course, exercises, options.jobs)
    if options.mutants:
        return mutants.run(course, exercises, options.jobs)
    level = resolve_level(options)
    problems = _assignments(course, exercises)
    made = [claim for exercise in exercises for claim in claims(course, exercise)]
    chosen = sample(course, made)
    with progress(len(made) + len(chosen), "verifying") as tick:
        problems += _check(course, made, chosen, level, options.jobs, tick)
    _print(exercises, made, chosen, problems)
    return 1 if problems else 0


def _check(
    course: Course,
    made: list[Claim],
    chosen: list[Claim],
    level: Level,
    jobs: int,
    tick: Ticker,
) -> list[Problem]:
    """The problems with the claims: by the kill matrix, then in the sandbox."""
    problems: list[Problem] = []
    seen: dict[Claim, Seen] = {}
    with_table: dict[Claim, Claim] = {}

    def found(claim: Claim, one: Seen, where: str = "") -> None:
        if claim in seen:
            of_claim = differs(claim, seen[claim], one)
        else:
            seen[claim] = one
            of_claim = judge(claim, course.exercise(claim.exercise), one)
        problems.extend(of_claim)
        verdict = "NOT as claimed" if of_claim else "ok"
        tick(f"{claim.exercise} · {claim.name}{where}: {verdict}")
        if os.environ.get("AUTOGRADER_TRACEBACK"):
            print(*one.notes, sep="\n", file=sys.stderr)

    for decided in kill_matrix(course, made, jobs):
        problems.extend(decided.problems)
        for claim, one in zip(decided.claims, decided.seen, strict=False):
            found(claim, one)
            with_table[claim] = claim
    for exercise in dict.fromkeys(claim.exercise for claim in made):
        of_exercise = {claim: one for claim, one in seen.items() if claim.exercise == exercise}
        problems += judge_checks(course.exercise(exercise), of_exercise)
    undecided = [claim for claim in made if claim not in seen and claim not in chosen]
    problems += [never_decided(claim) for claim in made if claim not in seen and claim.is_table]
    rest = [with_table.get(claim, claim) for claim in (*chosen, *undecided)]
    rest = [claim for claim in rest if not claim.guess or not claim.is_table or claim.guess.table]
    for claim, result in graded(course, rest, level, jobs):
        found(claim, Seen.of_graded(result), " in the sandbox")
    return problems


def _assignments(course: Course, exercises: tuple[Exercise, ...]) -> list[Problem]:
    try:
        known = generate.secrets(course)
    except CourseError as error:
        return [Problem(exercises[0].id, "assignments", str(error))]
    out = course.root / "assignments"
    problems = []
    for exercise in exercises:
        try:
            found = generate.stale(course, [exercise.id], (), out, known=known)
        except CourseError as error:  # a leak or a misspelt marker: generating must fail
            found = [str(error)]
        problems += [Problem(exercise.id, "assignments", text) for text in found]
    if len(exercises) == len(course.exercises) and not problems:
        surplus = generate.stale(course, [], (), out, known=known)
        problems += [Problem(exercises[0].id, "assignments", text) for text in surplus]
    return problems


def _print(
    exercises: tuple[Exercise, ...],
    made: list[Claim],
    chosen: list[Claim],
    problems: list[Problem],
) -> None:
    counts = Counter((claim.exercise, str(claim.kind)) for claim in made)
    counts.update((claim.exercise, "sandbox") for claim in chosen)
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
    out.print(
        f"[bold]{counted(len(problems), 'problem')}[/bold]"
        if problems
        else f"[bold]The course is correct[/bold]: "
        f"{counted(len(made), 'claim holds', 'claims hold')}."
    )
