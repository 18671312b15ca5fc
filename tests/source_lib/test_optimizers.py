import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import SGD, AdaGrad, Adam, Momentum


def by_hand(rule, p, gradients):
    """Run a rule on a single number, step by step. rule(p, g, memory, t) -> p."""
    memory = {}
    for t, g in enumerate(gradients, start=1):
        p = rule(p, g, memory, t)
    return p


def sgd(p, g, _memory, _t):
    return p - 0.1 * g


def momentum(p, g, memory, _t):
    memory["v"] = 0.9 * memory.get("v", 0) + g
    return p - 0.1 * memory["v"]


def adagrad(p, g, memory, _t):
    memory["h"] = memory.get("h", 0) + g**2
    return p - 0.1 * g / (memory["h"] ** 0.5 + 1e-10)


def adam(p, g, memory, t):
    memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * g
    memory["v"] = 0.999 * memory.get("v", 0) + 0.001 * g**2
    m, v = memory["m"] / (1 - 0.9**t), memory["v"] / (1 - 0.999**t)
    return p - 0.1 * m / (v**0.5 + 1e-8)


ALL = [(SGD, sgd), (Momentum, momentum), (AdaGrad, adagrad), (Adam, adam)]


@pytest.mark.parametrize(("optimizer", "rule"), ALL)
@pytest.mark.parametrize("steps", [1, 2, 10])
def test_agrees_with_the_rule_number_by_number(rng, optimizer, rule, steps):
    # Two parameters: a step counter that counts parameters would show.
    params = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=4)}
    start = {name: value.copy() for name, value in params.items()}
    grads = [{n: rng.normal(size=v.shape) for n, v in params.items()} for _ in range(steps)]
    one = optimizer(lr=0.1)
    for g in grads:
        one.update(params, g)
    for name, value in params.items():
        for index in np.ndindex(value.shape):
            expected = by_hand(rule, start[name][index], [g[name][index] for g in grads])
            assert value[index] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("optimizer", "_rule"), ALL)
def test_arrays_are_changed_in_place_and_gradients_not(optimizer, _rule):
    W, g = np.ones((2, 2), dtype=np.float32), np.full((2, 2), 0.5)
    params = {"W": W}
    g.setflags(write=False)
    optimizer().update(params, {"W": g})
    assert params["W"] is W
    assert W.dtype == np.float32
    assert (W < 1).all()


@pytest.mark.parametrize(("optimizer", "_rule"), ALL)
def test_a_gradient_of_zero_changes_nothing(optimizer, _rule):
    params = {"W": np.ones(3)}
    optimizer().update(params, {"W": np.zeros(3)})
    assert_array_equal(params["W"], np.ones(3))


@pytest.mark.parametrize(("optimizer", "_rule"), ALL)
def test_goes_downhill(optimizer, _rule):
    params = {"x": np.array([3.0, -2.0])}
    one = optimizer(lr=0.1)
    for _ in range(300):
        one.update(params, {"x": params["x"] * [1, 4]})
    assert np.abs(params["x"]).max() < 1.2


def test_convention_epsilon_of_adam_is_added_outside_the_root_after_the_correction():
    # A gradient as small as epsilon halves the first step of lr. With epsilon under the root the
    # step would be 0.0001 of lr, with epsilon added before the correction (the book's code) 0.03.
    params = {"x": np.array([0.0])}
    Adam(lr=1.0).update(params, {"x": np.array([1e-8])})
    assert_allclose(params["x"], [-0.5])


def test_convention_the_first_step_of_adam_is_the_learning_rate():
    params = {"x": np.array([1.0, 1.0])}
    Adam(lr=0.25).update(params, {"x": np.array([1e-3, -1e3])})
    assert_allclose(params["x"], [0.75, 1.25], rtol=1e-4)


def test_convention_momentum_keeps_its_velocity_when_the_learning_rate_changes():
    # PyTorch's form: the velocity is a sum of gradients, lr comes last.
    params, one = {"x": np.array([0.0])}, Momentum(lr=1.0, momentum=0.5)
    one.update(params, {"x": np.array([1.0])})
    one.lr = 0.1
    one.update(params, {"x": np.array([0.0])})
    assert_allclose(params["x"], [-1.05])  # the book's form: -1.5


@pytest.mark.parametrize(
    ("params", "grads", "error", "message"),
    [
        ({"W": np.ones(2)}, {"b": np.ones(2)}, ValueError, r"keys of params, \['W'\], got \['b'\]"),
        ({"W": np.ones(2)}, {"W": np.ones(3)}, ValueError, r'grads\["W"\] must have shape \(2,\)'),
        ({"W": np.ones(2, int)}, {"W": np.ones(2)}, TypeError, r'params\["W"\] .* got int64'),
        ({"W": 1.0}, {"W": 1.0}, TypeError, r'params\["W"\] must be an array of floats, got float'),
    ],
)
@pytest.mark.parametrize(("optimizer", "_rule"), ALL)
def test_errors_name_argument_value_and_expectation(
    params, grads, error, message, optimizer, _rule
):
    with pytest.raises(error, match=message):
        optimizer().update(params, grads)


def test_settings_are_checked():
    with pytest.raises(ValueError, match="lr must be a positive number, got 0"):
        SGD(0)
    with pytest.raises(ValueError, match=r"momentum must be from 0 to below 1, got 1"):
        Momentum(0.1, 1)
    with pytest.raises(ValueError, match=r"beta2 must be from 0 to below 1, got -0\.1"):
        Adam(beta2=-0.1)
    with pytest.raises(ValueError, match="eps must be a positive number, got 0"):
        AdaGrad(eps=0)
