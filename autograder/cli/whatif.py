"""``autograder whatif``: who would gain or lose points under other criteria or another policy."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import replace
from statistics import fmean

from rich.table import Table as Grid

from autograder import report
from autograder.cli.console import console, literal
from autograder.cli.outdated import outdated
from autograder.cli.resolve import folder_of_run, resolve_course, resolve_exercises
from autograder.cli.stdio import warn
from autograder.corrections.what_if import (
    Change,
    Difference,
    changed,
    differences,
    most_affected_first,
)
from autograder.course.models import Course, Criterion, Exercise
from autograder.course.policy import changed_policy
from autograder.errors import CommandError, CourseError
from autograder.exports.book import make_book
from autograder.exports.class_list import ClassList
from autograder.ingest.hand_ins import HandIns
from autograder.report.markup import number
from autograder.run.store import Store
from autograder.text import counted, perhaps


def run(options: argparse.Namespace) -> int:
    """Print the differences; nothing is changed."""
    folder_of_run(options.out)
    course = resolve_course(options)
    criteria = bool(options.drop or options.give or options.points)
    if criteria == bool(options.policy):
        both = "not both" if criteria else "or --policy LINE"
        raise CommandError(f"say what would change: --drop, --give, --points, {both}", 2)
    if criteria:
        return _other_criteria(options, course)
    return _other_policy(options, course)


def _other_policy(options: argparse.Namespace, course: Course) -> int:
    """What would become of the totals."""
    file = course.root / "solutions" / "course.toml"
    try:
        then = replace(course, policy=changed_policy(file, options.policy, course.ids))
    except CourseError as error:
        raise CommandError(str(error), 2) from None
    hand_ins = Store(options.out).hand_ins()
    books = []
    for policy in (course, then):
        shown = report.read_shown(options.out, policy, hand_ins)
        if policy is course:
            for line in outdated(shown, course):
                warn(line)
        books.append(make_book(shown.results, shown.corrections, hand_ins, policy, ClassList()))
    found, waiting = [], 0
    for before, after in zip(books[0].rows, books[1].rows, strict=True):
        if before.total is None or after.total is None:
            waiting += 1
        else:
            totals = before.total, before.max_total, after.total, after.max_total
            found.append(Difference(before.student, *totals))
    if not found:
        raise CommandError(f"{options.out}: nobody has a total yet")
    _print(most_affected_first(found), hand_ins)
    if waiting:
        warn(f"{counted(waiting, 'student')} left out: points wait for you, so there is no total")
    print(f"Nothing has been changed. To apply it, under [policy] in {file}:")
    for line in options.policy:
        print(f"  {line}")
    print(f"  autograder report {options.out}")
    return 0


def _other_criteria(options: argparse.Namespace, course: Course) -> int:
    """What would become of the scores in one exercise."""
    out = options.out
    weights = dict(_weight(text) for text in options.points)
    names = [*options.drop, *options.give, *weights]
    exercise = _exercise(course, names, options.exercise)
    drop = frozenset(c.id for name in options.drop for c in _criteria(exercise, name))
    give = frozenset(c.id for name in options.give for c in _criteria(exercise, name))
    points = {id: n for name, most in weights.items() for id, n in _split(exercise, name, most)}
    if twice := drop & (give | points.keys()):
        raise CommandError(f"{min(twice)}: cannot be dropped and count at the same time", 2)
    change = Change(drop, give, points)
    hand_ins = Store(out).hand_ins()
    shown = report.read_shown(out, course, hand_ins)
    lines = (*shown.notices, *shown.corrections.problems)
    for line in (*lines, *outdated(shown, course, [exercise.id])):
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
            f"{round(one.after - one.before, 2):+g}",
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


def _criteria(exercise: Exercise, name: str) -> tuple[Criterion, ...]:
    """The criterion with this id, or all criteria of the part with this name."""
    found = tuple(one for one in exercise.criteria if one.id == name)
    return found or next(part.criteria for part in exercise.parts if part.id == name)


def _split(exercise: Exercise, name: str, most: float) -> Iterable[tuple[str, float]]:
    """The new points of a criterion, or of each criterion of a part in the same proportions."""
    criteria = _criteria(exercise, name)
    before = math.fsum(one.points for one in criteria)
    shares = {one.id: most * one.points / before if before else most for one in criteria}
    if len(shares) > 1 and any(share * 4 % 1 for share in shares.values()):
        raise CommandError(
            f"--points {name}={most:g}: does not split into multiples of 0.25. Give the points of "
            f"{', '.join(shares)}",
            2,
        )
    return shares.items()


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
    """The one exercise that has all these criteria or parts."""
    exercises = resolve_exercises(course, [named] if named else [])
    names = {e.id: {c.id for c in e.criteria} | {part.id for part in e.parts} for e in exercises}
    with_all = [e for e in exercises if {*ids} <= names[e.id]]
    if len(with_all) == 1:
        return with_all[0]
    known = {name for of_one in names.values() for name in of_one}
    missing = [id for id in ids if id not in known]
    if missing:
        where = named or "the course"
        meant = perhaps(missing[0], sorted(known))
        raise CommandError(f"{where} has no criterion or part {missing[0]}{meant}", 2)
    if with_all:
        several = ", ".join(exercise.id for exercise in with_all)
        raise CommandError(f"{ids[0]} is in {several}: name one with --exercise", 2)
    raise CommandError("the criteria are of several exercises: try one exercise at a time", 2)
