"""``autograder grade``: find the submissions, grade them, write results, pages and grades.csv."""

from __future__ import annotations

import argparse
import sys
import time

from autograder import report
from autograder.cli.console import progress, score_of
from autograder.cli.resolve import (
    ignores_case,
    known,
    made,
    no_file,
    the_course,
    the_language,
    the_level,
)
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.ingest import Submission, discover
from autograder.run.handouts import handouts_of
from autograder.run.service import grade_submissions, setup_for
from autograder.run.store import Store
from autograder.sandbox.host.isolation import Level
from autograder.status import ResultStatus
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Grade what ``PATH`` holds into ``--out``."""
    course = the_course(options)
    lang = the_language(options, course)
    if options.exercise:
        known(course, [options.exercise])
    for path in options.paths:
        if not path.exists() and not path.is_symlink():
            raise CommandError(f"{path}: no such file or folder", 2)
        if path.resolve() == options.out.resolve():
            raise CommandError(
                f"{path}: results would lie among what was handed in. Name another --out", 2
            )
    ids = [exercise.id for exercise in course.exercises]
    no_file(options.out)
    found = discover(
        options.paths,
        ids,
        options.exercise,
        options.out,
        handouts=handouts_of(course),
        fold_case=ignores_case(options.out),
    )
    for line in (*found.problems, *found.notices):
        print(f"autograder: {line}", file=sys.stderr)
    if not found.submissions:
        raise CommandError("nothing to grade. Name a notebook, a folder of them, or submitted/", 1)
    made(options.out)
    level = the_level(options)
    store = Store(options.out)
    failed = grade_into(course, level, list(found.submissions), store, options.jobs, lang)
    return 1 if failed or found.problems else 0


def grade_into(
    course: Course,
    level: Level,
    submissions: list[Submission],
    store: Store,
    jobs: int,
    lang: str,
) -> int:
    """Grade with progress shown, write the pages, and say where they are.

    Returns:
        How many results there are of which something could not be done: the grader itself failed
        on the submission, or what an earlier run left is damaged.
    """
    began = time.monotonic()
    names = {submission.exercise for submission in submissions}
    setup = setup_for(course, level, names)
    print(f"isolation: {level.name.lower()}", file=sys.stderr)
    failed: list[str] = []
    odd: list[str] = []
    kept = 0
    with progress(len(submissions), "grading") as tick:
        for step in grade_submissions(course, setup, submissions, store=store, jobs=jobs):
            result = step.graded.result
            kept += step.kept
            who = f"{result.student} · {result.exercise}"
            if result.status == ResultStatus.GRADER_ERROR:
                failed.append(who)
            elif step.graded.notes:
                odd.append(who)
            if not step.kept:
                _keep_notes(store, result.student, result.exercise, step.graded.notes)
            word = score_of(result) if result.status == ResultStatus.GRADED else result.status
            tick(f"{who}: {word}{' (unchanged)' if step.kept else ''}")
            # Also of what was kept: a run killed between result and page left no page.
            exercise = course.exercise(result.exercise)
            report.write_feedback(result, exercise, store.out, lang)
    results, damaged = report.read_results(store.out)
    report.write_class(store.out, results, course, lang, damaged)
    report.write_grades_csv(store.out, results)
    seconds = time.monotonic() - began
    graded = len(submissions) - kept
    print(
        f"graded {counted(graded, 'submission')} in {seconds:.1f} s"
        + (f", {kept} unchanged" if kept else "")
    )
    print(f"class page: {store.out / 'index.html'}")
    for line in damaged:
        print(f"autograder: {line}", file=sys.stderr)
    if odd:
        print(
            f"autograder: look at {_some(odd)}: an answer was too odd to be compared and earned "
            f"nothing. What happened stands in {store.out / 'grader-errors'}.",
            file=sys.stderr,
        )
    if failed:
        print(
            f"autograder: THE GRADER FAILED on {len(failed)} of "
            f"{counted(len(submissions), 'submission')}; no points were taken: "
            f"{_some(failed)}. What happened is in "
            f"{store.out / 'grader-errors'}. Fix it and run the same command again.",
            file=sys.stderr,
        )
    return len(failed) + len(damaged)


def _some(names: list[str]) -> str:
    return ", ".join(names[:9]) + (", …" if len(names) > 9 else "")


def _keep_notes(store: Store, student: str, exercise: str, notes: tuple[str, ...]) -> None:
    """Tracebacks of the grader itself go into a file for the instructor, never onto a page.

    What an earlier run noted goes: it has been mended, or is noted again.
    """
    path = store.out / "grader-errors" / f"{student} {exercise}.txt"
    if notes:
        report.write_atomically(path, "\n\n".join(notes) + "\n")
    elif path.exists():
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
