"""Hidden suites are pytest: what becomes of a test, whoever is at fault."""

from __future__ import annotations

import os
import sys

import pytest

from autograder.errors import CourseError
from autograder.sandbox.host.session import Session
from autograder.suite.plugin import with_suites

RIGHT = "def f(x):\n    return x + 1\n"
WORKS = """
@criterion("f.works")
def test_works(student, make):
    same(student.f(1), 2)
"""


def test_a_right_answer_passes_and_a_wrong_one_does_not(bench):
    right, wrong = bench.outcomes(
        bench.course(WORKS, f=["works"]), RIGHT, "def f(x):\n    return 3"
    )
    assert right["f.works"].status == "passed"
    assert wrong["f.works"].status == "failed"


@pytest.mark.parametrize(
    "body",
    [
        "assert student.f(1)",
        "assert student.f(1) == 2",
        "assert student.f(1) != 3",
        "assert not student.f(1)",
        "assert 0 < student.f(1)",
        "assert len(student.f(1))",
        "assert 2 in student.f(1)",
        "assert [*student.f(1)]",
        "assert float(student.f(1))",
        "assert int(student.f(1))",
        "assert [1, 2, 3][student.f(1)]",
        "assert np.asarray(student.f(1)) is not None",
        "np.testing.assert_allclose(student.f(1), 2)",
        "assert student.f(1) + 1",
        "assert 1 - student.f(1)",
        "assert np.ones(2) * student.f(1) is not None",
        "assert abs(student.f(1))",
        "assert hash(student.f(1))",
        "assert student.f",
        "same(2, student.f(1))",
        "same(2, 2)",
        "same(student.f(1), student.f(1))",
        "keeps_dtype(np.ones(2), float)",
        "unchanged(lambda x: x, np.ones(2))",
        "same(student.f(object()), 2)",
        "same(student.f(1).arguments[0], 1)",
        "same(student.f(1), float('nan'))",
        "raise ValueError('a bug in the suite')",
        "raise NotImplementedError",
        "undefined_name",
        "import pytest; pytest.fail('no')",
        "import pytest; pytest.skip('no')",
        "import sys; sys.exit('no')",
    ],
)
def test_a_suite_that_asks_wrongly_is_the_graders_fault_and_passes_nobody(bench, body):
    outcome = bench.one(body, RIGHT)
    assert outcome.status == "grader_error"
    assert "Error" in outcome.grader_note or "no" in outcome.grader_note
    assert outcome.counterexample is None


def test_a_suite_that_misspells_a_name_is_to_blame_and_not_the_notebook(bench):
    suite = """
@criterion("factorial.works")
def test_works(student, make):
    same(student.factoriel(3), 6)
"""
    notebook = "def factorial(n):\n    return 6\n"
    (found,) = bench.outcomes(bench.course(suite, factorial=["works"]), notebook)
    assert found["factorial.works"].status == "grader_error"
    assert "is student.factorial meant?" in found["factorial.works"].grader_note


def test_a_function_given_to_the_student_must_not_ask_the_student(bench):
    notebook = "def f(h, x):\n    return h(x)\n"
    outcome = bench.one("student.f(lambda x: student.f(abs, x), 1)", notebook)
    assert outcome.status == "grader_error"
    assert "calls the student's code" in outcome.grader_note


def test_two_tests_for_one_criterion_are_refused_and_listed_twice(bench):
    course = bench.course(WORKS + WORKS.replace("test_works", "test_again"), f=["works"])
    listed = []
    with_suites(course, course.exercises, lambda s: listed.extend(s.criteria(course.exercises[0])))
    assert listed == ["f.works", "f.works"]
    (found,) = bench.outcomes(course, RIGHT)
    assert found["f.works"].status == "grader_error"
    assert "2 tests" in found["f.works"].grader_note


def test_a_criterion_that_no_test_decides_is_the_graders_fault(bench):
    (found,) = bench.outcomes(bench.course(WORKS, f=["works", "forgotten"]), RIGHT)
    assert found["f.works"].status == "passed"
    assert found["f.forgotten"].status == "grader_error"


@pytest.mark.parametrize(
    "broken",
    ["import no_such_module\n", "def (:\n", "raise RuntimeError('no')\n", "x = 1 / 0\n"],
)
def test_a_suite_that_cannot_be_collected_spoils_only_its_own_exercise(bench, new_course, broken):
    suites = {"01_x": broken, "02_y": WORKS.replace("f.", "g.").replace(".g(", ".f(")}
    course = new_course(suites, {"01_x": {"f": ["works"]}, "02_y": {"g": ["works"]}})
    problems = {}
    with_suites(course, course.exercises, lambda suites: problems.update(suites.problems))
    assert list(problems) == [course.exercises[0].suite]
    (found,) = bench.outcomes(course, RIGHT + "g = f\n")
    assert found["f.works"].status == "grader_error"
    assert found["f.works"].grader_note == problems[course.exercises[0].suite]
    assert found["g.works"].status == "passed"


def test_an_exercise_without_a_suite_is_the_graders_fault(bench, new_course):
    course = new_course({"01_x": WORKS}, {"01_x": {"f": ["works"]}, "02_y": {"g": ["works"]}})
    (found,) = bench.outcomes(course, RIGHT)
    assert found["f.works"].status == "passed"
    assert found["g.works"].status == "grader_error"


def test_a_suite_that_breaks_pytest_is_named_as_an_error_of_the_course(bench):
    course = bench.course(WORKS, f=["works"])
    (course.root / "tests" / "hidden" / "conftest.py").write_text("import no_such_module\n")
    with pytest.raises(CourseError, match="pytest did not run"):
        bench.outcomes(course, RIGHT)


FIXTURES = """
import pytest

@pytest.fixture
def ours():
    raise RuntimeError("a bug in the suite")

@pytest.fixture
def late():
    yield
    raise RuntimeError("a bug in the suite")

@pytest.fixture
def theirs(student):
    return student.f(1)

@criterion("f.ours")
def test_ours(student, ours):
    same(student.f(1), 2)

@criterion("f.late")
def test_late(student, late):
    same(student.f(1), 2)

@criterion("f.theirs")
def test_theirs(theirs):
    same(theirs, 2)
"""


def test_a_failing_fixture_is_our_fault_unless_the_students_code_made_it_fail(bench):
    course = bench.course(FIXTURES, f=["ours", "late", "theirs"])
    right, wrong = bench.outcomes(course, RIGHT, "def f(x):\n    raise ValueError('mine')\n")
    assert {name: found.status for name, found in right.items()} == {
        "f.ours": "grader_error", "f.late": "grader_error", "f.theirs": "passed",
    }  # fmt: skip
    assert {name: found.status for name, found in wrong.items()} == {
        "f.ours": "grader_error", "f.late": "error", "f.theirs": "error",
    }  # fmt: skip
    assert "mine" in wrong["f.theirs"].message["en"]


SET_UP = """
prepared = []

def setup_function(function):
    prepared.append(function.__name__)

@criterion("f.set_up")
def test_set_up(student, make):
    same(student.f(float(len(prepared))), 2.0)
"""


def test_a_suite_may_use_the_set_up_functions_of_pytest(bench):
    course = bench.course(SET_UP, f=["set_up"])
    for outcomes in bench.outcomes(course, RIGHT, RIGHT):
        assert outcomes["f.set_up"].status == "passed"


STATE = """
import random
calls = []
total = 0
table = {"a": np.zeros(2)}
stream = np.random.default_rng(5)

def leave_traces():
    global total, added
    calls.append(1)
    total += 1
    table["a"] += 1
    added = True

@criterion("f.fresh")
def test_fresh(student, make):
    same(student.f(len(calls) + total + table["a"].sum() + ("added" in globals())), 1.0)
    leave_traces()

@criterion("f.also_fresh")
def test_also_fresh(student, make):
    same(student.f(len(calls) + total + table["a"].sum() + ("added" in globals())), 1.0)
    leave_traces()

@criterion("f.random")
def test_random(student, make):
    numbers = [stream.normal(), np.random.normal(), random.random(), make.rng.normal()]
    same(student.f(np.array(numbers)), np.zeros(4))
"""


def test_every_criterion_of_every_notebook_begins_in_the_same_state(bench):
    course = bench.course(STATE, f=["fresh", "also_fresh", "random"])
    first, again, other = bench.outcomes(course, RIGHT, RIGHT, "def f(x):\n    return x * 0 + 1\n")
    assert first["f.fresh"].status == first["f.also_fresh"].status == "passed"
    assert first["f.random"].status == "failed"  # and shows the numbers drawn
    assert again == first
    assert other["f.fresh"].status == "passed"


INPUTS = """
@criterion("f.a")
def test_a(student, make):
    same(student.f(make.normal(2)), np.zeros(2))

@criterion("f.b")
def test_b(student, make):
    same(student.f(make.normal(2)), np.zeros(2))
"""


def test_results_do_not_depend_on_who_is_graded_before(bench):
    course = bench.course(INPUTS, f=["a", "b"])
    notebooks = [RIGHT, "def f(x):\n    raise ValueError\n", "def f(x):\n    return 0 * x\n", ""]
    forwards = bench.outcomes(course, *notebooks)
    backwards = bench.outcomes(course, *reversed(notebooks))
    assert forwards == backwards[::-1]


def test_inputs_depend_on_the_salt_and_the_criterion_alone(bench, tmp_path):
    def inputs(salt: str, suite: str) -> dict[str, str]:
        bench.root = tmp_path / f"{salt} {len(suite)}"
        course = bench.course(suite, f=["a", "b"])
        toml = course.root / "solutions" / "course.toml"
        toml.write_text(toml.read_text().replace('"salt"', f'"{salt}"'))
        from autograder.course.load import load_course

        (found,) = bench.outcomes(load_course(course.root), "def f(x):\n    return x\n")
        return {name: outcome.counterexample.got for name, outcome in found.items()}

    first, second = INPUTS.strip().split("\n\n")
    here = inputs("one", INPUTS)
    assert here["f.a"] != here["f.b"]
    assert inputs("one", f"\n{second}\n\n{first}\n  \n") == here  # the other way round
    there = inputs("two", INPUTS)
    assert not set(there.values()) & set(here.values())


def test_nothing_is_carried_from_one_criterion_to_the_next_in_the_students_code(bench):
    notebook = "calls = []\ndef f(x):\n    calls.append(x)\n    return float(len(calls))\n"
    suite = "".join(
        f'@criterion("f.{name}")\ndef test_{name}(student, make):\n'
        "    same(student.f(0), 1.0)\n    same(student.f(0), 2.0)\n\n"
        for name in "abc"
    )
    (found,) = bench.outcomes(bench.course(suite, f=["a", "b", "c"]), notebook)
    assert {outcome.status for outcome in found.values()} == {"passed"}


def test_one_criterion_that_takes_the_process_along_costs_itself_alone(bench):
    """Whatever its calls end or kill: more often than a notebook is worth restarting for."""
    names = [f"c{n}" for n in range(8)]
    suite = "".join(
        f'@criterion("f.{name}")\ndef test_{name}(student, make):\n    same(student.f(0), 1)\n\n'
        for name in names
    )
    suite += '@criterion("g.works")\ndef test_g(student, make):\n    same(student.g(0), 1)\n'
    notebook = (
        "import os, signal\n"
        "def f(x):\n    os.kill(os.getppid(), signal.SIGKILL)\n    os._exit(0)\n"
        "def g(x):\n    return 1\n"
    )
    (found,) = bench.outcomes(bench.course(suite, f=names, g=["works"]), notebook)
    assert {found[f"f.{name}"].status for name in names} == {"error"}
    assert found["g.works"].status == "passed"


def test_what_a_notebook_lacks_is_missing_and_a_near_name_is_pointed_out(bench):
    suite = "".join(
        f'@criterion("{part}.works")\ndef test_{n}(student, make):\n    same(student.f(1), 2)\n\n'
        for n, part in enumerate(
            ["im2col", "Net.forward", "Net.backward", "Pool.forward", "Relu.f"]
        )
    )
    course = bench.course(suite, **{part: ["works"] for part in (
        "im2col", "Net.forward", "Net.backward", "Pool.forward", "Relu.f")})  # fmt: skip
    notebook = (
        "def im2Col(x):\n    return x\n"
        "class Net:\n    def foward(self):\n        pass\n"
        "def Pool(x):\n    return x\n"
    )
    (found,) = bench.outcomes(course, notebook)
    assert {outcome.status for outcome in found.values()} == {"missing"}
    assert "`im2Col`" in found["im2col.works"].message["en"]
    assert "`Net.foward`" in found["Net.forward.works"].message["en"]
    assert (
        found["Net.backward.works"].message["en"]
        == "`Net.backward` is not defined in the notebook."
    )
    assert "should be a class" in found["Pool.forward.works"].message["en"]
    assert found["Relu.f.works"].message["en"] == "`Relu` is not defined in the notebook."


def test_a_method_that_objects_set_themselves_is_there(bench):
    suite = (
        '@criterion("Net.forward.works")\ndef test_net(student, make):\n'
        "    same(student.Net().forward(1), 2)\n"
    )
    course = bench.course(suite, **{"Net.forward": ["works"]})
    notebook = (
        "class Net:\n    def __init__(self):\n        self.forward = self._forward\n"
        "    def _forward(self, x):\n        return x + 1\n"
    )
    (found,) = bench.outcomes(course, notebook)
    assert found["Net.forward.works"].status == "passed"


def test_an_expected_name_is_no_misspelling_of_another(bench):
    suite = (
        '@criterion("BatchNorm.works")\ndef test_a(student, make):\n    same(student.f(1), 2)\n\n'
        '@criterion("batch_norm.works")\ndef test_b(student, make):\n'
        "    same(student.batch_norm(1), 2)\n"
    )
    course = bench.course(suite, BatchNorm=["works"], batch_norm=["works"])
    (found,) = bench.outcomes(course, "def batch_norm(x):\n    return x + 1\n")
    assert found["batch_norm.works"].status == "passed"
    assert found["BatchNorm.works"].message["en"] == "`BatchNorm` is not defined in the notebook."


def test_running_suites_leaves_the_surroundings_as_they_were(bench, monkeypatch):
    """Another course may have suites of the same names, and this is a library too."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")  # on the instructor's machine
    path, variables = list(sys.path), dict(os.environ)
    course = bench.course(WORKS, f=["works"])
    assert bench.outcomes(course, RIGHT)[0]["f.works"].status == "passed"
    assert sys.path == path
    assert dict(os.environ) == variables
    suite = course.exercises[0].suite
    suite.write_text(suite.read_text().replace("2)", "99)"))
    assert bench.outcomes(course, RIGHT)[0]["f.works"].status == "failed"


LAYER = """
@criterion("Layer.forward.works")
def test_works(student, make):
    same(student.Layer(2.0).forward(3.0), 6.0)
"""


@pytest.mark.parametrize(
    ("notebook", "status"),
    [
        ("from functools import partial\nclass Dense:\n    def __init__(self, k, w): self.w = w\n"
         "    def forward(self, x): return self.w * x\nLayer = partial(Dense, 'k')", "passed"),
        ("def Layer(w):\n    class Made:\n        def forward(self, x): return w * x\n"
         "    return Made()", "passed"),
        ("def Layer(w):\n    class Made:\n        def forward(self, x): return w + x\n"
         "    return Made()", "missing"),
        ("def Layer(x, w=1.0):\n    return x * w", "missing"),
        ("def Layer(x):\n    while True: pass", "missing"),
    ],
)  # fmt: skip
def test_a_function_that_gives_objects_is_as_good_as_a_class(bench, notebook, status):
    (found,) = bench.outcomes(bench.course(LAYER, **{"Layer.forward": ["works"]}), notebook)
    assert found["Layer.forward.works"].status == status
    if status == "missing":
        assert "should be a class" in found["Layer.forward.works"].message["en"]


@pytest.fixture
def forked(monkeypatch):
    """For each process that a notebook is given, whether criteria share it."""
    forked = []
    fork = Session._fork

    def counting(self, world, shared=False, **more):
        forked.append(shared)
        return fork(self, world, shared, **more)

    monkeypatch.setattr(Session, "_fork", counting)
    return forked


FOUR = "".join(
    f'@criterion("f.c{n}")\ndef test_{n}(student):\n    same(student.f({n}), {n + 1})\n'
    for n in range(4)
)


def of_four(bench, notebook):
    (found,) = bench.outcomes(bench.course(FOUR, f=[f"c{n}" for n in range(4)]), notebook)
    return [told.status for told in found.values()]


def test_what_is_failed_is_tried_again_in_the_same_process(bench, forked):
    assert of_four(bench, "def f(x):\n    return x + (x == 1)") == [
        "failed", "passed", "failed", "failed",
    ]  # fmt: skip
    assert forked == [True]


def test_what_may_be_the_process_itself_that_fails_is_tried_again_in_another(bench, forked):
    notebook = "def f(x):\n    if x % 2: raise MemoryError\n    return x"
    assert of_four(bench, notebook) == ["failed", "error", "failed", "error"]
    assert forked == [True, True]


@pytest.mark.parametrize(
    ("wrong", "then"),
    [
        ("x == 9", ["passed"] * 4),
        ("x == 0", ["failed", "passed", "passed", "passed"]),
        ("x == 3", ["passed", "passed", "passed", "failed"]),
        ("x < 2", ["failed", "failed", "passed", "passed"]),
    ],
)
def test_what_fails_only_in_company_is_decided_alone(bench, forked, wrong, then):
    """It remembers where nobody looks that it was called."""
    notebook = f"""
import sys
def f(x):
    if hasattr(sys, "called"):
        return 0
    sys.called = True
    return 0 if {wrong} else x + 1
"""
    assert of_four(bench, notebook) == then
    assert forked.count(False) > 1


def test_what_changes_the_notebook_when_it_fails_is_decided_alone(bench, forked):
    notebook = "seen = []\ndef f(x):\n    seen.append(x)\n    return x"
    assert of_four(bench, notebook) == ["failed"] * 4
    assert forked == [True, *[False] * 4]


def test_a_test_with_other_processes_ends_none_that_the_others_share(bench, forked):
    suite = (
        WORKS
        + """
@criterion("f.apart")
def test_apart(student, apart):
    with apart() as other:
        same(other.f(1), 2)

@criterion("f.last")
def test_last(student):
    same(student.f(2), 3)
"""
    )
    course = bench.course(suite, f=["works", "apart", "last"])
    (found,) = bench.outcomes(course, RIGHT)
    assert {told.status for told in found.values()} == {"passed"}
    assert forked == [True, False, False]  # all but one together; then that one, and the other
