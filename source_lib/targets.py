"""Classes as targets: labels (one integer per example) and one-hot rows."""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, as_numbers, count


def one_hot(y: npt.ArrayLike, n_classes: int) -> Array:
    """Turn labels into rows with a single 1.

    Args:
        y: labels 0 .. n_classes - 1, shape (N,), integers.
        n_classes: how many columns.

    Returns:
        Shape (N, n_classes), float64.

    Raises:
        TypeError: y does not hold integers.
        ValueError: y is not 1-D, or a label is out of range.
    """
    labels = _labels("y", y, count("n_classes", n_classes, 1))
    rows = np.zeros((len(labels), n_classes), dtype=np.float64)
    rows[np.arange(len(labels)), labels] = 1.0
    return rows


def as_labels(t: npt.ArrayLike, examples: int, classes: int) -> Array:
    """Return targets as labels, whichever of the two forms they come in.

    Args:
        t: labels, shape (examples,), or one-hot rows, shape (examples, classes).
        examples: how many there must be.
        classes: how many classes there are.

    Returns:
        Shape (examples,), integers.

    Raises:
        TypeError: labels are not integers.
        ValueError: a shape is wrong, a label out of range, or a row not one-hot.
    """
    targets = as_numbers("t", t)
    if targets.shape == (examples,):
        return _labels("t", targets, classes)
    if targets.shape != (examples, classes):
        raise ValueError(
            f"t must be labels of shape ({examples},) or one-hot rows of shape "
            f"({examples}, {classes}), got shape {targets.shape}"
        )
    is_one: Array = targets == 1
    wrong = (is_one.sum(axis=1) != 1) | ((targets != 0).sum(axis=1) != 1)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"each row of t must be one-hot, got {targets[row].tolist()} in row {row}")
    labels: Array = is_one.argmax(axis=1)
    return labels


def confusion_matrix(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, n_classes: int | None = None
) -> Array:
    """Count how often each class was taken for each class.

    Args:
        y_true: the labels, shape (N,), integers.
        y_pred: what was predicted, shape (N,), integers.
        n_classes: how many classes there are; by default the largest label plus one.

    Returns:
        Shape (n_classes, n_classes), int64. Row: the true class, column: the prediction.

    Raises:
        TypeError: the labels are not integers.
        ValueError: the two have different lengths, or a label is out of range.
    """
    true = as_array("y_true", y_true, "N")
    pred = as_array("y_pred", y_pred, "N")
    if len(true) != len(pred):
        raise ValueError(f"y_pred must have {len(true)} labels, as y_true has, got {len(pred)}")
    if n_classes is None:
        n_classes = int(max(true.max(initial=0), pred.max(initial=0))) + 1
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(matrix, (_labels("y_true", true, n_classes), _labels("y_pred", pred, n_classes)), 1)
    return matrix


def _labels(name: str, value: npt.ArrayLike, classes: int) -> Array:
    labels = as_array(name, value, "N")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integer labels, got dtype {labels.dtype}")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise ValueError(
            f"{name} must hold labels from 0 to {classes - 1}, got values from {labels.min()} "
            f"to {labels.max()}"
        )
    return labels
