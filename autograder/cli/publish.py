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
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.text import counted


def run(options: argparse.Namespace) -> int:
    """Publish notebooks, their data, and other editions of them if they are asked for."""
    course = resolve_course(options)
    ids = [exercise.id for exercise in resolve_exercises(course, options.exercises)]
    solved = _editions("--solutions", options.solutions, course, ids)
    provided = _editions("--provide-earlier", options.provide_earlier, course, ids)
    langs = (resolve_language(options, course),) if options.lang else ()
    written, others = generate.publish(
        course, ids, langs, solved, output_folder(options.out), provided
    )
    for path in others:
        warn(f"{path}: is not published (any more). Delete it if students must not see it")
    print(f"wrote {counted(len(written), 'file')} to {options.out}")
    return 0


def _editions(option: str, names: list[str] | None, course: Course, ids: list[str]) -> list[str]:
    """The exercises named with an option, which must be among those that are published."""
    chosen = [exercise.id for exercise in resolve_exercises(course, names)] if names else []
    for name in chosen:
        if name not in ids:
            raise CommandError(f"{option} {name}: publish the exercise itself, too", 2)
    return chosen
