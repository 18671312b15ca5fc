import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import AveragePooling, Convolution, numerical_gradient

SETTINGS = [(2, 2, 2, 0), (3, 2, 1, 0), (2, 3, 2, 1), (3, 3, 3, 2), (1, 1, 1, 0), (2, 4, 3, 1)]


@pytest.mark.parametrize("settings", SETTINGS)
def test_is_a_convolution_with_equal_weights(rng, settings):
    x = rng.normal(size=(2, 3, 7, 6))
    pool_h, pool_w, stride, pad = settings
    W = np.full((1, 1, pool_h, pool_w), 1 / (pool_h * pool_w))
    conv = Convolution(W, np.zeros(1), stride, pad)
    layer = AveragePooling(*settings)
    out = layer.forward(x)
    dout = rng.normal(size=out.shape)
    for c in range(3):
        assert_allclose(out[:, c : c + 1], conv.forward(x[:, c : c + 1]), atol=1e-12)
    dx = layer.backward(dout)
    for c in range(3):
        conv.forward(x[:, c : c + 1])
        assert_allclose(dx[:, c : c + 1], conv.backward(dout[:, c : c + 1]), atol=1e-12)


def test_stride_equal_to_the_window_is_a_reshape(rng):
    x = rng.normal(size=(2, 3, 6, 8))
    expected = x.reshape(2, 3, 3, 2, 2, 4).mean(axis=(3, 5))
    assert_allclose(AveragePooling(2, 4, 2).forward(x)[..., ::2], expected, atol=1e-12)


def test_backward_agrees_with_finite_differences(rng):
    x = rng.normal(size=(2, 2, 5, 4))
    layer = AveragePooling(3, 2, 2, 1)
    dout = rng.normal(size=layer.forward(x).shape)
    dx = layer.backward(dout)
    slope = numerical_gradient(lambda v: (AveragePooling(3, 2, 2, 1).forward(v) * dout).sum(), x)
    assert_allclose(dx, slope, atol=1e-8)


def test_convention_padding_counts_as_zeros():
    # Keras would divide the corner by 4 pixels and get 1.
    out = AveragePooling(3, 3, 1, 1).forward(np.ones((1, 1, 3, 3)))
    assert_allclose(out[0, 0], np.array([[4, 6, 4], [6, 9, 6], [4, 6, 4]]) / 9)


def test_dtypes_and_unchanged_inputs(rng):
    x = rng.normal(size=(1, 2, 4, 4)).astype(np.float32)
    x.setflags(write=False)
    layer = AveragePooling(2, 2)
    out = layer.forward(x)
    d = np.ones(out.shape)
    d.setflags(write=False)
    assert out.dtype == layer.backward(d).dtype == np.float32
    whole = np.array([[[[255, 254], [255, 255]]]], dtype=np.uint8)
    assert_array_equal(AveragePooling(2, 2).forward(whole), [[[[254.75]]]])


def test_errors():
    with pytest.raises(ValueError, match=r"pad must be less than .*\(2x2\), got 2"):
        AveragePooling(2, 2, 2, 2)
    with pytest.raises(ValueError, match=r"pool_h x pool_w must fit .* got 5x5"):
        AveragePooling(5, 5).forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(RuntimeError, match="forward"):
        AveragePooling(2, 2).backward(np.zeros((1, 1, 1, 1)))
    layer = AveragePooling(2, 2)
    layer.forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"dout must have shape \(1, 1, 2, 2\)"):
        layer.backward(np.zeros((1, 1, 1, 1)))
