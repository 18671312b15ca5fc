"""Put one result together: the record that everything after grading reads (result.json)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from autograder.course.models import Exercise
from autograder.status import CellStatus, ResultStatus, Status
from autograder.text import Text
from autograder.verdict import points
from autograder.verdict.schema import SCHEMA_VERSION


class Decided(Protocol):
    """A criterion's outcome, as `autograder.suite.outcome.Outcome` has it."""

    @property
    def status(self) -> Status:
        """Status by the student's own code."""

    @property
    def message(self) -> Text:
        """For the student."""

    @property
    def counterexample(self) -> dict[str, str] | None:
        """The call that shows it."""


class Cell(Protocol):
    """What became of a cell."""

    @property
    def index(self) -> int:
        """Position in the notebook."""

    @property
    def status(self) -> CellStatus:
        """Whether it ran."""

    @property
    def error(self) -> str | None:
        """What went wrong."""


def result(
    exercise: Exercise,
    *,
    student: str,
    file: str,
    sha256: str | None,
    course_sha256: str,
    isolation: str,
    outcomes: Mapping[str, Decided],
    cells: Iterable[Cell] = (),
    status: ResultStatus = ResultStatus.GRADED,
    wall_s: float = 0.0,
    cpu_s: float = 0.0,
) -> dict[str, Any]:
    """One result, by the contract of `autograder.verdict.schema`.

    Args:
        exercise: the exercise graded.
        student: the student's name, fit for a folder's.
        file: where the submission was found.
        sha256: of the submission's bytes, None where there are none.
        course_sha256: of the course it was graded by.
        isolation: the sandbox's level.
        outcomes: by criterion id; every criterion of the exercise has one.
        cells: what became of the notebook's cells.
        status: ``graded`` or ``unreadable``; a criterion's ``grader_error`` makes it that.
        wall_s: seconds from reading to this record.
        cpu_s: CPU seconds, the grader's and the student's code's.
    """
    criteria: list[dict[str, Any]] = []
    for criterion in exercise.criteria:
        decided = outcomes[criterion.id]
        criteria.append(
            {
                "id": criterion.id,
                "part": criterion.part,
                "points": points.points(criterion, decided.status),
                "max_points": criterion.points,
                "status": decided.status,
                "own_status": decided.status,
                "message": decided.message.as_dict(),
                "diagnosis": [],
                "counterexample": decided.counterexample,
            }
        )
    if any(entry["status"] == Status.GRADER_ERROR for entry in criteria):
        status = ResultStatus.GRADER_ERROR
    return {
        "schema_version": SCHEMA_VERSION,
        "exercise": exercise.id,
        "student": student,
        "submission": {"file": file, "sha256": sha256},
        "course_sha256": course_sha256,
        "isolation": isolation,
        "status": status,
        "score": points.score(entry["points"] for entry in criteria),
        "max_score": exercise.max_score,
        "criteria": criteria,
        "cells": [
            {"index": cell.index, "status": cell.status, "error": cell.error} for cell in cells
        ],
        "timing": {"wall_s": round(wall_s, 3), "cpu_s": round(cpu_s, 3)},
    }
