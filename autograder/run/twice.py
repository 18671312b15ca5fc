"""A notebook that need not behave the same each time is graded twice, and the worse counts.

What can be made the same on every run is (`autograder.sandbox.guest.reproducible`). If a notebook
uses something that cannot (`Unfixable`), a criterion could be passed by chance, and handing in the
same notebook again would be a lottery. So what it has earned is decided once more in processes of
their own. Statements that a time limit stopped are left out there: how far they came is chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autograder.carrying.carry import Carrier
from autograder.course.models import Course, Exercise
from autograder.sandbox.host.session import Session
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import RIGHT, Status
from autograder.suite.naming import names_in
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import CameOutDifferently


def checked(
    carrier: Carrier, exercise: Exercise, session: Session, first: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The worse of two outcomes of each criterion, if the notebook leaves any to chance.

    Args:
        carrier: carries errors forward.
        exercise: the exercise.
        session: the session that ``first`` was decided in. Both share the submission's time.
        first: every criterion's outcome.
    """
    earned = {id for id, outcome in first.items() if outcome.status in RIGHT}
    sources = _sources(carrier.course, exercise, session)
    if not earned or not sources:
        return dict(first)
    again = Session(
        session.server,
        session.cells,
        session.budget,
        deadline=session.deadline,
        timeouts=session.timeouts,
        loaded_at=session.loaded_at,
        without=session.timed_out,
        host_cpu_s=session.host_cpu_s,
    )
    with again:
        second = {**first, **carrier.suites.run(exercise, again, earned)}
        if any(second[id].status not in RIGHT for id in earned):
            with carrier.carry(exercise, again, second) as notebook:
                second = notebook.best
    session.cpu_s += again.cpu_s
    session.host_cpu_s = again.host_cpu_s
    used = tuple(sorted(sources | again.unfixable))
    return {
        id: worse(outcome, second[id], used) if id in earned else outcome
        for id, outcome in first.items()
    }


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
