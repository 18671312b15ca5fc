"""``autograder verify --mutants``: do the hidden suites notice machine-made mistakes?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from autograder.cli.console import console, literal, progress
from autograder.course.models import Course, Exercise
from autograder.text import counted
from autograder.verify.claims import Claim, mutant_claims
from autograder.verify.judge import Problem, Seen
from autograder.verify.matrix import kill_matrix
from autograder.verify.suites_page import write_page
from autograder.verify.survivors import Tally, judge_mutants, judge_needs, tally


def run(course: Course, exercises: Sequence[Exercise], jobs: int) -> int:
    """Run every mutant of the given exercises, and print how many were noticed."""
    made = [claim for exercise in exercises for claim in mutant_claims(course, exercise)]
    seen: dict[str, dict[Claim, Seen]] = {exercise.id: {} for exercise in exercises}
    problems: list[Problem] = []
    with progress(len(made), "changing solutions") as tick:
        for decided in kill_matrix(course, made, jobs):
            problems += decided.problems
            outcomes = zip(decided.claims, decided.seen, strict=False)
            for claim, one in outcomes:
                seen[claim.exercise][claim] = one
                tick(f"{claim.exercise} · {claim.label}: {_verdict(one)}")
            problems += [
                Problem(
                    claim.exercise,
                    "mutant",
                    f"{claim.exercise}: one of these mutants ended the process that ran it: "
                    f"{claim.label}. Run it alone, and make the suite's inputs smaller",
                )
                for claim in decided.claims[len(decided.seen) :]
            ]
    for exercise in exercises:
        problems += judge_mutants(exercise, seen[exercise.id])
        problems += judge_needs(exercise)
    _print([(exercise.id, tally(exercise, seen[exercise.id])) for exercise in exercises])
    if len(exercises) == len(course.exercises):
        write_page(course)
    out = console()
    for problem in problems:
        out.print(f"✗ {literal(problem.text)}", soft_wrap=True)
    out.print(
        f"[bold]{counted(len(problems), 'problem')}[/bold]"
        if problems
        else "[bold]Every mutant is noticed, or listed with the reason why not.[/bold]"
    )
    return 1 if problems else 0


def _verdict(seen: Seen) -> str:
    return "noticed" if seen.lost else "survives"


def _print(tallies: Sequence[tuple[str, Tally]]) -> None:
    table = Table(
        "exercise", "mutants", "noticed", "equivalent", "provided", "forgiven", "share noticed",
        title="What the hidden suites notice",
    )  # fmt: skip
    total = sum((one for _, one in tallies), Tally(0, 0, 0, 0, 0))
    for name, one in (*tallies, ("all", total)):
        table.add_row(
            name, str(one.mutants), str(one.noticed), str(one.equivalent), str(one.provided),
            str(one.forgiven), f"{one.share:.1%}",
        )  # fmt: skip
    console().print(table)
