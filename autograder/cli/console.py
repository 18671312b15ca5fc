"""What a terminal is shown: progress, scores, tables, and notes about the grader's own faults."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console

from autograder.course.models import Course
from autograder.status import Status
from autograder.verdict.result import Result

STATUS_WORDS = {
    Status.PASSED: "✓ passed",
    Status.CARRIED: "✓ carried",
    Status.FAILED: "✗ failed",
    Status.ERROR: "! error",
    Status.TIMEOUT: "⧗ timeout",
    Status.MISSING: "– missing",
    Status.GRADER_ERROR: "‼ GRADER ERROR",
}


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
        from autograder.suite.tracebacks import in_short  # brings numpy along, mostly for nothing

        whole = bool(os.environ.get("AUTOGRADER_TRACEBACK"))
        text = note if whole else in_short(note, course.root)
        print(f"autograder: the grader itself failed: {text}", file=sys.stderr)


def score_of(result: Result, between: str = "/") -> str:
    """A result's score beside the full one: ``15.5/18``, ``5/8 bonus``."""
    bonus = "" if result.max_score else " bonus"
    return f"{number(result.score)}{between}{number(result.full_score)}{bonus}"


def console() -> Console:
    """Where tables go: wide enough for them when it is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=140)
