"""Figures of filters, feature maps, training and errors. They stay readable without colour.

Each function returns a matplotlib Figure, which a notebook shows by itself; `figure.savefig(path)`
writes it. matplotlib is imported when the first figure is drawn: nothing else here needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_filters(W: npt.ArrayLike, columns: int = 8, title: str = "") -> Figure:
    """Draw a bank of filters, one small picture each.

    Filters with three input channels are drawn in colour, others in grey, channel 0 only. All
    share one scale on which 0 is the middle grey, so that weights can be compared.

    Args:
        W: shape (F, C, filter_h, filter_w).
        columns: pictures per row.
        title: above all.
    """
    filters = as_array("W", W, "F C filter_h filter_w")
    limit = float(np.abs(filters).max(initial=0)) or 1.0
    figure, axes = _grid(len(filters), columns, title)
    for ax, one in zip(axes, filters, strict=False):
        if one.shape[0] == 3:
            ax.imshow((one.transpose(1, 2, 0) / limit + 1) / 2)
        else:
            ax.imshow(one[0], cmap="gray", vmin=-limit, vmax=limit)
    return figure


def plot_feature_maps(maps: npt.ArrayLike, columns: int = 8, title: str = "") -> Figure:
    """Draw the feature maps of one picture, each on its own scale from dark (low) to bright (high).

    Args:
        maps: shape (C, H, W).
        columns: pictures per row.
        title: above all.
    """
    pictures = as_array("maps", maps, "C H W")
    figure, axes = _grid(len(pictures), columns, title)
    for ax, picture in zip(axes, pictures, strict=False):
        ax.imshow(picture, cmap="gray")
    return figure


def plot_learning_curves(
    iterations: Sequence[int],
    curves: Mapping[str, Sequence[float]],
    ylabel: str = "accuracy",
    title: str = "",
) -> Figure:
    """Draw what was measured against the iteration at which it was measured.

    Args:
        iterations: the x axis: after how many steps each point was measured.
        curves: label -> values, as many as `iterations`.
        ylabel: what the values are.
        title: above the figure.

    Raises:
        ValueError: the number of points of a curve is not that of the iterations.
    """
    for label, values in curves.items():
        if len(values) != len(iterations):
            raise ValueError(
                f'curves["{label}"] must have {len(iterations)} values, one for each iteration, '
                f"got {len(values)}"
            )
    figure: Figure
    figure, ax = _pyplot().subplots(figsize=(6.4, 4.0), layout="constrained")
    # Line style and marker tell the curves apart in print, where colours do not.
    looks = cycle(zip(("-", "--", ":", "-."), ("o", "s", "^", "D"), strict=True))
    for (label, values), (line, marker) in zip(curves.items(), looks, strict=False):
        every = max(1, len(values) // 10)
        ax.plot(iterations, values, line, marker=marker, markevery=every, label=label)
    ax.set(xlabel="iteration", ylabel=ylabel, title=title)
    ax.grid(alpha=0.3)
    ax.legend()
    return figure


def plot_confusion_matrix(
    matrix: npt.ArrayLike, class_names: Iterable[str] | None = None, title: str = ""
) -> Figure:
    """Draw a confusion matrix with its counts: rows are the true classes, columns the predictions.

    The shade is the share of the true class, so that rare classes show as well.

    Args:
        matrix: counts, shape (classes, classes), as `confusion_matrix` returns.
        class_names: by default 0, 1, ...
        title: above the figure.
    """
    counts = as_array("matrix", matrix, "true predicted")
    names = [str(i) for i in range(len(counts))] if class_names is None else list(class_names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 1.5 + 0.45 * len(counts)
    figure: Figure
    figure, ax = _pyplot().subplots(figsize=(side, side), layout="constrained")
    ax.imshow(shares, cmap="gray_r", vmin=0, vmax=1)
    for (row, column), number in np.ndenumerate(counts):
        shade = "white" if shares[row, column] > 0.5 else "black"
        ax.text(column, row, f"{number}", ha="center", va="center", color=shade)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="predicted", ylabel="true", title=title)
    return figure


def _grid(pictures: int, columns: int, title: str) -> tuple[Figure, Iterator[Axes]]:
    """Return a figure with room for that many pictures, without axes, and the places in order."""
    columns = min(count("columns", columns, 1), max(1, pictures))
    rows = max(1, -(-pictures // columns))
    figure, axes = _pyplot().subplots(
        rows,
        columns,
        figsize=(columns, rows + 0.4 * bool(title)),
        squeeze=False,
        layout="constrained",
    )
    figure.suptitle(title)
    places: Array = axes.ravel()
    for ax in places:
        ax.set_axis_off()
    return figure, iter(places)


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "figures need matplotlib, which is not installed: pip install matplotlib"
        ) from error
    return plt
