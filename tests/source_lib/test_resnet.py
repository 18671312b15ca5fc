import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import Adam, SimpleResNet, SoftmaxWithLoss


@pytest.fixture
def net() -> SimpleResNet:
    return SimpleResNet(rng=np.random.default_rng(0))


def test_worked_example(net, rng):
    assert sum(array.size for array in net.params.values()) == 2_787_594
    assert net.forward(rng.normal(size=(2, 3, 32, 32))).shape == (2, 10)


def test_pictures_shrink_as_described(net, rng):
    x = rng.normal(size=(2, 3, 32, 32))
    net.forward(x)
    d = net.gap.backward(np.ones((2, 256)))
    assert d.shape == (2, 256, 4, 4)
    sizes = [d.shape[2]]
    for block in reversed([*net.layer1, *net.layer2, *net.layer3]):
        d = block.backward(d)
        sizes.append(d.shape[2])
    assert sizes == [4, 4, 8, 8, 16, 16, 16]


def test_any_picture_size_works(net, rng):
    assert net.forward(rng.normal(size=(2, 3, 40, 25))).shape == (2, 10)


def test_gradients_agree_with_finite_differences(net, rng):
    # Along one random direction in each parameter: one number checks all of its entries.
    x, t = rng.normal(size=(2, 3, 20, 16)), np.array([3, 7])
    loss = SoftmaxWithLoss()
    loss.forward(net.forward(x), t)
    dx = net.backward(loss.backward())
    assert net.grads.keys() == net.params.keys()
    names = ["stem.W", "stem.gamma", "layer1.0.W1", "layer1.1.beta2", "layer2.0.W_shortcut"]
    names += ["layer2.0.gamma1", "layer2.1.W2", "layer3.0.beta_shortcut", "layer3.1.W1", "fc.b"]

    def slope(array, h=1e-6):
        direction = rng.normal(size=array.shape)
        direction /= np.linalg.norm(direction)  # a small step, so that no relu switches
        values = []
        for step in (h, -h):
            array += step * direction
            values.append(loss.forward(net.forward(x), t))
            array -= step * direction
        return (values[0] - values[1]) / (2 * h), direction

    for name in names:
        expected, direction = slope(net.params[name])
        assert (net.grads[name] * direction).sum() == pytest.approx(expected, rel=1e-4, abs=1e-7)
    expected, direction = slope(x)
    assert (dx * direction).sum() == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_parameters_may_be_changed_in_place_or_replaced(net, rng):
    x = rng.normal(size=(2, 3, 16, 16))
    out = net.forward(x)
    net.params["fc.b"] += 1
    assert_allclose(net.forward(x), out + 1, atol=1e-10)
    net.params["fc.b"] = net.params["fc.b"] + 1
    assert_allclose(net.forward(x), out + 2, atol=1e-10)
    net.params["layer3.1.W2"] = np.zeros((256, 256, 3, 3))
    assert not np.allclose(net.forward(x), out + 2)
    net.layer3[1].params["W2"] += 0.5  # the block holds the same array
    assert net.params["layer3.1.W2"].min() == 0.5


def test_in_use_an_answer_does_not_depend_on_its_neighbours(net, rng):
    x = rng.normal(size=(3, 3, 16, 16))
    net.forward(x)
    mean = net.bn.running_mean
    whole = net.forward(x, train=False)
    assert_allclose(net.forward(x[1:2], train=False), whole[1:2], atol=1e-10)
    assert_array_equal(net.bn.running_mean, mean)


def test_it_learns_a_batch_by_heart(rng):
    net = SimpleResNet(4, rng=rng, dtype=np.float32)
    x, t = rng.normal(size=(4, 3, 16, 16)).astype(np.float32), np.arange(4)
    adam, loss = Adam(lr=0.002), SoftmaxWithLoss()
    history = []
    for _ in range(6):
        history.append(loss.forward(net.forward(x), t))
        dx = net.backward(loss.backward())
        adam.update(net.params, net.grads)
    assert history[-1] < 0.1 * history[0]
    assert dx.dtype == np.float32
    assert {array.dtype for array in net.params.values()} == {np.dtype(np.float32)}


def test_errors(net):
    with pytest.raises(ValueError, match="num_classes must be an integer >= 1, got 0"):
        SimpleResNet(0)
    with pytest.raises(ValueError, match="x must have 3 channels"):
        net.forward(np.zeros((2, 1, 32, 32)))
    with pytest.raises(RuntimeError, match="forward"):
        net.backward(np.zeros((2, 10)))
