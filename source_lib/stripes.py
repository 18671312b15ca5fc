"""A task small enough to see through: is the stripe horizontal or vertical?

Pictures of one stripe in noise, six numbers from fixed filters for each, and a linear classifier
trained on them. The filters see the edges; only the classifier learns.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count
from source_lib.loss import SoftmaxWithLoss
from source_lib.single import conv2d_single, maxpool2d_single

HORIZONTAL, VERTICAL = 0, 1


def make_stripe_image(
    kind: int, size: int = 16, noise_std: float = 0.12, rng: np.random.Generator | None = None
) -> Array:
    """Draw a stripe two pixels wide, at least two pixels from the border, in noise.

    The generator is asked for the stripe's place first (`integers(3, size - 3)`), then for the
    noise (`normal(0, noise_std, size=(size, size))`), so one seed gives one picture.

    Args:
        kind: 0 for a horizontal stripe, 1 for a vertical one.
        size: side of the picture, at least 7.
        noise_std: standard deviation of the noise.
        rng: where place and noise come from; by default they differ from call to call.

    Returns:
        Shape (size, size), float64, from 0 (black) to 1 (white).

    Raises:
        ValueError: `kind` is neither 0 nor 1, `size` is below 7 or `noise_std` is negative.
    """
    if kind not in (HORIZONTAL, VERTICAL):
        raise ValueError(f"kind must be 0 (horizontal) or 1 (vertical), got {kind!r}")
    size = count("size", size, 7)
    if not noise_std >= 0:
        raise ValueError(f"noise_std must be a number >= 0, got {noise_std!r}")
    rng = np.random.default_rng() if rng is None else rng
    image = np.zeros((size, size))
    place = int(rng.integers(3, size - 3))
    rows = image if kind == HORIZONTAL else image.T
    rows[place - 1 : place + 1] = 1.0
    image += rng.normal(0.0, noise_std, size=(size, size))
    return image.clip(0.0, 1.0)


def make_dataset(n_samples: int = 400, size: int = 16, seed: int = 0) -> tuple[Array, Array]:
    """Draw pictures with stripes of both kinds, in random order.

    Args:
        n_samples: how many pictures.
        size: side of a picture.
        seed: the same seed gives the same data.

    Returns:
        X, shape (n_samples, size, size), float64, and the kinds y, shape (n_samples,), int64.

    Raises:
        ValueError: `n_samples` is below 1 or `size` below 7.
    """
    rng = np.random.default_rng(seed)
    X = np.zeros((count("n_samples", n_samples, 1), count("size", size, 7), size))
    y = np.zeros(n_samples, dtype=np.int64)
    for i in range(n_samples):
        y[i] = rng.integers(0, 2)
        X[i] = make_stripe_image(int(y[i]), size=size, rng=rng)
    return X, y


def extract_features(images: npt.ArrayLike, kernels: Sequence[npt.ArrayLike]) -> Array:
    """Boil each picture down to two numbers per kernel.

    Each kernel is slid over the picture (stride 1, padding 1), negative responses are set to 0,
    2x2 max pooling follows, and mean and maximum of the result are kept.

    Args:
        images: shape (N, H, W). Not changed.
        kernels: 2-D arrays.

    Returns:
        Shape (N, 2 * len(kernels)), float64: mean and maximum for the first kernel, then for the
        second, ...

    Raises:
        ValueError: `images` is not 3-D, or a kernel does not fit.
    """
    pictures = as_array("images", images, "N H W")
    features = np.empty((len(pictures), len(kernels), 2))
    for i, picture in enumerate(pictures):
        for k, kernel in enumerate(kernels):
            response = conv2d_single(picture, kernel, padding=1)
            pooled = maxpool2d_single(np.maximum(response, 0.0))
            features[i, k] = pooled.mean(), pooled.max()
    return features.reshape(len(pictures), 2 * len(kernels))


def train_softmax(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    lr: float = 0.1,
    epochs: int = 500,
    n_classes: int | None = None,
) -> tuple[Array, Array, list[float]]:
    """Train a linear classifier by gradient descent on all examples at once, from zero weights.

    Args:
        X: features, shape (N, D). Not changed.
        y: labels 0, 1, ..., shape (N,), integers.
        lr: learning rate.
        epochs: how many steps.
        n_classes: how many classes there are; by default the largest label plus one, which is
            wrong where the examples happen to lack the last class.

    Returns:
        W, shape (D, classes); b, shape (1, classes); and the loss before each step.

    Raises:
        ValueError: X is not 2-D, y has another length, a label is out of range, or there are no
            examples.
    """
    features = as_array("X", X, "N D")
    labels = as_array("y", y, "N")
    if len(features) == 0 or len(labels) != len(features):
        raise ValueError(
            f"y must have one label for each row of X {features.shape}, got {len(labels)} labels"
        )
    classes = int(labels.max()) + 1 if n_classes is None else count("n_classes", n_classes, 1)
    W, b = np.zeros((features.shape[1], classes)), np.zeros((1, classes))
    loss = SoftmaxWithLoss()
    history: list[float] = []
    for _ in range(count("epochs", epochs, 0)):
        history.append(loss.forward(features @ W + b, labels))
        d = loss.backward()
        W -= lr * (features.T @ d)
        b -= lr * d.sum(axis=0, keepdims=True)
    return W, b, history
