"""Which claims go through the sandbox besides the kill matrix, and what is told if they differ."""

from __future__ import annotations

from dataclasses import replace

from autograder.course.load import load_course
from autograder.run.jobs import Graded
from autograder.status import Status
from autograder.verify.claims import claims
from autograder.verify.judge import Seen, differs
from autograder.verify.sample import sample
from tests.paths import ROOT
from tests.results import make_criterion, make_result, typed


def test_it_has_every_solution_and_stub_and_a_few_mistakes_and_guesses_of_each_exercise():
    course = load_course(ROOT)
    made = [claim for exercise in course.exercises for claim in claims(course, exercise)]
    chosen = sample(course, made)
    assert chosen == sample(course, made), "the same every time"
    for exercise in course.exercises:
        kinds = [claim.kind for claim in chosen if claim.exercise == exercise.id]
        assert kinds[:6] == ["solution", "stub", "solution", "stub", "mistake", "mistake"]
        tables = [
            claim.is_table for claim in chosen if claim.guess and claim.exercise == exercise.id
        ]
        assert tables == ([False] if exercise.id == "09_bug_hunt" else [False, True])
    assert len({claim.guess.how for claim in chosen if claim.guess}) > 4


def test_a_course_with_few_mistakes_has_all_of_them_in_it(mini):
    course = mini.load()
    made = [claim for exercise in course.exercises for claim in claims(course, exercise)]
    names = [claim.name for claim in sample(course, made) if claim.kind == "mistake"]
    assert names == ["mistake FA1", "mistake BV1"]


def test_what_counts_is_a_notebooks_own_code_before_errors_are_carried_forward():
    criteria = [make_criterion("tower.three", "carried"), make_criterion("tower.any", "passed")]
    seen = Seen.of_graded(Graded(typed(make_result(criteria=criteria))))
    assert seen.statuses == {"tower.three": Status.FAILED, "tower.any": Status.PASSED}


def test_a_status_that_differs_is_a_problem_of_its_own_kind(mini):
    course = mini.load()
    claim = next(iter(claims(course, course.exercise("01_area"))))
    here = Seen({"frame_area.wide": Status.PASSED}, {"frame_area.wide": ""})
    assert differs(claim, here, here) == []
    messages = {"frame_area.wide": "No module named 'scipy'"}
    there = replace(here, statuses={"frame_area.wide": Status.ERROR}, messages=messages)
    (problem,) = differs(claim, here, there)
    assert (problem.exercise, problem.kind) == ("01_area", "sandbox")
    assert "solution en: frame_area.wide is error in the sandbox and passed in" in problem.text
    assert "No module named 'scipy'" in problem.text
