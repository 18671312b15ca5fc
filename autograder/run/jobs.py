"""What the main process and its workers say to each other.

The main process needs neither numpy nor pytest to hand out work, and importing both takes longer
than grading a notebook: so this module imports nothing that only a worker needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget, Limits
from autograder.verdict.result import Result


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know once.

    Attributes:
        root: the course's folder.
        exercises: ids of those to grade.
        course_sha256: the course's fingerprint.
        ours: for each exercise, its locked cells (`autograder.ingest.parse.normalised`).
        level: the isolation to grade at.
        limits: bounds on each session.
        budget: time limits of each notebook.
    """

    root: Path
    exercises: tuple[str, ...]
    course_sha256: str
    ours: Mapping[str, Collection[str]]
    level: Level
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)


READY = "ready"


@dataclass(frozen=True)
class CannotStart:
    """Why no worker can grade anything: the course or the machine, in words for the instructor."""

    reason: str


@dataclass(frozen=True)
class Graded:
    """A result, and what only the instructor may read about it."""

    result: Result
    notes: tuple[str, ...] = ()
