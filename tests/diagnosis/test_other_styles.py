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

OWN_BACKWARD = """
def backward(self, dout):
    F, C, FH, FW = self.W.shape
    n, c, h, w = self.x_shape
    p, s = self.pad, self.stride
    dx = np.zeros((n, c, h + 2*p, w + 2*p), dtype=dout.dtype)
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.dW = (self.col.T @ rows).T.reshape(self.W.shape)
    self.db = dout.sum(axis=(0, 2, 3))
    for k in range(n):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = np.s_[k, :, i*s:i*s+FH, j*s:j*s+FW]
                    dx[window] = dout[k, f, i, j] * self.W[f]
    return dx[:, :, p:p+h, p:p+w]
"""
BY_PIXEL = """
def conv1x1(x, W, b=None):
    n, c, h, w = x.shape
    y = x.transpose(0, 2, 3, 1).reshape(-1, c) @ W.reshape(c, -1)
    if b is not None:
        y = y + b
    return y.reshape(n, h, w, -1).transpose(0, 3, 1, 2)
"""
BOTH = "::stride, ::stride"
CUT = "pad:H+pad, pad:W+pad"
ROW = "(n*oh + y)*ow + x"


@pytest.mark.parametrize(
    ("exercise", "source", "id"),
    [
        ("02_im2col", VIEW.format(strides="::stride", order="nyxcab"), "IM37"),
        ("02_im2col", VIEW.format(strides=BOTH, order="nyxabc"), "IM5"),
        ("02_im2col", VIEW.format(strides=BOTH, order="yxncab"), "IM7"),
        ("02_im2col", VIEW.format(strides=BOTH, order="nyxcba"), "IM14"),
        ("02_im2col", LOOPS.format(less=" - 1", place=ROW, cut=CUT), "CI20"),
        ("02_im2col", LOOPS.format(less="", place="y*ow + x", cut=CUT), "CI22"),
        ("02_im2col", LOOPS.format(less="", place=ROW, cut="pad:-pad, pad:-pad"), "CI23"),
        ("03_convolution", OWN_BACKWARD, "CB39"),
        ("08_stripes_and_fcn", BY_PIXEL, "FC7"),
    ],
    ids=lambda value: value if len(value) < 6 else "",
)
def test_it_is_named(diagnose, known, exercise, source, id):
    part = known(exercise, id).part
    found = diagnose(exercise, Variant("unknown", part, source))
    assert found == dict.fromkeys(known(exercise, id).loses, (id,))
