"""What the pages of a run show: results with current points, corrections, and what is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.corrections.apply import NO_CORRECTIONS, Corrections
from autograder.text import Text
from autograder.verdict.result import Result


@dataclass(frozen=True)
class Shown:
    """What the pages of a run show.

    Attributes:
        results: all valid results, with the points that the course gives now.
        corrections: the instructor's corrections.
        damaged: a line about every other file in ``results/``.
        said: what else the instructor should know, one line each.
        newest: when the newest result was written; None without results.
    """

    results: Sequence[Result] = ()
    corrections: Corrections = NO_CORRECTIONS
    damaged: Sequence[str] = ()
    said: Sequence[Text] = ()
    newest: datetime | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """The same for the terminal, which is in English."""
        return tuple(text["en"] for text in self.said)
