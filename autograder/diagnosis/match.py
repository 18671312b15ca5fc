"""Whether a mistake explains what was seen: all of it, and enough that is wrong. Pure.

What code returns depends on the mistake in it. How it breaks down depends on how it is written as
well: a width that is too large is an error of `np.stack` in one notebook, an error of broadcasting
in another, and an array of a wrong shape in a third. So a mistake is first compared exactly, and,
where none explains everything in this way, loosely: where it or the student's code raises, the
other has to be wrong there too; numbers that the notebook draws at random are not compared, because
others come if it draws them in another order; and what is returned elsewhere still has to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.diagnosis.observation import Observation

EVIDENCE = 2
"""Observations that a mistake must explain and the reference must not."""


LOOSE_EVIDENCE = 3
"""The same, where the exceptions of some calls are not compared."""

NEVER_RAISES = 3
"""If code raises nothing in this many calls in which a mistake does, and gives something wrong, its
other exceptions need not agree."""

AMPLE = 6
"""With this many observations, no further calls are made to confirm them."""


@dataclass(frozen=True)
class Seen:
    """What came of one script.

    Attributes:
        right: with the reference.
        got: with the student's code.
        mistaken: with the mistake, where it differs from the reference.
        objects: what each step was asked of; None for a function or a class.
        random: the steps that give random numbers.
    """

    right: Sequence[Observation]
    got: Sequence[Observation]
    mistaken: Mapping[int, Observation]
    objects: Sequence[object] = ()
    random: frozenset[int] = frozenset()


def explains(seen: Iterable[Seen], more: Iterable[Seen] = (), *, loosely: bool = False) -> bool:
    """Whether a mistake explains everything, with enough evidence; looks no further than needed.

    An exception without a text may have any cause. A few of them, among calls that give the right
    result, are evidence: it is raised for certain inputs. If most calls raise one, they are not.

    Args:
        seen: what came of all scripts.
        more: what comes of further ones, looked at unless there is ample evidence without.
        loosely: whether exceptions need not be the same; see above.
    """
    evidence = _Evidence(loosely)
    if loosely:
        seen = list(seen)
        evidence.expect(seen)
    for one in seen:
        if not evidence.add(one):
            return False
    if not evidence.may_become_enough:
        return False
    further = iter(more)  # the next one is made when it is needed, by asking the student's code
    while evidence.strong < AMPLE and (another := next(further, None)) is not None:
        if not evidence.add(another):
            return False
    return evidence.is_enough


@dataclass
class _Evidence:
    """What a mistake explains and the reference does not.

    Attributes:
        loosely: whether exceptions need not be the same.
        steps: all calls.
        wrong: those whose results are not right.
        strong: those that are evidence by themselves.
        weak: exceptions without a text.
        values: wrong values that the mistake gives and that have not been compared yet.
        raised: exceptions of the mistake's, likewise.
        not_raised: calls in which the mistake raises, and the code gives something wrong.
    """

    loosely: bool = False
    steps: int = 0
    wrong: int = 0
    strong: int = 0
    weak: int = 0
    values: int = 0
    raised: int = 0
    not_raised: int = 0

    def expect(self, scripts: Iterable[Seen]) -> None:
        """Count what the mistake gives; some of it has to be found before the mistake is named."""
        for one in scripts:
            for index, mistaken in one.mistaken.items():
                if not mistaken.weak and index not in one.random:
                    self._expected(mistaken, 1)

    def _expected(self, mistaken: Observation, number: int) -> None:
        if mistaken.raised:
            self.raised += number
        else:
            self.values += number

    @property
    def is_hopeless(self) -> bool:
        """Whether nothing agrees, and nothing is left that may."""
        raised = self.raised if self.not_raised < NEVER_RAISES else 0
        return self.loosely and not self.strong and not self.values + raised

    def add(self, one: Seen) -> bool:
        """Take in a script; False if the mistake does not explain it, or never will."""
        if one.got is one.right and not one.mistaken:
            self.steps += len(one.right)
            return True
        for index, step in enumerate(_steps(one)):
            agrees = step.got.agrees(step.mistaken)
            if not (agrees or (step.is_loosely_explained if self.loosely else step.is_explained)):
                return False
            self.steps += 1
            mistaken = step.mistaken
            if mistaken is not step.right and mistaken.clearly_differs(step.right):
                self.wrong += 1
                if agrees and step.is_evidence and not (self.loosely and step.is_left_to_chance):
                    self.strong += not mistaken.weak
                    self.weak += mistaken.weak and mistaken.raised
            if index in one.mistaken and not mistaken.weak and not step.random:
                self._expected(mistaken, -1)
                self.not_raised += mistaken.raised and not step.got.raised
            if self.is_hopeless:
                return False
        return True

    @property
    def may_become_enough(self) -> bool:
        """Whether there is any: the same calls with other numbers would not change that."""
        return bool(self.strong or (self.weak and not self.loosely))

    @property
    def is_enough(self) -> bool:
        if self.loosely:
            return self.strong >= LOOSE_EVIDENCE
        return self.strong + (self.weak if 2 * self.wrong < self.steps else 0) >= EVIDENCE


def fits(one: Seen, *, loosely: bool = False) -> bool:
    """Whether a mistake explains everything of one script."""
    return (one.got is one.right and not one.mistaken) or all(
        step.is_loosely_explained if loosely else step.is_explained for step in _steps(one)
    )


@dataclass(frozen=True)
class _Step:
    """One call.

    Attributes:
        got: what came of it with the student's code.
        mistaken: with the mistake.
        right: with the reference.
        broken: whether an exception has left its object half-way, in one of the two or in both.
        random: whether its numbers are random.
        is_evidence: whether it counts if it agrees. Many lines raise the same about two shapes: not
            if one exception was raised in what was called, the other further down, nor what an
            object does that has been left half-way by them.
    """

    got: Observation
    mistaken: Observation
    right: Observation
    broken: bool
    random: bool
    is_evidence: bool = True

    @property
    def is_explained(self) -> bool:
        """Whether the same came of it; where raising is right, the text is up to the student."""
        if self.mistaken is self.right and self.right.raised:
            return self.got.raises_like(self.right)
        return self.got.agrees(self.mistaken)

    @property
    def is_left_to_chance(self) -> bool:
        """Whether it may agree for any reason: random, or what an exception has left untouched."""
        return self.random or self.broken

    @property
    def is_loosely_explained(self) -> bool:
        """Whether both are wrong, and broke down in ways that need not be the same."""
        if self.is_explained:
            return True
        if self.got.unusable or self.got.ends:
            return False
        if self.broken or (self.random and self.got.form == self.right.form):
            return True
        if self.mistaken is self.right or self.got.agrees(self.right):
            return False
        return any(each.raised or each.weak for each in (self.mistaken, self.got))


def _steps(one: Seen) -> Iterator[_Step]:
    broken: set[object] = set()
    elsewhere: set[object] = set()
    objects = one.objects or [None] * len(one.right)
    for index, (got, right) in enumerate(zip(one.got, one.right, strict=True)):
        mistaken = one.mistaken.get(index, right)
        of = objects[index]
        other_origin = got.raised and mistaken.raised and got.deep != mistaken.deep
        evidence = not other_origin and of not in elsewhere
        yield _Step(got, mistaken, right, of in broken, index in one.random, evidence)
        if of is not None and (got.raised or mistaken.raised) and not right.raised:
            broken.add(of)
            if other_origin:
                elsewhere.add(of)


def same(one: Sequence[Observation], other: Sequence[Observation]) -> bool:
    """Whether the same came of a script twice."""
    return all(a.agrees(b) for a, b in zip(one, other, strict=True))


def alike(one: Mapping[int, Observation], other: Mapping[int, Observation]) -> bool:
    """Whether two mistakes behave in the same way on a script."""
    return one.keys() == other.keys() and all(
        one[index].agrees(other[index]) or other[index].agrees(one[index]) for index in one
    )
