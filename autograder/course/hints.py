"""Hints for known mistakes: how a diagnosis is explained to a student."""

from collections.abc import Iterable
from functools import cache

from autograder.course.load import load_mistakes
from autograder.course.models import Exercise
from autograder.text import Text


def mistake_hints(exercise: Exercise | None, ids: Iterable[str]) -> list[Text]:
    """The hints of these mistakes, without ids that the course does not know (any more)."""
    ids = tuple(ids)
    if exercise is None or not ids:
        return []  # without loading mistakes.py, which takes as long as all the rest of a page
    known = _hints(exercise)
    return [known[id] for id in ids if id in known]


@cache
def _hints(exercise: Exercise) -> dict[str, Text]:
    mistakes, _ = load_mistakes(exercise)
    return {mistake.id: mistake.hint for mistake in mistakes}
