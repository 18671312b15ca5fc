"""Gradescope's results.json for one submission. Pure.

A submission with a grader error has none until the instructor has decided: Gradescope then reports
that the autograder failed to run, and gives no points instead of a zero.
"""

from __future__ import annotations

import json
from typing import Any

from autograder.corrections.apply import Asked
from autograder.course.models import Course
from autograder.exports.book import Mark, State
from autograder.exports.tables import number
from autograder.messages.exports import say
from autograder.messages.late import late_sum
from autograder.messages.pages import say as page
from autograder.status import ResultStatus
from autograder.verdict.result import CriterionResult


def results_json(mark: Mark, exercise: str, course: Course | None, lang: str) -> str | None:
    """The file for one cell of the class; None if Gradescope gets no file.

    Questions that the instructor grades are left out until they are decided, and the file says so.
    """
    one = mark.corrected
    if one is None or one.excused or one.result.status is ResultStatus.GRADER_ERROR:
        return None
    criteria = one.result.criteria
    if mark.state is State.UNREADABLE:
        return not_graded(criteria[0].message[lang] if criteria else "")
    titles: dict[str, str] = {}
    for known in course.exercises if course else ():
        if known.id == exercise:
            titles = {criterion.id: criterion.title[lang] for criterion in known.criteria}
    comments = {id: word.comment for id, word in one.by_criterion.items()}
    tests = [_test(c, titles.get(c.id, c.id), comments.get(c.id, ""), lang) for c in criteria]
    tests += [_question(asked, lang) for asked in one.asked if not asked.open]
    by_hand = [
        asked.question for asked in one.asked if asked.open and asked.question.id in one.open
    ]
    most = mark.max_score - sum(question.points for question in by_hand)
    lines = [say(lang, "score", score=number(one.final), most=number(most))]
    if one.late:
        lines.append(late_sum(one.result.score, one.late)[lang])
    lines.append(mark.comment)
    if by_hand:
        listed = ", ".join(question.title[lang] for question in by_hand)
        lines.append(say(lang, "by_hand", titles=listed))
    return _encode(one.final, "\n".join(line for line in lines if line), tests)


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
        lines += [example.call, f"{page(lang, 'got')}: {example.got}"]
        lines.append(f"{page(lang, 'expected')}: {example.expected}")
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


def _question(asked: Asked, lang: str) -> dict[str, Any]:
    return {
        "name": asked.question.title[lang],
        "score": round(asked.points, 4),
        "max_score": round(asked.max_points, 4),
        "output": asked.word.comment if asked.word else "",
        "output_format": "text",
        "visibility": "visible",
    }
