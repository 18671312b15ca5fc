import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import correlate

from source_lib import BasicBlock, numerical_gradient


def plain_conv(x, W, b, stride, pad):
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    whole = np.array([[correlate(p, w, "valid")[0] for w in W] for p in padded])
    return whole[:, :, ::stride, ::stride] + b.reshape(1, -1, 1, 1)


def plain_norm(x, gamma, beta):
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + 1e-5) + beta.reshape(1, -1, 1, 1)


def plain_block(x, p, stride):
    """relu(F(x) + shortcut(x)), written out with SciPy's correlation."""
    out = plain_norm(plain_conv(x, p["W1"], p["b1"], stride, 1), p["gamma1"], p["beta1"])
    out = plain_conv(np.maximum(out, 0), p["W2"], p["b2"], 1, 1)
    out = plain_norm(out, p["gamma2"], p["beta2"])
    if "W_shortcut" in p:
        x = plain_conv(x, p["W_shortcut"], p["b_shortcut"], stride, 0)
        x = plain_norm(x, p["gamma_shortcut"], p["beta_shortcut"])
    return np.maximum(out + x, 0)


def random_block(rng, *settings):
    """A block whose gammas, betas and biases are neither 1 nor 0."""
    block = BasicBlock(*settings, rng=rng)
    for name, value in block.params.items():
        block.params[name] = value + rng.normal(0, 0.5, size=value.shape)
    return block


CASES = [(3, 3, 1), (2, 4, 1), (3, 3, 2), (2, 4, 2), (4, 2, 3)]  # in, out, stride
every_case = pytest.mark.parametrize("settings", CASES)


@every_case
def test_forward_is_the_formula(rng, settings):
    block = random_block(rng, *settings)
    x = rng.normal(size=(2, settings[0], 7, 6))
    assert_allclose(block.forward(x), plain_block(x, block.params, settings[2]), atol=1e-10)


@every_case
def test_backward_agrees_with_finite_differences(rng, settings):
    block = random_block(rng, *settings)
    stride, p = settings[2], block.params
    x = rng.normal(size=(2, settings[0], 4, 3))
    dout = rng.normal(size=block.forward(x).shape)
    dx = block.backward(dout)
    slope = numerical_gradient(lambda v: (plain_block(v, p, stride) * dout).sum(), x)
    assert_allclose(dx, slope, atol=1e-6)
    assert block.grads.keys() == p.keys()
    for name in p:
        slope = numerical_gradient(
            lambda v, name=name: (plain_block(x, {**p, name: v}, stride) * dout).sum(), p[name]
        )
        assert_allclose(block.grads[name], slope, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    ("settings", "has_one"), [((3, 3, 1), False), ((3, 4, 1), True), ((3, 3, 2), True)]
)
def test_the_shortcut_has_a_convolution_only_where_shapes_differ(settings, has_one):
    block = BasicBlock(*settings)
    assert ("W_shortcut" in block.params) == has_one
    assert (block.bn_shortcut is not None) == has_one


def test_the_stride_is_on_the_first_convolution(rng):
    block = BasicBlock(2, 4, 2, rng=rng)
    assert (block.conv1.stride, block.conv2.stride) == (2, 1)


def test_worked_shape():
    assert BasicBlock(3, 64).forward(np.zeros((2, 3, 32, 32))).shape == (2, 64, 32, 32)


def test_the_bias_of_a_convolution_before_batch_norm_has_no_effect(rng):
    block, x = random_block(rng, 2, 4, 2), rng.normal(size=(2, 2, 6, 6))
    out = block.forward(x)
    for name in ("b1", "b2", "b_shortcut"):
        block.params[name] = block.params[name] + 5
    assert_allclose(block.forward(x), out, atol=1e-10)


def test_parameters_may_be_changed_in_place_or_replaced(rng):
    block, x = BasicBlock(2, 2, rng=rng), rng.normal(size=(2, 2, 4, 4))
    block.params["gamma2"] *= 3
    block.params["W1"] = rng.normal(size=(2, 2, 3, 3))
    assert_allclose(block.forward(x), plain_block(x, block.params, 1), atol=1e-10)


def test_weights_are_drawn_as_he_proposed():
    block = BasicBlock(64, 64, rng=np.random.default_rng(0))
    assert block.params["W1"].std() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)
    assert block.params["W1"].mean() == pytest.approx(0, abs=0.001)
    assert not block.params["b1"].any()


def test_a_seed_gives_the_same_weights_and_none_gives_others():
    one, same, other = (BasicBlock(1, 1, rng=g) for g in map(np.random.default_rng, (1, 1, None)))
    assert_array_equal(one.params["W1"], same.params["W1"])
    assert (one.params["W1"] != other.params["W1"]).all()


def test_running_statistics_are_learned_and_used(rng):
    block, x = BasicBlock(2, 4, 2, rng=rng), rng.normal(size=(4, 2, 6, 6)) + 3
    for _ in range(200):
        trained = block.forward(x)
    before = [bn.running_mean for bn in (block.bn1, block.bn2, block.bn_shortcut)]
    used = block.forward(x, train=False)
    # After many passes over one batch the running statistics are the batch's own, up to n/(n-1).
    assert_allclose(used, trained, rtol=0.05, atol=0.05)
    assert_allclose(block.forward(x[:1], train=False), used[:1], atol=1e-10)
    for bn, mean in zip((block.bn1, block.bn2, block.bn_shortcut), before, strict=True):
        assert_array_equal(bn.running_mean, mean)


def test_float32_stays_float32(rng):
    block = BasicBlock(2, 4, 2, rng=rng, dtype=np.float32)
    assert {array.dtype for array in block.params.values()} == {np.dtype(np.float32)}
    out = block.forward(rng.normal(size=(2, 2, 6, 6)).astype(np.float32))
    dx = block.backward(np.ones(out.shape, np.float32))
    assert {a.dtype for a in (out, dx, *block.grads.values())} == {np.dtype(np.float32)}


def test_nothing_that_was_given_is_changed(rng):
    block, x = BasicBlock(2, 2, rng=rng), rng.normal(size=(2, 2, 4, 4))
    d = rng.normal(size=x.shape)
    for array in (x, d, *block.params.values()):
        array.setflags(write=False)
    block.forward(x)
    block.backward(d)


def test_errors():
    with pytest.raises(ValueError, match="stride must be an integer >= 1, got 0"):
        BasicBlock(3, 3, 0)
    with pytest.raises(ValueError, match="x must have 3 channels"):
        BasicBlock(3, 3).forward(np.zeros((2, 2, 4, 4)))
    with pytest.raises(RuntimeError, match="forward"):
        BasicBlock(3, 3).backward(np.zeros((2, 3, 4, 4)))
