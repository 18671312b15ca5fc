"""When a mistake explains what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.diagnosis.match import Seen, explains
from autograder.diagnosis.observation import of_failure, of_result
from autograder.sandbox.host.session import CallResult, ExceptionInfo, Frame, StudentRaised


def gave(*values):
    return tuple(of_result(CallResult(value)) for value in values)


UNCLEAR = of_failure(StudentRaised(ExceptionInfo("ValueError", "")))


def test_everything_must_be_explained():
    right, got = gave(1.0, 2.0, 3.0), gave(1.5, 2.5, 3.0)
    mistaken = dict(enumerate(got[:2]))
    assert explains([Seen(right, got, mistaken)])
    assert not explains([Seen(right, gave(1.5, 2.5, 3.5), mistaken)])
    assert not explains([Seen(right, gave(1.5, 2.0, 3.0), mistaken)])
    assert not explains([Seen(right, got, mistaken), Seen(right, gave(9.0, 2.0, 3.0), {})])


def test_one_wrong_answer_is_not_enough_evidence_and_two_are():
    right, got = gave(1.0, 2.0), gave(1.5, 2.0)
    one = Seen(right, got, {0: got[0]})
    assert not explains([one])
    assert explains([one, one])


def test_exceptions_without_a_text_are_evidence_if_most_calls_are_right():
    right = gave(1.0, 2.0, 3.0, 4.0, 5.0)
    mistaken = {0: UNCLEAR, 1: UNCLEAR}
    assert explains([Seen(right, (UNCLEAR, UNCLEAR, *right[2:]), mistaken)])
    assert not explains([Seen(right[:3], (UNCLEAR, UNCLEAR, right[2]), mistaken)])


def test_what_an_exception_says_is_free_where_raising_is_right():
    right = (*gave(1.0, 2.0), raised("ValueError", "it does not fit"))
    got = gave(1.5, 2.5)
    mistaken = dict(enumerate(got))
    assert explains([Seen(right, (*got, raised("ValueError", "too large")), mistaken)])
    assert not explains([Seen(right, (*got, raised("TypeError", "it does not fit")), mistaken)])
    assert not explains([Seen(right, (*got, *gave(3.0)), mistaken)])


def raised(type_, text):
    return of_failure(StudentRaised(ExceptionInfo(type_, text)))


STACK, BROADCAST = raised("ValueError", "same shape"), raised("ValueError", "no broadcast")
RIGHT = gave(1.0, 2.0, 3.0, 4.0, 5.0)
MISTAKEN = dict(enumerate((*gave(1.5, 2.5, 3.5), BROADCAST)))


def loosely(got, mistaken=MISTAKEN, **more):
    return explains([Seen(RIGHT, (*got, *RIGHT[len(got) :]), mistaken, **more)], loosely=True)


def test_how_code_breaks_down_may_depend_on_how_it_is_written():
    wrong = gave(1.5, 2.5, 3.5)
    assert loosely((*wrong, STACK))
    assert loosely((*wrong, *gave(9.0)))  # no exception, but wrong all the same
    assert loosely((*wrong[:2], STACK, BROADCAST))
    assert not explains([Seen(RIGHT, (*wrong, STACK, RIGHT[4]), MISTAKEN)])


def test_but_not_where_it_breaks_down_nor_what_it_returns_elsewhere():
    wrong = gave(1.5, 2.5, 3.5)
    assert not loosely((*wrong, RIGHT[3]))
    assert not loosely((*wrong, STACK, STACK))
    assert not loosely((*gave(1.5, 2.5, 3.6), STACK))
    assert not loosely((*wrong[:1], STACK, STACK, STACK))  # too little that agrees


def test_an_object_that_was_left_half_way_may_do_anything():
    got = (*gave(1.5, 2.5, 3.5), STACK, STACK)
    assert loosely(got, objects=(None, None, None, "layer", "layer"))
    assert not loosely(got, objects=(None, None, None, "layer", "another"))


def test_what_an_exception_has_left_untouched_is_no_evidence():
    untouched = gave(None, None, None, None)
    got, mistaken = (STACK, *untouched), dict(enumerate((BROADCAST, *untouched)))
    assert loosely(got, mistaken, objects=(1, 2, 3, 4, 5))
    assert not loosely(got, mistaken, objects=("layer",) * 5)


def test_random_numbers_are_not_compared():
    got = (*gave(1.5, 2.5, 3.5), STACK, *gave(7.0))
    assert loosely(got, random=frozenset({4}))
    assert not loosely((*got[:4], STACK), random=frozenset({4}))


class Answers(Sequence):
    """Answers that take down which of them are looked at."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __len__(self):
        return len(self.answers)

    def __getitem__(self, index):
        answer = self.answers[index]
        self.asked.append(index)
        return answer


def test_nothing_is_asked_after_the_first_answer_that_a_mistake_does_not_explain():
    got = Answers(gave(1.5, 9.0, 3.5, 4.0, 5.0))
    assert not explains([Seen(RIGHT, got, MISTAKEN)])
    assert got.asked == [0, 1]


def test_a_mistake_that_only_raises_is_given_up_where_the_code_never_does():
    only_raises = dict.fromkeys(range(5), BROADCAST)
    got = Answers(gave(9.0, 9.0, 9.0, 9.0, 9.0))
    assert not explains([Seen(RIGHT, got, only_raises)], loosely=True)
    assert got.asked == [0, 1, 2]
    agrees_later = (*gave(9.0, 9.0), BROADCAST, BROADCAST, BROADCAST)
    assert explains([Seen(RIGHT, agrees_later, only_raises)], loosely=True)


def test_no_further_rounds_are_asked_where_nothing_has_agreed():
    further = Answers(RIGHT)
    assert not explains(
        [Seen(RIGHT, (*gave(9.0), *RIGHT[1:]), {0: BROADCAST})],
        [Seen(RIGHT, further, MISTAKEN)],
        loosely=True,
    )
    assert further.asked == []


def test_the_same_exception_of_other_origin_is_no_evidence_nor_is_what_follows_it():
    def shapes(*functions):
        frames = tuple(Frame(0, 1, "a + b", name) for name in functions)
        return of_failure(StudentRaised(ExceptionInfo("ValueError", "shapes differ", frames)))

    here, further_down = shapes("backward"), shapes("backward", "batch_norm")
    in_a_comprehension = shapes("backward", "backward.<locals>.<listcomp>")
    right, stale = gave(1.0, 2.0, 3.0), gave(9.0)[0]
    mistaken = {0: here, 1: stale, 2: here}
    objects = ("block", "block", "another")

    def named(raised):
        return explains([Seen(right, (raised, stale, raised), mistaken, objects)])

    assert named(here)
    assert named(in_a_comprehension)
    assert not named(further_down)
