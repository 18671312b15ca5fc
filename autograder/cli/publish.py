"""``autograder publish``: write what students may see into a folder of its own."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from pathlib import Path

from autograder import generate
from autograder.cli.resolve import (
    refuse_file,
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
    out: Path = options.out
    refuse_file(out)
    ids = _named(course, options.exercises)
    langs = (resolve_language(options, course),) if options.lang else ()
    there = {
        path.stem
        for path in generate.published(course, out)
        if path.parts[0] in (langs or course.languages)
    }
    solved = _editions("--solutions", options.solutions, course, {*ids, *there})
    provided = _editions("--provide-earlier", options.provide_earlier, course, {*ids, *there})
    written, others = generate.publish(course, ids, langs, solved, out, provided)
    for path in others:
        warn(f"{path}: is not published (any more). Delete it if students must not see it")
    print(f"wrote {counted(len(written), 'file')} to {out}")
    return 0


def _named(course: Course, names: list[str]) -> list[str]:
    return [exercise.id for exercise in resolve_exercises(course, names)] if names else []


def _editions(
    option: str, names: list[str] | None, course: Course, ordinary: Collection[str]
) -> list[str]:
    """The exercises named with an option, which must be, or have been, published themselves."""
    chosen = _named(course, names or [])
    for name in chosen:
        if name not in ordinary:
            raise CommandError(
                f"{option} {name}: the exercise itself is not published there yet. "
                "To publish the exercise itself, too, name it after the folder",
                2,
            )
    return chosen
