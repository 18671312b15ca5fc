"""The score below which ``check`` fails, as CI wants it: points, or a share of them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class MinScore:
    """At least this: points, or per cent of the maximum."""

    value: float
    percent: bool

    @classmethod
    def parse(cls, text: str) -> MinScore:
        """``10`` or ``60%``.

        Raises:
            ValueError: it is neither.
        """
        percent = text.endswith("%")
        try:
            value = float(text.removesuffix("%"))
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{text!r} is neither points nor per cent: write 10 or 60%")
        return cls(value, percent)

    def points(self, most: float) -> float:
        """The points required, given the maximum."""
        return self.value * most / 100 if self.percent else self.value

    def reached(self, score: float, most: float) -> bool:
        """Whether a score is enough; rounding costs nobody anything."""
        return score >= self.points(most) - 1e-9
