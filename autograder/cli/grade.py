"""``autograder grade``: find submissions, grade them, and write results, pages and grades.csv."""

from __future__ import annotations

import argparse
import sys
import time

from autograder import report
from autograder.cli.console import format_score, progress
from autograder.cli.resolve import (
    ignores_case,
    output_folder,
    prepare_output,
    resolve_course,
    resolve_exercises,
    resolve_language,
    resolve_level,
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
    """Grade the submissions in ``PATH`` and write everything to ``--out``."""
    course = resolve_course(options)
    lang = resolve_language(options, course)
    if options.exercise:
        resolve_exercises(course, [options.exercise])
    for path in options.paths:
        if not path.exists() and not path.is_symlink():
            raise CommandError(f"{path}: no such file or folder", 2)
        if path.resolve() == options.out.resolve():
            raise CommandError(
                f"{path}: results would be mixed with submissions. Choose another --out", 2
            )
    ids = [exercise.id for exercise in course.exercises]
    output_folder(options.out)
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
    prepare_output(options.out)
    level = resolve_level(options)
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
    """Grade while showing progress, write the pages, and print where they are.

    Returns:
        The number of failures: grader errors, and damaged results from earlier runs.
    """
    began = time.monotonic()
    names = {submission.exercise for submission in submissions}
    setup = setup_for(course, level, names)
    print(f"isolation: {level!s}", file=sys.stderr)
    failed: list[str] = []
    odd: list[str] = []
    open_points: list[str] = []
    kept = 0
    with progress(len(submissions), "grading") as tick:
        for step in grade_submissions(course, setup, submissions, store=store, jobs=jobs):
            result = step.graded.result
            kept += step.kept
            who = f"{result.student} · {result.exercise}"
            if result.status == ResultStatus.GRADER_ERROR:
                failed.append(who)
                if result.needs_review:
                    open_points.append(who)
            elif step.graded.notes:
                odd.append(who)
            if not step.kept:
                _store_notes(store, result.student, result.exercise, step.graded.notes)
            word = format_score(result) if result.status == ResultStatus.GRADED else result.status
            tick(f"{who}: {word}{' (unchanged)' if step.kept else ''}")
            # Also for unchanged results: a killed run may have written a result but not its page.
            exercise = course.exercise(result.exercise)
            report.write_feedback(result, exercise, store.out, lang)
    results, damaged = report.read_results(store.out)
    report.write_class(store.out, results, course, lang, damaged)
    report.write_grades_csv(store.out, results)
    seconds = time.monotonic() - began
    new = len(submissions) - kept
    print(
        f"graded {counted(new, 'submission')} in {seconds:.1f} s"
        + (f", {kept} unchanged" if kept else "")
    )
    print(f"class page: {store.out / 'index.html'}")
    for line in damaged:
        print(f"autograder: {line}", file=sys.stderr)
    if odd:
        print(
            f"autograder: look at {_abbreviated(odd)}: an answer could not be compared and earned "
            f"no points. Details are in {store.out / 'grader-errors'}.",
            file=sys.stderr,
        )
    if failed:
        print(
            f"autograder: THE GRADER FAILED on {len(failed)} of "
            f"{counted(len(submissions), 'submission')}: {_abbreviated(failed)}. "
            f"Details are in {store.out / 'grader-errors'}. {_whose_points(open_points)} "
            "Fix the cause and run the same command again.",
            file=sys.stderr,
        )
    return len(failed) + len(damaged)


def _whose_points(names: list[str]) -> str:
    if not names:
        return "Nobody lost points for it."
    return (
        f"Points of {_abbreviated(names)} are 0 until you have looked: what they handed in may be "
        "the cause (column needs_you of grades.csv)."
    )


def _abbreviated(names: list[str]) -> str:
    return ", ".join(names[:9]) + (", …" if len(names) > 9 else "")


def _store_notes(store: Store, student: str, exercise: str, notes: tuple[str, ...]) -> None:
    """Write tracebacks of the grader to a file for the instructor; they never go on a page.

    The file of an earlier run is removed: the error has been fixed, or is reported again.
    """
    path = store.out / "grader-errors" / f"{student} {exercise}.txt"
    if notes:
        report.write_atomically(path, "\n\n".join(notes) + "\n")
    elif path.exists():
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
