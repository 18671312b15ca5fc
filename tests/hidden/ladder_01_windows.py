"""Small inputs for the first functions: feedback shows the first one on which code goes wrong."""

import numpy as np

import source_lib
from autograder.suite import counting, ladder, mixed, raises, same, unchanged

SIDE, WINDOW, STRIDE, PAD = (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2)


@ladder("conv_output_size.stride_one", size=SIDE, filter_size=WINDOW, pad=PAD)
@ladder("conv_output_size.stride", stride=(1, 2, 3, 4), size=range(1, 8), filter_size=WINDOW)
@ladder("conv_output_size.stride", stride=(2, 3), pad=(1,), size=range(2, 7), filter_size=(2, 3))
@ladder("conv_output_size.too_large", filter_size=range(1, 7), size=WINDOW, pad=PAD)
def places(student, size=1, filter_size=1, stride=1, pad=0):
    if filter_size > size + 2 * pad + 1:  # one too large is no matter, as in the suite
        raises(ValueError, student.conv_output_size, size, filter_size, stride, pad)
    else:  # the reference refuses what is one too large
        expected = source_lib.conv_output_size(size, filter_size, stride, pad)
        same(student.conv_output_size(size, filter_size, stride, pad), expected)


@ladder("conv2d_single.every_place", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("conv2d_single.non_square", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("conv2d_single.stride", stride=STRIDE, H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder("conv2d_single.padding", padding=(1, 2), H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW)
@ladder(
    "conv2d_single.all_at_once",
    H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW, stride=STRIDE, padding=PAD, flip=(False, True),
)  # fmt: skip
def maps(student, H=1, W=1, FH=1, FW=1, stride=1, padding=0, flip=False):
    image, kernel = counting(H, W), counting(FH, FW)
    expected = source_lib.conv2d_single(image, kernel, stride, padding, flip)
    got = student.conv2d_single(image, kernel, stride, padding, *([flip] if flip else []))
    same(got, expected)


@ladder("conv2d_single.flip", FH=(1, 2, 3), FW=(1, 2, 3), H=WINDOW, W=WINDOW)
def turned(student, FH=1, FW=1, H=1, W=1):
    image, kernel = counting(H, W), counting(FH, FW)
    expected = source_lib.conv2d_single(image, kernel, 1, 0, True)
    same(student.conv2d_single(image, kernel, 1, 0, True), expected)


@ladder("conv2d_single.input_untouched", H=SIDE, W=SIDE, FH=WINDOW, FW=WINDOW, flip=(False, True))
def untouched(student, H=1, W=1, FH=1, FW=1, flip=False):
    image, kernel = counting(H, W), counting(FH, FW)
    expected = source_lib.conv2d_single(image, kernel, 1, 0, flip)
    options = [flip] if flip else []
    same(unchanged(student.conv2d_single, image, kernel, 1, 0, *options), expected)


@ladder(
    "conv2d_single.kernel_too_large", FH=range(1, 5), FW=range(1, 5), H=(1, 2, 3), padding=(0, 1)
)
def too_large(student, FH=1, FW=1, H=1, padding=0):
    image, kernel = counting(H, H), np.ones((FH, FW))
    if max(FH, FW) > H + 2 * padding + 1:  # one too large is no matter, as in the suite
        raises(ValueError, student.conv2d_single, image, kernel, 1, padding)
    else:
        expected = source_lib.conv2d_single(image, kernel, 1, padding)
        same(student.conv2d_single(image, kernel, 1, padding), expected)


@ladder("maxpool2d_single.largest", sign=(1, -1), H=(2, 4), W=(2, 4))
@ladder("maxpool2d_single.window_and_stride", H=SIDE, W=SIDE, pool=(1, 2, 3), stride=STRIDE)
@ladder("maxpool2d_single.left_over", H=SIDE, W=SIDE, pool=(2, 3), stride=(2, 3))
def pooled(student, H=2, W=2, pool=2, stride=2, sign=1):
    feature_map = mixed(H, W, start=1 if sign > 0 else -H * W)
    expected = source_lib.maxpool2d_single(feature_map, pool, stride)
    same(student.maxpool2d_single(feature_map, pool, stride), expected, exact=True)


@ladder("maxpool2d_single.largest", H=(2, 4), W=(2, 4))
def map_untouched(student, H=2, W=2):
    feature_map = mixed(H, W)
    expected = source_lib.maxpool2d_single(feature_map, 2, 2)
    same(unchanged(student.maxpool2d_single, feature_map, 2, 2), expected, exact=True)


@ladder("conv_param_count.weights", C=(1, 2, 3), F=(1, 2, 3), FH=(1, 2, 3), FW=(1, 2, 3))
def weights(student, C=1, F=1, FH=1, FW=1):
    expected = source_lib.conv_param_count(C, F, FH, FW, False)
    same(student.conv_param_count(C, F, FH, FW, False), expected)


@ladder("conv_param_count.biases", C=(1, 2, 3), F=(1, 2, 3), FH=(1, 2, 3), FW=(1, 2, 3))
def weights_and_biases(student, C=1, F=1, FH=1, FW=1):
    same(student.conv_param_count(C, F, FH, FW), source_lib.conv_param_count(C, F, FH, FW, True))
