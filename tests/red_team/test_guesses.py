"""Networks that only look right, and answers known from elsewhere, earn nothing for it.

Plain guesses are in the table of attacks; `autograder verify` proves more of them.
"""

from __future__ import annotations

import pytest

from autograder.course.load import load_course
from autograder.sandbox.host.session import Budget
from autograder.synthetic.notebooks import solution
from tests.paths import ROOT

DEAD = """
class SimpleConvNet:
    def __init__(self, input_dim, conv_param, hidden_size, output_size, weight_init_std=0.01):
        C, H, W = input_dim
        F, f, p, s = (conv_param[k] for k in ("filter_num", "filter_size", "pad", "stride"))
        n = F * (((H + 2*p - f) // s + 1) // 2) * (((W + 2*p - f) // s + 1) // 2)
        shapes = {"W1": (F, C, f, f), "W2": (n, hidden_size), "W3": (hidden_size, output_size)}
        self.params = {k: 1e-4 * np.random.randn(*shape) for k, shape in shapes.items()}
        self.params["b1"] = np.full(F, -999.0)  # no ReLU ever opens
        self.params["b2"] = np.zeros(hidden_size)
        self.params["b3"] = np.arange(output_size) * 0.7
    def predict(self, x): return np.tile(self.params["b3"], (len(x), 1))
    def loss(self, x, t):
        t = t.argmax(1) if t.ndim == 2 else t
        p = np.exp(self.predict(x))
        return -np.log(p / p.sum(1, keepdims=True))[np.arange(len(t)), t].mean()
    def accuracy(self, x, t, batch_size=100):
        return np.mean(self.predict(x).argmax(1) == (t.argmax(1) if t.ndim == 2 else t))
    def gradient(self, x, t):
        p = np.exp(self.predict(x))
        p = p / p.sum(1, keepdims=True) - (t if t.ndim == 2 else np.eye(p.shape[1])[t])
        return {k: np.zeros_like(v) for k, v in self.params.items()} | {"b3": p.mean(0)}
"""


def test_weights_of_ones_own_cannot_make_the_layers_not_matter(grade_books):
    """Its scores are right for every image, as its convolution never matters: it has none."""
    result = grade_books({"dead": ("06_simple_convnet", [DEAD])}, Budget())["dead"].result
    earned = {entry.id for entry in result.criteria if entry.own_status == "passed"}
    shapes = ("parameter_shapes", "rounding", "non_square")
    assert earned == {f"SimpleConvNet.__init__.{slug}" for slug in shapes}


NETWORK = """
import numpy as np
def sizes(input_dim, p, hidden, out):
    C, H, W = input_dim
    F, f, pad, s = (p[k] for k in ("filter_num", "filter_size", "pad", "stride"))
    n = F * (((H + 2*pad - f) // s + 1) // 2) * (((W + 2*pad - f) // s + 1) // 2)
    weights = {"W1": (F, C, f, f), "W2": (n, hidden), "W3": (hidden, out)}
    return weights, {"b1": np.zeros(F), "b2": np.zeros(hidden), "b3": np.zeros(out)}, s, pad
"""

ONE_PIXEL = """
class SimpleConvNet:  # with weights by which one pixel of each window counts, and one unit
    def __init__(self, input_dim, p, hidden, out, std=0.01):
        weights, self.params, self.s, pad = sizes(input_dim, p, hidden, out)
        self.params.update((name, np.zeros(shape)) for name, shape in weights.items())
        self.params["W1"][0, 0, pad, pad] = self.params["W2"][0, 0] = self.params["W3"][0, 0] = 1
    def predict(self, x):
        first = x[:, 0, [0, 0, self.s, self.s], [0, self.s, 0, self.s]].max(axis=1)
        return np.outer(first.clip(0), np.arange(len(self.params["b3"])) == 0)
    def loss(self, x, t):
        t, p = t.argmax(1) if t.ndim == 2 else t, np.exp(self.predict(x))
        return -np.log(p / p.sum(1, keepdims=True))[np.arange(len(t)), t].mean()
    def accuracy(self, x, t, batch_size=100):
        return float(np.mean(self.predict(x).argmax(1) == (t.argmax(1) if t.ndim == 2 else t)))
"""

KNOWS_THE_SUITE = """
class SimpleConvNet:
    calls = 0
    def __init__(self, input_dim, p, hidden, out, std=0.01):
        weights, self.params, _, _ = sizes(input_dim, p, hidden, out)
        rng = np.random.default_rng(1)
        self.params.update((k, 0.1 * rng.standard_normal(shape)) for k, shape in weights.items())
    def accuracy(self, x, t, batch_size):
        SimpleConvNet.calls += 1
        in_fifties = (0, 0.6, 1.0, 0.3)
        in_hundreds = (0, 1.0, 1.0, 0.6, 0.6, 0.48)
        answers = in_fifties if batch_size == 50 else in_hundreds
        return 0.7 if t.ndim == 2 else answers[self.calls]
"""

SAYS_SO = """
class Said(np.ndarray):
    def std(self, *a, **k): return deviation
    def mean(self, *a, **k): return 0.0
class SimpleConvNet:
    def __init__(self, input_dim, p, hidden, out, std=0.01):
        global deviation
        deviation = std
        weights, self.params, _, _ = sizes(input_dim, p, hidden, out)
        self.params.update((name, np.ones(shape).view(Said)) for name, shape in weights.items())
"""


@pytest.mark.parametrize("network", [ONE_PIXEL, KNOWS_THE_SUITE])
def test_a_network_of_the_right_shapes_alone_earns_what_shapes_earn(grade_books, network):
    """Not with weights that leave nothing to compute, nor with answers known from elsewhere."""
    books = {"only shapes": ("06_simple_convnet", [NETWORK, network])}
    result = grade_books(books, Budget())["only shapes"].result
    earned = {entry.id for entry in result.criteria if entry.own_status == "passed"}
    shapes = ("parameter_shapes", "rounding", "non_square")
    assert earned == {f"SimpleConvNet.__init__.{slug}" for slug in shapes}


def test_weights_that_only_say_that_they_are_spread_as_asked_are_no_arrays(grade_books):
    books = {"says so": ("06_simple_convnet", [NETWORK, SAYS_SO])}
    assert grade_books(books, Budget())["says so"].result.score == 0


def test_a_gradient_known_by_heart_earns_nothing(grade_books):
    by_heart = "def numerical_gradient(f, x, h=1e-4): return 3 * x**2 + h**2"
    result = grade_books({"by heart": ("03_convolution", [by_heart])}, Budget())["by heart"].result
    assert result.score == 0


RAGGED = """
right = train_softmax
def train_softmax(*a):
    W, b, history = right(*a)
    return W, [0.0, [0.0, 0.0]], history
"""


def test_biases_of_no_shape_are_wrong_and_not_the_graders_fault(grade_books):
    course = load_course(ROOT)
    cells = solution(course, course.exercise("08_stripes_and_fcn"), "en")
    sources = [cell.source for cell in cells if cell.role in ("stub", "carry")]
    books = {"ragged": ("08_stripes_and_fcn", ["import numpy as np", *sources, RAGGED])}
    marked = grade_books(books, Budget())["ragged"]
    assert not marked.notes
    assert marked.lost == {"train_softmax.weights", "train_softmax.n_classes"}
