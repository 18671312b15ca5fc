"""Stored results as the pages show them: with the points that exercise.toml has now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograder.course.models import Course
from autograder.text import Text, counted
from autograder.verdict.result import Result
from autograder.verdict.reweigh import reweighed


def with_current_points(
    results: Iterable[Result], course: Course | None
) -> tuple[list[Result], list[Text]]:
    """The results with current points, and a line about each exercise whose results are old.

    Args:
        results: stored results.
        course: the course; without it, results keep their points.
    """
    known = course.by_id if course else {}
    shown: list[Result] = []
    changed: Counter[str] = Counter()
    outdated: Counter[str] = Counter()
    for result in results:
        exercise = known.get(result.exercise)
        now: Result | None = result
        if exercise is not None and course is not None:
            now = reweighed(result, exercise, course.carried)
        shown.append(result if now is None else now)
        changed[result.exercise] += now is not None and now is not result
        outdated[result.exercise] += now is None
    notices = [
        Text(
            en=f"{id}: the points in exercise.toml have changed since {counted(n, 'result')} of it "
            f"{'was' if n == 1 else 'were'} graded. Pages and grades.csv have the new points.",
            ja=f"{id}：{n}件の採点の後に、exercise.tomlの配点が変わりました。ページとgrades.csvは"
            "新しい配点で表示しています。",
        )
        for id, n in sorted(changed.items())
        if n
    ]
    notices += [
        Text(
            en=f"{id}: {counted(n, 'result')} of it {'has' if n == 1 else 'have'} other criteria "
            "than exercise.toml has now, so pages and grades.csv show OLD POINTS. Run "
            "`autograder grade` again.",
            ja=f"{id}：{n}件の採点結果の項目がexercise.tomlと異なるため、ページとgrades.csvの得点は古いままです。"
            "`autograder grade` をもう一度実行してください。",
        )
        for id, n in sorted(outdated.items())
        if n
    ]
    return shown, notices
