import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import Affine, Relu, numerical_gradient


def test_relu_keeps_what_is_positive():
    relu = Relu()
    x = np.array([[-2.0, 3.0, -0.5], [1e-300, -np.inf, np.inf]])
    assert_array_equal(relu.forward(x), [[0, 3, 0], [1e-300, 0, np.inf]])
    dout = np.array([[1.0, 2.0, 3.0], [4.0, np.inf, 6.0]])
    assert_array_equal(relu.backward(dout), [[0, 2, 0], [4, 0, 6]])


def test_convention_the_slope_of_relu_at_zero_is_zero():
    relu = Relu()
    relu.forward(np.array([0.0, -0.0]))
    assert_array_equal(relu.backward(np.array([1.0, 1.0])), [0, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_relu_keeps_shape_and_dtype(rng, dtype):
    x = (10 * rng.normal(size=(2, 3, 4, 5))).astype(dtype)
    x.setflags(write=False)
    relu = Relu()
    out = relu.forward(x)
    assert out.dtype == dtype
    assert_array_equal(out, x * (x > 0))
    d = np.ones(x.shape, dtype=dtype)
    d.setflags(write=False)
    assert relu.backward(d).dtype == dtype


def test_relu_does_not_mind_what_happens_to_its_input_or_output(rng):
    x, relu = rng.normal(size=5), Relu()
    expected = (x > 0).astype(float)
    out = relu.forward(x)
    x[:], out[:] = 1, -1
    assert_array_equal(relu.backward(np.ones(5)), expected)


def test_relu_errors():
    with pytest.raises(RuntimeError, match=r"Relu\.backward needs a call of forward"):
        Relu().backward(np.ones(3))
    relu = Relu()
    relu.forward(np.ones(3))
    with pytest.raises(ValueError, match=r"dout must have shape \(3,\) .*got \(4,\)"):
        relu.backward(np.ones(4))


@pytest.mark.parametrize("shape", [(4, 6), (4, 1, 2, 3), (1, 6)])
def test_affine_agrees_with_sums_and_finite_differences(rng, shape):
    x, W, b = rng.normal(size=shape), rng.normal(size=(6, 3)), rng.normal(size=3)

    def forward(x, W, b):
        rows = x.reshape(len(x), 6)
        return np.array(
            [[sum(row[i] * W[i, j] for i in range(6)) + b[j] for j in range(3)] for row in rows]
        )

    layer = Affine(W, b)
    out = layer.forward(x)
    assert_allclose(out, forward(x, W, b), atol=1e-12)
    dout = rng.normal(size=out.shape)
    dx = layer.backward(dout)
    assert_allclose(dx, numerical_gradient(lambda v: (forward(v, W, b) * dout).sum(), x), atol=1e-8)
    assert_allclose(
        layer.dW, numerical_gradient(lambda v: (forward(x, v, b) * dout).sum(), W), atol=1e-8
    )
    assert_allclose(
        layer.db, numerical_gradient(lambda v: (forward(x, W, v) * dout).sum(), b), atol=1e-8
    )


def test_affine_overwrites_gradients_and_changes_nothing_given(rng):
    W, b, x = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=(2, 6))
    for array in (W, b, x):
        array.setflags(write=False)
    layer = Affine(W, b)
    layer.forward(x)
    layer.backward(np.ones((2, 3)))
    first = layer.dW
    layer.forward(x)
    layer.backward(np.ones((2, 3)))
    assert_array_equal(layer.dW, first)
    assert layer.W is W


def test_affine_lets_the_input_decide_the_dtype(rng):
    layer = Affine(rng.normal(size=(6, 3)), rng.normal(size=3))
    assert layer.forward(np.ones((2, 6), dtype=np.float32)).dtype == np.float32
    assert layer.backward(np.ones((2, 3))).dtype == layer.dW.dtype == layer.db.dtype == np.float32
    assert layer.forward(np.ones((2, 6), dtype=np.int64)).dtype == np.float64


def test_affine_works_on_any_memory_layout(rng):
    x, W = rng.normal(size=(5, 3, 2, 4)).T[..., ::-1], rng.normal(size=(6, 60)).T[::2]
    b = rng.normal(size=12)[::2]
    one, other = Affine(W, b), Affine(W.copy(), b.copy())
    assert_allclose(one.forward(x), other.forward(x.copy()), atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Affine(np.zeros(3), np.zeros(3)), "W must have 2 dimensions"),
        (lambda: Affine(np.zeros((6, 3)), np.zeros(6)), r"b must have shape \(3,\)"),
        (
            lambda: Affine(np.zeros((6, 3)), np.zeros(3)).forward(np.zeros((2, 5))),
            r"x must have shape \(N, \.\.\.\) with 6 numbers .* got \(2, 5\)",
        ),
        (lambda: Affine(np.zeros((6, 3)), np.zeros(3)).forward(np.zeros(6)), r"got \(6,\)"),
    ],
)
def test_affine_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_affine_backward_checks_what_it_gets():
    layer = Affine(np.zeros((6, 3)), np.zeros(3))
    with pytest.raises(RuntimeError, match=r"Affine\.backward needs a call of forward"):
        layer.backward(np.ones((2, 3)))
    layer.forward(np.zeros((2, 6)))
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 3\) .*got \(2, 6\)"):
        layer.backward(np.ones((2, 6)))
