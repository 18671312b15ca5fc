import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import BatchNorm, batch_norm, numerical_gradient


def naive_batch_norm(x, gamma, beta, eps=1e-5):
    """Channel by channel, by the formula."""
    out = np.empty(x.shape)
    for c in range(x.shape[1]):
        values = x[:, c]
        mean = values.sum() / values.size
        variance = ((values - mean) ** 2).sum() / values.size
        out[:, c] = gamma[c] * (values - mean) / (variance + eps) ** 0.5 + beta[c]
    return out


@pytest.fixture
def case(rng):
    """x with channels of different place and scale, gamma, beta, dout: nothing is 1 or 0."""
    scale = np.array([0.1, 1.0, 100.0]).reshape(1, 3, 1, 1)
    x = scale * (rng.normal(size=(4, 3, 5, 2)) + 2)
    return x, rng.normal(size=3), rng.normal(size=3), rng.normal(size=x.shape)


def layer_for(gamma, beta, **settings):
    bn = BatchNorm(len(gamma), **settings)
    bn.gamma, bn.beta = gamma, beta
    return bn


def test_forward_is_the_formula(case):
    x, gamma, beta, _ = case
    expected = naive_batch_norm(x, gamma, beta)
    assert_allclose(batch_norm(x, gamma, beta), expected, atol=1e-12)
    assert_allclose(layer_for(gamma, beta).forward(x), expected, atol=1e-12)


def test_a_new_layer_gives_mean_zero_and_variance_one(case):
    out = BatchNorm(3, eps=0).forward(case[0])
    assert_allclose(out.mean(axis=(0, 2, 3)), np.zeros(3), atol=1e-12)
    assert_allclose(out.var(axis=(0, 2, 3)), np.ones(3), rtol=1e-12)


def test_convention_the_biased_variance_normalises():
    # Two values: biased std 1, unbiased sqrt(2).
    x = np.array([1.0, 3.0]).reshape(2, 1, 1, 1)
    assert_allclose(batch_norm(x, [1.0], [0.0], eps=0).ravel(), [-1, 1])


def test_convention_running_var_averages_the_unbiased_variance():
    bn = BatchNorm(1, momentum=1.0)
    bn.forward(np.array([1.0, 3.0]).reshape(2, 1, 1, 1))
    assert_allclose(bn.running_var, [2])  # Keras would have 1


def test_convention_momentum_is_the_weight_of_the_new_batch():
    bn = BatchNorm(1, momentum=0.1)
    bn.forward(np.array([9.0, 11.0]).reshape(2, 1, 1, 1))
    assert_allclose(bn.running_mean, [1.0])  # Keras and the book, with 0.9 for 0.1, likewise
    assert_allclose(bn.running_var, [0.9 + 0.2])


def test_convention_running_statistics_start_at_zero_and_one():
    bn = BatchNorm(3)
    assert_array_equal(bn.running_mean, np.zeros(3))
    assert_array_equal(bn.running_var, np.ones(3))
    x = np.arange(12.0).reshape(1, 3, 2, 2)
    assert_allclose(bn.forward(x, train=False), x, rtol=1e-5)  # before training: all but nothing


def test_convention_epsilon_is_added_under_the_root():
    x = np.array([-1.0, 1.0]).reshape(2, 1, 1, 1)
    assert_allclose(batch_norm(x, [1.0], [0.0], eps=3).ravel(), [-0.5, 0.5])
    tiny = x * 1e-3  # variance 1e-6, less than the default 1e-5
    assert_allclose(batch_norm(tiny, [1.0], [0.0])[1, 0, 0, 0], 1e-3 / np.sqrt(1.1e-5))


def test_running_statistics_over_several_batches(rng):
    bn, mean, variance = BatchNorm(2, momentum=0.3), np.zeros(2), np.ones(2)
    for _ in range(4):
        x = rng.normal(3, 2, size=(3, 2, 4, 5))
        bn.forward(x)
        mean = 0.7 * mean + 0.3 * x.mean(axis=(0, 2, 3))
        variance = 0.7 * variance + 0.3 * x.var(axis=(0, 2, 3), ddof=1)
    assert_allclose(bn.running_mean, mean, rtol=1e-12)
    assert_allclose(bn.running_var, variance, rtol=1e-12)


def test_in_use_an_answer_does_not_depend_on_its_neighbours(case):
    x, gamma, beta, _ = case
    bn = layer_for(gamma, beta)
    bn.forward(x)
    mean, variance = bn.running_mean.copy(), bn.running_var.copy()
    whole = bn.forward(x, train=False)
    assert_allclose(whole[:1], bn.forward(x[:1], train=False), rtol=1e-12)
    expected = gamma.reshape(1, 3, 1, 1) * (x - mean.reshape(1, 3, 1, 1))
    expected = expected / np.sqrt(variance + 1e-5).reshape(1, 3, 1, 1) + beta.reshape(1, 3, 1, 1)
    assert_allclose(whole, expected, rtol=1e-12)
    assert_array_equal(bn.running_mean, mean)  # and using it changes nothing
    assert_array_equal(bn.running_var, variance)


def test_backward_agrees_with_finite_differences(case):
    x, gamma, beta, dout = case
    bn = layer_for(gamma, beta)
    bn.forward(x)
    dx = bn.backward(dout)

    def loss(x, gamma, beta):
        return (naive_batch_norm(x, gamma, beta) * dout).sum()

    assert_allclose(dx, numerical_gradient(lambda v: loss(v, gamma, beta), x), atol=1e-6)
    assert_allclose(bn.dgamma, numerical_gradient(lambda v: loss(x, v, beta), gamma), atol=1e-7)
    assert_allclose(bn.dbeta, numerical_gradient(lambda v: loss(x, gamma, v), beta), atol=1e-7)


def test_backward_after_use_treats_the_statistics_as_constants(case):
    x, gamma, beta, dout = case
    bn = layer_for(gamma, beta)
    bn.forward(x)
    bn.forward(x, train=False)
    dx = bn.backward(dout)
    slope = numerical_gradient(lambda v: (bn.forward(v, train=False) * dout).sum(), x)
    assert_allclose(dx, slope, rtol=1e-5, atol=1e-7)


def test_a_gradient_of_ones_has_no_effect_on_x(case):
    # Whatever is added to all values of a channel, its mean takes away.
    bn = layer_for(case[1], case[2])
    bn.forward(case[0])
    assert_allclose(bn.backward(np.ones(case[0].shape)), np.zeros(case[0].shape), atol=1e-10)


def test_calls_do_not_depend_on_earlier_calls(case):
    x, gamma, beta, dout = case
    bn = layer_for(gamma, beta)
    out = bn.forward(x)
    dx, dgamma = bn.backward(dout), bn.dgamma
    bn.forward(x + 5)
    bn.backward(2 * dout)
    assert_array_equal(bn.forward(x), out)
    assert_array_equal(bn.backward(dout), dx)
    assert_array_equal(bn.dgamma, dgamma)


def test_nothing_that_was_given_is_changed(case):
    for array in case:
        array.setflags(write=False)
    x, gamma, beta, dout = case
    bn = layer_for(gamma, beta)
    bn.running_mean.setflags(write=False)
    bn.running_var.setflags(write=False)
    bn.forward(x)
    bn.backward(dout)
    batch_norm(x, gamma, beta)


@pytest.mark.parametrize("train", [True, False])
def test_the_input_decides_the_dtype(case, train):
    x, gamma, beta, dout = case
    bn = layer_for(gamma, beta)
    assert bn.forward(x.astype(np.float32), train).dtype == np.float32
    assert bn.backward(dout).dtype == bn.dgamma.dtype == bn.dbeta.dtype == np.float32
    assert batch_norm(x.astype(np.float32), gamma, beta).dtype == np.float32
    assert batch_norm(np.arange(8).reshape(2, 1, 2, 2), [1], [0]).dtype == np.float64


def test_any_memory_layout(case):
    x, gamma, beta, dout = case
    bn, other = layer_for(gamma, beta), layer_for(gamma, beta)
    assert_allclose(bn.forward(x[::-1, :, ::2]), other.forward(x[::-1, :, ::2].copy()), atol=1e-12)
    d = np.asfortranarray(dout[:, :, ::2])
    assert_allclose(bn.backward(d), other.backward(d.copy(order="C")), atol=1e-12)


def test_a_single_value_has_no_variance():
    # The function gives beta then; the layer, as PyTorch's, refuses to train on it.
    one = np.full((1, 2, 1, 1), 7.0)
    assert_array_equal(batch_norm(one, [3.0, 3.0], [0.5, -1.0]).ravel(), [0.5, -1.0])
    with pytest.raises(ValueError, match=r"more than one value for each channel .* got 1"):
        BatchNorm(2).forward(one)
    BatchNorm(2).forward(one, train=False)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: BatchNorm(0), ValueError, "channels must be an integer >= 1, got 0"),
        (lambda: BatchNorm(2, 1.5), ValueError, r"momentum must be from 0 to 1, got 1\.5"),
        (lambda: BatchNorm(2).forward(np.zeros((4, 2))), ValueError, "x must have 4 dimensions"),
        (
            lambda: BatchNorm(2).forward(np.zeros((4, 3, 2, 2))),
            ValueError,
            r"gamma must have shape \(3,\) \(one value for each channel of x .*, got \(2,\)",
        ),
        (lambda: batch_norm(np.zeros((4, 3, 2, 2)), [1], [0]), ValueError, "gamma must have shape"),
        (lambda: batch_norm(np.zeros((0, 1, 2, 2)), [1], [0]), ValueError, "at least one value"),
        (lambda: BatchNorm(2).backward(np.zeros((4, 2, 2, 2))), RuntimeError, "forward"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_gradient_of_the_wrong_shape_is_an_error():
    bn = BatchNorm(2)
    bn.forward(np.arange(16.0).reshape(2, 2, 2, 2))
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 2, 2, 2\) .*got \(2, 2, 2, 1"):
        bn.backward(np.zeros((2, 2, 2, 1)))
