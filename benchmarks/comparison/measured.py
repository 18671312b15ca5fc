"""What was measured, and the figures that follow from it. Pure.

A class costs a start-up and then something for each submission. Both come from classes of two
sizes: the difference between them, divided by the number of submissions more, is the marginal cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from comparison.processes import Usage

Round = tuple[Usage, Usage]
"""The small class and the large one, in one round."""

OURS, NBGRADER, OTTER = "ours", "nbgrader", "otter-grader"
PLAIN, WARM = "plain process", "warm process"

TARGETS = {  # (numerator, denominator): at least, at most
    (NBGRADER, OURS): (25, None),
    (OTTER, OURS): (70, None),
    (OURS, PLAIN): (None, 0.2),
    (OURS, WARM): (None, 3),
}


def usual(usages: Iterable[Usage]) -> Usage:
    """The median of each figure."""
    cpu_s, wall_s, peak_mb = zip(*(vars(each).values() for each in usages), strict=True)
    return Usage(median(cpu_s), median(wall_s), median(peak_mb))


@dataclass(frozen=True)
class Measured:
    """The rounds of every grader, by name, and the sizes of the two classes."""

    small: int
    large: int
    rounds: Mapping[str, list[Round]]

    def marginal(self, of: Round, seconds: Callable[[Usage], float]) -> float:
        """Seconds for one more submission."""
        return (seconds(of[1]) - seconds(of[0])) / (self.large - self.small)

    def figures(self, name: str) -> dict[str, float]:
        """Medians over the rounds, in seconds and MB."""
        rounds = self.rounds[name]
        found: dict[str, float] = {}
        for kind, seconds in (("cpu", cpu), ("wall", wall)):
            marginal = [self.marginal(each, seconds) for each in rounds]
            start = [
                seconds(each[1]) - self.large * one
                for each, one in zip(rounds, marginal, strict=True)
            ]
            found[f"{kind}_s_marginal"] = median(marginal)
            found[f"{kind}_s_start_up"] = max(0.0, median(start))
            found[f"{kind}_s_total"] = median(seconds(each[1]) for each in rounds)
        found["peak_mb"] = median(each[1].peak_mb for each in rounds)
        return found

    def ratio(self, one: str, other: str) -> float | None:
        """Marginal CPU time, the median of the ratios within each round."""
        if one not in self.rounds or other not in self.rounds:
            return None
        ratios = []
        for a, b in zip(self.rounds[one], self.rounds[other], strict=True):
            divisor = self.marginal(b, cpu)
            if divisor > 0:
                ratios.append(self.marginal(a, cpu) / divisor)
        return median(ratios) if ratios else None

    def as_json(self) -> dict[str, Any]:
        """Figures, ratios and targets, and every round."""
        return {
            "submissions": [self.small, self.large],
            "graders": {name: self.figures(name) for name in self.rounds},
            "ratios": [
                {
                    "of": list(pair),
                    "value": self.ratio(*pair),
                    "at_least": least,
                    "at_most": most,
                    "met": met(self.ratio(*pair), least, most),
                }
                for pair, (least, most) in TARGETS.items()
            ],
            "rounds": {
                name: [[vars(small), vars(large)] for small, large in rounds]
                for name, rounds in self.rounds.items()
            },
        }


def cpu(usage: Usage) -> float:
    """CPU seconds."""
    return usage.cpu_s


def wall(usage: Usage) -> float:
    """Wall-clock seconds."""
    return usage.wall_s


def met(value: float | None, least: float | None, most: float | None) -> bool | None:
    """Whether a ratio is what it should be; None if it was not measured."""
    if value is None:
        return None
    return (least is None or value >= least) and (most is None or value <= most)
