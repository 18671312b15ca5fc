"""Small inputs for im2col and col2im: feedback shows the first one on which code goes wrong.

Their pixels are 1, 2, 3, …, so that every number says where it comes from.
"""

import numpy as np

import source_lib
from autograder.suite import counting, keeps_dtype, ladder, raises, same, unchanged

SIDE, WINDOW = (1, 2, 3, 4, 5), (1, 2, 3, 4)


@ladder("im2col.one_channel", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("im2col.batch_and_channels", N=(1, 2), C=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("im2col.non_square_input", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("im2col.non_square_filter", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("im2col.stride", stride=(1, 2, 3), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("im2col.padding", pad=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder(
    "im2col.all_at_once",
    N=(1, 2), C=(1, 2), stride=(1, 2, 3), pad=(0, 1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW,
)  # fmt: skip
def windows(student, N=1, C=1, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
    x = counting(N, C, H, W)
    expected = source_lib.im2col(x, FH, FW, stride, pad)
    same(student.im2col(x, FH, FW, stride, pad), expected, exact=True)


@ladder("im2col.defaults", H=(1, 2), W=(1, 2), FH=(1, 2), FW=(1, 2))
def without_stride_and_pad(student, H=1, W=1, FH=1, FW=1):
    x = counting(1, 1, H, W)
    expected = source_lib.im2col(x, FH, FW)
    same(student.im2col(x, FH, FW), expected, exact=True)


@ladder(
    "im2col.float32",
    H=(1, 2), W=(1, 2), FH=(1, 2), FW=(1, 2), dtype=(np.float32, np.float64, np.int64, np.uint8),
)  # fmt: skip
def dtypes(student, H=1, W=1, FH=1, FW=1, dtype=np.float32):
    x = counting(1, 1, H, W, dtype=dtype)
    expected = source_lib.im2col(x, FH, FW)
    col = student.im2col(x, FH, FW, 1, 0)
    same(col, expected, exact=True)
    keeps_dtype(col, dtype)


@ladder("im2col.input_untouched", H=(1, 2, 3), W=(1, 2, 3), FH=(1, 2), FW=(1, 2))
def untouched(student, H=1, W=1, FH=1, FW=1):
    x = counting(1, 1, H, W)
    expected = source_lib.im2col(x, FH, FW)
    same(unchanged(student.im2col, x, FH, FW, 1, 0), expected, exact=True)


@ladder("im2col.window_too_large", FH=(1, 2, 3, 4), FW=(1, 2, 3, 4, 5), pad=(0, 1))
def too_large(student, FH=1, FW=1, pad=0):
    x = counting(1, 1, 1, 1)
    if max(FH, FW) > 2 + 2 * pad:  # one too large is no matter, as in the suite
        raises(ValueError, student.im2col, x, FH, FW, 1, pad)
    else:
        expected = source_lib.im2col(x, FH, FW, 1, pad)
        same(student.im2col(x, FH, FW, 1, pad), expected, exact=True)


@ladder("col2im.no_overlap", H=SIDE, W=SIDE, size=(1, 2, 3))
def side_by_side(student, H=1, W=1, size=1):
    _added_back(student, (1, 1, H, W), size, size, size, 0)


@ladder("col2im.overlap", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("col2im.batch_and_channels", N=(1, 2), C=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("col2im.non_square", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW, stride=(1, 2, 3))
@ladder("col2im.stride", stride=(1, 2, 3), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("col2im.padding", pad=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("col2im.all_at_once", H=(1, 2, 3), W=(1, 2, 3), FH=(1, 2), FW=(1, 2))
@ladder(
    "col2im.all_at_once",
    N=(1, 2), C=(1, 2), stride=(1, 2, 3), pad=(0, 1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW,
)  # fmt: skip
def rows(student, N=1, C=1, H=1, W=1, FH=1, FW=1, stride=1, pad=0):
    _added_back(student, (N, C, H, W), FH, FW, stride, pad)


@ladder("col2im.defaults", H=(1, 2), W=(1, 2), FH=(1, 2), FW=(1, 2))
def rows_without_stride_and_pad(student, H=1, W=1, FH=1, FW=1):
    shape = (1, 1, H, W)
    col = counting(*source_lib.im2col(np.ones(shape), FH, FW).shape)
    same(student.col2im(col, shape, FH, FW), source_lib.col2im(col, shape, FH, FW))


def _added_back(student, shape, FH, FW, stride, pad):
    col = counting(*source_lib.im2col(np.ones(shape), FH, FW, stride, pad).shape)
    expected = source_lib.col2im(col, shape, FH, FW, stride, pad)
    same(student.col2im(col, shape, FH, FW, stride, pad), expected)


@ladder("col2im.float32", H=SIDE, W=SIDE, size=(1, 2), dtype=(np.float32, np.float64))
def dtypes_of_images(student, H=1, W=1, size=1, dtype=np.float32):
    shape = (1, 1, H, W)
    col = counting(*source_lib.im2col(np.ones(shape), size, size, size).shape, dtype=dtype)
    expected = source_lib.col2im(col, shape, size, size, size)
    images = student.col2im(col, shape, size, size, size, 0)
    same(images, expected)
    keeps_dtype(images, dtype)


@ladder("col2im.input_untouched", H=SIDE, W=SIDE, size=(1, 2))
def matrix_untouched(student, H=1, W=1, size=1):
    shape = (1, 1, H, W)
    col = counting(*source_lib.im2col(np.ones(shape), size, size, size).shape)
    expected = source_lib.col2im(col, shape, size, size, size, 0)
    same(unchanged(student.col2im, col, shape, size, size, size, 0), expected)
