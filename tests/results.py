"""Results as a grading run writes them, made by hand."""

from __future__ import annotations

import json
from typing import Any

from autograder.verdict import result as verdict
from autograder.verdict.codec import decode

Result = dict[str, Any]


def typed(result: Result) -> verdict.Result:
    """The result that such a file holds."""
    return decode(json.dumps(result))


def make_criterion(id: str, status: str = "passed", **fields: Any) -> Result:
    """One entry of ``criteria``: full points if passed or carried, none otherwise."""
    most = fields.get("max_points", 2)
    criterion = {
        "id": id,
        "part": id.rpartition(".")[0],
        "points": most if status in {"passed", "carried", "grader_error"} else 0,
        "max_points": most,
        "status": status,
        "own_status": "failed" if status == "carried" else status,
        "message": {"en": "", "ja": ""},
        "diagnosis": [],
        "counterexample": None,
    }
    return criterion | fields


def make_result(
    student: str = "aiko", exercise: str = "02_im2col", criteria: Any = None, **fields: Any
) -> Result:
    """A valid result whose score is the sum of its criteria's points."""
    criteria = [make_criterion("im2col.shape")] if criteria is None else criteria
    result = {
        "schema_version": 1,
        "exercise": exercise,
        "student": student,
        "submission": {"file": f"submitted/{student}/{exercise}.ipynb", "sha256": "a1" * 32},
        "course_sha256": "c0" * 32,
        "isolation": "full",
        "status": "graded",
        "score": sum(criterion["points"] for criterion in criteria),
        "max_score": sum(criterion["max_points"] for criterion in criteria),
        "criteria": criteria,
        "cells": [{"index": 1, "status": "ok", "error": None}],
        "timing": {"wall_s": 0.31, "cpu_s": 0.04},
    }
    return result | fields


def sample_result() -> Result:
    """A result with everything a contract has: failures, counterexample, diagnosis, cells."""
    return make_result(
        criteria=[
            make_criterion("im2col.shape"),
            make_criterion(
                "im2col.stride",
                "failed",
                message={"en": "Values differ.", "ja": "値が違います。"},
                diagnosis=["IM8"],
                counterexample={"call": "im2col(x, 2, 2)", "expected": "1.0", "got": "2.0"},
            ),
        ],
        cells=[
            {"index": 0, "status": "ok", "error": None},
            {"index": 3, "status": "error", "error": "NameError: name 'cupy' is not defined"},
        ],
    )
