# ruff: noqa: F811, F821, D103 - each function is a student's version of the same name.
"""More unusual ways to write the methods of Pooling that are right.

`forward` keeps what the teaching solution's `backward` needs: x and arg_max, in its order.
"""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("PF-E", part="Pooling.forward", why="windows gathered with index arrays")
def forward(self, x):
    h, w, s, p = self.pool_h, self.pool_w, self.stride, self.pad
    big = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    tops = np.arange(0, big.shape[2] - h + 1, s)
    lefts = np.arange(0, big.shape[3] - w + 1, s)
    i, j = np.divmod(np.arange(h * w), w)
    windows = big[:, :, tops[:, None, None] + i, lefts[None, :, None] + j]
    self.x = x
    self.arg_max = windows.argmax(axis=-1).transpose(0, 2, 3, 1).ravel()
    return windows.max(axis=-1)


@equivalent("PF-F", part="Pooling.forward", why="as_strided; the maximum taken where argmax is")
def forward(self, x):
    s, p = self.stride, self.pad
    big = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    n, c, h, w = big.strides
    oh = (big.shape[2] - self.pool_h) // s + 1
    ow = (big.shape[3] - self.pool_w) // s + 1
    shape = (x.shape[0], oh, ow, x.shape[1], self.pool_h, self.pool_w)
    view = np.lib.stride_tricks.as_strided(big, shape, (n, h * s, w * s, c, h, w))
    rows = view.reshape(-1, self.pool_h * self.pool_w)
    self.x, self.arg_max = x, np.argmax(rows, 1)
    out = np.take_along_axis(rows, self.arg_max[:, None], 1)
    return np.moveaxis(out.reshape(shape[:4]), 3, 1)


@equivalent("PF-G", part="Pooling.forward", why="maps stacked by the place in the window")
def forward(self, x):
    h, w, s, p = self.pool_h, self.pool_w, self.stride, self.pad
    big = np.full(x.shape[:2] + tuple(n + 2 * p for n in x.shape[2:]), -np.inf, dtype=x.dtype)
    big[:, :, p : p + x.shape[2], p : p + x.shape[3]] = x
    oh, ow = (big.shape[2] - h) // s + 1, (big.shape[3] - w) // s + 1
    maps = np.stack(
        [big[:, :, i : i + oh * s : s, j : j + ow * s : s] for i in range(h) for j in range(w)]
    )
    self.x = x
    self.arg_max = maps.argmax(axis=0).transpose(0, 2, 3, 1).reshape(-1)
    return maps.max(axis=0)


@equivalent("PF-H", part="Pooling.forward", why="loops over output pixels' places, not images")
def forward(self, x):
    h, w, s, p = self.pool_h, self.pool_w, self.stride, self.pad
    oh, ow = ((n + 2 * p - k) // s + 1 for n, k in zip(x.shape[2:], (h, w), strict=True))
    big = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=np.finfo(x.dtype).min)
    out = np.full((*x.shape[:2], oh, ow), -np.inf, dtype=x.dtype)
    arg = np.zeros(out.shape, dtype=int)
    for place in range(h * w):
        i, j = divmod(place, w)
        part = big[:, :, i : i + s * oh : s, j : j + s * ow : s]
        arg = np.where(part > out, place, arg)
        out = np.maximum(out, part)
    self.x, self.arg_max = x, np.moveaxis(arg, 1, -1).flatten()
    return out


@equivalent("PF-I", part="Pooling.forward", why="images and channels as one axis for im2col")
def forward(self, x):
    N, C, H, W = x.shape
    p = self.pad
    single = np.pad(x.reshape(N * C, 1, H, W), [(0, 0)] * 2 + [(p, p)] * 2, constant_values=-np.inf)
    col = im2col(single, self.pool_h, self.pool_w, self.stride)
    oh = (H + 2 * p - self.pool_h) // self.stride + 1
    self.x = x
    self.arg_max = col.argmax(axis=1).reshape(N, C, oh, -1).transpose(0, 2, 3, 1).reshape(-1)
    return col.max(axis=1).reshape(N, C, oh, -1)


@equivalent("PB-D", part="Pooling.backward", why="bincount with weights over flat places")
def backward(self, dout):
    (N, C, H, W), p, s = self.x.shape, self.pad, self.stride
    _, _, oh, ow = dout.shape
    arg = self.arg_max.reshape(N, oh, ow, C).transpose(0, 3, 1, 2)
    i, j = np.divmod(arg, self.pool_w)
    y = i + s * np.arange(oh)[:, None]
    x = j + s * np.arange(ow)
    maps = np.arange(N * C).reshape(N, C, 1, 1)
    flat = (maps * (H + 2 * p) + y) * (W + 2 * p) + x
    size = N * C * (H + 2 * p) * (W + 2 * p)
    sums = np.bincount(flat.ravel(), weights=dout.ravel(), minlength=size)
    sums = sums.reshape(N, C, H + 2 * p, W + 2 * p)[:, :, p : p + H, p : p + W]
    return sums.astype(dout.dtype)


@equivalent("PB-E", part="Pooling.backward", why="a comparison with the places as a mask")
def backward(self, dout):
    (N, C, H, W), p, s = self.x.shape, self.pad, self.stride
    _, _, oh, ow = dout.shape
    arg = np.moveaxis(self.arg_max.reshape(N, oh, ow, C), -1, 1)
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    for place in range(self.pool_h * self.pool_w):
        i, j = divmod(place, self.pool_w)
        dx[:, :, i : i + s * oh : s, j : j + s * ow : s] += dout * (arg == place)
    return dx[:, :, p : p + H, p : p + W]


@equivalent("PB-F", part="Pooling.backward", why="rows of a unit matrix, then col2im")
def backward(self, dout):
    size = self.pool_h * self.pool_w
    N, C, oh, ow = dout.shape
    chosen = np.eye(size, dtype=dout.dtype)[self.arg_max]
    dcol = chosen * np.moveaxis(dout, 1, 3).reshape(-1, 1)
    dcol = dcol.reshape(N * oh * ow, C * size)
    return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)


@equivalent("PB-G", part="Pooling.backward", why="put_along_axis, one channel at a time")
def backward(self, dout):
    N, C, oh, ow = dout.shape
    arg = self.arg_max.reshape(-1, C)
    dx = np.empty(self.x.shape, dtype=dout.dtype)
    for c in range(C):
        rows = np.zeros((N * oh * ow, self.pool_h * self.pool_w), dtype=dout.dtype)
        np.put_along_axis(rows, arg[:, c, None], dout[:, c].reshape(-1, 1), axis=1)
        shape = (N, 1, *self.x.shape[2:])
        back = col2im(rows, shape, self.pool_h, self.pool_w, self.stride, self.pad)
        dx[:, c] = back[:, 0]
    return dx


@equivalent("PB-H", part="Pooling.backward", why="one dout at a time, into a dictionary of places")
def backward(self, dout):
    N, C, H, W = self.x.shape
    arg = self.arg_max.reshape(N, *dout.shape[2:], C)
    found = {}
    for (n, c, y, x), value in np.ndenumerate(dout):
        i, j = divmod(int(arg[n, y, x, c]), self.pool_w)
        place = n, c, y * self.stride + i - self.pad, x * self.stride + j - self.pad
        found[place] = found.get(place, 0) + value
    dx = np.zeros((N, C, H, W), dtype=dout.dtype)
    for place, value in found.items():
        dx[place] = value
    return dx
