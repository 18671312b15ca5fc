"""Judging inputs that students choose: what convicts given code, and what acquits it."""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.suite.setup_cells import given
from autograder.verdict.result import Counterexample

# size_of forgets the sign; twin raises for large numbers.
NOTEBOOK = """\
# %% name="numbers" tags=["setup"]
import numpy as np

# %% name="suspects" tags=["setup"]
word = tr("too many", "多すぎ")

def size_of(x):
    return np.sqrt(x**2)

def twin(x):
    if x.max() > 9:
        raise ZeroDivisionError
    return np.where(x > 8, x, x * 1.0)

# %% name="f" tags=["stub"]
def f():
    ### BEGIN SOLUTION
    return (np.ones(1),)
    ### END SOLUTION

# %% name="g" tags=["stub"]
def g():
    ### BEGIN SOLUTION
    return None
    ### END SOLUTION
"""

SUITE = """
from autograder.course.models import Text
from autograder.suite import Suspect, acquits, convicts, given

OURS = given(__file__, "numbers", "suspects")

def misfit(answer):
    if not isinstance(answer, tuple) or len(answer) != 1 or not isinstance(answer[0], np.ndarray):
        return Text(en="One array, please.", ja="配列を1つ返してください。")
    if answer[0].size > 9:
        return Text(en=OURS.word)

def identity(x):
    x += 0
    return x

def refuses(x):
    raise KeyError(x.size)

NO_REFERENCE = Suspect(OURS.size_of, refuses, misfit, 1e-5)
WRONG = Suspect(OURS.size_of, identity, misfit, 1e-5)
TWIN = Suspect(OURS.twin, identity, misfit, 1e-5)

@criterion("f.wrong")
def test_wrong(student):
    convicts(student.f(), WRONG)

@criterion("f.unforeseen")
def test_unforeseen(student):
    convicts(student.f(), NO_REFERENCE)

@criterion("f.raises")
def test_raises(student):
    convicts(student.f(), TWIN)

@criterion("g.right")
def test_right(student, apart):
    def ask(name):
        with apart() as other:
            return getattr(other, name)()

    right = Suspect(identity, identity, misfit, 1e-5)
    others = [(lambda: ask("h"), WRONG), (lambda: ask("f"), WRONG)]
    acquits(student.g(), right, others, least=1)
"""


@pytest.fixture(scope="module")
def course(new_bench):
    bench = new_bench()
    course = bench.course(SUITE, f=["wrong", "raises", "unforeseen"], g=["right"])
    (course.root / "solutions" / "01_x" / "notebook.py").write_text(NOTEBOOK)
    return bench, course


@pytest.fixture(scope="module")
def judge(course):
    """The outcomes for a notebook in which f and g return these."""
    bench, made = course

    def outcomes(f: str, g: str = "None", h: str = "0"):
        answers = {"f": f, "g": g, "h": h}
        notebook = "".join(f"def {name}():\n    return {it}\n" for name, it in answers.items())
        (found,) = bench.outcomes(made, notebook)
        return found["f.wrong"], found["f.raises"], found["g.right"]

    return outcomes


def test_an_input_on_which_the_suspect_gives_something_else_convicts_it(judge):
    wrong, raises, right = judge("(np.array([-2.0]),)")
    assert wrong.status == "passed"
    assert raises.status == "failed"
    assert right.status == "passed"


def test_an_input_that_the_reference_cannot_take_is_not_the_graders_fault(course):
    bench, made = course
    notebook = "def f():\n    return (np.array([1.0]),)\ndef g():\n    return None\n"
    (found,) = bench.outcomes(made, notebook)
    assert found["f.unforeseen"].status == "failed"
    assert "no right result" in found["f.unforeseen"].message["en"]


def test_an_input_on_which_the_suspect_raises_convicts_it(judge):
    wrong, raises, _ = judge("(np.array([10.0]),)")
    assert wrong.status == "failed"
    assert raises.status == "passed"


@pytest.mark.parametrize("friendly", ["2.0", "0.0", "-4e-6"])
def test_an_input_on_which_both_agree_but_for_rounding_proves_nothing(judge, friendly):
    wrong, _, right = judge(f"(np.array([{friendly}]),)")
    assert wrong.status == right.status == "failed"
    assert "proves nothing" in wrong.message["en"]
    assert wrong.counterexample == Counterexample("f()", got="(array(1))", expected="—")


def test_none_for_a_suspect_that_is_wrong_earns_nothing_anywhere(judge):
    wrong, raises, right = judge("None")
    assert wrong.status == raises.status == right.status == "failed"
    assert "It is not" in wrong.message["en"]
    assert "returned it for 2" in right.message["en"]


def test_none_without_evidence_against_others_could_be_a_guess(judge):
    _, _, right = judge("(np.array([2.0]),)")
    assert right.status == "failed"
    assert "could be a guess" in right.message["en"]


@pytest.mark.parametrize(
    "other", ["1 / 0", "undefined", "(lambda: 1)", "__import__('os')._exit(0)"]
)
def test_an_answer_that_never_arrives_convicts_nobody(judge, other):
    wrong, _, right = judge(other)
    assert wrong.status in ("error", "failed")
    assert right.status == "failed"
    assert "so far 0" in right.message["en"]


@pytest.mark.parametrize("other", ["1 / 0", "exit()", "__import__('os')._exit(0)"])
def test_one_answer_that_ends_the_process_does_not_cost_the_others(judge, other):
    _, _, right = judge("(np.array([-2.0]),)", h=other)
    assert right.status == "passed"


def test_evidence_against_the_one_that_is_right_earns_nothing(judge):
    _, _, right = judge("(np.array([-2.0]),)", g="(np.array([-2.0]),)")
    assert right.status == "failed"
    assert "proves nothing" in right.message["en"]


ODD = [
    "5", "[]", "()", "(None,)", "'x'", "(5,)", "{0: np.ones(1)}", "np.ones(1)", "10**4000",
    "(np.ones(10),)", "(10**4000,)", "('\\ud800' * 9999,)", "object()", "(object(),)", "f", "(f,)",
]  # fmt: skip


def test_what_is_no_input_is_refused_in_words_before_anything_is_run(course):
    bench, made = course
    notebooks = [f"def f():\n    return {odd}\ndef g():\n    return {odd}\n" for odd in ODD]
    for odd, found in zip(ODD, bench.outcomes(made, *notebooks), strict=True):
        for outcome in found.values():
            assert outcome.status == "failed", odd
            assert outcome.message["en"].startswith("This is not a valid input"), odd
            assert outcome.message["ja"].startswith("このコードに渡せる入力では"), odd
            assert len(str(outcome.counterexample)) < 200, odd


def test_the_students_own_copy_of_the_suspect_does_not_matter(course):
    bench, made = course
    notebook = "def size_of(x):\n    return 0\ndef f():\n    return (np.ones(1),)\n"
    (found,) = bench.outcomes(made, notebook)
    assert found["f.wrong"].status == "failed"


def test_a_stub_is_not_written_yet(course):
    bench, made = course
    stub = "def f():\n    raise NotImplementedError\ndef g():\n    raise NotImplementedError\n"
    (found,) = bench.outcomes(made, stub)
    assert {outcome.status for outcome in found.values()} == {"missing"}


def test_given_cells_speak_either_language(course):
    _, made = course
    suite = str(made.exercises[0].suite)
    words = [given(suite, "suspects", lang=lang).word for lang in ("en", "ja")]
    assert words == ["too many", "多すぎ"]


@pytest.mark.parametrize("name", ["nowhere", "f"])
def test_only_setup_cells_are_given(course, name):
    _, made = course
    with pytest.raises(CourseError, match="no setup cell"):
        given(str(made.exercises[0].suite), name)


def test_a_suite_of_no_exercise_is_given_nothing(course):
    _, made = course
    with pytest.raises(CourseError, match="belongs to no exercise"):
        given(str(made.root / "tests" / "hidden" / "test_99_y.py"), "suspects")
