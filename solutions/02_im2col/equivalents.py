# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""More unusual ways to write im2col and col2im that are right and vectorised."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("IM-D", part="im2col", why="strides of a view of all windows, by hand")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    x = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    N, C, H, W = x.shape
    if filter_h > H or filter_w > W:
        raise ValueError("too large")
    n, c, h, w = x.strides
    shape = N, (H - filter_h) // stride + 1, (W - filter_w) // stride + 1, C, filter_h, filter_w
    steps = n, h * stride, w * stride, c, h, w
    windows = np.lib.stride_tricks.as_strided(x, shape, steps)
    return windows.reshape(shape[0] * shape[1] * shape[2], -1)


@equivalent("IM-E", part="im2col", why="index arrays for channel, row and column")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    out_h, out_w = (H + 2 * pad - filter_h) // stride + 1, (W + 2 * pad - filter_w) // stride + 1
    if out_h < 1 or out_w < 1:
        raise ValueError("too large")
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k, i, j = (part.ravel() for part in np.indices((C, filter_h, filter_w)))
    y, x = (stride * part.ravel() for part in np.indices((out_h, out_w)))
    return img[:, k, y[:, None] + i, x[:, None] + j].reshape(N * out_h * out_w, -1)


@equivalent("IM-F", part="im2col", why="numbers of the pixels in the flat image, then take")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    img = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    N, C, H, W = img.shape
    if filter_h > H or filter_w > W:
        raise ValueError("too large")
    starts = (np.arange(0, H - filter_h + 1, stride) * W)[:, None] + np.arange(
        0, W - filter_w + 1, stride
    )
    inside = np.add.outer(np.arange(filter_h) * W, np.arange(filter_w)).ravel()
    inside = np.add.outer(np.arange(C) * H * W, inside).ravel()
    return np.take(img.reshape(N, -1), np.add.outer(starts.ravel(), inside), axis=1).reshape(
        -1, len(inside)
    )


@equivalent("IM-G", part="im2col", why="one image after the other, put together at the end")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    def windows(image):
        padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
        view = np.lib.stride_tricks.sliding_window_view(padded, (filter_h, filter_w), (1, 2))
        view = view[:, ::stride, ::stride]
        return np.moveaxis(view, 0, 2).reshape(view.shape[1] * view.shape[2], -1)

    return np.concatenate([windows(image) for image in input_data])


@equivalent("IM-H", part="im2col", why="a generator of columns, one for each place in the window")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    big = np.zeros((N, C, H + 2 * pad, W + 2 * pad), input_data.dtype)
    big[:, :, pad : pad + H, pad : pad + W] = input_data
    last_y, last_x = H + 2 * pad - filter_h, W + 2 * pad - filter_w
    if min(last_y, last_x) < 0:
        raise ValueError("too large")

    def columns():
        for c, fy, fx in np.ndindex(C, filter_h, filter_w):
            yield big[:, c, fy : fy + last_y + 1 : stride, fx : fx + last_x + 1 : stride].ravel()

    return np.stack(list(columns()), axis=1)


@equivalent("IM-I", part="im2col", why="einsum only reorders the axes of the view")
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    widths = [(0, 0)] * 2 + [(pad, pad)] * 2
    view = np.lib.stride_tricks.sliding_window_view(
        np.pad(input_data, widths), (1, input_data.shape[1], filter_h, filter_w)
    )[:, 0, ::stride, ::stride, 0]
    rows = view.shape[0] * view.shape[1] * view.shape[2]
    return np.einsum("nyxcij->nyxcij", view).reshape(rows, -1)


@equivalent("CI-C", part="col2im", why="np.add.at adds also where an index comes twice")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    out_h, out_w = (H + 2 * pad - filter_h) // stride + 1, (W + 2 * pad - filter_w) // stride + 1
    n, y, x, c, i, j = np.indices((N, out_h, out_w, C, filter_h, filter_w))
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)
    np.add.at(img, (n, c, y * stride + i, x * stride + j), col.reshape(n.shape))
    return img[:, :, pad : pad + H, pad : pad + W]


@equivalent("CI-D", part="col2im", why="bincount adds up all numbers with the same pixel number")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    numbers = np.pad(
        np.arange(1, N * C * H * W + 1).reshape(input_shape),
        ((0, 0), (0, 0), (pad, pad), (pad, pad)),
    )
    view = np.lib.stride_tricks.sliding_window_view(numbers, (filter_h, filter_w), (2, 3))
    view = view[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    sums = np.bincount(view.ravel(), col.ravel(), N * C * H * W + 1)[1:]
    return sums.reshape(input_shape).astype(col.dtype)


@equivalent("CI-E", part="col2im", why="the transpose of im2col, as a matrix of zeros and ones")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    _, C, H, W = input_shape
    pixels = np.pad(np.arange(H * W).reshape(H, W), pad, constant_values=-1)
    view = np.lib.stride_tricks.sliding_window_view(pixels, (filter_h, filter_w))
    view = view[::stride, ::stride].reshape(-1)
    reads = (view[:, None] == np.arange(H * W)).astype(col.dtype)
    parts = col.reshape(input_shape[0], -1, C, filter_h * filter_w).transpose(0, 2, 1, 3)
    return (parts.reshape(*input_shape[:2], -1) @ reads).reshape(input_shape)


@equivalent("CI-F", part="col2im", why="adds into a view of all windows, place by place")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)
    view = np.lib.stride_tricks.sliding_window_view(
        img, (filter_h, filter_w), axis=(2, 3), writeable=True
    )[:, :, ::stride, ::stride]
    parts = np.moveaxis(col.reshape(N, *view.shape[2:4], C, filter_h, filter_w), 3, 1)
    for i, j in np.ndindex(filter_h, filter_w):
        view[..., i, j] += parts[..., i, j]
    return img[..., pad : pad + H, pad : pad + W]


@equivalent("CI-G", part="col2im", why="a matrix for each place, spread with zeros and shifted")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    tall, wide = H + 2 * pad, W + 2 * pad
    out_h, out_w = (tall - filter_h) // stride + 1, (wide - filter_w) // stride + 1
    parts = np.einsum("nyxcij->ijncyx", col.reshape(N, out_h, out_w, C, filter_h, filter_w))
    spread = np.zeros((filter_h, filter_w, N, C, tall, wide), col.dtype)
    spread[..., : stride * out_h : stride, : stride * out_w : stride] = parts
    total = sum(
        np.roll(spread[i, j], (i, j), axis=(2, 3)) for i, j in np.ndindex(filter_h, filter_w)
    )
    return total[:, :, pad : pad + H, pad : pad + W]


@equivalent("CI-H", part="col2im", why="recursion over the places of the window")
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    out_h, out_w = (H + 2 * pad - filter_h) // stride + 1, (W + 2 * pad - filter_w) // stride + 1
    parts = col.reshape(N, out_h, out_w, C, filter_h * filter_w)
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)

    def add(place):
        if place < filter_h * filter_w:
            i, j = divmod(place, filter_w)
            rows = slice(i, i + stride * out_h, stride)
            img[:, :, rows, j : j + stride * out_w : stride] += np.moveaxis(parts[..., place], 3, 1)
            add(place + 1)

    add(0)
    return img[:, :, pad : pad + H, pad : pad + W].copy()
