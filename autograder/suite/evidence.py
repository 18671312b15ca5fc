"""Judge inputs chosen by students, on which provided code should give a wrong result.

A student's answer is a value from the sandbox: it is validated by the exercise's own rules for
inputs before anything is computed with it. Only our own copy of the suspect is run here, against
the reference.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.host.session import StudentFailure
from autograder.suite.compare import type_name
from autograder.suite.facts import (
    AcquitsTooMany,
    ProvesNothing,
    TooFewConvicted,
    Unfit,
    WrongAnswer,
    WronglyAcquitted,
)
from autograder.suite.proxy import Answer, fetch, label, show
from autograder.text import Text


@dataclass(frozen=True)
class Suspect:
    """Provided code that may be wrong, with what is needed to judge it.

    Attributes:
        code: our copy of the suspect.
        right: the reference, called with the same arguments.
        misfit: returns what is wrong with an answer as a tuple of arguments, or None. It must cope
            with anything a student may return except None, and reject inputs for which the
            reference has no finite result, or which are large enough to take noticeable time or
            memory.
        rounding: results that differ by no more than this are equal.
    """

    code: Callable[..., Any]
    right: Callable[..., Any]
    misfit: Callable[[Any], Text | None]
    rounding: float

    def goes_wrong(self, arguments: list[Any]) -> bool:
        """Whether it raises on these arguments, or gives a different shape or different values."""
        expected = self.right(*_copies(arguments))
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                got = self.code(*_copies(arguments))
        except Exception:
            return True
        return not _agree(got, expected, self.rounding)


def convicts(answer: Answer, suspect: Suspect) -> None:
    """The answer is a tuple of arguments on which the suspect goes wrong.

    Raises:
        WrongAnswer: it is None, which claims that the suspect is right; or not a valid input; or
            an input on which the suspect agrees with the reference.
    """
    value = fetch(answer)
    if value is None:
        raise WrongAnswer(WronglyAcquitted(label(answer), "None"))
    try:
        problem = suspect.misfit(value)
        if problem is None:
            arguments = [_plain(item) for item in value]
            wrong = suspect.goes_wrong(arguments)
    except Exception as error:
        # An input that passes the rules but makes the reference raise is the student's choice. As
        # a grader error it could earn the points.
        raise WrongAnswer(Unfit(label(answer), type_name(value), None)) from error
    if problem is not None:
        raise WrongAnswer(Unfit(label(answer), type_name(value), problem))
    if not wrong:
        shown = f"({', '.join(map(show, arguments))})"
        raise WrongAnswer(ProvesNothing(label(answer), shown))


def acquits(
    answer: Answer,
    suspect: Suspect,
    others: Iterable[tuple[Callable[[], Answer], Suspect]],
    least: int,
) -> None:
    """The answer is None (the suspect is right), and is not just a guess.

    None counts only if it is given for no other suspect, and if at least ``least`` of the others
    are convicted.

    Args:
        answer: the student's answer about the suspect.
        suspect: the one that is right.
        others: pairs of a function that gets the student's answer (preferably in a process of its
            own) and the suspect it is about.
        least: how many of the others must be convicted.

    Raises:
        WrongAnswer: the answer is something else, or None does not count.
    """
    if fetch(answer) is not None:
        convicts(answer, suspect)
        raise RuntimeError("the suspect that is right goes wrong on this input")
    convicted = acquitted = 0
    for ask, other in others:
        try:
            other_answer = ask()
            acquitted += fetch(other_answer) is None
            convicts(other_answer, other)
        except (WrongAnswer, StudentFailure):
            continue
        convicted += 1
    if acquitted:
        raise WrongAnswer(AcquitsTooMany(label(answer), "None", acquitted + 1))
    if convicted < least:
        raise WrongAnswer(TooFewConvicted(label(answer), "None", convicted, least))


def _plain(value: Any) -> Any:
    """An argument in the form that suspects take: real arrays as float64, to limit rounding."""
    if isinstance(value, np.ndarray):
        return np.asarray(value, dtype=np.float64)
    if isinstance(value, (tuple, list)):
        return tuple(_plain(item) for item in value)
    return int(value) if isinstance(value, np.integer) else value


def _copies(arguments: list[Any]) -> list[Any]:
    return [item.copy() if isinstance(item, np.ndarray) else item for item in arguments]


def _agree(got: Any, expected: Any, rounding: float) -> bool:
    if isinstance(expected, tuple):
        return (
            isinstance(got, tuple)
            and len(got) == len(expected)
            and all(
                _agree(mine, right, rounding) for mine, right in zip(got, expected, strict=True)
            )
        )
    mine, right = np.asarray(got), np.asarray(expected)
    if not np.isfinite(right).all():
        raise ValueError("the reference gives NaN or infinity: misfit must reject such an input")
    if mine.shape != right.shape or mine.dtype.kind not in "biuf":
        return False
    with np.errstate(all="ignore"):
        return bool((np.abs(mine - right) <= rounding).all())  # NaN is not <=
