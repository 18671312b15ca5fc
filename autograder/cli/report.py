"""``autograder report``: rebuild the pages from stored results."""

from __future__ import annotations

import argparse

from autograder import report
from autograder.cli.collected import people_of
from autograder.cli.gradebook import Gradebook
from autograder.cli.outdated import outdated
from autograder.cli.resolve import folder_of_run, resolve_course, resolve_language
from autograder.cli.stdio import warn
from autograder.course.models import Course
from autograder.errors import CommandError, CourseError, InvalidHandIns
from autograder.ingest.hand_ins import HandIns
from autograder.report.late import unknown_extensions
from autograder.run.store import Store
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Rebuild the pages in ``DIR`` from its results."""
    folder_of_run(options.out)
    course: Course | None
    try:
        course = resolve_course(options)
    except CourseError as error:
        if options.course:
            raise
        course = None  # results can be shown without their course
        warn(f"{error} The pages show ids instead of titles.")
    hand_ins = HandIns()
    try:
        hand_ins = Store(options.out).hand_ins()
    except InvalidHandIns as error:
        warn(str(error))
    lang = resolve_language(options, course)
    gradebook = None
    if options.gradebook:
        if course is None:
            raise CommandError("--gradebook needs the course. Name it with --course", 2)
        gradebook = Gradebook(options.gradebook, options.out, course)
        gradebook.take(hand_ins)
    shown = report.rebuild(options.out, course, lang, hand_ins)
    for line in (*shown.notices, *shown.corrections.problems):
        warn(line)
    if course is not None and course.policy.extensions:
        for text in unknown_extensions(course.policy, hand_ins, people_of(hand_ins)):
            warn(text["en"])
    for line in outdated(shown, course) if course else ():
        warn(line)
    refused = gradebook.put(hand_ins, lang) if gradebook else 0
    print(f"{counted(len(shown.results), 'result')}; class page: {options.out / 'index.html'}")
    return 1 if shown.corrections.problems or refused else 0
