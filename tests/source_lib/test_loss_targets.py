import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from source_lib import SoftmaxWithLoss, confusion_matrix, numerical_gradient, one_hot, softmax

# Large and small rows side by side: one maximum for all would wipe out the small one.
SCORES = np.array([[0.3, -1.2, 2.5], [800.0, 801.0, 799.0], [-900.0, 0.0, 900.0], [5.0, 5.0, 5.0]])
LABELS = np.array([2, 0, 1, 1])


def test_softmax_agrees_with_scipy():
    assert_allclose(softmax(SCORES), scipy_softmax(SCORES, axis=1), rtol=1e-12, atol=1e-300)
    assert_allclose(softmax(SCORES[0]), scipy_softmax(SCORES[0]), rtol=1e-12)
    assert_allclose(softmax(SCORES).sum(axis=1), np.ones(4), rtol=1e-12)


def test_loss_agrees_with_scipy():
    expected = -log_softmax(SCORES, axis=1)[np.arange(4), LABELS].mean()
    assert SoftmaxWithLoss().forward(SCORES, LABELS) == pytest.approx(expected, rel=1e-12)


def test_convention_no_epsilon_the_true_price_is_paid():
    # log(p + 1e-7), the book's way, stops at 16.1; log(p) alone gives infinity.
    assert SoftmaxWithLoss().forward([[0.0, 900.0]], [0]) == 900


def test_equal_scores_cost_ln_of_the_classes():
    assert SoftmaxWithLoss().forward(np.zeros((5, 10)), np.arange(5)) == pytest.approx(np.log(10))


def test_convention_the_loss_is_the_mean_over_the_batch():
    loss = SoftmaxWithLoss()
    once = loss.forward(SCORES, LABELS)
    assert loss.forward(np.tile(SCORES, (3, 1)), np.tile(LABELS, 3)) == pytest.approx(once)


def test_backward_agrees_with_finite_differences(rng):
    x, t, loss = rng.normal(size=(4, 5)), np.array([3, 0, 4, 4]), SoftmaxWithLoss()
    loss.forward(x, t)
    slope = numerical_gradient(lambda v: -log_softmax(v, axis=1)[np.arange(4), t].mean(), x)
    assert_allclose(loss.backward(), slope, atol=1e-9)
    assert_allclose(loss.backward(2.5), 2.5 * slope, atol=1e-9)
    assert_allclose(loss.backward(), slope, atol=1e-9)  # called again, same answer


def test_convention_targets_are_labels_or_one_hot():
    loss = SoftmaxWithLoss()
    by_label, d_by_label = loss.forward(SCORES, LABELS), loss.backward()
    for dtype in (np.float64, np.int64, np.bool_):
        rows = one_hot(LABELS, 3).astype(dtype)
        assert loss.forward(SCORES, rows) == by_label
        assert_array_equal(loss.backward(), d_by_label)


def test_as_many_examples_as_classes_is_not_ambiguous(rng):
    x, t = rng.normal(size=(3, 3)), np.array([2, 0, 0])
    loss = SoftmaxWithLoss()
    assert loss.forward(x, t) == loss.forward(x, one_hot(t, 3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_and_unchanged_inputs(dtype):
    x = SCORES.astype(dtype)
    x.setflags(write=False)
    loss = SoftmaxWithLoss()
    assert type(loss.forward(x, LABELS)) is float
    assert loss.backward().dtype == softmax(x).dtype == dtype
    assert softmax([1, 2]).dtype == np.float64


@pytest.mark.parametrize(
    ("x", "t", "error", "message"),
    [
        (np.zeros(3), [0], ValueError, "x must have 2 dimensions"),
        (np.zeros((0, 3)), [], ValueError, "at least one example"),
        (np.zeros((2, 3)), [0, 3], ValueError, "labels from 0 to 2, got values from 0 to 3"),
        (np.zeros((2, 3)), [-1, 0], ValueError, "labels from 0 to 2, got values from -1"),
        (np.zeros((2, 3)), [0.0, 1.0], TypeError, "t must hold integer labels, got .*float64"),
        (np.zeros((2, 3)), [0], ValueError, r"shape \(2,\) or .* \(2, 3\), got shape \(1,\)"),
        (np.zeros((2, 3)), np.zeros((2, 3)), ValueError, "one-hot, got .* in row 0"),
        (np.zeros((2, 3)), [[1, 0, 0], [0.5, 0.5, 0]], ValueError, r"0\.5.* in row 1"),
        (np.zeros((2, 3)), [[1, 0, 0], [1, 0.5, 0]], ValueError, "in row 1"),
    ],
)
def test_errors_name_argument_value_and_expectation(x, t, error, message):
    with pytest.raises(error, match=message):
        SoftmaxWithLoss().forward(x, t)


def test_other_errors():
    with pytest.raises(RuntimeError, match=r"SoftmaxWithLoss\.backward needs a call of forward"):
        SoftmaxWithLoss().backward()
    with pytest.raises(ValueError, match="at least one class"):
        softmax(np.zeros((3, 0)))
    with pytest.raises(ValueError, match="at least one class"):
        softmax(3.0)


def test_one_hot():
    assert_array_equal(one_hot([2, 0], 4), [[0, 0, 1, 0], [1, 0, 0, 0]])
    assert one_hot(np.array([], dtype=int), 3).shape == (0, 3)
    assert one_hot([1], 2).dtype == np.float64
    with pytest.raises(ValueError, match="y must hold labels from 0 to 1, got values from 0 to 2"):
        one_hot([0, 2], 2)
    with pytest.raises(TypeError, match="y must hold integer labels"):
        one_hot([0.5], 2)
    with pytest.raises(ValueError, match="n_classes must be an integer >= 1, got 0"):
        one_hot([0], 0)


def test_confusion_matrix():
    true, pred = [0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2]
    assert_array_equal(confusion_matrix(true, pred), [[1, 1, 0], [0, 1, 0], [1, 0, 2]])
    assert confusion_matrix(true, pred, 5).shape == (5, 5)
    assert confusion_matrix(true, pred, 5).sum() == 6
    with pytest.raises(ValueError, match="y_pred must have 6 labels"):
        confusion_matrix(true, pred[:-1])
    with pytest.raises(ValueError, match="y_true must hold labels from 0 to 1"):
        confusion_matrix(true, pred, 2)
