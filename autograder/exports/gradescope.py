"""Gradescope's results.json for one submission. Pure.

A submission with a grader error has none until the instructor has decided: Gradescope then reports
that the autograder failed to run, and gives no points instead of a zero.
"""

from __future__ import annotations

import json
from typing import Any

from autograder.course.models import Course
from autograder.exports.book import Mark, State
from autograder.exports.tables import number
from autograder.status import ResultStatus
from autograder.verdict.result import CriterionResult


def results_json(mark: Mark, exercise: str, course: Course | None, lang: str) -> str | None:
    """The file for one cell of the class; None if there is nothing to say to Gradescope."""
    if mark.state in (State.OPEN, State.MISSING, State.EXCUSED) or mark.score is None:
        return None
    if mark.corrected and mark.corrected.result.status is ResultStatus.GRADER_ERROR:
        return None
    criteria = mark.corrected.result.criteria if mark.corrected else ()
    if mark.state is State.UNREADABLE:
        return not_graded(criteria[0].message[lang] if criteria else "")
    titles: dict[str, str] = {}
    for one in course.exercises if course else ():
        if one.id == exercise:
            titles = {criterion.id: criterion.title[lang] for criterion in one.criteria}
    words = mark.corrected.by_criterion if mark.corrected else {}
    tests = [
        _test(
            one, titles.get(one.id, one.id), words[one.id].comment if one.id in words else "", lang
        )
        for one in criteria
    ]
    lines = [f"{number(mark.score)} / {number(mark.max_score)}", mark.comment]
    return _encode(mark.score, "\n".join(line for line in lines if line), tests)


def not_graded(reason: str) -> str:
    """The file for a submission in which nothing can be graded, with the reason."""
    return _encode(0.0, reason, [])


def _encode(score: float, output: str, tests: list[dict[str, Any]]) -> str:
    tree = {
        "score": round(score, 4),
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",  # the log is for instructors
        "tests": tests,
    }
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def _test(one: CriterionResult, title: str, comment: str, lang: str) -> dict[str, Any]:
    lines = [one.message[lang]]
    if example := one.counterexample:
        lines += [example.call, f"got {example.got}", f"expected {example.expected}"]
    lines.append(comment)
    return {
        "name": title,
        "score": round(one.points, 4),
        "max_score": round(one.max_points, 4),
        "status": "passed" if one.points >= one.max_points else "failed",
        "output": "\n".join(line for line in lines if line),
        "output_format": "text",
        "visibility": "visible",
    }
