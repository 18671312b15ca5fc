"""What several commands need: the course, the level of isolation, progress, notes for the log."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.cli import Failure
from autograder.course.load import find_course, load_course
from autograder.course.records import Course, Exercise
from autograder.sandbox.levels import Level, SandboxUnavailable, strongest
from autograder.suite.notes import in_short
from autograder.verdict.points import full_score

STATUS_WORDS = {
    "passed": "✓ passed",
    "carried": "✓ carried",
    "failed": "✗ failed",
    "error": "! error",
    "timeout": "⧗ timeout",
    "missing": "– missing",
    "grader_error": "‼ GRADER ERROR",
}


def the_course(options: argparse.Namespace) -> Course:
    """The course that ``--course`` names, or the nearest one."""
    return load_course(options.course or find_course(Path.cwd()))


def known(course: Course, names: list[str]) -> tuple[Exercise, ...]:
    """The exercises named; all of them where none is.

    Raises:
        Failure: one is not in the course (wrong usage).
    """
    ids = [exercise.id for exercise in course.exercises]
    for name in names:
        if name not in ids:
            raise Failure(f"no exercise {name!r} in {course.root}; it has {', '.join(ids)}", 2)
    return tuple(e for e in course.exercises if not names or e.id in names)


def the_level(options: argparse.Namespace) -> Level:
    """The level of isolation to grade at.

    Raises:
        Failure: none that may be used holds here.
    """
    try:
        if options.isolation is None:
            return strongest(trust_students=options.trust_students)
        level = Level[options.isolation.upper()]
    except SandboxUnavailable as unavailable:
        raise Failure(str(unavailable)) from unavailable
    if level is Level.LIMITS and not options.trust_students:
        raise Failure(
            "--isolation limits keeps no student's code from the hidden tests; "
            "say --trust-students as well if that is what you want",
            2,
        )
    return level


def no_file(out: Path) -> Path:
    """The folder that ``--out`` names; wrong usage where a file has that name."""
    if out.exists() and not out.is_dir():
        raise Failure(f"{out}: is a file. Name a folder with --out", 2)
    return out


def made(out: Path) -> Path:
    """The folder that ``--out`` names, made where it is not there yet.

    Raises:
        Failure: it is a file (wrong usage), or cannot be made or written into.
    """
    no_file(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):  # before hours of work, not after
            pass
    except OSError as error:
        raise Failure(
            f"{out}: cannot be written into ({error.strerror}). Name another folder with --out"
        ) from error
    return out


class Ticker(Protocol):
    """Told of each step of long work."""

    def __call__(self, line: str) -> None:
        """One step done, described by ``line``."""


@contextmanager
def progress(total: int, what: str) -> Iterator[Ticker]:
    """A bar on a terminal, plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        done = 0

        def plain(line: str) -> None:
            nonlocal done
            done += 1
            print(f"[{done}/{total}] {line}", file=sys.stderr, flush=True)

        yield plain
        return
    columns: tuple[Any, ...] = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),  # a student's name may look like it
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=total, last="")

        def step(line: str) -> None:
            bar.update(task, advance=1, last=line[:60])

        yield step


def number(value: float) -> str:
    """Points without needless decimals."""
    return f"{value:g}"


def tell(notes: Iterable[str], course: Course) -> None:
    """What the grader itself failed on, a line each; whole where somebody looks for a bug."""
    for note in notes:
        whole = bool(os.environ.get("AUTOGRADER_TRACEBACK"))
        text = note if whole else in_short(note, course.root)
        print(f"autograder: the grader itself failed: {text}", file=sys.stderr)


def score_of(result: Mapping[str, Any], between: str = "/") -> str:
    """A result's score beside the full one: ``15.5/18``, ``5/8 bonus``."""
    bonus = "" if result["max_score"] else " bonus"
    return f"{number(result['score'])}{between}{number(full_score(result))}{bonus}"


def console() -> Console:
    """Where tables go: wide enough for them when it is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=140)
