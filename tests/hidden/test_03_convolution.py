"""What numerical_gradient and Convolution have to do, one thing at a time.

As in 02, a test leaves alone what the others are about. Gradients are asked for with a random
`dout`: with one of ones, several of the known mistakes give the right answer.
"""

from functools import partial

import numpy as np

import source_lib
from autograder.sandbox.host.session import StudentRaised
from autograder.suite import (
    agrees,
    as_before,
    criterion,
    keeps_dtype,
    keeps_weights,
    measured,
    no_more_work,
    numbers,
    same,
    unchanged,
)
from autograder.text import Text

# Sums in another order, or in float32 (which is one criterion's business), differ by less; wrong
# code differs by far more.
CLOSE = {"rtol": 1e-5, "atol": 1e-12}
DIGITS = {np.float32: 1e-5, np.float64: 1e-9}


def _neighbours(weights):
    """A function of degree 1 in each entry, in which each entry acts on its neighbour's slope.

    Any difference, one-sided or central, gives its slopes exactly, however large the step; an entry
    that was not put back spoils the next one's. Returns the function and its gradient.
    """

    def f(v):
        return float(np.sum(weights * v * np.roll(v, 1)))

    def gradient(v):
        return weights * np.roll(v, 1) + np.roll(weights * v, -1)

    return f, gradient


def _with_step(function, f, x, h):
    """Call it with a step, or without where the student's takes none: one criterion asks for it."""
    try:
        return function(f, x, h)
    except StudentRaised as raised:
        if raised.info.type != "TypeError" or raised.info.innermost is not None:
            raise
    return function(f, x)


@criterion("numerical_gradient.any_shape")
def test_one_slope_for_each_entry(student, make):
    # Each evaluation of f is a message from the student's process and one back: arrays are small.
    for shape in ((4,), (2, 3), (2, 1, 2, 2)):
        x = make.normal(*shape)
        f, gradient = _neighbours(make.normal(*shape))
        # The usual step leaves about ten digits, so does one that cannot be chosen.
        same(_with_step(student.numerical_gradient, f, x, 0.5), gradient(x), rtol=1e-6)
        if x.ndim == 1:
            same(student.numerical_gradient(f, x), gradient(x), rtol=1e-6)


@criterion("numerical_gradient.central")
def test_central_differences_with_the_given_step(student, make):
    x, a = make.uniform(1, low=0.5, high=1.5), float(make.uniform(low=0.5, high=1.5))
    for h in (0.5, 0.1):
        # For x**3 the central difference is exactly 3*x**2 + h**2, the one-sided one is not.
        slopes = student.numerical_gradient(lambda v: a * float(np.sum(v**3)), x, h)
        same(slopes, a * (3 * x**2 + h**2), rtol=1e-9)


@criterion("numerical_gradient.input_untouched")
def test_x_is_as_before_to_the_last_digit(student, make):
    for step in (1e-5, 0.1):
        x = make.normal(3, 2)
        f, gradient = _neighbours(make.normal(3, 2))
        slopes = _with_step(partial(unchanged, student.numerical_gradient), f, x, step)
        same(slopes, gradient(x), rtol=1e-6)


def _layers(student, make, filters, stride=1, pad=0, *, dtype=np.float64, bias=True):
    """The student's layer and the reference, with the same random filters and biases."""
    W = make.normal(*filters, dtype=dtype)
    b = make.normal(filters[0], dtype=dtype) if bias else np.zeros(filters[0], dtype)
    return student.Convolution(W, b, stride, pad), source_lib.Convolution(W, b, stride, pad)


def _same_forward(student, make, images, filters, stride=1, pad=0, *, bias=False):
    theirs, ours = _layers(student, make, filters, stride, pad, bias=bias)
    x = make.normal(*images)
    same(theirs.forward(x), ours.forward(x), **CLOSE)


@criterion("Convolution.forward.one_filter")
def test_one_filter_on_one_image(student, make):
    _same_forward(student, make, (1, 1, 5, 5), (1, 1, 3, 3))
    _same_forward(student, make, (1, 1, 4, 4), (1, 1, 2, 2))


@criterion("Convolution.forward.bias")
def test_each_filter_has_its_own_bias(student, make):
    W, b, x = make.normal(3, 2, 2, 2), make.normal(3), make.normal(1, 2, 2, 2)
    # What the biases add to the layer's own results, right or wrong; but results there must be.
    bare = student.Convolution(W, np.zeros(3), 1, 0).forward(x)
    zeros = Text(en="The number of results that are 0", ja="0になっている結果の個数")
    same(measured(bare, zeros, np.count_nonzero(numbers(bare, (1, 3, 1, 1)) == 0)), 0)
    biased = student.Convolution(W, b, 1, 0).forward(x)
    added = numbers(biased, (1, 3, 1, 1)) - numbers(bare, (1, 3, 1, 1))
    what = Text(en="What the biases add", ja="バイアスによって加わる値")
    same(measured(biased, what, added), b.reshape(1, 3, 1, 1), **CLOSE)


@criterion("Convolution.forward.batch_channels_filters")
def test_several_images_channels_and_filters(student, make):
    for N, C, F in ((1, 3, 1), (1, 1, 4), (2, 1, 1), (2, 3, 4), (3, 2, 5)):
        _same_forward(student, make, (N, C, 5, 5), (F, C, 3, 3))


@criterion("Convolution.forward.non_square")
def test_images_and_filters_that_are_not_square(student, make):
    _same_forward(student, make, (1, 1, 5, 7), (1, 1, 3, 3))
    _same_forward(student, make, (1, 1, 6, 6), (1, 1, 3, 2))
    _same_forward(student, make, (1, 1, 7, 4), (1, 1, 2, 4))


@criterion("Convolution.forward.stride")
def test_strides_that_divide_and_that_do_not(student, make):
    for size, window, stride in ((7, 3, 2), (8, 3, 2), (8, 3, 3), (7, 2, 3)):
        _same_forward(student, make, (1, 1, size, size), (1, 1, window, window), stride)


@criterion("Convolution.forward.padding")
def test_padding(student, make):
    _same_forward(student, make, (1, 1, 5, 5), (1, 1, 3, 3), pad=1)
    _same_forward(student, make, (1, 1, 4, 4), (1, 1, 3, 3), pad=2)


@criterion("Convolution.forward.all_at_once")
def test_everything_mixed(student, make):
    _same_forward(student, make, (2, 3, 5, 8), (4, 3, 3, 2), stride=2, pad=1, bias=True)
    # One window fewer fits if the height is computed with the filter's width.
    _same_forward(student, make, (2, 3, 8, 6), (4, 3, 4, 3), stride=3, pad=2, bias=True)
    # An optimiser changes the filters between two calls, in place.
    theirs, ours = _layers(student, make, (4, 3, 3, 2), 2, 1)
    x = make.normal(2, 3, 5, 8)
    same(theirs.forward(x), ours.forward(x), **CLOSE)
    if _moves_filters(make, theirs, ours):
        same(theirs.forward(x), ours.forward(x), **CLOSE)


def _moves_filters(make, theirs, ours):
    """Change the filters in place; whether the student's layer has them as W and took the change.

    Another name is no matter, and a property may give copies.
    """
    ours.W = ours.W + make.normal(*ours.W.shape)
    try:
        theirs.W.put(np.arange(ours.W.size), ours.W.ravel())
        return agrees(theirs.W, ours.W)
    except StudentRaised:
        return False


@criterion("Convolution.forward.defaults")
def test_stride_1_and_no_padding_are_the_defaults(student, make):
    for size, window in ((5, 3), (4, 2)):
        W, b = make.normal(1, 1, window, window), np.zeros(1)
        x = make.normal(1, 1, size, size)
        expected = source_lib.Convolution(W, b).forward(x)
        same(student.Convolution(W, b).forward(x), expected, **CLOSE)


@criterion("Convolution.forward.float32")
def test_float32_stays_float32_and_float64_stays_float64(student, make):
    for dtype in (np.float32, np.float64):
        theirs, ours = _layers(student, make, (1, 1, 3, 3), dtype=dtype, bias=False)
        x = make.normal(1, 1, 5, 5, dtype=dtype)
        out = theirs.forward(x)
        same(out, ours.forward(x), rtol=DIGITS[dtype])
        keeps_dtype(out, dtype)


@criterion("Convolution.forward.input_untouched")
def test_forward_leaves_x_as_it_was_and_takes_views(student, make):
    theirs, ours = _layers(student, make, (1, 1, 3, 3), bias=False)
    every_other = make.normal(5, 10, 1, 1).transpose(3, 2, 0, 1)[:, :, :, ::2]
    for x in (make.normal(1, 1, 5, 5), every_other):
        expected = ours.forward(x)
        same(unchanged(theirs.forward, x), expected, **CLOSE)
        same(unchanged(theirs.forward, x), expected, **CLOSE)


def _there_and_back(student, make, images, filters, stride=1, pad=0):
    """Run both layers: the student's with its dx, then the reference with its dx."""
    theirs, ours = _layers(student, make, filters, stride, pad, bias=False)
    x = make.normal(*images)
    dout = make.normal(*ours.forward(x).shape)
    theirs.forward(x)
    return theirs, theirs.backward(dout), ours, ours.backward(dout)


def _same_dx_and_dw(student, make, images, filters, stride=1, pad=0):
    theirs, dx, ours, expected = _there_and_back(student, make, images, filters, stride, pad)
    same(dx, expected, **CLOSE)
    same(theirs.dW, ours.dW, **CLOSE)


def _copes(student, make, filter_h, filter_w):
    """Whether an image and a filter that are not square are no trouble: others ask for them."""
    x = make.normal(1, 1, 4, 9)
    try:
        theirs, ours = _layers(student, make, (1, 1, filter_h, filter_w), bias=False)
        return agrees(theirs.forward(x), ours.forward(x), **CLOSE)
    except StudentRaised:
        return False


@criterion("Convolution.forward.vectorised")
def test_larger_images_and_more_filters_take_no_more_python(student, make):
    filter_h, filter_w = make.rng.permutation([2, 3, 4])[:2].tolist()
    # By how many windows there are down and across. Drawn one by one and from wide ranges, so that
    # tables made by loops when the notebook was loaded cannot be there for all of them.
    small, large = tuple(make.integers(5, 9, 2).tolist()), make.sides(11_000, 60)
    if not _copes(student, make, filter_h, filter_w):
        filter_h = filter_w = 3
        small, large = (small[0], small[0]), (106, 106)
    few, many = (_layers(student, make, (F, 1, filter_h, filter_w), bias=False) for F in (1, 16))
    few[0].forward(make.normal(1, 1, 5, 5))  # what is imported at first use is not work
    answers = []
    # The larger one in float32, so that it is small enough to be sent before the test runs.
    for (down, across), dtype, close in (
        (small, np.float64, CLOSE),
        (large, np.float32, {"rtol": 1e-4, "atol": 1e-4}),
    ):
        x = make.normal(1, 1, down + filter_h - 1, across + filter_w - 1, dtype=dtype)
        answers.append(few[0].forward.counted(x))
        same(answers[-1], few[1].forward(x), **close)
    places = small[0] * small[1]
    no_more_work(*answers, more=large[0] * large[1] - places)
    # In which order the results of several filters come is another criterion's business.
    x = make.normal(1, 1, small[0] + filter_h - 1, small[1] + filter_w - 1)
    no_more_work(answers[0], many[0].forward.counted(x), more=15 * places)


@criterion("Convolution.backward.db")
def test_gradient_of_the_biases(student, make):
    for N, F in ((1, 1), (1, 4), (2, 4)):
        theirs, _, ours, _ = _there_and_back(student, make, (N, 1, 5, 5), (F, 1, 3, 3))
        same(theirs.db, ours.db, **CLOSE)


@criterion("Convolution.backward.dw")
def test_gradient_of_the_filters(student, make):
    for N, C, F in ((1, 1, 1), (1, 3, 4), (2, 3, 4)):
        theirs, _, ours, _ = _there_and_back(student, make, (N, C, 5, 5), (F, C, 3, 3))
        same(theirs.dW, ours.dW, **CLOSE)


@criterion("Convolution.backward.dx")
def test_gradient_of_the_images(student, make):
    for N, C, F in ((1, 1, 1), (1, 3, 4), (2, 3, 4)):
        _, dx, _, expected = _there_and_back(student, make, (N, C, 5, 5), (F, C, 3, 3))
        same(dx, expected, **CLOSE)


@criterion("Convolution.backward.stride")
def test_gradients_with_strides_that_do_not_divide(student, make):
    for size, window, stride in ((7, 3, 2), (8, 3, 2), (9, 2, 3)):
        _same_dx_and_dw(student, make, (1, 1, size, size), (1, 1, window, window), stride)


@criterion("Convolution.backward.padding")
def test_gradients_with_padding(student, make):
    for size, pad in ((5, 1), (4, 2)):
        _same_dx_and_dw(student, make, (1, 1, size, size), (1, 1, 3, 3), pad=pad)


@criterion("Convolution.backward.non_square")
def test_gradients_of_what_is_not_square(student, make):
    _same_dx_and_dw(student, make, (1, 1, 5, 7), (1, 1, 3, 2))
    _same_dx_and_dw(student, make, (1, 1, 7, 5), (1, 1, 2, 4))


@criterion("Convolution.backward.all_at_once")
def test_gradients_of_everything_mixed(student, make):
    for images, filters, stride, pad in (
        ((2, 3, 6, 9), (4, 3, 3, 2), 2, 1),
        ((3, 2, 9, 6), (5, 2, 4, 3), 3, 2),
    ):
        _same_dx_and_dw(student, make, images, filters, stride, pad)


@criterion("Convolution.backward.several_calls")
def test_gradients_belong_to_the_layer_and_its_last_forward_and_are_overwritten(student, make):
    theirs, ours = _layers(student, make, (1, 1, 3, 3))
    # The first two have the same shape: nothing but wrong values would tell them apart.
    for size in (5, 5, 7):
        x = make.normal(1, 1, size, size)
        dout = make.normal(*ours.forward(x).shape)
        theirs.forward(x)
        expected = ours.backward(dout)
        for _ in range(2):
            same(theirs.backward(dout), expected, **CLOSE)
            same(theirs.dW, ours.dW, **CLOSE)
    # Networks have several layers: what one keeps for backward is its own, not the class's.
    other, _ = _layers(student, make, (1, 1, 3, 3))
    other.forward(make.normal(1, 1, 5, 5))
    same(theirs.backward(dout), expected, **CLOSE)
    same(theirs.dW, ours.dW, **CLOSE)


@criterion("Convolution.backward.nothing_changed")
def test_backward_leaves_dout_and_the_weights_as_they_were(student, make):
    theirs, ours = _layers(student, make, (1, 1, 3, 3), bias=False)
    for images, size in ((1, 5), (2, 6)):
        x = make.normal(images, 1, size, size)
        dout = make.normal(*ours.forward(x).shape)
        out = theirs.forward(x)
        dx = keeps_weights(theirs, "backward", dout, names=("W", "b"))
        same(dx, ours.backward(dout), **CLOSE)
        # Whatever the student calls the weights: the layer must still do the same.
        as_before(theirs.forward(x), out, **CLOSE)


@criterion("Convolution.backward.float32")
def test_gradients_of_float32_are_float32_and_of_float64_float64(student, make):
    for dtype in (np.float32, np.float64):
        theirs, ours = _layers(student, make, (1, 1, 3, 3), dtype=dtype, bias=False)
        x, dout = make.normal(1, 1, 5, 5, dtype=dtype), make.normal(1, 1, 3, 3, dtype=dtype)
        theirs.forward(x)
        ours.forward(x)
        dx = theirs.backward(dout)
        same(dx, ours.backward(dout), rtol=DIGITS[dtype])
        keeps_dtype(dx, dtype)
        keeps_dtype(theirs.dW, dtype)
        keeps_dtype(theirs.db, dtype)
