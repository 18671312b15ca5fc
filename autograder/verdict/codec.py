"""Encode a result as result.json and decode it again. Both directions validate."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from autograder.errors import InvalidResult
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, ResultStatus, Status
from autograder.text import Text
from autograder.verdict.result import (
    CellResult,
    Counterexample,
    CriterionResult,
    File,
    Result,
    Timing,
)
from autograder.verdict.schema import SCHEMA_VERSION, validate

MESSAGE_LANGUAGES = ("en", "ja")
"""Languages of every message in result.json; one that the course lacks repeats the first."""


def encode(result: Result) -> str:
    """The text of result.json; equal results give equal text.

    Raises:
        InvalidResult: the result violates the contract.
    """
    fields = as_json(result)
    validate(fields)
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


Seen = MutableMapping[CriterionResult, CriterionResult]
"""Criteria decoded before. Many of a class's are equal: one object for all of them saves memory."""


def decode(text: str | bytes, seen: Seen | None = None) -> Result:
    """The result stored in a result.json.

    Args:
        text: the file's content.
        seen: one for all results that are kept together; criteria are added to it.

    Raises:
        InvalidResult: it is not JSON, or it violates the contract.
    """
    try:
        fields = json.loads(text)
        validate(fields)
    except InvalidResult:
        raise
    except (
        ValueError,
        ArithmeticError,
        RecursionError,
    ) as error:  # e.g. a number that is too large
        raise InvalidResult(f"{error}. Grade this submission again.") from None
    return _result(fields, {} if seen is None else seen)


def as_json(result: Result) -> dict[str, Any]:
    """The fields of result.json in order, not validated yet."""
    return {
        "schema_version": SCHEMA_VERSION,
        "exercise": result.exercise,
        "student": result.student,
        "submission": {"file": result.submission.path, "sha256": result.submission.sha256},
        "course_sha256": result.course_sha256,
        "isolation": str(result.isolation),
        "status": result.status,
        "score": result.score,
        "max_score": result.max_score,
        "criteria": [_criterion_fields(criterion) for criterion in result.criteria],
        "cells": [
            {"index": cell.index, "status": cell.status, "error": cell.error}
            for cell in result.cells
        ],
        "timing": {"wall_s": result.timing.wall_s, "cpu_s": result.timing.cpu_s},
    }


def _criterion_fields(criterion: CriterionResult) -> dict[str, Any]:
    example = criterion.counterexample
    return {
        "id": criterion.id,
        "part": criterion.part,
        "points": criterion.points,
        "max_points": criterion.max_points,
        "status": criterion.status,
        "own_status": criterion.own_status,
        "message": _message_fields(criterion.message),
        "diagnosis": list(criterion.diagnosis),
        "counterexample": example
        and {"call": example.call, "got": example.got, "expected": example.expected},
    }


def _message_fields(message: Text) -> dict[str, str]:
    languages = dict.fromkeys((*MESSAGE_LANGUAGES, *message.languages))
    return {lang: message[lang] for lang in languages}


def _result(fields: Mapping[str, Any], seen: Seen) -> Result:
    return Result(
        exercise=fields["exercise"],
        student=fields["student"],
        submission=File(fields["submission"]["file"], fields["submission"]["sha256"]),
        course_sha256=fields["course_sha256"],
        isolation=Level[fields["isolation"].upper()],
        status=ResultStatus(fields["status"]),
        score=fields["score"],
        max_score=fields["max_score"],
        criteria=tuple(seen.setdefault(c, c) for c in map(_criterion, fields["criteria"])),
        cells=tuple(
            CellResult(cell["index"], CellStatus(cell["status"]), cell["error"])
            for cell in fields["cells"]
        ),
        timing=Timing(fields["timing"]["wall_s"], fields["timing"]["cpu_s"]),
    )


def _criterion(fields: Mapping[str, Any]) -> CriterionResult:
    example = fields["counterexample"]
    return CriterionResult(
        id=fields["id"],
        part=fields["part"],
        points=fields["points"],
        max_points=fields["max_points"],
        status=Status(fields["status"]),
        own_status=Status(fields["own_status"]),
        message=Text(**fields["message"]),
        diagnosis=tuple(fields["diagnosis"]),
        counterexample=None if example is None else Counterexample(**example),
    )
