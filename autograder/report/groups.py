"""Groups of students whose submissions have something in common, for the class page. Pure."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autograder.status import CellStatus, ResultStatus, Status
from autograder.verdict.result import Result

A_CELL = "*"
"""In place of a part: a cell of the notebook ran out of time, whatever it was to define."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one criterion that is not passed: its status and the mistakes named."""

    criterion: str
    status: Status
    diagnosis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Students whose submissions behave alike: the same criteria fail in the same way."""

    outcomes: tuple[Outcome, ...]
    score: float
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """Students to whom the same happened in the same parts."""

    parts: tuple[str, ...]
    students: tuple[str, ...]


def alike(results: Sequence[Result]) -> list[Alike]:
    """Groups of two and more, largest first; students who passed everything are left out."""
    readable = [one for one in results if one.status is not ResultStatus.UNREADABLE]
    score = {one.student: one.score for one in readable}
    return [
        Alike(outcomes, score[students[0]], students)
        for outcomes, students in _by(_not_passed, readable)
        if outcomes and len(students) > 1
    ]


def carried(results: Sequence[Result]) -> list[Among]:
    """Who was carried, by the parts that passed with a correct earlier part; largest first."""
    return _among(results, lambda one: _parts(one, Status.CARRIED))


def timed_out(results: Sequence[Result]) -> list[Among]:
    """Who ran out of time, by part; `A_CELL` if it was a cell. Largest group first."""

    def late(one: Result) -> tuple[str, ...]:
        cell = any(cell.status is CellStatus.TIMEOUT for cell in one.cells)
        return (*_parts(one, Status.TIMEOUT), *([A_CELL] if cell else []))

    return _among(results, late)


def _among(results: Iterable[Result], parts: Callable[[Result], tuple[str, ...]]) -> list[Among]:
    return [Among(which, students) for which, students in _by(parts, results) if which]


def _by(
    key: Callable[[Result], Key], results: Iterable[Result]
) -> list[tuple[Key, tuple[str, ...]]]:
    """Students by key, the most frequent key first, ties in the order of the results."""
    groups: dict[Key, list[str]] = {}
    for one in results:
        groups.setdefault(key(one), []).append(one.student)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [(which, tuple(students)) for which, students in ranked]


def _parts(one: Result, status: Status) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.part for c in one.criteria if c.status is status))


def _not_passed(one: Result) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(c.id, c.status, c.diagnosis) for c in one.criteria if c.status is not Status.PASSED
    )
