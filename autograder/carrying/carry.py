"""Grade again what failed because an earlier part is missing or wrong; the better outcome counts.

First, names that the notebook uses but does not define are supplied, which is what most notebooks
need. Criteria that still fail, and build on parts that are defined but fail their own suites, are
graded once more with those parts replaced as well; finally, so are wrong methods of a class on
which its other methods build. The notebook is loaded again each time, in
separate processes, so a supplied part exists only while something that builds on it is graded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from autograder.carrying.plan import MentionedNames, aliases, dependencies, own_methods
from autograder.carrying.reference import ReferenceProcess
from autograder.carrying.reloads import Reloads
from autograder.course.models import Course, Criterion, Exercise, Part
from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.session import SandboxLost, Session
from autograder.status import NOTHING_TO_FIX, RIGHT, Status
from autograder.suite.facts import Missing, NotWritten, Raised
from autograder.suite.naming import Names, names_in
from autograder.suite.one_state import is_better_there, lost_there
from autograder.suite.outcome import Outcome, grader_error_of
from autograder.suite.plugin import Suites
from autograder.suite.remarks import GradedWith, Replaced

_UNINFORMATIVE = (Status.ERROR, Status.TIMEOUT, Status.MISSING)
"""If a criterion fails either way, its outcome with parts replaced is more helpful than these."""


@dataclass(frozen=True)
class Carrier:
    """Carries errors forward in one course.

    Args:
        course: the course.
        suites: its suites, including those of earlier exercises.
        process: the process that holds the reference; None to carry nothing forward.
    """

    course: Course
    suites: Suites
    process: ReferenceProcess | None

    @contextmanager
    def carry(
        self, exercise: Exercise, session: Session, own: Mapping[str, Outcome]
    ) -> Iterator[GradedNotebook]:
        """The notebook with errors carried forward, as long as it stays loaded.

        Args:
            exercise: the exercise.
            session: the loaded notebook.
            own: each criterion's outcome with the student's own code only.
        """
        with GradedNotebook(self, exercise, session, dict(own)) as notebook:
            right = all(found.status in NOTHING_TO_FIX for found in own.values())
            if not right and self.process is not None and self.course.carried > 0:
                notebook.supply_what_is_missing()
                notebook.replace_what_is_wrong()
                notebook.replace_own_methods()
            yield notebook


@dataclass
class GradedNotebook:
    """A graded notebook, still loaded. The steps improve its outcomes.

    Attributes:
        best: each criterion's best outcome so far.
    """

    carrier: Carrier
    exercise: Exercise
    session: Session
    best: dict[str, Outcome]
    _replaced: dict[str, dict[str, Replaced]] = field(default_factory=dict)
    _waiting: dict[str, tuple[list[Criterion], dict[str, Replaced]]] = field(default_factory=dict)
    _decided_with: dict[str, frozenset[str]] = field(default_factory=dict)
    _reloads: Reloads = field(init=False)

    def __post_init__(self) -> None:
        self._reloads = Reloads(
            self.session,
            self.carrier.process,
            aliases=lambda name: self._aliases.get(name, ()),
            own_name=self._own_name,
        )

    # Each is computed when first needed: never, where everything is right.

    @cached_property
    def _aliases(self) -> Mapping[str, tuple[str, ...]]:
        return aliases(self.carrier.course)

    @cached_property
    def _names(self) -> Names:
        return names_in(self.carrier.course, self.exercise, self.session.defined)

    @cached_property
    def _mentioned(self) -> MentionedNames:
        return MentionedNames(source for _, source in self.session.cells)

    def __enter__(self) -> GradedNotebook:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End all sessions that were started for it."""
        self._reloads.close()

    def decided_in(self, criterion: str) -> Session:
        """The session in which a criterion's best outcome was decided."""
        return self._reloads.already(self._decided_with.get(criterion, ())) or self.session

    def for_questions(self, criterion: str) -> Session | None:
        """The same notebook in a process that no hidden input has reached.

        Its definitions and assignments are run, but nothing that may take long. None if it cannot
        be loaded again.
        """
        return self._reloads.for_questions(self._decided_with.get(criterion, frozenset()))

    @property
    def loaded(self) -> dict[str, Session]:
        """By function or class, the notebook with what it builds on replaced."""
        loaded = {owner: self._reloads.already(names) for owner, names in self._replaced.items()}
        return {owner: found for owner, found in loaded.items() if found is not None}

    def supply_what_is_missing(self) -> None:
        """First step: names that the notebook uses but does not define."""
        for owner, criteria in self._failing():
            needed = dependencies(self.carrier.course, self.exercise, owner)
            missing = tuple(filter(self._is_missing, needed.all))
            if missing:
                self._regrade_soon(owner, criteria, {name: Replaced(name) for name in missing})
        self._regrade_waiting()

    def replace_what_is_wrong(self) -> None:
        """Second step: parts that the notebook defines but that fail their own suites.

        A part that is right once something else is replaced needs the same here.
        """
        for owner, criteria in self._failing():
            supplied = self._replaced.get(owner, {})
            needed = dependencies(self.carrier.course, self.exercise, owner)
            if not self._waiting.keys().isdisjoint(needed.all):
                self._regrade_waiting()
            wrong = {
                name: _replaced(name, *failed)
                for name, failed in self._first_failures(needed.direct, supplied).items()
            }
            for name in needed.direct:
                if name not in wrong and self._is_carried(name):
                    wrong |= self._replaced[name]
            if not wrong.keys() <= supplied.keys():
                self._regrade_soon(owner, criteria, supplied | wrong)
        self._regrade_waiting()

    def replace_own_methods(self) -> None:
        """Third step: wrong methods of the same class, where other methods build on them."""
        for owner, failing in self._failing():
            for part in self.exercise.parts:
                criteria = [criterion for criterion in failing if criterion.part == part.id]
                wrong = {}
                for name in own_methods(self.exercise, part) if criteria else ():
                    failed = self._first_failure_of(self.exercise.part(name))
                    if failed and self._may_be_to_blame(self.exercise.part(name), criteria):
                        wrong[name] = _replaced(name, *failed)
                if wrong:
                    self._regrade(criteria, self._replaced.get(owner, {}) | wrong)

    def _may_be_to_blame(self, method: Part, criteria: Sequence[Criterion]) -> bool:
        """Whether a wrong method may be why criteria of another method of its class fail."""
        if self._mentioned.calls_on_self(method.method or ""):
            return True
        name = ".".join(self._own_name(method.id))
        facts = [self.best[criterion.id].fact for criterion in criteria]
        return any(
            isinstance(fact, Raised) and any(frame.function == name for frame in fact.error.frames)
            for fact in facts
        )

    def _failing(self) -> Iterator[tuple[str, list[Criterion]]]:
        """Functions and classes with their failed criteria that supplied parts may help."""
        for owner in dict.fromkeys(part.owner for part in self.exercise.parts):
            spellings = (owner, *self._aliases.get(owner, ()))
            if owner not in self._names.owners and not self._mentioned.defines(spellings):
                continue
            failing = [
                criterion
                for part in self.exercise.parts
                if part.owner == owner
                for criterion in part.criteria
                if self._can_be_helped(self.best[criterion.id], part)
            ]
            if failing:
                yield owner, failing

    @staticmethod
    def _can_be_helped(outcome: Outcome, part: Part) -> bool:
        if outcome.status in NOTHING_TO_FIX:
            return False
        return outcome.fact != NotWritten(part.id)

    def _is_missing(self, name: str) -> bool:
        if name in self.session.defined:
            return False
        if name in self._names.owners:  # under another name: its own name may be wanted as well
            return self._mentioned.has_exactly(name)
        return self._mentioned.has((name, *self._aliases.get(name, ())))

    def _first_failures(
        self, names: Sequence[str], supplied: Collection[str]
    ) -> dict[str, tuple[Criterion, Outcome]]:
        """By function or class of the student's, the first criterion that it fails, and how."""
        own = [name for name in names if name not in supplied and name in self._names.owners]
        failures: dict[str, tuple[Criterion, Outcome]] = {}
        for exercise in (self.exercise, *self.carrier.course.before(self.exercise)):
            parts = [part for part in exercise.parts if part.owner in own]
            owners = {part.owner for part in parts}
            own = [name for name in own if name not in owners]
            if exercise is self.exercise:
                found = [(part.owner, self._first_failure_of(part)) for part in reversed(parts)]
                failures |= {owner: failed for owner, failed in found if failed is not None}
            elif owners:
                session = self._reloads.already(supplied) or self.session
                failures |= self.carrier.suites.first_failures(exercise, owners, session)
        return {name: failures[name] for name in names if name in failures}

    def _is_carried(self, owner: str) -> bool:
        """Whether a function or class of this exercise is right with something replaced."""
        parts = [part for part in self.exercise.parts if part.owner == owner]
        found = (self.best[criterion.id].status for part in parts for criterion in part.criteria)
        return owner in self._replaced and Status.CARRIED in found

    def _first_failure_of(self, part: Part) -> tuple[Criterion, Outcome] | None:
        found = ((criterion, self.best[criterion.id]) for criterion in part.criteria)
        return next((each for each in found if each[1].status not in RIGHT), None)

    def _regrade_soon(
        self, owner: str, criteria: list[Criterion], replaced: dict[str, Replaced]
    ) -> None:
        """Grade criteria with parts replaced, together with others that need the same single part.

        Of several parts, each owner may use others, which its outcomes say.
        """
        others = [each for _, each in self._waiting.values()]
        if len(replaced) > 1 or any(each != replaced for each in others):
            self._regrade_waiting()
        self._replaced[owner] = replaced
        self._waiting[owner] = criteria, replaced

    def _regrade_waiting(self) -> None:
        waiting = [*self._waiting.values()]
        self._waiting.clear()
        if waiting:
            self._regrade([each for criteria, _ in waiting for each in criteria], waiting[0][1])

    def _regrade(self, criteria: Sequence[Criterion], replaced: Mapping[str, Replaced]) -> None:
        """Grade criteria with parts replaced, and keep better outcomes (see `one_state`)."""
        ids = {criterion.id for criterion in criteria}
        try:
            reload = self._reloads.with_replaced(replaced)
        except (SandboxUnavailable, SandboxLost) as error:
            # What is right already stays so. The rest may be, which the instructor has to find out.
            self.best |= dict.fromkeys(ids, grader_error_of(error))
            return
        if reload is None:
            return
        reload.proxies.used.clear()
        parts = dict.fromkeys(criterion.part for criterion in criteria)
        with_others = {each.id for each in self.exercise.criteria if each.part in parts}
        found = self.carrier.suites.run(self.exercise, reload.session, with_others)
        used = tuple(each for name, each in replaced.items() if name in reload.proxies.used)
        for part in map(self.exercise.part, parts):
            pays = is_better_there(
                part.criteria, self.best, found, share=self.carrier.course.carried
            )
            lost = lost_there(part.criteria, self.best, found) if pays else []
            for id in [each.id for each in part.criteria if each.id in ids or each in lost]:
                if found[id].status is Status.PASSED and not pays:
                    continue
                better = _better(self.best[id], found[id], used or tuple(replaced.values()))
                if better is not self.best[id]:
                    self.best[id] = better
                    self._decided_with[id] = frozenset(replaced)

    def _own_name(self, name: str) -> list[str]:
        """What the notebook calls a function, a class, or a ``Class.method``."""
        owner, _, method = name.partition(".")
        if method:
            return [self._names.owner(owner), self._names.method(owner, method)]
        own = self._names.owners.get(owner)
        if own is None or (own != owner and self._mentioned.builds_on(own, owner)):
            return []
        return [own]


def _replaced(name: str, failed: Criterion, outcome: Outcome) -> Replaced:
    """What to say of a part that was replaced, as it fails a criterion."""
    if isinstance(outcome.fact, NotWritten | Missing):
        return Replaced(name, unwritten=failed.part)
    return Replaced(name, failed.title)


def _better(own: Outcome, found: Outcome, replaced: tuple[Replaced, ...]) -> Outcome:
    """The better of the best outcome so far and the one with parts replaced."""
    passed = found.status is Status.PASSED
    no_longer = own.status in RIGHT  # the part earns more as a whole, this criterion less
    # A replaced method leaves none of the attributes that the student's own would have set, so an
    # error of another method may be due to that.
    own_methods = any("." in each.name for each in replaced)
    fails_differently = (
        own.status in _UNINFORMATIVE
        and found.status in ((Status.FAILED,) if own_methods else (Status.FAILED, Status.ERROR))
        and found.fact != own.fact
    )
    if not passed and not fails_differently and not no_longer:
        return own
    return replace(
        found,
        status=Status.CARRIED if passed else found.status,
        remarks=(GradedWith(replaced, passed), *found.remarks),
        own_status=own.own_status or own.status,
    )
