"""The ladders of this course: right code climbs them, and mistakes fall on the smallest rung.

The code is the course's own and runs in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from autograder.course.load import load_course
from autograder.course.mistake_loader import load_mistakes
from autograder.course.models import Mistake, Variant
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.run.questions import Asked
from autograder.sandbox.host.limits import Attempt
from autograder.suite.ladder import Ladder
from autograder.suite.plugin import Suites, with_suites
from autograder.suite.smallest import MAX_REQUESTS, Search
from tests.paths import ROOT

COURSE = load_course(ROOT)
LADDERS = [exercise.id for exercise in COURSE.exercises if not exercise.id.startswith("09")]
"""In 09 students choose the inputs themselves."""

EACH = [pytest.param(id, marks=() if id == "02_im2col" else pytest.mark.slow) for id in LADDERS]

WITHOUT = {
    "im2col.vectorised": "judged by counting the work, not by a result",
    "Convolution.forward.vectorised": "judged by counting the work, not by a result",
    "Pooling.forward.vectorised": "judged by counting the work, not by a result",
    "SimpleConvNet.__init__.random_weights": "judged by many random numbers",
    "SimpleConvNet.__init__.shared_parameters": "about which array is used, not about a result",
    "SimpleConvNet.predict.own_layers": "replaces the student's own layers",
    "SimpleResNet.forward.scores": "the smallest network has thousands of weights",
    "SimpleResNet.forward.other_sizes": "the smallest network has thousands of weights",
    "SimpleResNet.forward.eval": "the smallest network has thousands of weights",
    "make_stripe_image.noise": "judged by many random numbers",
    "make_dataset.pictures_and_labels": "judged by many random numbers",
    "make_dataset.seed": "judged by many random numbers",
}
"""Criteria that no single call to paste can show, and why."""

FOUND = 0.93
"""For this share of all criteria that known mistakes lose, there has to be an example."""


def _search(suites: Suites, exercise: str, variant: Variant | None = None) -> Search:
    notebook = OwnNotebook(COURSE, OwnCode(exercise, (variant,) if variant else ()))

    @contextmanager
    def process() -> Iterator[Asked]:
        with notebook.criterion(None, Attempt.EXTRA) as conversation:
            yield Asked(conversation, suites.student_in(COURSE.exercise(exercise), notebook))

    return Search(process)


def _with_ladders(exercise: str, use: Callable[[Suites, dict[str, list[Ladder]]], None]) -> None:
    one = COURSE.exercise(exercise)
    with_suites(COURSE, [one], lambda suites: use(suites, suites.ladders(one)))


@pytest.mark.parametrize("exercise", LADDERS)
def test_every_criterion_has_a_ladder_or_a_reason_why_it_has_none(exercise):
    without = set()

    def use(_, ladders):
        without.update(c.id for c in COURSE.exercise(exercise).criteria if c.id not in ladders)

    _with_ladders(exercise, use)
    assert without == {name for name in WITHOUT if COURSE_OF[name] == exercise}


COURSE_OF = {c.id: exercise.id for exercise in COURSE.exercises for c in exercise.criteria}


# On a busy machine a time-out may fall into a weak reference's callback, which swallows it. The
# timer expires again, so nothing is lost.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("exercise", EACH)
@pytest.mark.slow
def test_right_code_passes_every_rung_however_unusual_it_is(exercise):
    _, equivalents = load_mistakes(COURSE.exercise(exercise))
    fallen = []

    def use(suites, ladders):
        for variant in (None, *equivalents):
            with _search(suites, exercise, variant) as search:
                for name, climbed in ladders.items():
                    if variant is None or name.startswith(f"{variant.part}."):
                        search.start()
                        if found := search.smallest(
                            climbed, COURSE.exercise(exercise).part_of(name)
                        ):
                            fallen.append((variant and variant.id, name, found.example.lines))

    _with_ladders(exercise, use)
    assert fallen == []


@pytest.mark.parametrize("exercise", EACH)
def test_mistakes_are_shown_on_inputs_whose_smaller_neighbours_are_right(exercise):
    mistakes, _ = load_mistakes(COURSE.exercise(exercise))
    lost, shown, not_smallest, costly = 0, 0, [], []

    def use(suites, ladders):
        nonlocal lost, shown
        for mistake in mistakes:
            with _search(suites, exercise, mistake) as search:
                for name in sorted(mistake.loses & set(ladders)):
                    search.start()
                    before = search.requests
                    part = COURSE.exercise(exercise).part_of(name)
                    found = search.smallest(ladders[name], part)
                    lost += 1
                    if search.requests - before > MAX_REQUESTS + 20:
                        costly.append((mistake.id, name))
                    if found is None:
                        continue
                    shown += 1
                    search.start()
                    for below in found.ladder.below(found.rung):
                        if search.attempt(found.ladder, below, part):
                            not_smallest.append((mistake.id, name, found.rung, below))

    _with_ladders(exercise, use)
    assert not_smallest == []
    assert costly == []
    assert shown >= FOUND * lost, f"{shown} of {lost}"


def _mistake(exercise: str, id: str) -> Mistake:
    mistakes, _ = load_mistakes(COURSE.exercise(exercise))
    return next(mistake for mistake in mistakes if mistake.id == id)


@pytest.mark.parametrize(
    ("id", "criterion"),
    [
        ("IM1", "im2col.padding"), ("IM4", "im2col.non_square_filter"), ("IM8", "im2col.stride"),
        ("CI1", "col2im.overlap"), ("CI3", "col2im.batch_and_channels"),
    ],
)  # fmt: skip
def test_hypothesis_shrinks_to_nothing_smaller(id, criterion):
    """Our rungs are searched from below, Hypothesis comes down from a larger input that fails."""

    def use(suites, ladders):
        ladder = ladders[criterion][0]
        part = criterion.partition(".")[0]
        with _search(suites, "02_im2col", _mistake("02_im2col", id)) as search:
            search.start()
            ours = search.smallest([ladder], part)
            rungs = st.fixed_dictionaries(
                {name: st.sampled_from(values) for name, values in ladder.values.items()}
            )
            try:
                theirs = find(
                    rungs,
                    lambda rung: search.attempt(ladder, rung, part) is not None,
                    settings=settings(
                        max_examples=400, database=None, derandomize=True, deadline=None,
                        phases=[Phase.generate, Phase.shrink],
                        suppress_health_check=list(HealthCheck),
                    ),
                )  # fmt: skip
            except NoSuchExample:
                pytest.fail("Hypothesis found no failing rung")
            assert ours is not None
            assert ladder.steps(ours.rung) <= ladder.steps(theirs)

    _with_ladders("02_im2col", use)
