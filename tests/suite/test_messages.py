"""What a student reads about each kind of failure, in both languages and at each reveal policy.

The texts are in ``messages/<policy>.txt``, to be read by people. After a change on purpose, write
them again with ``UPDATE_GOLDEN=1 pytest tests/suite/test_messages.py`` and read what differs.
"""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from autograder.course.models import Reveal
from autograder.messages import criteria
from autograder.sandbox.host.session import Frame, StudentDied, StudentTimeout
from autograder.suite.outcome import from_exception
from autograder.verdict.result import Counterexample
from tests.suite.conftest import Told

GOLDEN = Path(__file__).parent / "messages"

# What the suite asks, and the student's code; each is one criterion of its own.
PLAIN = "same(student.{f}(make.normal(2, 3, 4, 5)), SECRET)"
CASES: dict[str, tuple[str, str]] = {
    "nothing returned": (PLAIN, "y = x + 1"),
    "a list": (PLAIN, "return x.tolist()"),
    "a scalar": (PLAIN, "return x.sum()"),
    "an array where a number is asked": ("same(student.{f}(3), 4)", "return np.array([4])"),
    "a float where a whole number is asked": ("same(student.{f}(7, 2), 3)", "return x / 2"),
    "an object": (PLAIN, "return Tensor(x)"),
    "wrong shape": (PLAIN, "return x[:, :, :-1]"),
    "shape transposed": (PLAIN, "return secret().transpose(0, 2, 3, 1)"),
    "sizes in another order, and other values": (PLAIN, "return x.reshape(3, 2, 4, 5)"),
    "empty": (PLAIN, "return x[:0]"),
    "wrong dtype": (PLAIN, "return x > 0"),
    "float32 lost": (
        "keeps_dtype(student.{f}(make.normal(2, 3, dtype=np.float32)), np.float32)",
        "return x.astype(float)",
    ),
    "nan": (PLAIN, "return np.log(x - 9)"),
    "one wrong value": (
        PLAIN,
        "y = secret(); y[1, 2, 3, 4] += 0.5; return y",
    ),
    "wrong number": ("same(student.{f}(make.normal(4)), 0.123456789)", "return 0.25"),
    "wrong in the eighth digit": ("same(student.{f}(2), 0.123456789)", "return 0.12345675"),
    "transposed": (PLAIN, "return secret().transpose(0, 1, 3, 2).reshape(2, 3, 4, 5)"),
    "axes exchanged": (
        "same(student.{f}(3), SECRET[0, 0, :4, :4])",
        "return secret()[0, 0, :4, :4].T",
    ),
    "factor": (PLAIN, "return secret() / 120"),
    "sign": (PLAIN, "return -secret()"),
    "offset": (PLAIN, "return secret() + 0.25"),
    "zeros": (PLAIN, "return np.zeros_like(x)"),
    "nearly right": (PLAIN, "return secret().astype('float32') * np.float32(1.00001)"),
    "border": (
        PLAIN,
        "y = secret(); z = y * 0 + 5; z[..., 1:-1, 1:-1] = y[..., 1:-1, 1:-1]; return z",
    ),
    "too few results": ("same(student.{f}(2), (SECRET, 1.0))", "return (secret(),)"),
    "the second of two results": ("same(student.{f}(2), (1.0, 0.125))", "return 1.0, 2.0"),
    "a key missing": ("same(student.{f}(2), {'W1': SECRET})", "return {'w1': secret()}"),
    "a wrong text": ("same(student.{f}(2), 'hidden')", "return '(a guess)'"),
    "argument changed": ("unchanged(student.{f}, np.ones(3), 2)", "x *= 2\n    return x"),
    "should raise": ("raises(ValueError, student.{f}, make.normal(4, 4), 5)", "return x"),
    "raises something else": ("raises(ValueError, student.{f}, 4, 5)", "return x[0]"),
    "not written": (PLAIN, "raise NotImplementedError('im2col')"),
    "needs what is not written": (PLAIN, "return helper(x)"),
    "an error of its own": (PLAIN, "raise ValueError('too large')"),
    "error": (PLAIN, "y = x.reshape(7, 7)\n    return y"),
    "error in a helper": (PLAIN, "return broken(x)"),
    "error in a comprehension": (PLAIN, "return [image.reshape(7) for image in x]"),
    "error in a constructor's helper": ("same(student.Scaled(np.ones((2, 3))).x, 1)", "return x"),
    "typo": (PLAIN, "return x.reshpae(2, -1)"),
    "exit": (PLAIN, "import sys; sys.exit('bye')"),
    "timeout": (PLAIN, "while True: pass"),
    "died": (PLAIN, "import os; os._exit(0)"),
    "too large": (PLAIN, "return [0.0] * 10**6"),
    "wrong arguments": ("same(student.{f}(1, 2, 3, 4), 1)", "return x"),
    "attribute missing": ("same(student.{f}(1).dW, 1)", "return Tensor(x)"),
    "an attribute of another shape": (
        "same(student.{f}(np.ones((2, 3))).x, np.ones((3, 2)))",
        "return Tensor(x)",
    ),
    "an entry of an attribute": (
        "same(student.{f}(np.ones(3)).params['W1'], np.ones(3))",
        "t = Tensor(x); t.params = {'W1': 2 * x}; return t",
    ),
    "attribute of nothing": ("same(student.{f}(1).dW, 1)", "x + 1"),
    "attribute of a number": ("same(student.{f}(1).dW, 1)", "return x"),
    "second of one": ("same(student.{f}(1)[1], 1)", "return (x,)"),
    "key of an attribute missing": ("same(student.{f}(1).params['W1'], 1)", "return Tensor(x)"),
    "another part missing": ("same(student.Relu(), 1)", "return x"),
    "long arguments": (
        "same(student.{f}({'W1': np.ones((2, 3)), 'W2': np.ones(3)}, list(range(50))), 1)",
        "return 2",
    ),
    "hidden numbers in a list": (
        "same(student.{f}([make.normal(2), make.normal(3)], (0.5,)), 1)",
        "return 2",
    ),
    "a function as argument": ("same(student.{f}(lambda w: w, np.float64(0.5)), 1)", "return 2"),
    "the same call again": (
        "x = make.normal(3)\n    for _ in range(2): same(student.{f}(x), 2 * x)",
        "global calls; calls = globals().get('calls', 0) + 2; return calls * x",
    ),
    "a measured number": (
        "same(measured(student.{f}(3), Text(en='The spread', ja='ばらつき'), 0.25), 0.1, rtol=0.1)",
        "return x",
    ),
    "a measured count": (
        "same(measured(student.{f}(3), Text(en='The number of kinds', ja='種類の数'), 1), 2)",
        "return x",
    ),
    "measured numbers": (
        "same(measured(student.{f}(3), Text(en='What b adds', ja='bが加える値'), np.zeros(3)),"
        " np.ones(3))",
        "return x",
    ),
    "a loop": (
        "no_more_work(student.{f}.counted(np.ones(2)), student.{f}.counted(np.ones(40)), more=38)",
        "y = []\n    for a in x:\n        y.append(float(a))\n    return y",
    ),
    "a loop in a list": (
        "no_more_work(student.{f}.counted(np.ones(2)), student.{f}.counted(np.ones(400)), 398)",
        "return np.array(x.tolist()).sum()",
    ),
    "a loop that looks the same": (
        "no_more_work(student.{f}.counted(np.ones(2)), student.{f}.counted(np.ones(40)), more=38)",
        "for _ in range(12_000): y = 1\n    return x",
    ),
    "counting turned off": (
        "no_more_work(student.{f}.counted(np.ones(2)), student.{f}.counted(np.ones(40)), 38)",
        "import sys; sys.settrace(None); return x",
    ),
    "an assert of one's own": (PLAIN, "assert x.shape[2] == x.shape[3]"),
    "an entry of the third result": (
        "same(student.{f}(2)[2], [1.0, 0.125])",
        "return 3.0, 4.0, [1.0, 2.0]",
    ),
    "the shape of the first result": (
        "same(student.{f}(2)[0], SECRET)",
        "return secret()[:1], 4.0",
    ),
    "an item of a result that has none": ("same(student.{f}(2)[1][0], 1)", "return 3.0, 4.0"),
}

SECRET = "SECRET = np.random.default_rng(7).normal(size=(2, 3, 4, 5))\n"

NOTEBOOK = """
class Tensor:
    params = {}
    def __init__(self, x):
        self.x = x

def secret():
    return np.random.default_rng(7).normal(size=(2, 3, 4, 5))

class Scaled:
    def __init__(self, x):
        self.x = broken(x) @ x

def helper(x):
    raise NotImplementedError

def broken(x):
    return x @ np.ones(7)
"""


@pytest.fixture(scope="module")
def told(new_bench) -> dict[str, dict[str, Told]]:
    """By policy and case, what the student is told."""
    names = {case: f"f{number}" for number, case in enumerate(CASES)}
    suite = SECRET + "".join(
        f'@criterion("{name}.works")\ndef test_{name}(student, make):\n'
        f"    {CASES[case][0].replace('{f}', name)}\n\n"
        for case, name in names.items()
    )
    notebook = NOTEBOOK + "".join(
        f"def {name}(x, y=0):\n    {CASES[case][1]}\n" for case, name in names.items()
    )
    found = {}
    for reveal in Reveal:
        bench = new_bench()
        parts = {name: ["works"] for name in (*names.values(), "Relu")}
        (outcomes,) = bench.outcomes(bench.course(suite, reveal=reveal, **parts), notebook)
        found[reveal] = {case: outcomes[f"{name}.works"] for case, name in names.items()}
    return found


@pytest.mark.parametrize("reveal", Reveal)
def test_the_texts_are_those_that_people_have_read(told, reveal):
    page = "\n".join(as_read(case, outcome) for case, outcome in told[reveal].items())
    file = GOLDEN / f"{reveal}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(page, encoding="utf-8")
    assert page == file.read_text(encoding="utf-8")


def as_read(case: str, outcome: Told) -> str:
    lines = [f"== {case}: {outcome.status}", outcome.message["en"], outcome.message["ja"]]
    if outcome.counterexample:
        lines += [f"  {key}: {text}" for key, text in asdict(outcome.counterexample).items()]
    page = "\n".join(lines) + "\n"
    return page.replace(np.__version__, "VERSION").replace(platform.python_version(), "VERSION")


@pytest.mark.parametrize("reveal", Reveal)
def test_nothing_here_is_right_and_nothing_is_the_graders_fault(told, reveal):
    statuses = {case: outcome.status for case, outcome in told[reveal].items()}
    assert set(statuses.values()) <= {"failed", "error", "timeout", "missing"}, statuses


@pytest.mark.parametrize("reveal", Reveal)
def test_both_languages_say_something_and_name_the_same_things(told, reveal):
    for case, outcome in told[reveal].items():
        en, ja = outcome.message["en"], outcome.message["ja"]
        assert en.isascii() or "—" in en or "`" in en, case
        assert any("ぁ" <= letter <= "ヿ" for letter in ja), case
        assert en.count("`") == ja.count("`"), case


REVEALED = """
@criterion("f.values")
def test_values(student, make):
    same(student.f(np.ones((2, 3))), EXPECTED)

@criterion("f.number")
def test_number(student, make):
    same(student.f(0.5), float(EXPECTED.flat[0]))

@criterion("f.text")
def test_text(student, make):
    same(student.f("(a"), NAME)

@criterion("f.pair")
def test_pair(student, make):
    same(student.f((1.0, np.ones((2, 3)))), (1.0, EXPECTED))

@criterion("f.nan")
def test_nan(student, make):
    same(student.f(np.full((2, 3), np.nan)), EXPECTED)

@criterion("f.key")
def test_key(student, make):
    same(student.f({"(": 1}), {NAME: 1})

@criterion("f.many")
def test_many(student, make):
    same(student.f([1, 2]), [1] * EXPECTED.size)
"""
ANY = "def f(x):\n    return x\n"


def told_about(new_bench, reveal: str, expected: str, name: str) -> dict[str, Told]:
    """What the same answers are told where something else would have been right."""
    bench = new_bench()
    suite = f"EXPECTED = {expected}\nNAME = {name!r}\n{REVEALED}"
    slugs = ["values", "number", "text", "pair", "nan", "key", "many"]
    (outcomes,) = bench.outcomes(bench.course(suite, reveal=reveal, f=slugs), ANY)
    assert {outcome.status for outcome in outcomes.values()} == {"failed"}
    return outcomes


def test_reveal_none_says_the_same_whatever_would_have_been_right(new_bench):
    one = told_about(new_bench, "none", "np.arange(6.0).reshape(2, 3) + 5", "hidden")
    two = told_about(new_bench, "none", "-1 - np.arange(6.0).reshape(2, 3) ** 2", "secret")
    assert one == two
    assert all(outcome.counterexample is None for outcome in one.values())
    longer = told_about(new_bench, "none", "np.arange(8.0).reshape(2, 4)", "x")
    assert longer["f.many"] == one["f.many"]


def test_reveal_shapes_says_the_same_whatever_values_would_have_been_right(new_bench):
    one = told_about(new_bench, "shapes", "np.arange(6.0).reshape(2, 3) + 5", "W")
    two = told_about(new_bench, "shapes", "-1 - np.arange(6.0).reshape(2, 3) ** 2", "W")
    assert one == two
    hidden = told_about(new_bench, "shapes", "np.ones((2, 3)) * 7", "hidden")
    assert "hidden" not in str(hidden["f.text"])
    # Whether it is a factor depends on the values; which one it is, is not told.
    assert "7" not in str(hidden["f.values"]) + str(hidden["f.pair"])


def test_reveal_first_difference_shows_one_number_of_what_is_expected(new_bench):
    found = told_about(new_bench, "first_difference", "np.arange(6.0).reshape(2, 3) + 0.25", "W")
    assert found["f.values"].counterexample == Counterexample(
        "f(array(2, 3))", got="(0, 0): 1", expected="(0, 0): 0.25"
    )
    assert "0.25" not in found["f.values"].message["en"] + found["f.values"].message["ja"]


def test_what_could_not_be_tried_is_distinguished_from_what_failed():
    late = from_exception(StudentTimeout("used up"), "f")
    dead = from_exception(StudentDied("again and again"), "f")
    assert (late.status, dead.status) == ("timeout", "error")
    all_that_is = Reveal.FIRST_DIFFERENCE
    assert "before this could be checked" in criteria.message(late, all_that_is)["en"]
    assert "could not be checked" in criteria.message(dead, all_that_is)["en"]
    assert criteria.counterexample(late, all_that_is) is None
    assert criteria.counterexample(dead, all_that_is) is None


def test_a_thread_that_is_not_there_is_the_reason():
    line = Frame(2, 4, "return done.get()", "f")
    late = StudentTimeout("no answer", at=line, lacks_threads=True)
    late.label = "f(1)"
    found = from_exception(late, "f")
    assert found is not None
    said = criteria.message(found, Reveal.SHAPES)
    assert said["en"] == (
        "Your code did not finish in time. It was stopped at `return done.get()` (cell 3, line 4). "
        "A thread that a cell started does not exist where your functions are called. If yours "
        "waits for one, start the thread in the function."
    )
    assert "スレッド" in said["ja"]
