"""``autograder publish``: write what students may see into a folder of its own."""

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
from autograder.errors import CommandError
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Publish notebooks, their data, and solutions if they are asked for."""
    course = resolve_course(options)
    ids = [exercise.id for exercise in resolve_exercises(course, options.exercises)]
    solved = (
        [e.id for e in resolve_exercises(course, options.solutions)] if options.solutions else []
    )
    for name in solved:
        if name not in ids:
            raise CommandError(f"--solutions {name}: publish the exercise itself, too", 2)
    langs = (resolve_language(options, course),) if options.lang else ()
    written, others = generate.publish(course, ids, langs, solved, output_folder(options.out))
    for path in others:
        warn(f"{path}: is not published (any more). Delete it if students must not see it")
    print(f"wrote {counted(len(written), 'file')} to {options.out}")
    return 0
