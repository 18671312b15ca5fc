"""``autograder new``: write a small, complete course or exercise to begin with."""

from __future__ import annotations

import argparse
import keyword
import secrets
from collections.abc import Mapping
from pathlib import Path

from autograder import generate
from autograder.cli.resolve import resolve_course
from autograder.cli.stdio import warn
from autograder.course.load import EXERCISE_ID, load_course
from autograder.course.models import Course
from autograder.errors import CommandError, CourseError, MissingExtra
from autograder.files import write_all_atomically, write_atomically
from autograder.scaffold import course_files, exercise_files
from autograder.scaffold.files import part_of
from autograder.text import LANGUAGES

FIRST = "01_mean"
"""The exercise of a new course."""


def run(options: argparse.Namespace) -> int:
    """Write the files, generate the notebooks, and say what to do next."""
    if options.what == "course":
        return _course(Path(options.name), options.lang or [*LANGUAGES])
    if options.lang:
        raise CommandError("--lang is for a new course; an exercise has the course's languages", 2)
    return _exercise(resolve_course(options), options.name)


def _course(root: Path, languages: list[str]) -> int:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CommandError(f"{root}: exists and is not empty. Name a new folder", 2)
    files = course_files(secrets.token_hex(8), languages)
    _write(root, files)
    _exercise(load_course(root), FIRST)
    return 0


def _exercise(course: Course, id: str) -> int:
    _require_new(course, id)
    _write(course.root, exercise_files(id, course.languages))
    name = part_of(id)
    init = course.root / "source_lib" / "__init__.py"
    reference = init.read_text(encoding="utf-8") if init.exists() else ""
    write_atomically(
        init, f"{reference.rstrip()}\n\nfrom source_lib.{name} import {name}\n".lstrip()
    )
    course = load_course(course.root)
    try:
        generate.write_assignments(course, [id], [], course.root / "assignments")
    except (CourseError, MissingExtra) as error:
        warn(str(error))
    at = f" --course {course.root}" if Path.cwd().resolve() != course.root else ""
    print(
        f"{course.root / 'solutions' / id}: begins with a small example, the function {name}. "
        "Write your own over it. Next:\n"
        f"  autograder verify {id}{at}     is everything right?\n"
        f"  autograder generate {id}{at}   the students' notebooks, after each change"
    )
    return 0


def _require_new(course: Course, id: str) -> None:
    if not EXERCISE_ID.fullmatch(id):
        raise CommandError(f"{id}: name it with two digits, such as 02_mean", 2)
    if any(exercise.id == id for exercise in course.exercises):
        raise CommandError(f"{id}: exists. Choose another name", 2)
    name = part_of(id)
    taken = {part.owner for exercise in course.exercises for part in exercise.parts}
    if keyword.iskeyword(name) or name in taken:
        raise CommandError(
            f"{id}: a part of the course, or Python itself, is called {name}. Choose another", 2
        )
    for path in (*exercise_files(id, course.languages),):
        if (course.root / path).exists():
            raise CommandError(f"{course.root / path}: exists. Choose another name", 2)


def _write(root: Path, files: Mapping[str, str]) -> None:
    write_all_atomically({root / name: text for name, text in files.items()})
