"""Grade a notebook again if it may behave differently each time; the worst outcomes count.

What can be made the same on every run is (`autograder.sandbox.guest.reproducible`). If a notebook
uses something that cannot (`Unfixable`), a criterion could be passed by chance, and handing in the
same notebook again would be a lottery. So what it has earned is decided again in fresh processes,
up to `GRADINGS` times in all: a coin that is tossed once while the notebook is loaded passes each
time with probability one half. Statements that a time limit stopped are left out there, because how
far they got depends on chance.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograder.carrying.carry import Carrier
from autograder.course.models import Course, Exercise
from autograder.ingest.hand_ins import ONCE, Gradings
from autograder.sandbox.host.session import Session
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import RIGHT, CellStatus, Status
from autograder.suite.naming import names_in
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import CameOutDifferently

GRADINGS = 4
"""How often such a notebook is graded at most. It is always graded a second time, and more often
only while time allows."""


@dataclass(frozen=True)
class WorstOutcomes:
    """The worst outcome of each criterion, and how often they were decided."""

    outcomes: dict[str, Outcome]
    gradings: Gradings = ONCE


def worst_of_several(
    carrier: Carrier, exercise: Exercise, session: Session, first: Mapping[str, Outcome]
) -> WorstOutcomes:
    """The worst outcome of each criterion, if the notebook leaves any to chance.

    Args:
        carrier: carries errors forward.
        exercise: the exercise.
        session: the session that ``first`` was decided in. All share the submission's time.
        first: every criterion's outcome.
    """
    found = dict(first)
    sources = _sources(carrier.course, exercise, session)
    if not sources:
        return WorstOutcomes(found)
    times = 1
    for _ in range(GRADINGS - 1):
        began = time.monotonic()
        earned = {id for id, outcome in found.items() if outcome.status in RIGHT}
        if not earned:
            break
        stopped = dict.fromkeys(session.timed_out, CellStatus.TIMEOUT)
        again = session.loaded_again(left_out=session.left_out | stopped)
        with again:
            other = {**found, **carrier.suites.run(exercise, again, earned)}
            if any(other[id].status not in RIGHT for id in earned):
                with carrier.carry(exercise, again, other) as notebook:
                    other = notebook.best
        times += 1
        session.cpu_s += again.cpu_s
        session.host_cpu_s = again.host_cpu_s
        sources |= again.unfixable
        used = tuple(sorted(sources))
        found |= {id: worse(found[id], other[id], used) for id in earned}
        now = time.monotonic()
        if not _is_time_left(session, now, now - began):
            break
    return WorstOutcomes(found, Gradings(times, tuple(sorted(sources))) if times > 1 else ONCE)


def _is_time_left(session: Session, now: float, took_s: float) -> bool:
    """Whether another grading would end before the limits of calls are shortened."""
    used = now - (session.loaded_at or now)
    return used + 2 * took_s < session.budget.generous_wall_s and (
        session.host_cpu_s < session.budget.host_cpu_s / 2
    )


def _sources(course: Course, exercise: Exercise, session: Session) -> frozenset[Unfixable]:
    """What is left to chance. How far a stopped statement came matters only to code with data."""
    names = names_in(course, exercise, session.defined)
    graded = {names.owner(part.owner) for part in exercise.parts}
    stopped = {Unfixable.TIME_LIMIT} if session.kept_data & graded else set()
    return frozenset(session.unfixable | stopped)


def worse(first: Outcome, second: Outcome, sources: tuple[Unfixable, ...]) -> Outcome:
    """The outcome that earns less, with a remark if it is the second."""
    if _rank(second) >= _rank(first):
        return first
    return replace(second, remarks=(*second.remarks, CameOutDifferently(sources)))


def _rank(outcome: Outcome) -> int:
    order = (Status.GRADER_ERROR, Status.CARRIED, Status.PASSED)
    return order.index(outcome.status) if outcome.status in order else -1
