"""What Pooling has to do, one thing at a time.

Each test leaves alone what another one is about, so that one mistake costs one criterion: numbers
are positive but where signs matter, all windows fit but where rows are left over, no padding but
in the padding tests. The stride is given in all tests but its own, since its default differs
between books.
"""

import numpy as np

import source_lib
from autograder.sandbox.host.session import StudentRaised
from autograder.suite import agrees, criterion, keeps_dtype, no_more_work, same, unchanged
from autograder.suite.facts import WrongAnswer


def _positive(make, *shape):
    return make.uniform(*shape, low=0.5, high=9.5)


def _same_forward(student, x, pool_h, pool_w, stride, pad=0):
    expected = source_lib.Pooling(pool_h, pool_w, stride, pad).forward(x)
    same(student.Pooling(pool_h, pool_w, stride, pad).forward(x), expected, exact=True)


def _same_backward(student, make, x, pool_h, pool_w, stride, pad=0):
    """Compare for a random dout: one of ones would hide that it lies in another order.

    Where windows do not overlap, each number of dout is only copied.
    """
    reference = source_lib.Pooling(pool_h, pool_w, stride, pad)
    dout = make.normal(*reference.forward(x).shape)
    pool = student.Pooling(pool_h, pool_w, stride, pad)
    pool.forward(x)
    overlapping = stride < max(pool_h, pool_w)
    same(pool.backward(dout), reference.backward(dout), exact=not overlapping)


@criterion("Pooling.forward.batch_and_channels")
def test_every_channel_of_every_image_is_pooled_by_itself(student, make):
    for shape in ((1, 1, 4, 4), (1, 3, 4, 6), (2, 1, 6, 4), (2, 3, 4, 6)):
        _same_forward(student, _positive(make, *shape), 2, 2, 2)


@criterion("Pooling.forward.non_square_window")
def test_windows_wider_than_high_and_higher_than_wide(student, make):
    for height, width, pool_h, pool_w, stride in (
        (6, 7, 2, 3, 2),
        (6, 8, 3, 2, 3),
        (8, 5, 4, 1, 4),
    ):
        _same_forward(student, _positive(make, 2, 3, height, width), pool_h, pool_w, stride)
    # With padding as well, but where code without it is right: as many windows fit, and each holds
    # the same peak.
    x = _positive(make, 1, 2, 5, 7)
    x[:, :, ::5, ::5] += 10
    _same_forward(student, x, 5, 2, 5, 1)


@criterion("Pooling.forward.stride")
def test_the_window_jumps_by_the_stride_and_not_by_its_size(student, make):
    for height, width, window, stride in ((5, 6, 3, 1), (5, 7, 3, 2), (5, 8, 2, 3), (4, 5, 2, 1)):
        _same_forward(student, _positive(make, 2, 3, height, width), window, window, stride)
    # Without a stride it is 2, as the exercise says. The well-known book's 1 costs nothing.
    x = _positive(make, 1, 2, 5, 7)
    out = student.Pooling(3, 3).forward(x)
    try:
        same(out, source_lib.Pooling(3, 3, 1).forward(x), exact=True)
    except WrongAnswer:
        same(out, source_lib.Pooling(3, 3).forward(x), exact=True)


@criterion("Pooling.forward.left_over")
def test_rows_and_columns_without_a_whole_window_are_left_out(student, make):
    for height, width, window in ((5, 7, 2), (8, 10, 3)):
        _same_forward(student, _positive(make, 2, 3, height, width), window, window, window)


@criterion("Pooling.forward.all_negative")
def test_the_largest_of_negative_numbers_is_negative(student, make):
    _same_forward(student, -_positive(make, 2, 3, 4, 6), 2, 2, 2)
    _same_forward(student, make.normal(2, 3, 6, 4), 2, 2, 2)


@criterion("Pooling.forward.padding_size")
def test_the_output_counts_the_padding(student, make):
    # Sizes that differ from those without padding, also after rounding down.
    for height, width, window, pad in ((4, 6, 2, 1), (7, 10, 3, 1), (4, 8, 4, 2), (5, 7, 2, 1)):
        x = _positive(make, 2, 3, height, width)
        _same_forward(student, x, window, window, window, pad)
    # Neither is the padding always half the window, nor the stride the window.
    _same_forward(student, _positive(make, 1, 2, 5, 6), 5, 5, 1, 1)
    _same_forward(student, _positive(make, 1, 2, 5, 7), 3, 3, 2, 1)
    x = _positive(make, 2, 3, 4, 6)
    same(student.Pooling(2, 2, 2).forward(x), source_lib.Pooling(2, 2, 2).forward(x), exact=True)


@criterion("Pooling.forward.padding_never_wins")
def test_padding_loses_against_any_number(student, make):
    for height, width, window, pad, scale in (
        (4, 6, 2, 1, 1),
        (7, 10, 3, 1, 1e3),
        (4, 8, 4, 2, 1e30),
    ):
        x = -scale * _positive(make, 2, 3, height, width)
        _same_forward(student, x, window, window, window, pad)
    _same_forward(student, make.normal(2, 3, 4, 6), 2, 2, 2, 1)


@criterion("Pooling.forward.float32")
def test_float32_maps_stay_float32_and_float64_float64(student, make):
    for dtype in (np.float32, np.float64):
        x = make.uniform(2, 3, 4, 6, low=0.5, high=9.5, dtype=dtype)
        out = student.Pooling(2, 2, 2, 0).forward(x)
        same(out, source_lib.Pooling(2, 2, 2, 0).forward(x), exact=True)
        keeps_dtype(out, dtype)


@criterion("Pooling.forward.input_untouched")
def test_the_input_is_neither_changed_nor_need_be_contiguous(student, make):
    pool, reference = student.Pooling(2, 2, 2, 0), source_lib.Pooling(2, 2, 2, 0)
    every_other = _positive(make, 4, 12, 3, 2).transpose(3, 2, 0, 1)[:, :, :, ::2]
    for x in (_positive(make, 2, 3, 4, 6), every_other):
        expected = reference.forward(x)
        same(unchanged(pool.forward, x), expected, exact=True)
    # What comes of negative numbers is another criterion's business.
    unchanged(pool.forward, make.normal(2, 3, 4, 6))


def _copes(student, make, pool_h, pool_w, stride):
    """Whether a map and a window that are not square are no trouble: others ask for them."""
    x = _positive(make, 1, 1, 2 * stride, 3 * stride)
    try:
        out = student.Pooling(pool_h, pool_w, stride, 0).forward(x)
    except StudentRaised:
        return False
    return agrees(out, source_lib.Pooling(pool_h, pool_w, stride, 0).forward(x))


@criterion("Pooling.forward.vectorised")
def test_a_larger_map_takes_no_more_python(student, make):
    pool_h, pool_w = make.rng.permutation([2, 3, 4])[:2].tolist()
    stride = max(pool_h, pool_w)
    # By how many windows there are down and across. Drawn one by one and from wide ranges, so that
    # tables made by loops when the notebook was loaded cannot be there for all of them.
    few, many = tuple(make.integers(4, 7, 2).tolist()), make.sides(11_000, 60)
    if not _copes(student, make, pool_h, pool_w, stride):
        pool_h = pool_w = stride = 2
        few, many = (few[0], few[0]), (120, 120)
    pool = student.Pooling(pool_h, pool_w, stride, 0)
    reference = source_lib.Pooling(pool_h, pool_w, stride, 0)
    pool.forward(_positive(make, 1, 1, stride, stride))  # what is imported at first use is not work
    answers = []
    for down, across in (few, many):
        x = _positive(make, 1, 1, stride * down, stride * across)
        answers.append(pool.forward.counted(x))
        same(answers[-1], reference.forward(x), exact=True)
    no_more_work(*answers, more=many[0] * many[1] - few[0] * few[1])


@criterion("Pooling.backward.batch_and_channels")
def test_the_winner_of_a_window_takes_its_gradient(student, make):
    for shape in ((1, 1, 4, 4), (1, 3, 4, 6), (2, 1, 6, 4), (2, 3, 4, 6)):
        _same_backward(student, make, _positive(make, *shape), 2, 2, 2)
    # The largest number of a window is not always the one that is farthest from 0.
    _same_backward(student, make, make.normal(1, 2, 4, 6), 2, 2, 2)


@criterion("Pooling.backward.window_and_stride")
def test_non_square_windows_with_gaps_between_them(student, make):
    for height, width, pool_h, pool_w, stride in (
        (5, 6, 2, 3, 3),
        (6, 5, 3, 2, 3),
        (5, 8, 2, 2, 3),
    ):
        x = _positive(make, 2, 3, height, width)
        _same_backward(student, make, x, pool_h, pool_w, stride)


@criterion("Pooling.backward.left_over")
def test_pixels_that_no_window_reads_get_zero(student, make):
    for height, width, window in ((5, 7, 2), (8, 10, 3)):
        x = _positive(make, 2, 3, height, width)
        _same_backward(student, make, x, window, window, window)


@criterion("Pooling.backward.overlap")
def test_who_wins_several_windows_gets_the_sum(student, make):
    for height, width, window, stride in ((5, 6, 3, 1), (5, 7, 3, 2), (4, 5, 2, 1)):
        x = _positive(make, 2, 3, height, width)
        _same_backward(student, make, x, window, window, stride)


@criterion("Pooling.backward.ties")
def test_the_first_of_equal_maxima_takes_it_all(student, make):
    zeros_of_a_relu = np.maximum(make.normal(2, 3, 4, 6) - 0.5, 0)
    for x in (
        np.zeros((1, 1, 2, 2)),
        np.full((2, 3, 4, 6), 7.0),
        zeros_of_a_relu,
        make.integers(1, 3, 2, 3, 4, 6).astype(float),
    ):
        _same_backward(student, make, x, 2, 2, 2)


def _overlaps(student, make, x):
    """Whether windows may overlap, on a map with a border of its own, and forward adds a border."""
    reference = source_lib.Pooling(3, 3, 2, 1)
    out = reference.forward(x)
    dout = make.normal(*out.shape)
    edged = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=x.min() - 1)
    try:
        pool = student.Pooling(3, 3, 2, 0)
        pool.forward(edged)
        dx, theirs = pool.backward(dout), student.Pooling(3, 3, 2, 1).forward(x)
    except StudentRaised:
        return False
    expected = np.pad(reference.backward(dout), ((0, 0), (0, 0), (1, 1), (1, 1)))
    return agrees(dx, expected) and agrees(theirs, out)


@criterion("Pooling.backward.padding")
def test_no_gradient_gets_lost_in_the_padding(student, make):
    for height, width, window, pad in ((4, 6, 2, 1), (4, 7, 3, 1), (8, 4, 4, 2), (8, 13, 5, 1)):
        x = make.normal(2, 3, height, width)
        _same_backward(student, make, x, window, window, window, pad)
    # Each window holds one number of the map, however small, and border: no other tie to break.
    for x in (np.zeros((2, 3, 2, 2)), np.full((2, 3, 2, 2), -7.0)):
        _same_backward(student, make, x, 2, 2, 2, 1)
    # Overlap as well, unless that is wrong without a border, or the border without overlap.
    for shape in ((2, 3, 5, 7), (2, 3, 8, 6)):
        x = make.normal(*shape)
        if _overlaps(student, make, x):
            _same_backward(student, make, x, 3, 3, 2, 1)


@criterion("Pooling.backward.called_again")
def test_backward_answers_for_the_last_forward_of_its_own_layer(student, make):
    pool, reference = student.Pooling(2, 2, 2, 0), source_lib.Pooling(2, 2, 2, 0)
    # The first two batches have the same shape: nothing but wrong values would tell them apart.
    for shape in ((2, 3, 4, 6), (2, 3, 4, 6), (1, 2, 8, 4)):
        x = _positive(make, *shape)
        out = reference.forward(x)
        pool.forward(x)
        for _ in range(2):
            dout = make.normal(*out.shape)
            same(pool.backward(dout), reference.backward(dout), exact=True)
    # Networks have several layers: what one keeps for backward is its own, not the class's. The
    # other one has as many windows, so that wrong values show it, and no error.
    student.Pooling(2, 2, 2, 0).forward(_positive(make, 1, 2, 4, 8))
    same(pool.backward(dout), reference.backward(dout), exact=True)


@criterion("Pooling.backward.float32")
def test_float32_gradients_stay_float32_and_float64_float64(student, make):
    reference = source_lib.Pooling(2, 2, 2, 0)
    for dtype in (np.float32, np.float64):
        x = make.uniform(2, 3, 4, 6, low=0.5, high=9.5, dtype=dtype)
        dout = make.normal(*reference.forward(x).shape, dtype=dtype)
        pool = student.Pooling(2, 2, 2, 0)
        pool.forward(x)
        dx = pool.backward(dout)
        same(dx, reference.backward(dout), exact=True)
        keeps_dtype(dx, dtype)
    # It is the dtype of dout, whatever x was.
    for dtype, other in ((np.float32, np.float64), (np.float64, np.float32)):
        x = make.uniform(2, 3, 4, 6, low=0.5, high=9.5, dtype=other)
        dout = make.normal(*reference.forward(x).shape, dtype=dtype)
        pool = student.Pooling(2, 2, 2, 0)
        pool.forward(x)
        keeps_dtype(pool.backward(dout), dtype)


@criterion("Pooling.backward.input_untouched")
def test_dout_is_neither_changed_nor_need_be_contiguous(student, make):
    pool, reference = student.Pooling(2, 2, 2, 0), source_lib.Pooling(2, 2, 2, 0)
    x = _positive(make, 2, 3, 4, 6)
    reference.forward(x)
    pool.forward(x)
    every_other = make.normal(2, 6, 3, 2).transpose(3, 2, 0, 1)[:, :, :, ::2]
    for dout in (make.normal(2, 3, 2, 3), every_other):
        expected = reference.backward(dout)
        same(unchanged(pool.backward, dout), expected, exact=True)
