"""The course's own code in the grader's process: decided as in the sandbox, and nothing leaks out.

One miniature exercise whose criteria each look at something in which a call within a process could
differ from one through the wall; it is run both ways.
"""

from __future__ import annotations

import random
import shutil

import numpy as np
import pytest

from autograder.course.load import load_mistakes
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.limits import Budget
from autograder.status import Status
from autograder.verify.claims import Claim, claims
from autograder.verify.judge import Seen
from autograder.verify.matrix import Task, decide
from autograder.verify.sample import graded
from tests.mini_course import MiniCourse

NOTEBOOK = '''\
# %% name="setup" tags=["setup"]
import random

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm
from tqdm import tqdm

drawn = np.random.rand()
np.set_printoptions(precision=4)
calls = []


# %% name="odd" tags=["stub"]
def odd(kind, *values):
    """Whatever is asked for."""
    ### BEGIN SOLUTION
    calls.append(kind)
    if kind == "strides":
        return list(values[0].strides), values[0].flags.writeable
    if kind == "changes":
        values[0][...] = 7
        return values[0]
    if kind == "containers":
        return (1, [2.5, None], {"a": np.arange(3), 3: "三"}), np.float32(1.5), 2**70, True
    if kind == "object":
        return Thing(values[0])
    if kind == "function":
        return lambda x: 2 * x
    if kind == "module":
        return np
    if kind == "raises":
        return values[0][5]
    if kind == "prints":
        text = str(np.array([1 / 3]))
        np.set_printoptions(precision=2)
        return text
    if kind == "applies":
        return sum(values[0](np.full(2, float(i))) for i in range(3))
    if kind == "refused":
        return values[0](np.ones((2, 3)), np.ones((2, 3)))
    if kind == "draws":
        chance = np.random.rand(), np.random.default_rng().random(), drawn
        return (*chance, np.random.randn(), random.random(), np.random.sample())
    if kind == "empty":
        return np.isnan(np.empty(3)), np.empty(1, dtype=int)
    if kind == "calls":
        return len(calls)
    if kind == "overflow":
        return np.exp(np.array([1000.0])), np.geterr()
    if kind == "strict":
        np.seterr(all="raise")
        return np.array([1.0]) / np.array([0.0])
    if kind == "recursion":
        def deeper(x):
            return deeper(x)
        return deeper(1)
    if kind == "endless":
        while True:
            values = values
    if kind == "large":
        return np.zeros(2**24)
    if kind == "many":
        return list(range(300_000))
    if kind == "plots":
        fig, (left, right) = plt.subplots(1, 2)
        left.imshow(np.ones((2, 2)), norm=LogNorm())
        for step in tqdm(range(3)):
            print(step)
        return step
    import pandas

    return pandas.DataFrame()
    ### END SOLUTION


# %% name="thing" tags=["stub"]
class Thing:
    """A box for a value."""

    def __init__(self, value):
        ### BEGIN SOLUTION
        self.value = value
        ### END SOLUTION

    def twice(self):
        """Twice the value."""
        ### BEGIN SOLUTION
        return 2 * self.value
        ### END SOLUTION
'''

TESTS = {
    "strides": "same(student.odd('strides', np.arange(6.0).reshape(2, 3).T)[0], [8, 24])",
    "writeable": "same(student.odd('strides', np.arange(6.0).reshape(2, 3).T)[1], True)",
    "changes": "x = np.ones(3); same(student.odd('changes', x), np.full(3, 7.0)); "
    "assert (x == 1).all(), 'the suite has its own'",
    "in_place": "same(student.odd.inplace('changes', np.ones(3)).arguments[1], np.ones(3))",
    "kept": "x = student.odd('changes', np.ones(3)); same(student.odd('changes', x), x)",
    "numbers": "same(student.odd('containers')[0][1][0], 2.5)",
    "text": "same(student.odd('containers')[0][2][3], 3.0)",
    "arrays": "same(student.odd('containers')[0][2]['a'], np.arange(3.0))",
    "nothing": "same(student.odd('containers')[0][1][1], 1.0)",
    "scalar": "same(student.odd('containers')[1], np.float64(1.5))",
    "long": "same(student.odd('containers')[2], 2.0**70)",
    "object": "thing = student.odd('object', 4.0); thing.value = 5.0; same(thing.twice(), 10.0)",
    "no_value": "same(student.odd('object', 4.0), 4.0)",
    "no_attribute": "same(student.odd('object', 4.0).other, 4.0)",
    "plain_object": "same(student.odd('calls').value, 4.0)",
    "function": "same(student.odd('function')(2.0), 4.0)",
    "module": "same(student.odd('module').pi, np.pi)",
    "raises": "same(student.odd('raises', [1]), 1.0)",
    "names": "same(student.od(1), 1.0)",
    "arguments": "same(student.odd(), 1.0)",
    "applies": "same(student.odd('applies', lambda x: float(x.sum())), 6.0)",
    "refused": "same(student.odd('refused', lambda x, y: x @ y), 6.0)",
    "draws": "same(student.odd('draws')[0], 1.0)",
    "generator": "same(student.odd('draws')[1], 1.0)",
    "drawn": "same(student.odd('draws')[2], 1.0)",
    "normal": "same(student.odd('draws')[3], 1.0)",
    "normal_again": "student.odd('draws'); same(student.odd('draws')[3], 1.0)",
    "python_draws": "student.odd('draws'); same(student.odd('draws')[4], 1.0)",
    "sample": "same(student.odd('draws')[5], 1.0)",
    "draws_ours": "np.random.seed(5); first = np.random.rand(); np.random.seed(5); "
    "student.odd('draws'); assert np.random.rand() == first",
    "empty": "same(student.odd('empty')[0], np.ones(3, bool))",
    "empty_int": "same(student.odd('empty')[1], np.zeros(1, int))",
    "calls": "student.odd('calls'); same(student.odd('calls'), 2)",
    "calls_again": "same(student.odd('calls'), 1)",
    "apart": "student.odd('calls')\n    with apart() as other: same(other.odd('calls'), 1)",
    "overflow": "same(student.odd('overflow')[0], np.array([1.0]))",
    "float_errors": "same(student.odd('overflow')[1]['under'], 1.0)",
    "strict": "same(student.odd('strict'), np.array([1.0]))",
    "recursion": "same(student.odd('recursion'), 1.0)",
    "endless": "same(student.odd('endless'), 1.0)",
    "large": "same(student.odd('large'), 1.0)",
    "many": "same(student.odd('many'), 1.0)",
    "plots": "same(student.odd('plots'), 2)",
    "imports": "same(student.odd('else'), 1.0)",
    "bug": "same(undefined, 1.0)",
}

TOML = """\
id = "01_area"
points = {total}
reveal = "first_difference"
title = {{en = "Odd", ja = "奇"}}
summary = {{en = "Odd.", ja = "奇。"}}
[[parts]]
id = "odd"
title = {{en = "Odd", ja = "奇"}}
{criteria}
[[parts]]
id = "Thing.twice"
title = {{en = "Thing", ja = "物"}}
[[parts.criteria]]
id = "Thing.twice.any"
points = 1
title = {{en = "x", ja = "x"}}
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    mini = MiniCourse(tmp_path_factory.mktemp("odd") / "course")
    criteria = "\n".join(
        f'[[parts.criteria]]\nid = "odd.{slug}"\npoints = 1\ntitle = {{en = "x", ja = "x"}}'
        for slug in TESTS
    )
    mini.write(mini.area.toml, TOML.format(total=len(TESTS) + 1, criteria=criteria))
    mini.write(mini.area.notebook, NOTEBOOK)
    mini.area.mistakes.unlink()
    shutil.rmtree(mini.box.folder)
    head = "import numpy as np\nfrom autograder.suite import criterion, same\n"
    tests = [
        f'@criterion("odd.{slug}")\ndef test_{slug}(student, apart):\n    {body}\n'
        for slug, body in TESTS.items()
    ]
    last = '@criterion("Thing.twice.any")\ndef test_thing(student):\n    '
    last += "same(student.Thing(3.0).twice(), 6.0)\n"
    mini.write(mini.area.suite, "\n".join([head, *tests, last]))
    return mini.load()


def run(course, claim):
    (seen,) = decide(Task(course.root, claim.exercise, (claim,), first=False)).seen
    return seen


@pytest.fixture(scope="module")
def both(odd, wall):
    """The solution, decided in this process and in the sandbox."""
    claim = Claim("01_area", "solution", "en")
    hasty = Budget(call_cpu_s=0.5)
    ((_, result),) = graded(odd, [claim], wall, 1, hasty)
    return run(odd, claim), Seen.of_graded(result)


@pytest.mark.parametrize("slug", TESTS)
def test_it_is_decided_as_in_the_sandbox_with_the_same_message(both, slug):
    here, there = both
    name = f"odd.{slug}"
    assert here.statuses[name] is there.statuses[name]
    if here.statuses[name] is not Status.GRADER_ERROR:
        assert here.messages[name] == there.messages[name]


def test_there_is_something_of_every_kind_to_decide(both):
    here, _ = both
    assert {str(status) for status in here.statuses.values()} == {
        "passed", "failed", "error", "timeout", "grader_error",
    }  # fmt: skip


def test_every_claim_of_a_course_is_decided_as_in_the_sandbox(mini, wall):
    mini.replace(mini.settings, 'salt = "tiny"', 'salt = "tiny"\ncarried = 0')
    course = mini.load()
    made = [
        claim
        for exercise in course.exercises
        for claim in claims(course, exercise)
        if not claim.is_table  # which is recorded first
    ]
    there = {claim: Seen.of_graded(result) for claim, result in graded(course, made, wall, 1)}
    for claim in made:
        here = run(course, claim)
        for criterion, status in here.statuses.items():
            assert (status, here.messages[criterion]) == (
                there[claim].statuses[criterion],
                there[claim].messages[criterion],
            ), claim.name


def test_nothing_of_it_stays_behind(odd):
    random.seed(3)
    np.random.seed(3)
    before = (
        random.getstate(), np.random.get_state()[1].tolist(), np.geterr(), np.empty, np.empty_like,
        np.random.default_rng,
    )  # fmt: skip
    with OwnNotebook(odd, OwnCode("01_area")).criterion() as conversation:
        for kind in ("draws", "strict", "endless"):
            try:
                conversation.request("call", {"name": "odd", "steps": []}, args=[kind])
            except Exception:
                continue
    after = (
        random.getstate(), np.random.get_state()[1].tolist(), np.geterr(), np.empty, np.empty_like,
        np.random.default_rng,
    )  # fmt: skip
    assert after == before


def test_only_the_courses_own_notebooks_run_here(odd, mini):
    course = mini.load()
    (variant,), _ = load_mistakes(course.exercise("02_box"))
    OwnNotebook(course, OwnCode("02_box", (variant,)))
    for other in (b'{"cells": []}', "def odd(): pass", [(0, "def odd(): pass")], variant):
        with pytest.raises(TypeError, match="only the course's own"):
            OwnNotebook(odd, other)


def test_how_arrays_are_printed_is_the_notebooks_own_affair(odd):
    """Messages print arrays in this process, so what a notebook sets must not reach them."""
    before = np.get_printoptions()
    with OwnNotebook(odd, OwnCode("01_area")).criterion() as conversation:
        call = {"name": "odd", "steps": []}
        assert conversation.request("call", call, args=["prints"]).value == "[0.3333]"
        assert np.get_printoptions() == before
        assert conversation.request("call", call, args=["prints"]).value == "[0.33]"
