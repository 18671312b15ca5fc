"""Known mistakes in code that looks nothing like the teaching solution: named all the same."""

from __future__ import annotations

import pytest

from autograder.course.models import Variant

VIEW = """
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    x = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    v = np.lib.stride_tricks.sliding_window_view(x, (filter_h, filter_w), axis=(2, 3))
    v = v[:, :, {strides}]
    return np.einsum("ncyxab->{order}", v).reshape(v.shape[0] * v.shape[2] * v.shape[3], -1)
"""

LOOPS = """
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    oh = (H + 2*pad - filter_h)//stride + 1
    ow = (W + 2*pad - filter_w)//stride + 1
    img = np.zeros((N, C, H + 2*pad, W + 2*pad), dtype=col.dtype)
    for n in range(N):
        for y in range(oh{less}):
            for x in range(ow{less}):
                row = col[{place}].reshape(C, filter_h, filter_w)
                top, left = y*stride, x*stride
                img[n, :, top:top+filter_h, left:left+filter_w] += row
    return img[:, :, {cut}]
"""
BOTH = "::stride, ::stride"
CUT = "pad:H+pad, pad:W+pad"
ROW = "(n*oh + y)*ow + x"


@pytest.mark.parametrize(
    ("source", "id"),
    [
        (VIEW.format(strides="::stride", order="nyxcab"), "IM37"),
        (VIEW.format(strides=BOTH, order="nyxabc"), "IM5"),
        (VIEW.format(strides=BOTH, order="yxncab"), "IM7"),
        (VIEW.format(strides=BOTH, order="nyxcba"), "IM14"),
        (LOOPS.format(less=" - 1", place=ROW, cut=CUT), "CI20"),
        (LOOPS.format(less="", place="y*ow + x", cut=CUT), "CI22"),
        (LOOPS.format(less="", place=ROW, cut="pad:-pad, pad:-pad"), "CI23"),
    ],
    ids=lambda value: value if len(value) < 6 else "",
)
def test_it_is_named(diagnose, known, source, id):
    part = known("02_im2col", id).part
    found = diagnose("02_im2col", Variant("unknown", part, source))
    assert found == dict.fromkeys(known("02_im2col", id).loses, (id,))
