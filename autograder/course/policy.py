"""What a course does about lateness and totals: ``[policy]`` in course.toml, and its arithmetic.

Nothing here touches a criterion's points. A penalty is taken from the score of an exercise as a
whole, after corrections, and is shown as what it is: ``17 − 10 % late = 15.3``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.course.toml_tables import Table
from autograder.errors import CourseError

KEYS = (
    "timezone", "grace", "late_per_day", "late_at_most", "drop_lowest", "deadlines", "extensions",
    "weights",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Late:
    """How late a hand-in is, and what it costs.

    Attributes:
        days: days after the deadline, started ones included.
        share: the share of the score that it costs, from 0 to 1.
    """

    days: int
    share: float

    def after(self, score: float) -> float:
        """The score that is left, to a hundredth of a point."""
        return round(score * (1 - self.share), 2)

    @property
    def percent(self) -> float:
        """The share in per cent."""
        return round(100 * self.share, 2)


@dataclass(frozen=True)
class Policy:
    """A course's policy. The default takes nothing from anybody.

    Attributes:
        zone: the time zone of the course; None for that of the machine.
        grace: how long after a deadline nobody is late.
        late_per_day: the share of the score that each started day costs.
        late_at_most: the share that lateness costs at most.
        drop_lowest: how many of each student's exercises do not count: those with the lowest share.
        deadlines: by exercise.
        extensions: a student's own deadlines, by student (name or folder) and exercise.
        weights: what each exercise counts in the total; none: its points.
    """

    zone: tzinfo | None = None
    grace: timedelta = timedelta()
    late_per_day: float = 0.0
    late_at_most: float = 1.0
    drop_lowest: int = 0
    deadlines: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict, hash=False)
    weights: Mapping[str, float] = field(default_factory=dict, hash=False)

    def due(self, exercise: str, names: Collection[str]) -> datetime | None:
        """When a student has to hand in an exercise; None if there is no deadline.

        Args:
            exercise: the exercise's id.
            names: the student's name and folder.
        """
        own = [self.extensions[name].get(exercise) for name in names if name in self.extensions]
        return max((time for time in own if time), default=self.deadlines.get(exercise))

    def extension(self, exercise: str, names: Collection[str]) -> timedelta | None:
        """How much later than everybody's a student's own deadline is; None if it is the same."""
        due, own = self.deadlines.get(exercise), self.due(exercise, names)
        return own - due if due and own and own != due else None

    def late(
        self, exercise: str, names: Collection[str], handed_in: datetime | None
    ) -> Late | None:
        """How late a hand-in is; None if it is not, or if nobody knows when it was handed in."""
        due = self.due(exercise, names)
        if due is None or handed_in is None or handed_in <= due + self.grace:
            return None
        days = math.ceil((handed_in - due) / timedelta(days=1))
        return Late(days, min(self.late_per_day * days, self.late_at_most))

    @property
    def changes_totals(self) -> bool:
        """Whether a total is more than the sum of the points."""
        return bool(self.drop_lowest or self.weights)

    def dropped(self, scores: Mapping[str, tuple[float, float]]) -> frozenset[str]:
        """A student's exercises that do not count, since they have the lowest shares of points.

        Args:
            scores: as for `total`.
        """
        counted = {id: one for id, one in scores.items() if one[1] > 0}
        shares = sorted(counted, key=lambda id: (counted[id][0] / counted[id][1], id))
        return frozenset(shares[: min(self.drop_lowest, max(0, len(shares) - 1))])

    def total(self, scores: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
        """A student's total and its maximum.

        Args:
            scores: the score and the maximum of each exercise that counts for the student, with 0
                for what was not handed in. Where the maximum is 0, all points are bonus.
        """
        dropped = self.dropped(scores)
        kept = {id: one for id, one in scores.items() if id not in dropped}
        if not self.weights:
            return (
                math.fsum(score for score, _ in kept.values()),
                math.fsum(most for _, most in kept.values()),
            )
        weighed = {id: self.weights.get(id, 0.0) for id, (_, most) in kept.items() if most > 0}
        return (
            math.fsum(weight * kept[id][0] / kept[id][1] for id, weight in weighed.items()),
            math.fsum(weighed.values()),
        )


def read_policy(table: Table, exercises: Sequence[str]) -> Policy:
    """The policy in course.toml; the default if it has none.

    Raises:
        CourseError: it is invalid; with file, line and remedy.
    """
    if not table.has("policy"):
        return Policy()
    rules = table.table("policy", KEYS)
    zone = _zone(rules) if rules.has("timezone") else None
    grace = timedelta(minutes=rules.number("grace", default=0.0))
    per_day = rules.share("late_per_day", default=0.0)
    at_most = rules.share("late_at_most", default=1.0)
    drop = rules.number("drop_lowest", default=0.0)
    if drop % 1:
        raise rules.error(f"drop_lowest = {drop:g} is not a whole number", near="drop_lowest")
    deadlines: dict[str, datetime] = {}
    if rules.has("deadlines"):
        deadlines = _times(rules.table("deadlines", exercises), zone)
    extensions: dict[str, Mapping[str, datetime]] = {}
    if rules.has("extensions"):
        students = rules.table("extensions", None)
        extensions = {name: _times(students.table(name, exercises), zone) for name in students.left}
    weights: dict[str, float] = {}
    if rules.has("weights"):
        inner = rules.table("weights", exercises)
        weights = {id: inner.number(id, default=0.0) for id in inner.left}
    return Policy(zone, grace, per_day, at_most, int(drop), deadlines, extensions, weights)


def changed_policy(file: Path, lines: Sequence[str], exercises: Sequence[str]) -> Policy:
    """The policy in ``file`` with further lines, written as under ``[policy]`` there.

    Args:
        file: course.toml.
        lines: such as ``late_per_day = 0.05`` or ``deadlines.02_im2col = 2026-05-03T23:59:00``.
        exercises: ids of the course's exercises.

    Raises:
        CourseError: a line is invalid, or they contradict each other.
    """
    text = "\n".join(lines)
    given = Path("--policy")
    try:
        new = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(
            f"{text!r} is not TOML: {error}", given, remedy="Write it as in course.toml"
        ) from None
    rules = tomllib.loads(file.read_text(encoding="utf-8")).get("policy", {})
    return read_policy(Table({"policy": _merged(rules, new)}, ("policy",), given, text), exercises)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            value = _merged(inner, value)
        merged[key] = value
    return merged


def _zone(rules: Table) -> tzinfo:
    name = rules.string("timezone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise rules.error(
            f"timezone = {name!r} is unknown here",
            "Write a name such as Asia/Tokyo, and install tzdata if this system has none",
            "timezone",
        ) from None


def _times(table: Table, zone: tzinfo | None) -> dict[str, datetime]:
    return {id: table.time(id, zone) for id in table.left}
