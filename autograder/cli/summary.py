"""A result as Markdown, for the job summary of a CI.

Messages quote what students wrote. A job summary is rendered by a site on which the instructor is
signed in, so nothing in a text is markup: characters that could be are written as references.
"""

from __future__ import annotations

from autograder.cli.console import format_points, format_score
from autograder.course.models import Exercise
from autograder.messages.pages import say
from autograder.sanitize import visible
from autograder.status import ResultStatus, Status
from autograder.verdict.result import Result

_MARKS = {Status.PASSED: "✅", Status.CARRIED: "✅", Status.GRADER_ERROR: "⚠️"}
_PLAIN = frozenset(" ,.;%/=+?'")


def summary(result: Result, exercise: Exercise, lang: str) -> str:
    """The table of one result."""
    titles = {criterion.id: criterion.title[lang] for criterion in exercise.criteria}
    lines = [f"## {escaped(exercise.title[lang])}: {format_score(result, ' / ')}", ""]
    if result.status is ResultStatus.UNREADABLE:
        return "\n".join([*lines, escaped(result.criteria[0].message[lang]), ""])
    criterion, points = say(lang, "terminal_criterion"), say(lang, "terminal_points")
    lines += [f"| | {criterion} | {points} | |", "|---|---|---:|---|"]
    for one in result.criteria:
        points = f"{format_points(one.points)}/{format_points(one.max_points)}"
        title, message = escaped(titles.get(one.id, one.id)), escaped(one.message[lang])
        lines.append(f"| {_MARKS.get(one.status, '❌')} | {title} | {points} | {message} |")
    return "\n".join([*lines, ""])


def escaped(text: str) -> str:
    """A text on one line in which nothing is Markdown or HTML."""
    line = " ".join(visible(text).split())
    return "".join(
        c if c.isalnum() or c in _PLAIN or ord(c) > 0x2000 else f"&#{ord(c)};" for c in line
    )
