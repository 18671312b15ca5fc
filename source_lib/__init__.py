"""Convolutional networks from scratch in NumPy: the reference of the course.

Correct, clear and fast, in this order. Layout is (N, C, H, W) throughout, filters are
(F, C, filter_h, filter_w), and dtypes are kept: float32 in, float32 out. Nothing here changes an
array that it was given, but for the optimisers, whose business that is.
"""

from source_lib.convolution import Convolution
from source_lib.gradient import numerical_gradient
from source_lib.pooling import Pooling
from source_lib.single import conv2d_single, maxpool2d_single
from source_lib.sizes import conv_output_size, conv_param_count
from source_lib.windows import col2im, im2col

__all__ = [
    "Convolution",
    "Pooling",
    "col2im",
    "conv2d_single",
    "conv_output_size",
    "conv_param_count",
    "im2col",
    "maxpool2d_single",
    "numerical_gradient",
]
