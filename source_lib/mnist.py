"""Six thousand handwritten digits of MNIST, which come with the package.

See `data/README.md` for their origin and licence.
"""

from importlib.resources import as_file, files
from typing import TypeAlias

import numpy as np

from source_lib.checks import Array
from source_lib.targets import one_hot

TRAIN_SIZE = 5000

Split: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]


def load_mnist(normalize: bool = True, flatten: bool = False, one_hot_label: bool = False) -> Split:
    """Return 5,000 digits to train on and 1,000 to test with. Needs no network.

    The arguments are those of the book's loader (Saito), which has `flatten=True` by default and
    60,000 + 10,000 digits.

    Args:
        normalize: true: float32 from 0 (background) to 1 (ink). False: uint8 from 0 to 255.
        flatten: true: shape (N, 784). False: shape (N, 1, 28, 28).
        one_hot_label: true: one-hot rows (N, 10), float64. False: labels (N,), int64.

    Returns:
        `(x_train, t_train), (x_test, t_test)`, freshly loaded arrays.
    """
    path = files("source_lib").joinpath("data", "mnist_6k.npz")
    with as_file(path) as file, np.load(file) as archive:
        x: Array = archive["x"].reshape(-1, 1, 28, 28)
        t: Array = archive["y"].astype(np.int64)
    if normalize:
        x = x.astype(np.float32) / np.float32(255)
    if flatten:
        x = x.reshape(-1, 28 * 28)
    if one_hot_label:
        t = one_hot(t, 10)
    return (x[:TRAIN_SIZE], t[:TRAIN_SIZE]), (x[TRAIN_SIZE:], t[TRAIN_SIZE:])
