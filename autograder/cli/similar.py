"""``autograder similar``: which submissions are alike beyond what the course explains."""

from __future__ import annotations

import argparse
from collections import defaultdict

from rich.table import Table as Grid

from autograder import report
from autograder.cli.console import console, literal, progress
from autograder.cli.resolve import (
    folder_of_run,
    resolve_course,
    resolve_exercises,
    resolve_language,
)
from autograder.cli.stdio import warn
from autograder.ingest.hand_ins import HandIns
from autograder.report.similar import write_similar
from autograder.report.statistics import percent
from autograder.run.graded_code import GradedCode, graded_code
from autograder.run.store import Store
from autograder.similarity.alike import Alike, alike
from autograder.similarity.base import explained
from autograder.text import counted

LISTED = 20
"""Pairs of an exercise in the table on the terminal; the page has more."""

NAMED = 9
"""Files in a warning."""


def run(options: argparse.Namespace) -> int:
    """Compare the graded submissions and write ``DIR/similar``."""
    out = folder_of_run(options.out)
    course = resolve_course(options)
    lang = resolve_language(options, course)
    wanted = {e.id for e in resolve_exercises(course, [options.exercise] * bool(options.exercise))}
    hand_ins = Store(out).hand_ins()
    results, damaged = report.read_results(out)
    for line in damaged:
        warn(line)
    results = [
        one
        for one in results
        if one.exercise in wanted and not hand_ins.is_gone(one.student, one.exercise)
    ]
    codes, problems = graded_code(results, course)
    by_exercise: defaultdict[str, list[GradedCode]] = defaultdict(list)
    for one in codes:
        by_exercise[one.exercise].append(one)
    known = explained(course)
    found: list[Alike] = []
    with progress(len(by_exercise), "comparing") as tick:
        for exercise, of_one in sorted(by_exercise.items()):
            found.append(
                alike(
                    exercise,
                    {one.student: one.cells for one in of_one},
                    {one.student: one.sha256 for one in of_one},
                    known,
                )
            )
            tick(exercise)
    page = write_similar(out, found, course, lang, hand_ins)
    for each in found:
        _print(each, hand_ins)
    if problems:
        some = "; ".join(problems[:NAMED]) + ("; …" if len(problems) > NAMED else "")
        warn(f"not compared: {some}. Run it in the folder in which you ran `grade`, or grade again")
    print(f"{counted(len(codes), 'submission')} compared; side by side: {page}")
    print("Alike code has many causes. Ask before you conclude.")
    return 1 if problems or damaged else 0


def _print(found: Alike, hand_ins: HandIns) -> None:
    grid = Grid("students", "in common", title=found.exercise)
    for groups, what in (
        (found.same_files, "the same file"),
        (found.same_code, "the same code but for names and layout"),
    ):
        for students in groups:
            grid.add_row(literal(", ".join(map(hand_ins.name, students))), what)
    for pair in found.pairs[:LISTED]:
        names = ", ".join(map(hand_ins.name, (pair.one, pair.other)))
        grid.add_row(literal(names), f"{percent(pair.share, 1.0)} %")
    if len(found.pairs) > LISTED:
        grid.add_row(f"… and {len(found.pairs) - LISTED} more pairs", "")
    if grid.row_count:
        console().print(grid)
