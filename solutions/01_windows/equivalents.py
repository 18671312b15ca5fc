# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""More unusual ways to write the four functions that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("OS-C", part="conv_output_size", why="divmod, the remainder dropped")
def conv_output_size(size, filter_size, stride=1, pad=0):
    places, _ = divmod(size + pad + pad - filter_size + stride, stride)
    if places < 1:
        raise ValueError("does not fit")
    return places


@equivalent("OS-D", part="conv_output_size", why="the length of a range of left edges")
def conv_output_size(size, filter_size, stride=1, pad=0):
    edges = range(-pad, size + pad - filter_size + 1, stride)
    if not edges:
        raise ValueError(f"{filter_size} > {size} + 2 * {pad}")
    return len(edges)


@equivalent("OS-E", part="conv_output_size", why="rounded up before one is subtracted")
def conv_output_size(size, filter_size, stride=1, pad=0):
    free = size - filter_size + 2 * pad + 1
    if free <= 0:
        raise ValueError("the filter is too large")
    return -(-free // stride)


@equivalent("OS-F", part="conv_output_size", why="the length of a slice of what is there")
def conv_output_size(size, filter_size, stride=1, pad=0):
    pixels = np.arange(size + 2 * pad)
    starts = pixels[: max(pixels.size - filter_size + 1, 0) : stride]
    if starts.size == 0:
        raise ValueError("no window fits")
    return int(starts.size)


@equivalent("OS-G", part="conv_output_size", why="float division and floor; the error comes first")
def conv_output_size(size, filter_size, stride=1, pad=0):
    if not filter_size <= size + 2 * pad:
        raise ValueError("does not fit")
    return int(np.floor(1 + (size + 2 * pad - filter_size) / stride))


@equivalent("OS-H", part="conv_output_size", why="calls itself with one step less")
def conv_output_size(size, filter_size, stride=1, pad=0):
    whole = size + 2 * pad
    if whole < filter_size:
        raise ValueError("does not fit")
    if whole - stride < filter_size:
        return 1
    return 1 + conv_output_size(whole - stride, filter_size, stride)


@equivalent("CF-C", part="conv2d_single", why="the image shifted for each number of the kernel")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    weights = np.flip(kernel) if flip_kernel else kernel
    h, w = (
        conv_output_size(n, k, stride, padding)
        for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    big = np.pad(image, padding)
    total = np.zeros((h, w))
    for (i, j), weight in np.ndenumerate(weights):
        total += weight * big[i : i + h * stride : stride, j : j + w * stride : stride]
    return total


@equivalent("CF-D", part="conv2d_single", why="a comprehension over a zero frame filled by hand")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    (H, W), (h, w), p = image.shape, kernel.shape, padding
    rows = range(0, conv_output_size(H, h, stride, p) * stride, stride)
    columns = range(0, conv_output_size(W, w, stride, p) * stride, stride)
    frame = np.zeros((H + 2 * p, W + 2 * p))
    frame[p : p + H, p : p + W] = image
    flipped = np.rot90(kernel, 2) if flip_kernel else kernel
    return np.array(
        [[np.vdot(frame[y : y + h, x : x + w], flipped) for x in columns] for y in rows]
    )


@equivalent("CF-E", part="conv2d_single", why="the windows gathered with index arrays, one product")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    h, w = kernel.shape
    out_h = conv_output_size(image.shape[0], h, stride, padding)
    out_w = conv_output_size(image.shape[1], w, stride, padding)
    y = stride * np.arange(out_h)[:, None, None, None] + np.arange(h)[None, None, :, None]
    x = stride * np.arange(out_w)[None, :, None, None] + np.arange(w)[None, None, None, :]
    windows = np.pad(image, ((padding,) * 2,) * 2)[y, x]
    order = -1 if flip_kernel else 1
    return windows.reshape(out_h, out_w, -1) @ kernel.ravel()[::order]


@equivalent("CF-F", part="conv2d_single", why="as_strided and einsum")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    shape = tuple(
        conv_output_size(n, k, stride, padding)
        for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    big = np.pad(image, padding)
    steps = tuple(stride * step for step in big.strides)
    view = np.lib.stride_tricks.as_strided(big, shape + kernel.shape, steps + big.strides)
    return np.einsum("yxij,ij->yx", view, kernel[::-1, ::-1] if flip_kernel else kernel)


@equivalent("CF-G", part="conv2d_single", why="only pixels inside the image are looked at")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    (H, W), (h, w) = image.shape, kernel.shape
    if flip_kernel:
        kernel = np.flipud(np.fliplr(kernel))
    out = np.zeros(
        (conv_output_size(H, h, stride, padding), conv_output_size(W, w, stride, padding))
    )
    for y, x in np.ndindex(out.shape):
        for i, j in np.ndindex(h, w):
            a, b = y * stride + i - padding, x * stride + j - padding
            if a in range(H) and b in range(W):
                out[y, x] += image[a, b] * kernel[i, j]
    return out


@equivalent("CF-H", part="conv2d_single", why="tensordot over a view of all windows")
def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    conv_output_size(image.shape[0], kernel.shape[0], stride, padding)
    conv_output_size(image.shape[1], kernel.shape[1], stride, padding)
    big = np.pad(image, padding, mode="constant", constant_values=0)
    view = np.lib.stride_tricks.sliding_window_view(big, kernel.shape)
    turned = {True: kernel[::-1, ::-1], False: kernel}[bool(flip_kernel)]
    return np.tensordot(view[::stride, ::stride], turned, axes=2)


@equivalent("PF-B", part="maxpool2d_single", why="a view of all windows")
def maxpool2d_single(feature_map, pool=2, stride=2):
    view = np.lib.stride_tricks.sliding_window_view(feature_map, (pool, pool))
    return view[::stride, ::stride].max(axis=(2, 3))


@equivalent("PF-C", part="maxpool2d_single", why="first along the rows, then along the columns")
def maxpool2d_single(feature_map, pool=2, stride=2):
    H, W = feature_map.shape
    tops = range(0, H - pool + 1, stride)
    lefts = range(0, W - pool + 1, stride)
    rows = np.array([feature_map[top : top + pool].max(axis=0) for top in tops])
    return np.stack([rows[:, left : left + pool].max(axis=1) for left in lefts], axis=1)


@equivalent("PF-D", part="maxpool2d_single", why="lists, and the last after sorting")
def maxpool2d_single(feature_map, pool=2, stride=2):
    out = []
    for y in range(conv_output_size(len(feature_map), pool, stride)):
        out.append([])
        for x in range(conv_output_size(len(feature_map[0]), pool, stride)):
            window = feature_map[y * stride :][:pool, x * stride :][:, :pool]
            out[-1].append(sorted(window.ravel())[-1])
    return np.array(out)


@equivalent("PF-E", part="maxpool2d_single", why="minus the minimum of the negative")
def maxpool2d_single(feature_map, pool=2, stride=2):
    out = np.empty([conv_output_size(n, pool, stride) for n in feature_map.shape])
    for place in np.ndindex(*out.shape):
        y, x = (stride * p for p in place)
        out[place] = -(-feature_map[y : y + pool, x : x + pool]).min()
    return out


@equivalent("PF-F", part="maxpool2d_single", why="functools.reduce over shifted maps")
def maxpool2d_single(feature_map, pool=2, stride=2):
    from functools import reduce

    h, w = (conv_output_size(n, pool, stride) * stride for n in feature_map.shape)
    shifted = (
        feature_map[i : i + h : stride, j : j + w : stride] for i, j in np.ndindex(pool, pool)
    )
    return reduce(np.maximum, shifted).copy()


@equivalent("PF-G", part="maxpool2d_single", why="index arrays, argmax, take_along_axis")
def maxpool2d_single(feature_map, pool=2, stride=2):
    H, W = feature_map.shape
    y = np.arange(0, H - pool + 1, stride)[:, None, None] + np.repeat(np.arange(pool), pool)
    x = np.arange(0, W - pool + 1, stride)[None, :, None] + np.tile(np.arange(pool), pool)
    windows = feature_map[y, x]
    return np.take_along_axis(windows, windows.argmax(-1)[..., None], -1)[..., 0]


@equivalent("PF-H", part="maxpool2d_single", why="nanmax; while loops with counters of their own")
def maxpool2d_single(feature_map, pool=2, stride=2):
    H, W = feature_map.shape
    rows, top = [], 0
    while top + pool <= H:
        row, left = [], 0
        while left + pool <= W:
            row.append(np.nanmax(feature_map[top : top + pool, left : left + pool]))
            left += stride
        rows.append(row)
        top += stride
    return np.asarray(rows, float)


@equivalent("PC-B", part="conv_param_count", why="one product, True counted as 1")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    return out_channels * (in_channels * filter_h * filter_w + bool(bias))


@equivalent("PC-C", part="conv_param_count", why="np.prod of the shape, the biases added")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    weights = int(np.prod((out_channels, in_channels, filter_h, filter_w)))
    return weights + out_channels if bias else weights


@equivalent("PC-D", part="conv_param_count", why="a sum over the filters")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    one = [1] if bias else []
    return sum(
        sum([filter_h * filter_w] * in_channels + one) for _ in range(out_channels)
    )


@equivalent("PC-E", part="conv_param_count", why="math.prod and a conditional factor")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    import math

    shape = (in_channels, filter_h, filter_w)
    return out_channels * math.prod(shape) + (out_channels if bias else 0)


@equivalent("PC-F", part="conv_param_count", why="the filters as a matrix with a column of biases")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    matrix = np.empty((out_channels, in_channels * filter_h * filter_w + (1 if bias else 0)))
    return matrix.size


@equivalent("PC-G", part="conv_param_count", why="reduce with a lambda")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    from functools import reduce

    count = reduce(lambda a, b: a * b, [in_channels, out_channels, filter_h, filter_w])
    count += out_channels * int(bool(bias))
    return count


@equivalent("PC-H", part="conv_param_count", why="without a bias it is called again with one")
def conv_param_count(in_channels, out_channels, filter_h, filter_w, bias=True):
    if not bias:
        return conv_param_count(in_channels, out_channels, filter_h, filter_w) - out_channels
    return out_channels * (1 + in_channels * filter_h * filter_w)
