"""``autograder generate``: generate the students' notebooks from the solutions."""

from __future__ import annotations

import argparse

from autograder import generate
from autograder.cli.resolve import (
    output_folder,
    resolve_course,
    resolve_exercises,
    resolve_language,
)
from autograder.cli.stdio import warn
from autograder.course.own_folders import ASSIGNMENTS
from autograder.errors import CommandError
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Write the assignments, or check that the existing ones are up to date."""
    course = resolve_course(options)
    ids = [exercise.id for exercise in resolve_exercises(course, options.exercises)]
    langs = (resolve_language(options, course),) if options.lang else ()
    out = output_folder(options.out or course.root / ASSIGNMENTS, course, may=ASSIGNMENTS)
    count = len(ids) * len(langs or course.languages)
    if options.solutions:
        if options.out is None or options.check or options.provide_earlier:
            raise CommandError(
                "--solutions needs --out DIR, outside of assignments/, and neither --check nor "
                "--provide-earlier",
                2,
            )
        generate.write_solutions(course, ids, langs, out)
        print(f"wrote {counted(count, 'notebook')} with solutions to {out}")
        return 0
    if options.check:
        problems = generate.stale(course, ids, langs, out, provide_earlier=options.provide_earlier)
        for problem in problems:
            warn(problem)
        if not problems:
            print(f"{counted(count, 'notebook')} in {out}: up to date")
        return 1 if problems else 0
    generate.write_assignments(course, ids, langs, out, provide_earlier=options.provide_earlier)
    print(f"wrote {counted(count, 'notebook')} to {out}")
    return 0
