"""Resolve options to a course, its exercises, an isolation level and an output folder."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from autograder.course.load import find_course, load_course
from autograder.course.models import Course, Exercise
from autograder.course.own_folders import own_folder
from autograder.errors import CommandError
from autograder.files import remove_leftovers
from autograder.ingest.hand_ins import FILE as HAND_INS
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level
from autograder.text import LANGUAGES, abbreviated, perhaps


def resolve_course(options: argparse.Namespace) -> Course:
    """The course given by ``--course``, or the nearest one."""
    return load_course(options.course or find_course(Path.cwd()))


def resolve_exercises(course: Course, names: list[str]) -> tuple[Exercise, ...]:
    """The exercises with the given ids; all of them if none is given.

    Raises:
        CommandError: an id is not in the course (wrong usage).
    """
    for name in names:
        if name not in course.ids:
            meant = perhaps(name, course.ids)
            raise CommandError(
                f"no exercise {name!r} in {course.root}{meant}; it has {', '.join(course.ids)}", 2
            )
    return tuple(e for e in course.exercises if not names or e.id in names)


def resolve_language(options: argparse.Namespace, course: Course | None) -> str:
    """The language that ``--lang`` names, or else the first one of the course.

    Raises:
        CommandError: the course is not written in that language (wrong usage).
    """
    languages = course.languages if course else LANGUAGES
    if options.lang is None:
        return languages[0]
    if options.lang not in languages:
        raise CommandError(
            f"the course is not written in {options.lang!r}; choose from {', '.join(languages)}", 2
        )
    return str(options.lang)


def folder_of_run(out: Path) -> Path:
    """The folder, if it is the ``--out`` of a run.

    Raises:
        CommandError: it has no results (wrong usage).
    """
    if not (out / "results").is_dir():
        raise CommandError(f"{out}: has no results/. Give the --out folder of a `grade` run", 2)
    return out


def refuse_output_of_run(path: Path, instead: str) -> None:
    """Raise a CommandError (wrong usage) if submissions are looked for where results are.

    Args:
        path: where submissions are looked for.
        instead: what to name instead.
    """
    if (path / "results").is_dir() and (path / HAND_INS).is_file():
        raise CommandError(f"{path}: has the results of a `grade` run. Name {instead}", 2)


def resolve_level(options: argparse.Namespace) -> Level:
    """The level of isolation to grade at.

    Raises:
        SandboxUnavailable: no acceptable level holds on this machine.
        CommandError: the requested level hides nothing, and students are not trusted.
    """
    if options.isolation is None:
        return strongest(trust_students=options.trust_students)
    level = Level[options.isolation.upper()]
    if level is Level.LIMITS and not options.trust_students:
        raise CommandError(
            "--isolation limits does not protect the hidden tests from students' code; "
            "add --trust-students if that is what you want",
            2,
        )
    return level


def ignores_case(folder: Path) -> bool:
    """Whether the file system of ``folder``, which need not exist yet, ignores capitals."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".Capitals") as probe:
            path = Path(probe.name)
            return path.with_name(path.name.swapcase()).exists()
    except OSError:
        return False  # nothing can be written there, which is reported later


def refuse_file(out: Path) -> None:
    """Raise a CommandError (wrong usage) if what should be a folder is a file."""
    if out.exists() and not out.is_dir():
        raise CommandError(f"{out}: is a file. Give a folder", 2)


def output_folder(out: Path, course: Course, may: str | None = None) -> Path:
    """The folder given by ``--out``.

    Args:
        out: the folder.
        course: the course.
        may: the one of the course's own folders that may be written to, if any.

    Raises:
        CommandError: it is a file, or one of the course's own folders (wrong usage).
    """
    refuse_file(out)
    _refuse_own(out, course, may)
    return out


def output_file(out: Path, course: Course) -> Path:
    """The file given by ``--out``.

    Raises:
        CommandError: it is a folder, or in one of the course's own folders (wrong usage).
    """
    if out.is_dir():
        raise CommandError(f"{out}: is a folder. Give a file with --out", 2)
    _refuse_own(out, course)
    return out


def _refuse_own(out: Path, course: Course, may: str | None = None) -> None:
    own = own_folder(out, course)
    if own is not None and own != may:
        what = "is the folder of a course" if own == "." else f"is in {own}/ of a course"
        raise CommandError(
            f"{out}: {what}, where only the course's own files belong. Choose another "
            "folder, such as one beside solutions/",
            2,
        )


OUTPUT_FOLDERS = ("results", "feedback", "grader-errors")


def _links(folder: Path) -> list[Path]:
    """The folder or those in it, where they are links."""
    if folder.is_symlink():
        return [folder]
    return [child for child in sorted(folder.glob("*")) if child.is_symlink() and child.is_dir()]


def prepare_output(out: Path, course: Course) -> Path:
    """The folder given by ``--out``, created if necessary.

    Raises:
        CommandError: see `output_folder`, or it is not writable.
    """
    output_folder(out, course)
    links = [path for name in OUTPUT_FOLDERS for path in _links(out / name)]
    if links:
        some = abbreviated([*map(str, links)], 3)
        raise CommandError(
            f"{some}: is a link, and results are not written through links. Remove it"
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        remove_leftovers(out)
        with tempfile.TemporaryFile(dir=out):  # fail before hours of work, not after
            pass
    except OSError as error:
        raise CommandError(
            f"{out}: is not writable ({error.strerror}). Choose another folder with --out"
        ) from error
    return out
