"""The student's code as a suite sees it: names, answers, handles, and calls back."""

from __future__ import annotations

from textwrap import indent

import pytest

from tests.suite.conftest import Told

NET = """
class Few(dict):
    def __setitem__(self, key, value):
        if len(self) == 1:
            return 1 / 0
        super().__setitem__(key, value)

class Layer:
    scale = 2.0
    def __init__(self, W, b=0.0):
        self.W, self.b, self.params, self.calls = W, b, {"W1": W}, 0
        self.few = Few()
    def forward(self, x):
        self.calls += 1
        return self.scale * x * self.W + self.b
    def both(self, x):
        return self, x
    def named(self):
        return {"layer": self, "W": self.W}
    def halve(self, n: int, dout: "dict[str, int]", eps=(1, 2)):
        dout /= 2
    def update(self, x):
        self.W = self.W - x
    def linked(self):
        return self.params["W1"] is self.W
    def renew(self):
        self.params["W1"] = self.W = self.W + 1

def f(x):
    return x

def same_object(a, b):
    return a is b

def double_in_place(x, y):
    x *= 2
    y[:] = 7
    return x

def empty_last(arrays):
    arrays[-1] *= 0

def drop_last(arrays):
    arrays.pop()

def halve_any(*args):
    args[1][:] = 0

def describe(*args, **kwargs):
    return [type(arg).__name__ for arg in args] + sorted(kwargs)

def draw(rng, n):
    return rng.normal(size=n)

def apply(h, *args):
    return h(*args)

def strides(x):
    return [step // x.itemsize for step in x.strides]

def gradient(h, x):
    eps = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += eps
        down.flat[i] -= eps
        grad.flat[i] = (h(up) - h(down)) / (2 * eps)
    return grad

square = lambda x: x ** 2
W_INIT = 3.0
"""


HOLDS = (
    # values and attributes
    "same(student.f(3), 3)",
    "same(student.f(make.normal(2, 3) * 0), np.zeros((2, 3)))",
    "same(student.square(3), 9)",
    "same(student.Layer.scale, 2.0)",
    "same(student.Layer(3.0).W, 3.0)",
    "same(student.Layer(3.0).params['W1'], 3.0)",
    # objects keep their state within a criterion
    "layer = student.Layer(3.0)\nlayer.forward(1)\nlayer.forward(1)\nsame(layer.calls, 2)",
    "layer = student.Layer(3.0, 1.0)\nsame(layer.forward(np.ones(2)), np.full(2, 7.0))",
    "layer = student.Layer(3.0, b=1.0)\nsame(layer.b, 1.0)",
    # an attribute is read when it is asked for, not when it was named
    "layer = student.Layer(3.0)\nlayer.renew()\nsame(layer.W, 4.0)",
    # attributes and items can be set
    "layer = student.Layer(3.0)\nlayer.W = 5.0\nsame(layer.forward(1.0), 10.0)",
    "layer = student.Layer(3.0)\nlayer.params['W1'] = 5.0\nsame(layer.params['W1'], 5.0)",
    "layer = student.Layer(3.0)\nlayer.params['W1'] = 5.0\nsame(layer.linked(), False)",
    "params = student.Layer(3.0).params\nparams.set_items({'W1': 5.0, 'W2': np.ones(2)})\n"
    "same(params['W1'], 5.0)\nsame(params['W2'], np.ones(2))",
    # handles come back as what they are, also out of pairs and dicts
    "layer = student.Layer(3.0)\nsame(student.same_object(layer, layer), True)",
    "layer = student.Layer(3.0)\nsame(student.same_object(layer, layer.both(1)[0]), True)",
    "layer = student.Layer(3.0)\nsame(layer.both(4)[1], 4)",
    "layer = student.Layer(3.0)\nnamed = layer.named()\n"
    "same(student.same_object(named['layer'], layer), True)",
    "same(student.Layer(3.0).named()['layer'].forward(1.0), 6.0)",
    "same(student.same_object(student.Layer(3.0), student.Layer(3.0)), False)",
    "same(student.f(student.Layer(3.0).forward(student.f(2.0))), 12.0)",
    "same(student.f([student.f(1), (student.f(2),)]), [1, (2,)])",
    "same(student.f({'a': student.f(1)}), {'a': 1})",
    # what travels, as what it is
    "same(student.describe(np.ones(2), 1, 1.0, True, 'a', None, (1,), [1], {}, k=1),"
    " ['ndarray', 'int', 'float', 'bool', 'str', 'NoneType', 'tuple', 'list', 'dict', 'k'])",
    "same(student.describe(np.float32(1), np.int64(1)), ['float32', 'int64'])",
    "same(student.strides(np.ones((4, 6))[::2, ::3]), [12, 3])",
    "same(student.strides(np.ones((4, 6)).T), [1, 6])",
    # in place
    "x, y = np.ones(3), np.zeros(2)\nafter = student.double_in_place.inplace(x, y).arguments\n"
    "same(after[0], np.full(3, 2.0))\nsame(after[1], np.full(2, 7.0))\n"
    "assert x.tolist() == [1, 1, 1]",
    "after = student.double_in_place.passed(np.ones(3), np.zeros(2)).arguments\n"
    "same(after[0], np.full(3, 2.0))",
    "same(student.double_in_place(np.ones(3), np.zeros(2)), np.full(3, 2.0))",
    "unchanged(student.double_in_place, np.zeros(2), np.zeros(2), only=1)",
    "unchanged(student.f, [np.ones(2), np.ones(3)])",
    "unchanged(student.drop_last, [1, 2])",
    "keeps_weights(student.Layer(np.ones(2)), 'forward', np.ones(2), names=('W', 'none', 'calls'))",
    "same(unchanged(student.square, np.arange(3.0)), np.arange(3.0) ** 2)",
    # the same again; what was wrong the first time is another criterion's business
    "as_before(student.square(np.ones(3)), student.square(np.ones(3)))",
    "as_before(student.f(None), student.f(None))",
    "as_before(student.f(1), student.f(np.array([np.nan])))",
    # a generator, the same at the beginning of each call
    "for _ in range(2):\n"
    "    same(student.draw(generator(5), 3), np.random.default_rng(5).normal(size=3))",
    # calls back
    "same(student.apply(lambda a, b: a + b, 2, 3), 5)",
    "same(student.apply(student.square, 3), 9)",
    "x = make.normal(4)\n"
    "same(student.gradient(lambda w: float((w ** 2).sum()), x), 2 * x, rtol=1e-6)",
    # refusing
    "raises(ValueError, student.apply, lambda a: a.no_such, 1)",
    "raises(TypeError, student.f)",
    # dtype
    "keeps_dtype(student.f(np.ones(2, np.float32)), np.float32)",
    "keeps_dtype(student.f(np.float32(1)), 'float32')",
)

FAILS = (
    ("student.g(1)", "missing", "`g` is not defined"),
    ("same(student.W_INIT, 3.0)", "missing", "`W_INIT` is not defined"),
    ("student.f(1)(2)", "failed", "`int`, which has no `(...)`"),
    ("student.f(1).forward(2)", "failed", "which has no `.forward`"),
    ("student.f((1, 2))[5]", "failed", "which has no `[5]`"),
    ("student.f({'a': 1})['b']", "failed", "which has no `['b']`"),
    ("student.f([1])['b']", "failed", "which has no `['b']`"),
    ("student.f(np.ones(2))[0]", "failed", "`array`, which has no `[0]`"),
    ("student.f(None).forward(1)", "failed", "Nothing was returned (None)"),
    ("student.f(1).W = 2", "failed", "which has no `.W`"),
    ("student.f([1])[0] = 2", "failed", "which has no `[0]`"),
    ("student.Layer(1.0).backward(1)", "error", "no attribute 'backward'"),
    ("student.Layer(1.0).params['W2'].sum()", "error", "KeyError: 'W2'"),
    ("student.f([1]).set_items({0: 2})", "failed", "which has no `[0]`"),
    ("student.Layer(1.0).arrays.set_items({'W1': 2})", "error", "no attribute 'arrays'"),
    ("unchanged(student.double_in_place, np.ones(2), np.zeros(2))", "failed", "argument `x`"),
    ("unchanged(student.double_in_place, np.zeros(2), np.zeros(2))", "failed", "argument `y`"),
    ("unchanged(student.Layer(2.0).halve, 3, np.ones(2))", "failed", "argument `dout`"),
    ("unchanged(student.halve_any, 3, np.ones(2))", "failed", "argument 2"),
    ("unchanged(student.double_in_place, np.ones(2), np.ones(2), only=2)", "failed", "`y`"),
    ("unchanged(student.empty_last, [np.ones(2), np.ones(3)])", "failed", "`arrays`"),
    ("unchanged(student.drop_last, [np.ones(2), np.ones(3)])", "failed", "`arrays`"),
    (
        "keeps_weights(student.Layer(np.ones(2)), 'update', np.ones(2), names=('W', 'none'))",
        "failed",
        "`update` has changed `W`",
    ),
    (
        "keeps_weights(student.Layer(np.ones(2)), 'halve', 3, np.ones(2), names=('W',))",
        "failed",
        "argument `dout`",
    ),
    ("as_before(student.f(np.ones(2)), student.f(np.zeros(2)))", "failed", "wrong"),
    ("as_before(student.f(None), student.f(np.zeros(2)))", "failed", "Nothing was returned"),
    ("raises(ValueError, student.f, 1)", "failed", "yours returned `int`"),
    ("raises(ValueError, student.f)", "failed", "yours raised `TypeError`"),
    ("keeps_dtype(student.f(np.ones(2)), np.float32)", "failed", "should be float32"),
    ("keeps_dtype(student.f(1.0), np.float32)", "failed", "`float` instead of"),
    ("keeps_dtype(student.f(None), np.float32)", "failed", "Nothing was returned"),
    ("same(student.apply(lambda a: a.no_such, 1), 1)", "error", "cannot take this"),
)


@pytest.fixture(scope="module")
def outcomes(new_bench) -> dict[str, Told]:
    """What became of each of these tests; all of them are one suite."""
    tests = [*HOLDS, *(test for test, _, _ in FAILS)]
    slugs = [f"c{number}" for number in range(len(tests))]
    suite = "".join(
        f'@criterion("f.{slug}")\ndef test_{slug}(student, make):\n{indent(test, "    ")}\n\n'
        for slug, test in zip(slugs, tests, strict=True)
    )
    bench = new_bench()
    (found,) = bench.outcomes(bench.course(suite, f=slugs), NET)
    return {test: found[f"f.{slug}"] for slug, test in zip(slugs, tests, strict=True)}


@pytest.mark.parametrize("test", HOLDS)
def test_this_holds(outcomes, test):
    outcome = outcomes[test]
    assert outcome.status == "passed", (outcome.message["en"], outcome.grader_note)


@pytest.mark.parametrize(("test", "status", "words"), FAILS)
def test_this_is_the_students_doing(outcomes, test, status, words):
    outcome = outcomes[test]
    assert outcome.status == status, (outcome.message["en"], outcome.grader_note)
    assert words in outcome.message["en"]


def test_of_several_items_the_one_that_cannot_be_set_is_named(bench):
    told = bench.one("student.Layer(1.0).few.set_items({'a': 1, 'b': 2})", NET, part="Layer")
    assert told.status == "error"
    assert told.counterexample.call == "Layer(1.0).few['b'] = 2"


def test_a_function_in_the_place_of_an_earlier_one_is_no_repeated_call(bench):
    """Where the new one lies in memory is chance; what students read must not depend on it."""
    test = "for h in (0, 1, 2):\n    same(student.apply(lambda a, h=h: a + h, 1), 1)"
    outcome = bench.one(test, NET)
    assert outcome.status == "failed"
    assert "same call" not in outcome.message["en"]


@pytest.mark.parametrize(("second", "is_repeated"), [("1", True), ("2", False)])
def test_a_backward_after_another_forward_is_another_call(bench, second, is_repeated):
    layer = (
        "class Layer:\n"
        "    n = 0\n"
        "    def forward(self, x):\n        return x\n"
        "    def backward(self, d):\n        self.n += 1\n        return [d, 8][self.n > 1]\n"
    )
    test = (
        "layer = student.Layer()\n"
        "layer.forward(1)\n"
        "same(layer.backward(1), 1)\n"
        f"layer.forward({second})\n"
        "same(layer.backward(1), 1)"
    )
    outcome = bench.one(test, layer, part="Layer")
    assert outcome.status == "failed"
    assert ("same call" in outcome.message["en"]) == is_repeated


@pytest.mark.parametrize(
    ("between", "is_repeated"),
    [
        ("", True),
        ("layer.W = np.ones(2)", False),
        ("layer.params['W'] = 1", False),
        ("layer.params.set_items({'W': 1})", False),
        ("layer.params['W'].put(0, 3.0)", False),
        ("student.Layer.scale = 3.0", False),
        ("layer.other(1)", True),
    ],
)
def test_a_call_after_something_was_set_is_another_call(bench, between, is_repeated):
    """Whether the change has an effect is the question then, not whether a call leaves one."""
    layer = (
        "class Layer:\n"
        "    def __init__(self, W):\n        self.params = {'W': W}\n"
        "    def forward(self, x):\n        return x\n"
        "    def other(self, x):\n        return x\n"
    )
    test = (
        "layer = student.Layer(np.zeros(2))\n"
        "same(layer.forward(1), 1)\n"
        f"{between}\n"
        "same(layer.forward(1), 2)"
    )
    outcome = bench.one(test, layer, part="Layer")
    assert outcome.status == "failed"
    assert ("same call" in outcome.message["en"]) == is_repeated


def test_an_attribute_that_was_set_is_named_as_python_writes_it(bench):
    (outcome,) = [bench.one("student.Layer(1.0).params['a']['b'] = np.ones(2)", NET)]
    assert outcome.counterexample.call == "Layer(1.0).params['a']['b'] = array(2)"


def test_a_call_is_shown_with_shapes_and_never_with_the_numbers_in_arrays(bench):
    test = (
        "w = np.full(2, 0.123)\n"
        "same(student.describe(w, w.astype('f4'), [w], (w, 1), {'W': w}, student.f(w), np.sum,"
        " np.float64(0.5), 'same', k=[1.5] * 9), 1)"
    )
    call = bench.one(test, NET).counterexample.call
    assert call == (
        "describe(array(2), array(2, float32), [array(2)], (array(2), 1), {'W': array(2)}, "
        "f(array(2)), sum, 0.5, 'same', k=list of 9 numbers)"
    )
    assert "0.123" not in call
