"""Criteria in one process: what is sent ahead, and answered as before, changes no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest

from autograder.sandbox.host import pipelining, shared_process
from autograder.sandbox.host.overload import bounded
from autograder.sandbox.host.session import Session
from autograder.suite.collected import CollectedTests
from autograder.suite.plugin import with_suites
from autograder.suite.shared_run import SharedRun

SUITE = """
@criterion("f.works")
def test_works(student, make):
    x = make.normal(2, 3)
    same(student.f(x), x + 1)

@criterion("f.keeps")
def test_keeps(student, make):
    unchanged(student.f, make.normal(3))

@criterion("Layer.forward.works")
def test_forward(student, make):
    layer = student.Layer(make.normal(2))
    same(layer.forward(np.ones(2)), np.ones(2))
    same(layer.forward(np.zeros(2)), np.zeros(2))
"""
PARTS = {"f": ["works", "keeps"], "Layer.forward": ["works"]}
RIGHT = """
def f(x):
    return x + 1
class Layer:
    def __init__(self, w): self.w = w
    def forward(self, x): return x
"""


@pytest.fixture
def tests_run() -> Iterator[list[str]]:
    """The criteria whose tests have run."""
    names: list[str] = []
    run = CollectedTests.run

    def noted(self: CollectedTests, case, conversation):
        names.append(case.criterion.id)
        return run(self, case, conversation)

    with mock.patch.object(CollectedTests, "run", noted):
        yield names


def statuses(outcomes):
    return {id: str(outcome.status) for id, outcome in outcomes.items()}


PASSED = dict.fromkeys(["f.works", "f.keeps", "Layer.forward.works"], "passed")


def test_a_test_runs_no_more_once_it_is_known_what_passes(bench, tests_run):
    course = bench.course(SUITE, **PARTS)
    outcomes = bench.outcomes(course, RIGHT, RIGHT, RIGHT, RIGHT.replace("x + 1", "1 + x"))
    assert [statuses(each) for each in outcomes] == [PASSED] * 4
    # The first time nothing is known; the second time answers are looked at, then recognized.
    assert tests_run == [*PASSED, *PASSED]


def test_what_fails_with_the_same_answers_twice_is_looked_at_once(bench, tests_run):
    course = bench.course(SUITE, **PARTS)
    wrong = RIGHT.replace("x + 1", "x + 2").replace("return x\n", "return x.T + 1\n")
    outcomes = bench.outcomes(course, RIGHT, wrong)
    assert statuses(outcomes[1]) == {**PASSED, "f.works": "failed", "Layer.forward.works": "failed"}
    # Of the right one, then of the wrong one; nothing is recognized before a test has seen it pass.
    assert tests_run == [*PASSED, *PASSED]


def test_limits_of_the_trusted_side_are_set_where_a_test_runs(bench, tests_run):
    """They take longer than to recognize an answer."""
    course = bench.course(SUITE, **PARTS)
    with mock.patch("autograder.suite.plugin.bounded", wraps=bounded) as limits:
        bench.outcomes(course, RIGHT, RIGHT, RIGHT, RIGHT.replace("x + 1", "x + 2"))
    assert limits.call_count == len(tests_run)


WRONG = {
    "wrong": ("return x + 1", "return x + 2"),
    "wrong_dtype": ("return x + 1", "return (x + 1).astype(object)"),
    "changes_its_argument": ("return x + 1", "x += 1; return x"),
    "raises": ("return x + 1", "raise ValueError"),
    "dies": ("return x + 1", "import os; os._exit(0)"),
    "never_ends": ("return x + 1", "while True: pass"),
    # What f has answered by then may still be held back in the notebook's process.
    "another_part_dies": ("x): return x", "x): import os; os._exit(0)"),
    "another_part_never_returns_to_the_interpreter": ("x): return x", "x): sum(iter(int, 1))"),
    "forgets": ("return x + 1", "global f; f = None; return x + 1"),
    "remembers": ("return x + 1", "Layer.n = getattr(Layer, 'n', 0) + 1; return x + 1"),
    "goes_by_its_working_directory": (
        "return x + 1",
        "import os; been = os.path.exists('x'); open('x', 'w').close(); return x + 1 + been",
    ),
    "goes_by_the_order": (
        "class Layer:",
        "import os\nclass Layer:\n    def __del__(self): os.environ['X'] = 'x'",
    ),
    "lacks_the_class": ("class Layer", "class Other"),
    "spelt_otherwise": ("def forward", "def Forward"),
    "an_object_for_a_value": ("def forward(self, x): return x", "def forward(self, x): return {1}"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.slow
def test_what_is_sent_ahead_changes_no_outcome(bench, name):
    notebook = RIGHT.replace(*WRONG[name])
    course = bench.course(SUITE, **PARTS)
    alone = bench.outcomes(course, notebook)[0]
    _, _, after_others, once_more, right = bench.outcomes(
        course, RIGHT, RIGHT, notebook, notebook, RIGHT
    )
    assert after_others == alone
    assert once_more == alone
    assert statuses(right) == PASSED


def test_other_spellings_have_requests_of_their_own(bench, tests_run):
    other = RIGHT.replace("def forward", "def Forward").replace("class Layer", "class layer")
    course = bench.course(SUITE, **PARTS)
    outcomes = bench.outcomes(course, *[RIGHT, other] * 3)
    assert [statuses(each) for each in outcomes] == [PASSED] * 6
    assert tests_run.count("Layer.forward.works") == 4
    assert tests_run.count("f.works") == 2


def test_a_suite_that_passes_functions_asks_step_by_step(bench, tests_run):
    suite = """
@criterion("f.works")
def test_works(student, make):
    same(student.f(lambda x: x + 1), 2)
"""
    cell = "def f(g):\n    return g(1)"
    outcomes = bench.outcomes(bench.course(suite, f=["works"]), cell, cell, cell)
    assert {str(each["f.works"].status) for each in outcomes} == {"passed"}
    assert len(tests_run) == 3


def test_tests_that_ask_otherwise_after_another_answer_are_asked_step_by_step(bench):
    suite = """
@criterion("f.works")
def test_works(student, make):
    answer = student.f(1)
    try:
        same(answer, 2)
    except Exception:
        same(student.f(5), 7)
"""
    course = bench.course(suite, f=["works"])
    plain, other = "def f(x):\n    return x + 1", "def f(x):\n    return x + 2"
    outcomes = bench.outcomes(course, plain, plain, other, other, plain)
    assert {str(each["f.works"].status) for each in outcomes} == {"passed"}


@pytest.mark.parametrize("limit", ["MAX_ANSWERS_BYTES", "IN_FLIGHT_BYTES", "MAX_BYTES"])
def test_sizes_are_limited(bench, limit):
    suite = SUITE.replace("make.normal(2, 3)", "make.normal(20, 30)")
    where = pipelining if limit == "MAX_BYTES" else shared_process
    course = bench.course(suite, **PARTS)
    with mock.patch.object(where, limit, 5000):
        outcomes = bench.outcomes(course, RIGHT, RIGHT, RIGHT, RIGHT)
    assert [statuses(each) for each in outcomes] == [PASSED] * 4


def test_an_answer_that_grows_is_not_kept(bench):
    """A notebook cannot make the trusted side keep much: its answers are read and dropped."""
    cell = "def f(x):\n    return x + 1 if x.size == 6 else np.zeros(10**6)"
    deviated: list[bool] = []
    tried = SharedRun._try

    def recording_try(self, case, recording, **settings):
        deviates = tried(self, case, recording, **settings)
        deviated.append(deviates)
        return deviates

    course = bench.course(SUITE, f=["works", "keeps"])
    with mock.patch.object(SharedRun, "_try", recording_try):
        _, _, found = bench.outcomes(course, RIGHT, RIGHT, cell)
    assert statuses(found) == {"f.works": "passed", "f.keeps": "passed"}
    assert any(deviated)


def test_of_some_criteria_one_may_not_return(bench):
    """When criteria are decided again, the parts are those with these criteria only."""
    course = bench.course(SUITE, **PARTS)
    cell = "import numpy as np\n" + RIGHT.replace("return x + 1", "while True: pass")
    found = {}

    def run(suites):
        with Session(bench.server, [(0, cell)], bench.budget) as session:
            found.update(
                suites.run(course.exercises[0], session, ["f.works", "Layer.forward.works"])
            )

    with_suites(course, course.exercises, run)
    assert statuses(found) == {"f.works": "timeout", "Layer.forward.works": "passed"}


COUNTED = """
@criterion("f.vectorised")
def test_vectorised(student, make):
    small, large = make.normal(10), make.normal(20_000)
    student.f(make.normal(5))
    no_more_work(student.f.counted(small), student.f.counted(large), more=19_990)
"""
NOTES = """
import os
def f(x):
    name = f"{abs(hash(x.tobytes()))}.npy"
    if os.path.exists(name):
        return np.load(name)
    out = x.copy()
    for i in range(len(x)): out[i] += 1
    np.save(name, out)
    return out
"""
BUSY = "sum(i * i for i in range(10**6))  # too long to be run again in place of a copy"


@pytest.mark.parametrize("cells", [[NOTES], [BUSY, NOTES]], ids=["loaded again", "copied"])
def test_what_is_counted_is_asked_with_other_inputs_if_it_is_asked_again(bench, cells):
    """Code may note what it has worked through, and read it off when its work is counted again."""
    plain = NOTES.replace("os.path.exists(name)", "False")
    course = bench.course(COUNTED, f=["vectorised"])
    outcomes = bench.outcomes(course, "def f(x):\n    return x + 1", plain, "\n".join(cells))
    assert [str(each["f.vectorised"].status) for each in outcomes] == ["passed", "failed", "failed"]


def test_what_is_counted_is_not_sent_ahead(bench, tests_run):
    """Code that reads its own socket would work through it before anybody counts."""
    right = "def f(x):\n    return x + 1"
    outcomes = bench.outcomes(bench.course(COUNTED, f=["vectorised"]), right, right, right)
    assert {str(each["f.vectorised"].status) for each in outcomes} == {"passed"}
    assert len(tests_run) == 3


def test_ids_are_random_and_have_as_many_digits_as_any():
    ids = pipelining.new_ids(2000)
    assert len(set(ids)) == 2000
    assert {len(str(id)) for id in [*ids, pipelining.new_id()]} == {19}
    least, most = 2**61, 2**62
    assert least <= min(ids) < least * 1.01
    assert most * 0.99 < max(ids) < most


TWICE = """
@criterion("f.works")
def test_works(student, make):
    x = make.normal(2, 3)
    same(student.f(x), x + 1)

@criterion("f.works_elsewhere")
def test_works_elsewhere(student, make):
    x = make.normal(4, 1)
    same(student.f(x), x + 1)
"""
LEAVES = {
    "a_file": "was = os.path.exists('x'); open('x', 'w').close()",
    "another_working_directory": "was = os.getcwd() != home; os.chdir('..')",
    "a_limit": "was = sys.getrecursionlimit() == 987; sys.setrecursionlimit(987)",
    "a_closed_stream": "was = sys.stdout.closed; sys.stdout.close()",
    "an_environment_variable": "was = 'WAS' in os.environ; os.environ['WAS'] = 'here'",
}


@pytest.mark.parametrize("name", LEAVES)
def test_what_a_criterion_leaves_in_its_process_costs_no_other_anything(bench, name):
    notebook = f"""
import os, sys
home = os.getcwd()
def f(x):
    {LEAVES[name]}
    return x + 1 + was
"""
    course = bench.course(TWICE, f=["works", "works_elsewhere"])
    for outcomes in bench.outcomes(course, notebook, notebook):
        assert statuses(outcomes) == {"f.works": "passed", "f.works_elsewhere": "passed"}


def test_what_fails_is_confirmed_in_the_same_process(bench):
    course = bench.course(SUITE, **PARTS)
    wrong = RIGHT.replace("x + 1", "x + 2").replace("return x\n", "return x.T + 1\n")
    with mock.patch.object(Session, "_fork", autospec=True, side_effect=Session._fork) as processes:
        bench.outcomes(course, wrong)
    assert processes.call_count == 1
