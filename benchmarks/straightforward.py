"""The straightforward way to do it, to compare with: im2col by the book, as taught everywhere.

An array of zeros for all windows, a loop over the places of a window, transpose, one product. As
in the course's origin everything is float64, whatever comes in, unless `dtype` says otherwise.
"""

import numpy as np


def im2col(images, filter_h, filter_w, stride, pad, dtype):
    """Return the matrix of all windows, one a row."""
    N, C, H, W = images.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.zeros((N, C, filter_h, filter_w, out_h, out_w), dtype=dtype)
    for y in range(filter_h):
        for x in range(filter_w):
            bottom, right = y + stride * out_h, x + stride * out_w
            col[:, :, y, x] = padded[:, :, y:bottom:stride, x:right:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)


def col2im(col, shape, filter_h, filter_w, stride, pad):
    """Add the rows of the matrix back onto the images."""
    N, C, H, W = shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    windows = col.reshape(N, out_h, out_w, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    padded_shape = (N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1)
    images = np.zeros(padded_shape, dtype=col.dtype)
    for y in range(filter_h):
        for x in range(filter_w):
            bottom, right = y + stride * out_h, x + stride * out_w
            images[:, :, y:bottom:stride, x:right:stride] += windows[:, :, y, x]
    return images[:, :, pad : H + pad, pad : W + pad]


class Convolution:
    """Convolution by im2col; the window matrix is kept for backward."""

    def __init__(self, W, b, stride=1, pad=0, dtype=np.float64):
        """Take the settings."""
        self.W, self.b, self.stride, self.pad, self.dtype = W, b, stride, pad, dtype

    def forward(self, x):
        """Return the output."""
        F, _, filter_h, filter_w = self.W.shape
        N, _, H, W = x.shape
        out_h = (H + 2 * self.pad - filter_h) // self.stride + 1
        out_w = (W + 2 * self.pad - filter_w) // self.stride + 1
        self.x = x
        self.col = im2col(x, filter_h, filter_w, self.stride, self.pad, self.dtype)
        self.col_W = self.W.reshape(F, -1).T
        out = np.dot(self.col, self.col_W) + self.b
        return out.reshape(N, out_h, out_w, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        """Return the gradient with respect to x."""
        F, C, filter_h, filter_w = self.W.shape
        rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = rows.sum(axis=0)
        self.dW = np.dot(self.col.T, rows).T.reshape(F, C, filter_h, filter_w)
        dcol = np.dot(rows, self.col_W.T)
        return col2im(dcol, self.x.shape, filter_h, filter_w, self.stride, self.pad)


class Pooling:
    """Max pooling by im2col and argmax."""

    def __init__(self, pool_h, pool_w, stride=2, pad=0, dtype=np.float64):
        """Take the settings."""
        self.pool_h, self.pool_w, self.stride, self.pad = pool_h, pool_w, stride, pad
        self.dtype = dtype

    def forward(self, x):
        """Return the output."""
        N, C, H, W = x.shape
        out_h = (H + 2 * self.pad - self.pool_h) // self.stride + 1
        out_w = (W + 2 * self.pad - self.pool_w) // self.stride + 1
        col = im2col(x, self.pool_h, self.pool_w, self.stride, self.pad, self.dtype)
        col = col.reshape(-1, self.pool_h * self.pool_w)
        self.x, self.arg_max = x, np.argmax(col, axis=1)
        return np.max(col, axis=1).reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        """Return the gradient with respect to x."""
        rows = dout.transpose(0, 2, 3, 1)
        dmax = np.zeros((rows.size, self.pool_h * self.pool_w), dtype=self.dtype)
        dmax[np.arange(self.arg_max.size), self.arg_max] = rows.flatten()
        dcol = dmax.reshape(rows.shape[0] * rows.shape[1] * rows.shape[2], -1)
        return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)


class Relu:
    """ReLU by a mask."""

    def forward(self, x):
        """Return the output."""
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        """Return the gradient with respect to x."""
        dout[self.mask] = 0
        return dout
