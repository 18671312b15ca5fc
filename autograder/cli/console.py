"""Terminal output: progress, scores, tables, and notes about grader errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape

from autograder.cli.stdio import warn
from autograder.course.models import Course
from autograder.sanitize import visible
from autograder.verdict.result import Result


class Ticker(Protocol):
    """Called for each finished step of a long task."""

    def __call__(self, line: str, steps: int = 1) -> None:
        """Report finished steps, described by ``line``."""


@contextmanager
def progress(total: int, what: str) -> Iterator[Ticker]:
    """Show a progress bar on a terminal, or plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        done = 0

        def plain(line: str, steps: int = 1) -> None:
            nonlocal done
            done += steps
            print(f"[{done}/{total}] {visible(line)}", file=sys.stderr, flush=True)

        yield plain
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: tuple[Any, ...] = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),  # student names may look like markup
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=total, last="")

        def step(line: str, steps: int = 1) -> None:
            bar.update(task, advance=steps, last=visible(line)[:60])

        yield step


def format_points(value: float) -> str:
    """Points without unnecessary decimals."""
    return f"{value:g}"


def print_grader_notes(notes: Iterable[str], course: Course) -> None:
    """Print grader errors, one line each, or full tracebacks if AUTOGRADER_TRACEBACK is set."""
    for note in notes:
        from autograder.suite.tracebacks import summarize  # imports numpy, which is rarely needed

        full = bool(os.environ.get("AUTOGRADER_TRACEBACK"))
        text = note if full else summarize(note, course.root)
        warn(f"the grader itself failed: {text}")


def format_score(result: Result, between: str = "/") -> str:
    """A result's score out of the maximum: ``15.5/18``, ``5/8 bonus``."""
    bonus = "" if result.max_score else " bonus"
    return f"{format_points(result.score)}{between}{format_points(result.full_score)}{bonus}"


def console() -> Console:
    """The console for tables, with a fixed width if it is not a terminal."""
    plain = Console(emoji=False)  # ":x:" in what a student wrote is not an emoji
    return plain if plain.is_terminal else Console(emoji=False, width=140)


def literal(text: str) -> str:
    """Text for `console`, in which nothing is markup and nothing controls the terminal."""
    return escape(visible(text))
