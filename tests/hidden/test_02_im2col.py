"""What im2col and col2im have to do, one thing at a time.

Each test leaves alone what the others are about, so that one mistake costs little more than its own
criterion: one image, one channel, square, no padding and no overlap unless the test is about it.
The two tests in which everything is mixed catch what shows only in combination. im2col only copies
numbers, so they are compared exactly.
"""

import numpy as np

import source_lib
from autograder.sandbox.host.session import StudentRaised
from autograder.suite import (
    agrees,
    criterion,
    keeps_dtype,
    no_more_work,
    numbers,
    raises,
    same,
    unchanged,
)


@criterion("im2col.one_channel")
def test_one_image_with_one_channel(student, make):
    for size, window in ((4, 3), (5, 2), (3, 1)):
        x = make.normal(1, 1, size, size)
        same(
            student.im2col(x, window, window, 1, 0),
            source_lib.im2col(x, window, window),
            exact=True,
        )


@criterion("im2col.batch_and_channels")
def test_rows_run_over_images_and_columns_over_channels(student, make):
    for images, channels, window in ((2, 1, 3), (1, 3, 3), (2, 3, 3), (3, 2, 2)):
        x = make.normal(images, channels, 5, 5)
        same(
            student.im2col(x, window, window, 1, 0),
            source_lib.im2col(x, window, window),
            exact=True,
        )


@criterion("im2col.non_square_input")
def test_images_wider_than_high_and_higher_than_wide(student, make):
    for height, width in ((4, 7), (7, 4)):
        x = make.normal(1, 1, height, width)
        same(student.im2col(x, 3, 3, 1, 0), source_lib.im2col(x, 3, 3), exact=True)


@criterion("im2col.non_square_filter")
def test_windows_wider_than_high_and_higher_than_wide(student, make):
    for filter_h, filter_w in ((3, 2), (1, 3), (4, 2)):
        x = make.normal(1, 1, 6, 6)
        same(
            student.im2col(x, filter_h, filter_w, 1, 0),
            source_lib.im2col(x, filter_h, filter_w),
            exact=True,
        )


@criterion("im2col.stride")
def test_strides_that_divide_and_that_do_not(student, make):
    for size, window, stride in ((7, 3, 2), (8, 3, 2), (8, 3, 3), (7, 2, 3)):
        x = make.normal(1, 1, size, size)
        expected = source_lib.im2col(x, window, window, stride=stride)
        same(student.im2col(x, window, window, stride, 0), expected, exact=True)


@criterion("im2col.padding")
def test_zeros_on_all_four_sides(student, make):
    for size, window, pad in ((5, 3, 1), (4, 3, 2), (4, 1, 1)):
        x = make.normal(1, 1, size, size)
        expected = source_lib.im2col(x, window, window, pad=pad)
        same(student.im2col(x, window, window, 1, pad), expected, exact=True)


@criterion("im2col.all_at_once")
def test_everything_mixed(student, make):
    for height, width, filter_h, filter_w, stride, pad in (
        (5, 8, 3, 2, 2, 1),
        (9, 6, 4, 3, 3, 2),
        # Larger than the image in one direction, than half the padded image, than the other side:
        # all of them fit. A check that compares with the wrong one of these refuses them.
        (3, 6, 5, 2, 1, 1),
        (6, 3, 2, 5, 1, 1),
        (9, 2, 5, 1, 1, 1),
        (2, 9, 1, 5, 1, 1),
    ):
        x = make.normal(2, 3, height, width)
        expected = source_lib.im2col(x, filter_h, filter_w, stride, pad)
        same(student.im2col(x, filter_h, filter_w, stride, pad), expected, exact=True)


@criterion("im2col.defaults")
def test_stride_1_and_no_padding_are_the_defaults(student, make):
    for size, window in ((4, 3), (5, 2)):
        x = make.normal(1, 1, size, size)
        expected = source_lib.im2col(x, window, window)
        same(student.im2col(x, window, window), expected, exact=True)


@criterion("im2col.float32")
def test_float32_stays_float32_float64_stays_float64_and_integers_stay_integers(student, make):
    pixels = make.integers(0, 256, 1, 1, 6, 6)
    for x in (
        make.normal(1, 1, 6, 6, dtype=np.float32),
        make.normal(1, 1, 6, 6),
        pixels,
        pixels.astype(np.uint8),
        # Beyond 2**53 a float has no room for the last digit.
        pixels + 2**60 + 1,
    ):
        col = student.im2col(x, 3, 3, 1, 0)
        same(col, source_lib.im2col(x, 3, 3), exact=True)
        keeps_dtype(col, x.dtype)


@criterion("im2col.input_untouched")
def test_the_input_is_neither_changed_nor_need_be_contiguous(student, make):
    # Not 5 x 5: with as many windows as pixels in each, the matrix equals its own transpose.
    x = make.normal(1, 1, 6, 6)
    expected = source_lib.im2col(x, 3, 3)
    same(unchanged(student.im2col, x, 3, 3, 1, 0), expected, exact=True)
    same(unchanged(student.im2col, x, 3, 3, 1, 0), expected, exact=True)
    every_other = make.normal(6, 12, 1, 1).transpose(3, 2, 0, 1)[:, :, :, ::2]
    expected = source_lib.im2col(every_other, 3, 3)
    same(unchanged(student.im2col, every_other, 3, 3, 1, 0), expected, exact=True)


def _pads_rightly(student, x):
    try:
        return agrees(student.im2col(x, 3, 3, 1, 1), source_lib.im2col(x, 3, 3, 1, 1))
    except StudentRaised:
        return False


@criterion("im2col.window_too_large")
def test_a_window_that_just_fits_works_and_a_larger_one_raises(student, make):
    x = make.normal(1, 1, 4, 4)
    for window in (4, 3):  # one window, and four: a reshape is no im2col
        expected = source_lib.im2col(x, window, window)
        same(student.im2col(x, window, window, 1, 0), expected, exact=True)
    # It has to fit into the padded image. How to pad is another criterion's business.
    if _pads_rightly(student, x):
        numbers(student.im2col(x, 6, 6, 1, 1), (1, 36))
    # Two pixels too large at stride 1: code that leaves it to NumPy raises ValueError as well.
    raises(ValueError, student.im2col, x, 6, 3, 1, 0)
    raises(ValueError, student.im2col, x, 3, 7, 1, 0)
    raises(ValueError, student.im2col, x, 8, 8, 1, 1)


def _copes(student, x, filter_h, filter_w):
    """Whether an image and a window that are not square are no trouble: others ask for them."""
    try:
        return agrees(
            student.im2col(x, filter_h, filter_w, 1, 0), source_lib.im2col(x, filter_h, filter_w)
        )
    except StudentRaised:
        return False


@criterion("im2col.vectorised")
def test_a_larger_image_takes_no_more_python(student, make):
    filter_h, filter_w = make.rng.permutation([2, 3, 4])[:2].tolist()
    # By how many windows there are down and across. Drawn one by one and from wide ranges, so that
    # tables made by loops when the notebook was loaded cannot be there for all of them.
    few, many = tuple(make.integers(5, 9, 2).tolist()), make.sides(11_000, 60)
    if not _copes(student, make.normal(1, 1, 4, 9), filter_h, filter_w):
        filter_h = filter_w = 2
        few, many = (few[0], few[0]), (106, 106)
    student.im2col(make.normal(1, 1, 5, 5), 2, 2, 1, 0)  # what is imported at first use is not work
    answers = []
    # The larger one in float32, so that it is small enough to be sent before the test runs.
    for (down, across), dtype in ((few, np.float64), (many, np.float32)):
        x = make.normal(1, 1, down + filter_h - 1, across + filter_w - 1, dtype=dtype)
        answers.append(student.im2col.counted(x, filter_h, filter_w, 1, 0))
        same(answers[-1], source_lib.im2col(x, filter_h, filter_w), exact=True)
    no_more_work(*answers, more=many[0] * many[1] - few[0] * few[1])


def _same_col2im(student, make, shape, filter_h, filter_w, stride=1, pad=0):
    """Compare on a random matrix: ones, or what im2col gives, would hide a wrong order."""
    rows_and_columns = source_lib.im2col(np.ones(shape), filter_h, filter_w, stride, pad).shape
    col = make.normal(*rows_and_columns)
    expected = source_lib.col2im(col, shape, filter_h, filter_w, stride, pad)
    # Sums of a few numbers near 1, in whatever order: an exact 0 may come out as 1e-16.
    got = student.col2im(col, shape, filter_h, filter_w, stride, pad)
    same(got, expected, rtol=1e-6, atol=1e-12)  # sums in float32 are another criterion's business


@criterion("col2im.no_overlap")
def test_windows_side_by_side(student, make):
    _same_col2im(student, make, (1, 1, 4, 4), 2, 2, stride=2)
    _same_col2im(student, make, (1, 1, 6, 6), 3, 3, stride=3)
    _same_col2im(student, make, (1, 1, 6, 6), 2, 2, stride=2)


@criterion("col2im.overlap")
def test_numbers_that_meet_are_added(student, make):
    _same_col2im(student, make, (1, 1, 4, 4), 3, 3)
    _same_col2im(student, make, (1, 1, 5, 5), 2, 2)
    _same_col2im(student, make, (1, 1, 7, 7), 4, 4)


@criterion("col2im.batch_and_channels")
def test_each_number_returns_to_its_own_image_and_channel(student, make):
    for images, channels in ((2, 1), (1, 3), (2, 3), (3, 2)):
        _same_col2im(student, make, (images, channels, 4, 4), 2, 2, stride=2)


@criterion("col2im.non_square")
def test_images_and_windows_that_are_not_square(student, make):
    _same_col2im(student, make, (1, 1, 4, 8), 2, 2, stride=2)
    _same_col2im(student, make, (1, 1, 9, 6), 2, 3, stride=3)
    _same_col2im(student, make, (1, 1, 6, 9), 3, 1, stride=3)
    # As many windows as fit down and across depend on the side of the window in that direction.
    _same_col2im(student, make, (1, 1, 7, 6), 1, 3, stride=3)
    _same_col2im(student, make, (1, 1, 6, 7), 3, 1, stride=3)


@criterion("col2im.stride")
def test_strides_that_leave_pixels_over(student, make):
    _same_col2im(student, make, (1, 1, 7, 7), 2, 2, stride=2)
    _same_col2im(student, make, (1, 1, 8, 8), 3, 3, stride=3)
    _same_col2im(student, make, (1, 1, 9, 9), 2, 2, stride=3)


@criterion("col2im.padding")
def test_the_padding_is_cut_off(student, make):
    _same_col2im(student, make, (1, 1, 4, 4), 2, 2, stride=2, pad=1)
    _same_col2im(student, make, (1, 1, 5, 5), 3, 3, stride=3, pad=2)


@criterion("col2im.all_at_once")
def test_everything_mixed_on_the_way_back(student, make):
    _same_col2im(student, make, (2, 3, 5, 8), 3, 2, stride=2, pad=1)
    _same_col2im(student, make, (2, 3, 9, 6), 4, 3, stride=3, pad=2)
    _same_col2im(student, make, (3, 2, 8, 8), 3, 3, stride=2)
    _same_col2im(student, make, (2, 3, 4, 5), 3, 3, stride=1, pad=1)
    _same_col2im(student, make, (2, 3, 4, 5), 3, 3, stride=1, pad=2)
    _same_col2im(student, make, (2, 3, 6, 6), 3, 2)


@criterion("col2im.defaults")
def test_stride_1_and_no_padding_are_the_defaults_on_the_way_back(student, make):
    # Windows of one pixel do not overlap; with two channels, the result is no copy of the matrix.
    for size in (3, 4):
        col, shape = make.normal(size * size, 2), (1, 2, size, size)
        same(student.col2im(col, shape, 1, 1), source_lib.col2im(col, shape, 1, 1), exact=True)


@criterion("col2im.float32")
def test_float32_matrix_gives_float32_images_and_float64_gives_float64(student, make):
    shape = (1, 1, 4, 4)
    for dtype in (np.float32, np.float64):
        col = make.normal(4, 4, dtype=dtype)
        images = student.col2im(col, shape, 2, 2, 2, 0)
        same(images, source_lib.col2im(col, shape, 2, 2, 2, 0), exact=True)
        keeps_dtype(images, dtype)


@criterion("col2im.input_untouched")
def test_the_matrix_is_neither_changed_nor_need_be_contiguous(student, make):
    shape = (1, 1, 4, 4)
    col = make.normal(4, 4)
    expected = source_lib.col2im(col, shape, 2, 2, 2, 0)
    same(unchanged(student.col2im, col, shape, 2, 2, 2, 0), expected)
    same(unchanged(student.col2im, col, shape, 2, 2, 2, 0), expected)
    every_other = make.normal(4, 8).T[::2]
    same(
        unchanged(student.col2im, every_other, shape, 2, 2, 2, 0),
        source_lib.col2im(every_other, shape, 2, 2, 2, 0),
    )
