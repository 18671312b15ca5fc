# ruff: noqa: F811, F821, D103 - each function is a student's version of the same name.
"""More unusual ways to write numerical_gradient and Convolution that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("NG-B", part="numerical_gradient", why="a copy for each point")
def numerical_gradient(f, x, h=1e-5):
    def at(place, step):
        moved = x.copy()
        moved[place] += step
        return f(moved)

    slopes = [(at(place, h) - at(place, -h)) / (2 * h) for place in np.ndindex(x.shape)]
    return np.array(slopes).reshape(x.shape)


@equivalent("NG-C", part="numerical_gradient", why="rows of a unit matrix are the steps")
def numerical_gradient(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + step) - f(x - step)) / (2 * h) for step in steps], x.shape)


@equivalent("NG-D", part="numerical_gradient", why="a generator, read by fromiter")
def numerical_gradient(f, x, h=1e-5):
    def slopes():
        for place in range(x.size):
            step = np.zeros(x.size)
            step[place] = h
            step = step.reshape(x.shape)
            yield (f(x + step) - f(x - step)) / h / 2

    return np.fromiter(slopes(), float).reshape(x.shape)


@equivalent("NG-E", part="numerical_gradient", why="the flat view of a copy, old values kept")
def numerical_gradient(f, x, h=1e-5):
    point = np.array(x)
    flat = point.ravel()
    out = np.empty(flat.shape)
    for place, old in enumerate(flat.copy()):
        flat[place] = old + h
        out[place] = f(point)
        flat[place] = old - h
        out[place] -= f(point)
        flat[place] = old
    return (out / (2 * h)).reshape(x.shape)


@equivalent("NG-F", part="numerical_gradient", why="recursion over the entries")
def numerical_gradient(f, x, h=1e-5):
    out = np.zeros(x.size)

    def entry(place):
        if place == x.size:
            return out.reshape(x.shape)
        up, down = x.copy(), x.copy()
        up.flat[place] += h
        down.flat[place] -= h
        out[place] = 0.5 * (f(up) - f(down)) / h
        return entry(place + 1)

    return entry(0)


@equivalent("NG-G", part="numerical_gradient", why="two one-sided differences, averaged")
def numerical_gradient(f, x, h=1e-5):
    middle = f(x.copy())
    gradient = np.zeros(x.shape)
    for index, value in np.ndenumerate(x):
        moved = x.astype(float)
        moved[index] = value + h
        forward = (f(moved) - middle) / h
        moved[index] = value - h
        gradient[index] = (forward + (middle - f(moved)) / h) / 2
    return gradient


@equivalent("NG-H", part="numerical_gradient", why="np.vectorize over the numbers of the entries")
def numerical_gradient(f, x, h=1e-5):
    def slope(place):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            np.put(moved, place, moved.flat[place] + sign * h)
            ends.append(f(moved))
        return (ends[0] - ends[1]) / (2 * h)

    return np.vectorize(slope, otypes=[float])(np.arange(x.size).reshape(x.shape))


@equivalent("CE-C", part="Convolution.forward", why="tensordot over a view of all windows")
def forward(self, x):
    F, C, FH, FW = self.W.shape
    p, s = self.pad, self.stride
    self.x_shape, self.col_W = x.shape, self.W.reshape(F, -1).T
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (FH, FW), (2, 3))[:, :, ::s, ::s]
    self.col = view.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * FH * FW)
    out = np.tensordot(view, self.W, axes=((1, 4, 5), (1, 2, 3))) + self.b
    return np.moveaxis(out, 3, 1)


@equivalent("CE-D", part="Convolution.forward", why="einsum names the axes")
def forward(self, x):
    F, C, FH, FW = self.W.shape
    out_h = (x.shape[2] + 2 * self.pad - FH) // self.stride + 1
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.x_shape, self.col_W = x.shape, self.W.reshape(F, -1).T
    windows = self.col.reshape(len(x), out_h, -1, C, FH, FW)
    return np.einsum("nyxcij,fcij->nfyx", windows, self.W) + self.b[None, :, None, None]


@equivalent("CE-E", part="Convolution.forward", why="a loop over the places in the filter")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    p, s = self.pad, self.stride
    out_h, out_w = (H + 2 * p - FH) // s + 1, (W + 2 * p - FW) // s + 1
    self.x_shape, self.col_W = x.shape, self.W.reshape(F, -1).T
    self.col = im2col(x, FH, FW, s, p)
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros((N, F, out_h, out_w), x.dtype) + self.b.reshape(1, F, 1, 1)
    for i, j in np.ndindex(FH, FW):
        part = padded[:, :, i : i + s * out_h : s, j : j + s * out_w : s]
        out += np.einsum("fc,ncyx->nfyx", self.W[:, :, i, j], part)
    return out


@equivalent("CE-F", part="Convolution.forward", why="a loop over the images")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    self.x_shape, self.col_W = x.shape, self.W.reshape(F, -1).T
    cols = [im2col(image[np.newaxis], FH, FW, self.stride, self.pad) for image in x]
    self.col = np.concatenate(cols)
    out_h = (x.shape[2] + 2 * self.pad - FH) // self.stride + 1
    maps = [(self.W.reshape(F, -1) @ col.T).reshape(F, out_h, -1) for col in cols]
    return np.stack(maps) + self.b.reshape(F, 1, 1)


@equivalent("CE-G", part="Convolution.forward", why="the bias is the weight of a column of ones")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    ones = np.ones((len(self.col), 1), self.col.dtype)
    product = np.hstack([self.col, ones]) @ np.vstack([self.col_W, self.b])
    out_h = (x.shape[2] + 2 * self.pad - FH) // self.stride + 1
    return product.reshape(x.shape[0], out_h, -1, F).transpose(0, 3, 1, 2)


@equivalent("CE-H", part="Convolution.forward", why="np.dot into an array of its own")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = np.ascontiguousarray(self.W.reshape(F, -1).T)
    out = np.empty((len(self.col), F), np.result_type(x, self.W))
    np.dot(self.col, self.col_W, out=out)
    np.add(out, self.b, out=out)
    sizes = (H + 2 * self.pad - FH, W + 2 * self.pad - FW)
    out_h, out_w = (size // self.stride + 1 for size in sizes)
    return np.rollaxis(out.reshape(N, out_h, out_w, F), 3, 1)


@equivalent("CE-I", part="Convolution.forward", why="matmul of stacks, one for each image")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    self.x_shape, self.col_W = x.shape, self.W.reshape(F, -1).T
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    stacks = self.col.reshape(len(x), -1, self.col.shape[1])
    out_h = (x.shape[2] + 2 * self.pad - FH) // self.stride + 1
    maps = np.matmul(stacks, self.col_W[None]) + self.b
    return maps.swapaxes(1, 2).reshape(len(x), F, out_h, -1)


@equivalent("CB-A", part="Convolution.backward", why="tensordot for the filters, the rest as usual")
def backward(self, dout):
    F = len(self.W)
    rows = np.moveaxis(dout, 1, -1).reshape(-1, F)
    self.db = np.einsum("rf->f", rows)
    self.dW = np.tensordot(rows, self.col, axes=(0, 0)).reshape(self.W.shape)
    FH, FW = self.W.shape[2:]
    return col2im(rows @ self.W.reshape(F, -1), self.x_shape, FH, FW, self.stride, self.pad)


@equivalent("CB-B", part="Convolution.backward", why="filters in rows from the start")
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    maps = dout.swapaxes(0, 1).reshape(F, -1)
    self.db = maps.sum(1)
    self.dW = (maps @ self.col).reshape(*self.W.shape)
    dcol = (self.col_W @ maps).T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@equivalent("CB-C", part="Convolution.backward", why="place by place in the filter, without col2im")
def backward(self, dout):
    _, C, FH, FW = self.W.shape
    N, _, H, W = self.x_shape
    p, s = self.pad, self.stride
    out_h, out_w = dout.shape[2:]
    self.db = dout.sum(axis=(0, 2, 3))
    windows = self.col.reshape(N, out_h, out_w, C, FH, FW)
    self.dW = np.einsum("nfyx,nyxcij->fcij", dout, windows)
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dout.dtype)
    for i, j in np.ndindex(FH, FW):
        part = np.einsum("nfyx,fc->ncyx", dout, self.W[:, :, i, j])
        dx[:, :, i : i + s * out_h : s, j : j + s * out_w : s] += part
    return dx[:, :, p : p + H, p : p + W]


@equivalent("CB-D", part="Convolution.backward", why="image by image, gradients added up")
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    cols = self.col.reshape(len(dout), -1, self.col.shape[1])
    self.dW, self.db = np.zeros_like(self.W), np.zeros(F, dout.dtype)
    back = []
    for maps, col in zip(dout.reshape(len(dout), F, -1), cols, strict=True):
        self.dW += (maps @ col).reshape(self.W.shape)
        self.db += maps.sum(axis=1)
        back.append(maps.T @ self.col_W.T)
    return col2im(np.concatenate(back), self.x_shape, FH, FW, self.stride, self.pad)


@equivalent("CB-E", part="Convolution.backward", why="db as a product with ones")
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = np.ones(len(rows), rows.dtype) @ rows
    self.dW = np.dot(self.col.T, rows).T.reshape(self.W.shape)
    return col2im(np.dot(rows, self.col_W.T), self.x_shape, FH, FW, self.stride, self.pad)


@equivalent("CB-F", part="Convolution.backward", why="a full convolution of the spread dout")
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    N, _, H, W = self.x_shape
    p, s = self.pad, self.stride
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db, self.dW = rows.sum(0), (rows.T @ self.col).reshape(self.W.shape)
    spread = np.zeros((N, F, H + 2 * p + FH - 1, W + 2 * p + FW - 1), dout.dtype)
    out_h, out_w = dout.shape[2:]
    rows_of, columns_of = slice(FH - 1, FH - 1 + s * out_h, s), slice(FW - 1, FW - 1 + s * out_w, s)
    spread[:, :, rows_of, columns_of] = dout
    turned = self.W[:, :, ::-1, ::-1]
    view = np.lib.stride_tricks.sliding_window_view(spread, (FH, FW), (2, 3))
    dx = np.einsum("nfyxij,fcij->ncyx", view, turned)
    return dx[:, :, p : p + H, p : p + W]


@equivalent("CB-G", part="Convolution.backward", why="everything in closures, set at the end")
def backward(self, dout):
    F, _, FH, FW = self.W.shape

    def as_rows():
        return dout.transpose(0, 2, 3, 1).reshape(-1, F)

    def grads():
        rows = as_rows()
        return {"dW": (rows.T @ self.col).reshape(self.W.shape), "db": rows.sum(axis=0)}

    for name, value in grads().items():
        setattr(self, name, value)
    return col2im(as_rows() @ self.col_W.T, self.x_shape, FH, FW, self.stride, self.pad)
