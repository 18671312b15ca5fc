"""Say once for each part what was replaced and why; its other criteria only name it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autograder.course.models import Exercise
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import GradedWith, Remark, Replaced


def give_reasons_once(exercise: Exercise, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """Outcomes whose reasons for replacing the same parts are given at a part's first criterion.

    Args:
        exercise: the exercise.
        outcomes: of every criterion, by id.
    """
    shortened = dict(outcomes)
    for part in exercise.parts:
        told: set[tuple[Replaced, ...]] = set()
        for criterion in part.criteria:
            outcome = outcomes[criterion.id]
            remarks = tuple(_without_reasons(remark, told) for remark in outcome.remarks)
            shortened[criterion.id] = replace(outcome, remarks=remarks)
            told |= {each.replaced for each in outcome.remarks if isinstance(each, GradedWith)}
    return shortened


def _without_reasons(remark: Remark, told: set[tuple[Replaced, ...]]) -> Remark:
    if isinstance(remark, GradedWith) and remark.replaced in told:
        return replace(remark, reasons=False)
    return remark
