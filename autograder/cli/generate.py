"""``autograder generate``: the students' notebooks, from the solutions."""

from __future__ import annotations

import argparse
import sys

from autograder import generate
from autograder.cli.resolve import known, no_file, the_course, the_language
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Write the assignments, or check that those that stand there are fresh."""
    course = the_course(options)
    ids = [exercise.id for exercise in known(course, options.exercises)]
    langs = (the_language(options, course),) if options.lang else ()
    out = no_file(options.out or course.root / "assignments")
    made = len(ids) * len(langs or course.languages)
    if options.check:
        problems = generate.stale(course, ids, langs, out, provide_earlier=options.provide_earlier)
        for problem in problems:
            print(f"autograder: {problem}", file=sys.stderr)
        if not problems:
            print(f"{counted(made, 'notebook')} in {out}: fresh")
        return 1 if problems else 0
    generate.write_assignments(course, ids, langs, out, provide_earlier=options.provide_earlier)
    print(f"wrote {counted(made, 'notebook')} to {out}")
    return 0
