"""The messages between the main process and its workers.

The main process needs neither numpy nor pytest, and importing them takes longer than grading a
notebook. So this module imports nothing that only a worker needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.ingest import Submission
from autograder.ingest.hand_ins import Gradings
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget, Limits
from autograder.verdict.result import Result


@dataclass(frozen=True)
class Setup:
    """What a worker is told when it starts.

    Attributes:
        root: the course's folder.
        exercises: ids of the exercises to grade.
        course_sha256: the whole course's fingerprint.
        exercise_sha256s: that of what each exercise's grades depend on.
        locked: the locked cells of each exercise (`autograder.ingest.parse.normalised`).
        level: the isolation level.
        limits: resource limits of each session.
        budget: time limits of each notebook.
    """

    root: Path
    exercises: tuple[str, ...]
    course_sha256: str
    exercise_sha256s: Mapping[str, str]
    locked: Mapping[str, Collection[str]]
    level: Level
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)


READY = "ready"


@dataclass(frozen=True)
class CannotStart:
    """Why no worker can start: something in the course or on the machine, for the instructor."""

    reason: str


@dataclass(frozen=True)
class Brought:
    """A submission whose file is on another machine.

    ``content`` returns its bytes, and raises what reading it has raised
    (`autograder.ingest.parse.file_bytes`).
    """

    submission: Submission
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Graded:
    """A result with notes that only the instructor may see.

    ``advice_notes`` are about what is missing in the feedback although the points are right.
    ``encoding`` is that of the file that was read, ``notebook_of`` the exercise that its cells or
    metadata name, ``gradings`` how often it was graded; None if nobody has looked.
    """

    result: Result
    notes: tuple[str, ...] = ()
    advice_notes: tuple[str, ...] = ()
    encoding: str = "utf-8"
    notebook_of: str | None = None
    gradings: Gradings | None = None


Executor = Callable[[Setup, Sequence[Submission], Callable[[Submission], Graded]], Iterator[Graded]]
"""Grades every submission somewhere, and yields results as they become available. The function
makes the result of a submission whose workers died (`autograder.run.pool.grade_all`)."""
