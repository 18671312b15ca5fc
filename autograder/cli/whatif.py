"""``autograder whatif``: who would gain or lose what if criteria counted differently."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from statistics import fmean

from rich.table import Table as Grid

from autograder import report
from autograder.cli.console import console, literal
from autograder.cli.resolve import resolve_course, resolve_exercises
from autograder.cli.stdio import warn
from autograder.corrections.what_if import Change, Difference, changed, differences
from autograder.course.models import Course, Exercise
from autograder.errors import CommandError
from autograder.ingest.hand_ins import HandIns
from autograder.report.markup import number
from autograder.run.store import Store
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Print the differences; nothing is changed."""
    out = options.out
    if not (out / "results").is_dir():
        raise CommandError(f"{out}: has no results/. Give the --out folder of a `grade` run", 2)
    course = resolve_course(options)
    if not (options.drop or options.give or options.points):
        raise CommandError("say what would change: --drop, --give or --points CRITERION=N", 2)
    points = dict(_weight(text) for text in options.points)
    exercise = _exercise(course, [*options.drop, *options.give, *points], options.exercise)
    twice = {*options.drop} & ({*options.give} | points.keys())
    if twice:
        raise CommandError(f"{min(twice)}: cannot be dropped and count at the same time", 2)
    change = Change(frozenset(options.drop), frozenset(options.give), points)
    hand_ins = Store(out).hand_ins()
    shown = report.read_shown(out, course, hand_ins)
    for line in (*shown.notices, *shown.corrections.problems):
        warn(line)
    results = [one for one in shown.results if not hand_ins.is_gone(one.student, one.exercise)]
    found = differences(results, exercise, course.carried, shown.corrections, change)
    if not found:
        raise CommandError(f"{out}: has no result of {exercise.id} with its current criteria")
    _print(found, hand_ins)
    print("Nothing has been changed. To apply it:")
    for line in _how(change, exercise, str(out)):
        print(f"  {line}")
    return 0


def _print(found: list[Difference], hand_ins: HandIns) -> None:
    affected = [one for one in found if one.changes]
    grid = Grid("student", "now", "then", "change", "now %", "then %")
    for column in grid.columns[1:]:
        column.justify = "right"
    for one in affected:
        grid.add_row(
            literal(hand_ins.name(one.student)),
            f"{number(one.before)}/{number(one.before_of)}",
            f"{number(one.after)}/{number(one.after_of)}",
            f"{one.after - one.before:+g}",
            *(f"{share:.0f} %" for share in _shares(one)),
        )
    if affected:
        console().print(grid)
    gain = sum(one.gain > 1e-9 for one in found)
    lose = sum(one.gain < -1e-9 for one in found)
    before, after = zip(*map(_shares, found), strict=True)
    print(
        f"{counted(len(found), 'student')}: {gain} gain, {lose} lose, "
        f"{len(found) - gain - lose} keep their share of the points. "
        f"Mean {fmean(before):.1f} % → {fmean(after):.1f} %."
    )


def _shares(one: Difference) -> tuple[float, float]:
    return tuple(  # type: ignore[return-value]  # two of them
        100 * score / most if most else 100.0
        for score, most in ((one.before, one.before_of), (one.after, one.after_of))
    )


def _how(change: Change, exercise: Exercise, out: str) -> Iterable[str]:
    for id in sorted(change.drop):
        yield f"autograder correct {out} '*' {exercise.id} {id} --excused"
    for id in sorted(change.give):
        most = change.points.get(id, _points(exercise, id))
        yield f"autograder correct {out} '*' {exercise.id} {id} --points {number(most)}"
    file = f"solutions/{exercise.id}/exercise.toml"
    for id, most in sorted(change.points.items()):
        yield f"set points = {number(most)} for {id} in {file}"
    if change.points:
        yield f"set points = {number(changed(exercise, change).points)} at the top of {file}"
        yield f"autograder report {out}"


def _points(exercise: Exercise, id: str) -> float:
    return next(criterion.points for criterion in exercise.criteria if criterion.id == id)


def _weight(text: str) -> tuple[str, float]:
    id, _, value = text.partition("=")
    try:
        points = float(value)
    except ValueError:
        points = math.nan
    if not (math.isfinite(points) and points >= 0):
        raise CommandError(f"--points {text}: write CRITERION=N with a number from 0", 2)
    return id, points


def _exercise(course: Course, ids: list[str], named: str | None) -> Exercise:
    """The one exercise that has all these criteria."""
    exercises = resolve_exercises(course, [named] if named else [])
    with_all = [e for e in exercises if {*ids} <= {criterion.id for criterion in e.criteria}]
    if len(with_all) == 1:
        return with_all[0]
    known = {criterion.id for exercise in exercises for criterion in exercise.criteria}
    missing = [id for id in ids if id not in known]
    if missing:
        where = named or "the course"
        raise CommandError(f"{where} has no criterion {missing[0]}", 2)
    if with_all:
        several = ", ".join(exercise.id for exercise in with_all)
        raise CommandError(f"{ids[0]} is in {several}: name one with --exercise", 2)
    raise CommandError("the criteria are of several exercises: try one exercise at a time", 2)
