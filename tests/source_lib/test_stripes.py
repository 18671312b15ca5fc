import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import correlate

from source_lib import (
    confusion_matrix,
    extract_features,
    make_dataset,
    make_stripe_image,
    train_softmax,
)

VERTICAL_EDGES = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
KERNELS = [VERTICAL_EDGES, VERTICAL_EDGES.T, np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])]


@pytest.mark.parametrize("kind", [0, 1])
def test_a_stripe_without_noise(kind):
    places = set()
    for seed in range(200):
        image = make_stripe_image(kind, 16, 0.0, np.random.default_rng(seed))
        lines = image if kind == 0 else image.T
        bright = np.flatnonzero(lines[:, 0])
        assert_array_equal(lines, np.repeat(lines[:, :1], 16, axis=1))
        assert_array_equal(lines[bright], np.ones((2, 16)))
        assert bright[1] == bright[0] + 1
        places.add(int(bright[0]))
    assert places == set(range(2, 12))  # every place, and none near the border


def test_convention_the_place_is_drawn_before_the_noise():
    image = make_stripe_image(1, 16, 0.12, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    expected = np.zeros((16, 16))
    place = rng.integers(3, 13)
    expected[:, place - 1 : place + 1] = 1
    expected += rng.normal(0, 0.12, size=(16, 16))
    assert_array_equal(image, expected.clip(0, 1))


def test_a_dataset_is_the_seeds():
    X, y = make_dataset(50, 12, seed=4)
    again, _ = make_dataset(50, 12, seed=4)
    other, _ = make_dataset(50, 12, seed=5)
    assert X.shape == (50, 12, 12)
    assert y.shape == (50,)
    assert X.dtype == np.float64
    assert set(y.tolist()) == {0, 1}
    assert_array_equal(X, again)
    assert (other != X).any()
    assert X.min() >= 0
    assert X.max() <= 1


def test_features_are_mean_and_maximum_of_the_pooled_responses(rng):
    images = rng.uniform(size=(3, 7, 8))
    features = extract_features(images, KERNELS)
    for image, row in zip(images, features, strict=True):
        for k, kernel in enumerate(KERNELS):
            response = np.maximum(correlate(image, kernel, mode="constant"), 0)
            pooled = response[:6].reshape(3, 2, 4, 2).max(axis=(1, 3))
            assert_allclose(row[2 * k : 2 * k + 2], [pooled.mean(), pooled.max()], atol=1e-12)


def test_worked_example():
    X, y = make_dataset(500, 16, seed=7)
    features = extract_features(X, KERNELS)
    assert features.shape == (500, 6)
    order = np.random.RandomState(42).permutation(500)
    train, test = order[:400], order[400:]
    W, b, history = train_softmax(features[train], y[train], lr=0.2, epochs=600)
    assert (W.shape, b.shape, len(history)) == ((6, 2), (1, 2), 600)
    assert history[0] == pytest.approx(np.log(2))
    assert history[-1] == pytest.approx(0.0077, abs=0.0001)
    predicted = (features[test] @ W + b).argmax(axis=1)
    assert_array_equal(confusion_matrix(y[test], predicted), [[53, 0], [0, 47]])


def test_training_is_plain_gradient_descent(rng):
    X, y = rng.normal(size=(6, 2)), np.array([0, 2, 1, 1, 0, 2])
    W, b, _ = train_softmax(X, y, lr=0.5, epochs=1)
    # From zero weights every class has probability 1/3.
    d = (np.full((6, 3), 1 / 3) - np.eye(3)[y]) / 6
    assert_allclose(W, -0.5 * X.T @ d, atol=1e-12)
    assert_allclose(b, -0.5 * d.sum(axis=0, keepdims=True), atol=1e-12)


def test_a_class_without_examples_has_weights_if_it_is_counted(rng):
    X, y = rng.normal(size=(6, 2)), np.array([0, 1, 1, 0, 0, 1])
    W, b, history = train_softmax(X, y, lr=0.5, epochs=1, n_classes=4)
    assert (W.shape, b.shape) == ((2, 4), (1, 4))
    assert history == [pytest.approx(np.log(4))]
    # Nothing speaks for the last two classes: both go the same way, down.
    assert_allclose(b[0, 2:], [-0.5 / 4, -0.5 / 4], atol=1e-12)
    assert train_softmax(X, y, epochs=1)[0].shape == (2, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_stripe_image(2), r"kind must be 0 \(horizontal\) or 1 \(vertical\), got 2"),
        (lambda: make_stripe_image(0, 6), "size must be an integer >= 7, got 6"),
        (lambda: make_stripe_image(0, 16, -1), "noise_std must be a number >= 0, got -1"),
        (lambda: make_dataset(0), "n_samples must be an integer >= 1, got 0"),
        (lambda: extract_features(np.zeros((5, 5)), KERNELS), "images must have 3 dimensions"),
        (lambda: train_softmax(np.zeros((3, 2)), [0, 1]), "one label for each row .* got 2"),
        (lambda: train_softmax(np.zeros((0, 2)), []), "one label for each row"),
        (lambda: train_softmax(np.zeros((2, 2)), [0, 3], n_classes=2), "labels from 0 to 1"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()
