"""``autograder report``: the pages of graded results, built again."""

from __future__ import annotations

import argparse
import sys

from autograder import report
from autograder.cli import Failure
from autograder.commands.common import the_course
from autograder.course.records import Course, CourseError


def run(options: argparse.Namespace) -> int:
    """Rebuild what stands in ``DIR`` from its results."""
    if not (options.out / "results").is_dir():
        raise Failure(f"{options.out}: holds no results/. Name the --out of a `grade` run", 2)
    course: Course | None
    try:
        course = the_course(options)
    except CourseError as error:
        if options.course:
            raise
        course = None  # results can be read without their course
        print(f"autograder: {error} The pages have ids in place of titles.", file=sys.stderr)
    try:
        count = report.rebuild(options.out, course, options.lang)
    except report.ReportIncomplete as incomplete:
        raise Failure("\n".join(incomplete.problems)) from incomplete
    print(f"{count} results; class page: {options.out / 'index.html'}")
    return 0
