"""Find out which grader errors are ours, by asking a fresh process (`process`)."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course.models import Exercise
from autograder.sandbox.host import trusted_process
from autograder.status import Status
from autograder.suite.outcome import Outcome, grader_error

WALL_S = 12.0
"""Seconds for all criteria of a submission that end in a grader error; one second is usual."""

# What a machine runs out of, it may run out of because of a student's code.
_RESOURCES = frozenset(
    {"MemoryError", "_ArrayMemoryError", "HostOverload", "OSError", "BlockingIOError",
     "BrokenPipeError", "ConnectionResetError", "TimeoutError"}
)  # fmt: skip
_NAME = re.compile(r"(?:E\s+)?(?:\w+\.)*(\w+)(?=:|$)")


@dataclass
class OwnFaults:
    """The faults of one course's suites. They are remembered: each criterion is tried once.

    Args:
        root: the course's folder.
    """

    root: Path
    _notes: dict[tuple[str, str], str] = field(default_factory=dict)

    def marked(self, exercise: Exercise, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """The outcomes, in which grader errors that are ours say so.

        Args:
            exercise: the exercise.
            outcomes: every criterion's outcome for one submission.
        """
        open_ones = {
            id: outcome
            for id, outcome in outcomes.items()
            if outcome.status is Status.GRADER_ERROR and not outcome.fails_without_student
        }
        if not open_ones:
            return dict(outcomes)
        self._try(exercise.id, [id for id in open_ones if (exercise.id, id) not in self._notes])
        return {
            id: _ours(outcome)
            if id in open_ones and same_fault(outcome.grader_note, self._notes[exercise.id, id])
            else outcome
            for id, outcome in outcomes.items()
        }

    def _try(self, exercise: str, ids: list[str]) -> None:
        if ids:
            notes = _notes_of(self.root, exercise, ids)
            self._notes |= {(exercise, id): notes.get(id, "") for id in ids}


def same_fault(note: str | None, own: str) -> bool:
    """Whether two notes of the grader end in the same exception, and not for lack of a resource.

    Args:
        note: how the grader failed on a submission.
        own: how it fails on the teaching solution; "" if it does not.
    """
    raised = _raised(note or "")
    return raised != "" and raised == _raised(own) and raised not in _RESOURCES


def _raised(note: str) -> str:
    """The name of the exception at the end of a traceback of Python or pytest."""
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith("E  ")]
    found = _NAME.match((marked or lines or [""])[-1])
    return found[1] if found else ""


def _ours(outcome: Outcome) -> Outcome:
    shown = grader_error(outcome.grader_note, fails_without_student=True)
    return replace(shown, remarks=outcome.remarks)


def _notes_of(root: Path, exercise: str, ids: Iterable[str]) -> dict[str, str]:
    """How criteria fail on the teaching solution; nothing about those that do not."""
    try:
        done = subprocess.run(
            trusted_process.command(
                "autograder.own_faults.process", str(os.getpid()), str(root), exercise, *ids
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_S,
            env=trusted_process.environment(),
            check=True,
        )
        notes = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}  # nothing is shown, so the points stay open
    return {str(id): str(note) for id, note in notes.items()}
