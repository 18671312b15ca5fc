"""What the book's package has: by its formulas, written out."""

import math

import numpy as np
import pytest

import source_lib


def test_sigmoid_of_ordinary_and_of_huge_numbers():
    x = np.array([[-2.0, 0.0], [0.5, 3.0]])
    expected = [[1 / (1 + math.exp(-value)) for value in row] for row in x]
    np.testing.assert_allclose(source_lib.sigmoid(x), expected)
    with np.errstate(all="raise", under="ignore"):
        assert source_lib.sigmoid(np.array([-1e4, 1e4])).tolist() == [0.0, 1.0]
    assert source_lib.sigmoid(np.float32([1])).dtype == np.float32


@pytest.mark.parametrize("one_hot", [False, True])
def test_cross_entropy_error_is_the_mean_over_the_batch(one_hot):
    y = np.array([[0.1, 0.7, 0.2], [0.5, 0.25, 0.25]])
    t = np.array([[0, 1, 0], [1, 0, 0]]) if one_hot else np.array([1, 0])
    expected = -(math.log(0.7 + 1e-7) + math.log(0.5 + 1e-7)) / 2
    assert source_lib.cross_entropy_error(y, t) == pytest.approx(expected)
    assert source_lib.cross_entropy_error(y[0], t[0]) == pytest.approx(-math.log(0.7 + 1e-7))


def test_cross_entropy_error_of_a_sure_mistake_is_finite_as_in_the_book():
    loss = source_lib.cross_entropy_error(np.array([[1.0, 0.0]]), np.array([1]))
    assert loss == pytest.approx(-math.log(1e-7))


def test_dropout_drops_its_share_in_training_and_scales_in_use():
    layer, x = source_lib.Dropout(0.25), np.ones((100, 100))
    out = layer.forward(x)
    assert set(np.unique(out)) == {0.0, 1.0}
    assert out.mean() == pytest.approx(0.75, abs=0.02)
    np.testing.assert_array_equal(layer.backward(2 * x), 2 * out)
    np.testing.assert_array_equal(layer.forward(x, train_flg=False), 0.75 * x)
