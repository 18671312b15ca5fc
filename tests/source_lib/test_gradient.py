import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import numerical_gradient


def test_exact_for_quadratics():
    # Central differences have no error where the third derivative is 0.
    A = np.array([[2.0, -1.0], [0.5, 3.0]])
    x = np.array([0.7, -1.3])
    assert_allclose(numerical_gradient(lambda v: v @ A @ v, x, h=0.1), (A + A.T) @ x, atol=1e-12)


def test_agrees_with_known_derivatives(rng):
    x = rng.normal(size=(2, 3, 4))
    assert_allclose(
        numerical_gradient(lambda v: np.sin(v).sum(), x), np.cos(x), rtol=1e-8, atol=1e-9
    )


def test_the_error_falls_with_the_square_of_h():
    # One-sided differences gain one digit here, not two.
    x = np.array([0.5])
    errors = [
        abs(numerical_gradient(lambda v: np.exp(v).sum(), x, h)[0] - np.exp(0.5))
        for h in (1e-1, 1e-2)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_the_point_is_unchanged(rng):
    x = rng.normal(size=(3, 2))
    before = x.copy()
    x.setflags(write=False)
    numerical_gradient(lambda v: (v**3).sum(), x)
    assert_array_equal(x, before)


def test_float32_is_differenced_in_float64():
    x = np.array([100.0, -3.0], dtype=np.float32)
    seen = set()

    def f(v):
        seen.add(v.dtype)
        return (v**2).sum()

    gradient = numerical_gradient(f, x)
    assert gradient.dtype == np.float32
    assert seen == {np.dtype(np.float64)}
    assert_allclose(gradient, 2 * x, rtol=1e-6)


def test_integers_and_single_numbers():
    assert numerical_gradient(lambda v: float(v) ** 2, 3) == pytest.approx(6)
    assert numerical_gradient(lambda v: v.sum(), np.arange(3)).dtype == np.float64


def test_views_and_empty_arrays(rng):
    x = rng.normal(size=(4, 6))[::2, ::-1].T
    assert_allclose(numerical_gradient(lambda v: (v * v).sum(), x), 2 * x, atol=1e-8)
    assert numerical_gradient(lambda _: 0.0, np.zeros((0, 3))).shape == (0, 3)


def test_errors():
    with pytest.raises(TypeError, match=r"f must return one number, got ndarray of shape \(2,\)"):
        numerical_gradient(lambda v: v, np.zeros(2))
    with pytest.raises(TypeError, match="f must return one number, got NoneType"):
        numerical_gradient(lambda _: None, np.zeros(2))
    with pytest.raises(ValueError, match="h must be a positive number, got 0"):
        numerical_gradient(lambda _: 1.0, np.zeros(2), h=0)
    with pytest.raises(TypeError, match="x must hold real numbers"):
        numerical_gradient(lambda _: 1.0, ["a"])
