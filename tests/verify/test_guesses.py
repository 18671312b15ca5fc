"""No criterion is earned by a guess: what guesses do, and what a weak suite is told."""

from __future__ import annotations

import copyreg
import pickle
from dataclasses import replace

import numpy as np
import pytest

from autograder.course.load import load_course
from autograder.status import Status
from autograder.suite.plugin import with_suites
from autograder.verify import guess_cell, matrix
from autograder.verify.claims import Claim
from autograder.verify.guesses import WHAT, Guess, How, guesses
from autograder.verify.matrix import Task, decide
from autograder.verify.tables import recorded
from tests.paths import ROOT

WIDE = "same(student.frame_area(*size), source_lib.frame_area(*size))"
DRAWN = "[*make.integers(9, 90, 2).tolist(), 3]"
SIZES = f"[[7, 11, 2], [13, 5, 1]]\n    sizes.append({DRAWN})"
ONE = "same(student.frame_area(*sizes[-1]), source_lib.frame_area(*sizes[-1]))"
THREE = "same(student.tower([1.0], side), source_lib.frame_area(side, side))"
SIX = "same(student.tower([1.0, 2.0, 3.0], 4.0), 6 * source_lib.frame_area(4.0, 4.0))"
WEAK = {
    How.NOTHING: ("area", WIDE, "student.frame_area(*size)"),
    How.ERROR: ("area", WIDE, "raises(ValueError, student.frame_area, *size)"),
    How.ZEROS: ("area", WIDE, "same(student.frame_area(*size[:2], 0), 0.0)"),
    How.ONES: ("area", WIDE, "same(student.frame_area(1, 1, size[2]), 1)"),
    How.INPUT: ("area", WIDE, "same(student.frame_area(size[0], 1, 99), size[0])"),
    How.FIRST: ("area", WIDE, ONE),
    How.IN_ORDER: ("area", DRAWN, "[20, 30, 3]"),
    How.BY_ARGUMENTS: ("area", SIZES, "make.rng.permutation([[n, 30, 3] for n in range(9)])"),
    How.BLIND: ("box", THREE, "same(student.tower(np.zeros(3), side), 0.0)"),
}
"""A suite that falls for each: what is replaced in it, and by what."""


@pytest.mark.parametrize("how", How)
def test_a_suite_that_falls_for_a_guess_is_told_which_and_what_to_do(mini, problems, how):
    name, old, new = WEAK[how]
    files = getattr(mini, name)
    mini.replace(files.suite, old, new)
    if how is How.BLIND:
        mini.replace(files.suite, SIX, "pass")
    mini.replace(files.suite, "import source_lib", "import numpy as np\n\nimport source_lib")
    mini.replace(files.suite, "import criterion, same", "import criterion, raises, same")
    texts = [problem.text for problem in problems(mini.load(), "guess")]
    criterion = {"area": "frame_area.wide", "box": "tower.three"}[name]
    (text,) = (text for text in texts if f"{WHAT[how]}." in text)
    assert f"tests/hidden/{files.suite.name}: {criterion} is passed by a " in text
    assert "Make the test" in text or "with make" in text


def test_a_part_without_arguments_is_guessed_together_with_the_others_of_its_kind():
    made = list(guesses(load_course(ROOT).exercise("09_bug_hunt")))
    assert {guess.how for guess in made} == {How.NOTHING, How.ERROR}
    assert {guess.parts for guess in made} == {
        tuple(f"evidence_{letter}" for letter in "abcdefghi")
    }


def test_every_criterion_of_the_course_is_guessed_in_every_way():
    for exercise in load_course(ROOT).exercises:
        tried = [(name, guess.how) for guess in guesses(exercise) for name in guess.criteria]
        assert len(tried) == len(set(tried))
        for part in exercise.parts:
            least = {How.NOTHING, How.ERROR} if exercise.id == "09_bug_hunt" else set(How)
            if part.method == "__init__":
                least -= {How.ZEROS, How.ONES, How.INPUT, How.BLIND}
            for criterion in part.criteria:
                assert {how for name, how in tried if name == criterion.id} == least


def tables_of(course, exercise, criterion, salt):
    """What becomes of both tables of a criterion when the course has this salt."""
    found = {}

    def run(suites):
        for guess in guesses(exercise):
            if guess.how.is_table and guess.criteria == (criterion,):
                table = recorded(suites, exercise, guess, 0)
                claim = Claim(exercise.id, "guess", "en", guess=table)
                with suites.with_salt(salt):
                    _, outcomes = matrix._plain(suites, exercise, claim)
                found[guess.how] = outcomes[criterion]

    with_suites(course, [exercise], run)
    return found


@pytest.mark.parametrize(
    ("exercise", "criterion"),
    [
        ("01_windows", "conv2d_single.kernel_too_large"),  # exceptions
        ("04_pooling", "Pooling.backward.called_again"),  # a layer's attributes
        ("06_simple_convnet", "SimpleConvNet.__init__.shared_parameters"),  # objects, shared arrays
        ("06_simple_convnet", "Adam.update.many_steps"),  # arguments changed in place
    ],
)
def test_a_table_would_earn_the_criterion_under_its_own_salt(exercise, criterion):
    course = load_course(ROOT)
    its_own = f"{course.salt}, but another (0)"
    found = tables_of(course, course.exercise(exercise), criterion, its_own)
    assert set(found) == {How.IN_ORDER, How.BY_ARGUMENTS}
    assert {outcome.status for outcome in found.values()} == {Status.PASSED}, found
    found = tables_of(course, course.exercise(exercise), criterion, course.salt)
    assert Status.PASSED not in {outcome.status for outcome in found.values()}, found


def test_exceptions_are_in_a_table_although_a_package_pickles_them_with_their_tracebacks(
    monkeypatch,
):
    def cannot(_error):
        raise TypeError("cannot pickle frames")

    monkeypatch.setitem(copyreg.dispatch_table, ValueError, cannot)
    course = load_course(ROOT)
    its_own = f"{course.salt}, but another (0)"
    criterion = "conv2d_single.kernel_too_large"
    found = tables_of(course, course.exercise("01_windows"), criterion, its_own)
    assert {outcome.status for outcome in found.values()} == {Status.PASSED}, found


def test_a_table_that_fits_by_chance_is_no_problem(mini, monkeypatch):
    course = mini.load()
    exercise = course.exercise("01_area")
    guess = Guess(("frame_area",), How.IN_ORDER, ("frame_area.wide",))
    claim = Claim("01_area", "guess", "en", guess=guess)
    tried = []

    def by_chance(suites, exercise, guess, other):
        tried.append(other)
        if other:
            return recorded(suites, exercise, guess, other)
        salt, suites.course = suites.course, replace(suites.course, salt="another")
        found = recorded(suites, exercise, guess, 0)
        suites.course = salt
        return found

    monkeypatch.setattr(matrix, "recorded", by_chance)
    lucky = replace(course, salt="another, but another (0)")
    found = []
    with_suites(
        lucky, [exercise], lambda suites: found.append(matrix._table(suites, exercise, claim)[1])
    )
    assert tried == [0, 1, 2]
    assert found[0]["frame_area.wide"].status is Status.FAILED


def test_a_part_that_its_criterion_never_calls_is_a_fault_of_the_suite(mini, problems):
    mini.replace(mini.area.suite, WIDE, "pass")
    texts = [problem.text for problem in problems(mini.load(), "guess")]
    assert any("frame_area.wide" in text and "without calling frame_area" in text for text in texts)


def test_a_solution_that_ends_the_process_leaves_its_tables_undecided(mini, autograder):
    mini.replace(mini.area.notebook, "    return outer - inner", "    import os; os._exit(3)")
    done = autograder("verify", "01_area", "--course", mini.root)
    assert done.returncode == 1
    assert "no table of answers under another salt could be recorded" in done.stdout


class Layer:
    """Adds up what it is given, in place, and remembers it."""

    def __init__(self):
        self.seen = np.zeros(2)

    def add(self, x, total, scale=1):
        if scale < 0:
            raise ValueError("negative")
        self.seen = x
        total += x
        return {"sum": float(total.sum()), "all": [total * scale, "text"]}


def added(kind, *args):
    layer = Layer()
    add = guess_cell.guess_alike(Layer.add, kind, True)
    return layer, add, add(layer, *args)


@pytest.mark.parametrize(
    ("kind", "seen", "total", "value"),
    [
        ("zeros", [0, 0], [0, 0], {"sum": 0.0, "all": [[0, 0], "text"]}),
        ("ones", [1, 1], [1, 1], {"sum": 1.0, "all": [[1, 1], "text"]}),
        ("input", [3, 4], [1, 1], {"sum": 3.0, "all": [[3, 4], "text"]}),
        ("blind", [0, 0], [1, 1], {"sum": 0.0, "all": [[0, 0], "text"]}),
        ("first", [3, 4], [4, 5], {"sum": 9.0, "all": [[8, 10], "text"]}),
    ],
)
def test_results_arguments_and_attributes_are_of_the_right_form(kind, seen, total, value):
    given = np.ones(2)
    layer, _, got = added(kind, np.array([3.0, 4.0]), given, 2)
    assert (layer.seen.tolist(), given.tolist()) == (seen, total)
    assert (got["sum"], got["all"][0].tolist(), got["all"][1]) == (value["sum"], *value["all"])


def test_it_raises_where_the_right_one_does():
    for kind in ("zeros", "ones", "input", "blind", "first"):
        with pytest.raises(ValueError, match="negative"):
            added(kind, np.ones(2), np.ones(2), -1)


def test_the_first_answer_is_given_to_every_call():
    layer, add, first = added("first", np.array([3.0, 4.0]), np.ones(2), 2)
    again, total = Layer(), np.ones(2)
    second = add(again, np.array([7.0, 7.0]), total, -1)
    assert second["sum"] == first["sum"]
    assert (again.seen.tolist(), total.tolist()) == (layer.seen.tolist(), [4, 5])


def test_what_cannot_be_recorded_is_left_out():
    data = guess_cell.guess_pickled({"value": 3, "attributes": {"f": lambda: 0, "x": np.ones(2)}})
    kept = pickle.loads(data)
    assert kept["value"] == 3
    assert [*kept["attributes"]] == ["x"]


def test_the_courses_tables_are_decided_like_other_claims(mini):
    course = mini.load()
    guess = Guess(("frame_area",), How.BY_ARGUMENTS, ("frame_area.wide",))
    result = decide(
        Task(course.root, "01_area", (Claim("01_area", "guess", "en", guess=guess),), False)
    )
    (claim,), (seen,) = result.claims, result.seen
    assert claim.guess.table, "it comes back with its table, for the sandbox"
    assert [*seen.statuses.values()] == [Status.FAILED]
