"""Terminal output: progress, scores, tables, and notes about grader errors."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass
class Pace:
    """How fast a long task gets on, for plain output; shown now and then, not on every line.

    Attributes:
        total: the number of steps.
        clock: seconds.
    """

    total: int
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _said: float = field(init=False)
    _at_once: int = 0

    def __post_init__(self) -> None:
        self._began = self._said = self.clock()

    def after(self, done: int, steps: int = 1) -> str:
        """What to add to a line: the rate and the time left every `PACE_S` seconds, otherwise "".

        Args:
            done: how many steps are done.
            steps: how many of them have been done at once: several took no time, as unchanged
                results, and say nothing about the rest.
        """
        if steps > 1:
            self._at_once += steps
        now = self.clock()
        worked = done - self._at_once
        if now - self._said < PACE_S or worked < A_FEW or done >= self.total:
            return ""
        self._said = now
        rate = worked / (now - self._began)
        return f" ({60 * rate:.0f} a minute, {_duration((self.total - done) / rate)} left)"


PACE_S = 10.0
"""Seconds between two lines that show the time left."""

A_FEW = 5
"""Steps after which the rate is meaningful; the first one waits for the workers to start."""


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def progress(total: int, what: str) -> Iterator[Ticker]:
    """Show a progress bar on a terminal, or plain lines elsewhere."""
    console = _fit(Console(stderr=True))
    if not console.is_terminal:
        done = 0
        pace = Pace(total)

        def plain(line: str, steps: int = 1) -> None:
            nonlocal done
            done += steps
            print(
                f"[{done}/{total}] {visible(line)}{pace.after(done, steps)}",
                file=sys.stderr,
                flush=True,
            )

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


def print_grader_notes(
    notes: Iterable[str], course: Course, what: str = "the grader itself failed"
) -> None:
    """Print grader errors, one line each, or full tracebacks if AUTOGRADER_TRACEBACK is set."""
    for note in notes:
        from autograder.suite.tracebacks import summarize  # imports numpy, which is rarely needed

        full = bool(os.environ.get("AUTOGRADER_TRACEBACK"))
        text = note if full else summarize(note, course.root)
        warn(f"{what}: {text}")


def format_score(result: Result, between: str = "/") -> str:
    """A result's score out of the maximum: ``15.5/18``, ``5/8 bonus``."""
    bonus = "" if result.max_score else " bonus"
    return f"{format_points(result.score)}{between}{format_points(result.full_score)}{bonus}"


def console() -> Console:
    """The console for tables, with a fixed width if it is not a terminal."""
    plain = Console(emoji=False)  # ":x:" in what a student wrote is not an emoji
    return _fit(plain) if plain.is_terminal else Console(emoji=False, width=140)


def _fit(console: Console) -> Console:
    """The console with a usual width if the terminal says that it has none (``COLUMNS=0``)."""
    if console.width < 1:
        console.width = 80
    return console


def literal(text: str) -> str:
    """Text for `console`, in which nothing is markup and nothing controls the terminal."""
    return escape(visible(text))
