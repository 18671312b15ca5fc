import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import correlate
from scipy.special import log_softmax

from source_lib import SGD, Adam, SimpleConvNet, numerical_gradient, one_hot

CONV = {"filter_num": 3, "filter_size": 2, "pad": 1, "stride": 2}


def small_net(**settings):
    """C=2, a picture that is not square, sizes that do not divide."""
    rng = np.random.default_rng(5)
    return SimpleConvNet((2, 9, 6), CONV, 7, 4, weight_init_std=0.5, rng=rng, **settings)


def plain_scores(p, x):
    """The same network, written out with SciPy's correlation."""
    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
    maps = np.array([[correlate(one, w, "valid")[0] for w in p["W1"]] for one in padded])
    maps = np.maximum(maps[:, :, ::2, ::2] + p["b1"].reshape(1, -1, 1, 1), 0)
    N, F, H, W = maps.shape
    maps = maps[:, :, : H // 2 * 2, : W // 2 * 2].reshape(N, F, H // 2, 2, W // 2, 2)
    hidden = np.maximum(maps.max(axis=(3, 5)).reshape(N, -1) @ p["W2"] + p["b2"], 0)
    return hidden @ p["W3"] + p["b3"]


def plain_loss(p, x, t):
    return -log_softmax(plain_scores(p, x), axis=1)[np.arange(len(t)), t].mean()


@pytest.fixture
def batch(rng):
    return rng.normal(size=(5, 2, 9, 6)), np.array([0, 3, 1, 3, 2])


def test_worked_example():
    net = SimpleConvNet(rng=np.random.default_rng(0))
    shapes = {name: array.shape for name, array in net.params.items()}
    assert shapes == {
        "W1": (30, 1, 5, 5), "b1": (30,), "W2": (4320, 100), "b2": (100,), "W3": (100, 10),
        "b3": (10,),
    }  # fmt: skip
    assert sum(array.size for array in net.params.values()) == 433_890
    x = np.random.default_rng(1).uniform(size=(20, 1, 28, 28))
    assert net.loss(x, np.arange(20) % 10) == pytest.approx(np.log(10), abs=0.01)


def test_scores_and_loss_are_what_the_formula_says(batch):
    net, (x, t) = small_net(), batch
    assert_allclose(net.predict(x), plain_scores(net.params, x), atol=1e-12)
    assert net.loss(x, t) == pytest.approx(plain_loss(net.params, x, t))
    assert net.loss(x, one_hot(t, 4)) == net.loss(x, t)


def test_gradient_agrees_with_finite_differences(batch):
    net, (x, t) = small_net(), batch
    grads = net.gradient(x, t)
    assert grads.keys() == net.params.keys()
    for name, value in net.params.items():
        slope = numerical_gradient(
            lambda v, name=name: plain_loss({**net.params, name: v}, x, t), value
        )
        assert_allclose(grads[name], slope, atol=1e-8, err_msg=name)


def test_gradient_knows_the_loss(batch):
    net, (x, t) = small_net(), batch
    assert net.last_loss is None
    net.gradient(x, t)
    assert net.last_loss == net.loss(x, t)


def test_gradient_does_not_depend_on_earlier_batches(batch, rng):
    net, (x, t) = small_net(), batch
    first = net.gradient(x, t)
    net.loss(rng.normal(size=(3, 2, 9, 6)), [0, 1, 2])
    second = net.gradient(x, t)
    for name in first:
        assert_array_equal(first[name], second[name])


@pytest.mark.parametrize(
    ("input_dim", "conv"),
    [
        ((1, 28, 28), (2, 4, 0, 1)),  # 25 columns, one is left over by the pooling
        ((1, 28, 28), (2, 5, 0, 2)),
        ((3, 7, 7), (2, 3, 0, 1)),
        ((2, 6, 11), (4, 3, 1, 3)),
    ],
)
def test_sizes_that_do_not_divide(input_dim, conv):
    conv_param = dict(zip(("filter_num", "filter_size", "pad", "stride"), conv, strict=True))
    net = SimpleConvNet(input_dim, conv_param, 5, 3)
    grads = net.gradient(np.ones((2, *input_dim)), [0, 2])
    assert {n: g.shape for n, g in grads.items()} == {n: p.shape for n, p in net.params.items()}


@pytest.mark.parametrize("n", [250, 200, 50, 1])
@pytest.mark.parametrize("as_one_hot", [False, True])
def test_convention_accuracy_counts_every_picture(rng, n, as_one_hot):
    net = small_net()
    x = rng.normal(size=(n, 2, 9, 6))
    right = net.predict(x).argmax(axis=1)
    t = right.copy()
    t[: n // 5] = (t[: n // 5] + 1) % 4  # a fifth of the labels made wrong
    targets = one_hot(t, 4) if as_one_hot else t
    for batch_size in (100, 7, 1000):
        assert net.accuracy(x, targets, batch_size) == pytest.approx(1 - (n // 5) / n)


def test_the_layers_use_the_very_arrays_of_params(batch):
    net, (x, t) = small_net(), batch
    before = net.loss(x, t)
    SGD(lr=0.1).update(net.params, net.gradient(x, t))  # in place
    assert net.loss(x, t) < before
    assert_allclose(net.predict(x), plain_scores(net.params, x), atol=1e-12)
    net.params["W1"] = np.zeros((3, 2, 2, 2))  # replaced
    assert_allclose(net.predict(x), plain_scores(net.params, x), atol=1e-12)


def test_it_learns_a_batch_by_heart(batch):
    net, (x, t), adam = small_net(), batch, Adam(lr=0.02)
    for _ in range(60):
        adam.update(net.params, net.gradient(x, t))
    assert net.accuracy(x, t) == 1
    assert net.loss(x, t) < 0.05


def test_weights_are_drawn_as_asked():
    net = SimpleConvNet(weight_init_std=0.03, rng=np.random.default_rng(0))
    for name, value in net.params.items():
        if name.startswith("b"):
            assert not value.any()
        else:
            assert value.std() == pytest.approx(0.03, rel=0.1)
    again = SimpleConvNet(weight_init_std=0.03, rng=np.random.default_rng(0))
    assert_array_equal(net.params["W2"], again.params["W2"])


def test_dtypes_and_unchanged_inputs(batch):
    x, t = batch
    net = small_net(dtype=np.float32)
    assert {array.dtype for array in net.params.values()} == {np.dtype(np.float32)}
    x32 = x.astype(np.float32)
    for array in (x32, t, *net.params.values()):
        array.setflags(write=False)
    assert net.predict(x32).dtype == np.float32
    assert {g.dtype for g in net.gradient(x32, t).values()} == {np.dtype(np.float32)}
    assert small_net().predict(x32).dtype == np.float32  # the input decides


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SimpleConvNet(conv_param={"filter_num": 3}), "conv_param must have the entries"),
        (lambda: SimpleConvNet((28, 28)), r"input_dim must be \(C, H, W\), got \(28, 28\)"),
        (lambda: SimpleConvNet((1, 4, 28)), "filter_size must fit .* got filter_size 5"),
        (lambda: SimpleConvNet((1, 5, 28)), "filter_size must fit .* got filter_size 2"),
        (lambda: small_net().predict(np.zeros((2, 9, 6))), "x must have 4 dimensions"),
        (
            lambda: small_net().predict(np.zeros((1, 2, 9, 5))),  # pools to the same size
            r"x must have shape \(1, 2, 9, 6\) \(pictures of input_dim\), got \(1, 2, 9, 5\)",
        ),
        (lambda: small_net().loss(np.zeros((2, 2, 9, 6)), [0]), r"t must be labels of shape \(2,"),
        (lambda: small_net().accuracy(np.zeros((0, 2, 9, 6)), []), "at least one picture"),
        (lambda: small_net().accuracy(np.zeros((1, 2, 9, 6)), [0], 0), "batch_size must be"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()
