import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import (
    plot_confusion_matrix,
    plot_feature_maps,
    plot_filters,
    plot_learning_curves,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def pictures(figure):
    return [ax.images[0].get_array() for ax in figure.axes if ax.images]


def test_filters_share_one_scale_with_zero_in_the_middle(rng):
    W = rng.normal(size=(10, 1, 5, 5))
    W[0] *= 0.1
    figure = plot_filters(W, columns=4, title="filters")
    images = [ax.images[0] for ax in figure.axes if ax.images]
    assert len(images) == 10
    assert len(figure.axes) == 12  # three rows of four
    limit = np.abs(W).max()
    assert all(image.get_clim() == (-limit, limit) for image in images)
    assert_array_equal(images[3].get_array(), W[3, 0])
    figure.canvas.draw()


def test_filters_for_colours_are_drawn_in_colour(rng):
    W = rng.normal(size=(4, 3, 3, 3))
    drawn = np.stack(pictures(plot_filters(W)))
    assert drawn.shape == (4, 3, 3, 3)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert_allclose((drawn * 2 - 1) * np.abs(W).max(), W.transpose(0, 2, 3, 1), atol=1e-12)


def test_filters_of_zeros():
    assert len(pictures(plot_filters(np.zeros((2, 1, 3, 3))))) == 2


def test_feature_maps(rng):
    maps = rng.normal(size=(5, 6, 7))
    drawn = pictures(plot_feature_maps(maps, columns=3))
    assert_array_equal(np.stack(drawn), maps)


def test_learning_curves_are_drawn_at_the_iterations_they_were_measured_at():
    curves = {"train": [0.5, 0.7, 0.9], "test": [0.4, 0.6, 0.8]}
    ax = plot_learning_curves([10, 20, 30], curves).axes[0]
    for line, (label, values) in zip(ax.lines, curves.items(), strict=True):
        assert line.get_label() == label
        assert_array_equal(line.get_xdata(), [10, 20, 30])
        assert_array_equal(line.get_ydata(), values)
    looks = {(line.get_linestyle(), line.get_marker()) for line in ax.lines}
    assert len(looks) == 2  # told apart without colour
    assert ax.get_xlabel() == "iteration"


def test_confusion_matrix_shows_its_counts():
    counts = np.array([[50, 3], [0, 47]])
    ax = plot_confusion_matrix(counts, ["cat", "dog"]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["50", "3", "0", "47"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    assert_allclose(ax.images[0].get_array(), [[50 / 53, 3 / 53], [0, 1]])


def test_a_class_that_never_occurs_does_not_divide_by_zero():
    plot_confusion_matrix(np.array([[2, 0], [0, 0]]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_filters(np.zeros((3, 3))), "W must have 4 dimensions"),
        (lambda: plot_filters(np.zeros((1, 1, 3, 3)), columns=0), "columns must be an integer"),
        (lambda: plot_feature_maps(np.zeros((1, 1, 3, 3))), "maps must have 3 dimensions"),
        (lambda: plot_learning_curves([1], {"a": [1, 2]}), r'curves\["a"\] must have 1 values'),
        (lambda: plot_confusion_matrix([1, 2]), "matrix must have 2 dimensions"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()
