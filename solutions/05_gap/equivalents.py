# ruff: noqa: F811, D103 - each function is a student's version of the same name.
"""More unusual ways to write global average pooling that are right."""

import numpy as np

from autograder.course.mistakes import equivalent


@equivalent("GA-D", part="global_average_pooling_2d", why="einsum, divided by the number of places")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError("3 or 4 dimensions")
    first = data_format == "channels_first"
    sums = np.einsum("...chw->...c" if first else "...hwc->...c", x)
    h, w = x.shape[-2:] if first else x.shape[-3:-1]
    return sums / (h * w)


@equivalent("GA-E", part="global_average_pooling_2d", why="one mean after the other")
def global_average_pooling_2d(x, data_format="channels_first"):
    if not 3 <= x.ndim <= 4:
        raise ValueError(x.shape)
    axis = {"channels_first": -1, "channels_last": -2}[data_format]
    return x.mean(axis).mean(axis)


@equivalent("GA-F", part="global_average_pooling_2d", why="an image is a batch of one")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim == 3:
        return global_average_pooling_2d(x[None], data_format)[0]
    if x.ndim != 4:
        raise ValueError("neither an image nor a batch")
    N, a, b, c = x.shape
    if data_format == "channels_last":
        return x.reshape(N, a * b, c).mean(axis=1)
    return x.reshape(N, a, b * c).mean(axis=2)


@equivalent("GA-G", part="global_average_pooling_2d", why="np.average")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim in (3, 4):
        start = x.ndim - 2 if data_format == "channels_first" else x.ndim - 3
        return np.average(x, axis=(start, start + 1))
    raise ValueError("the image has the wrong number of axes")


@equivalent("GA-H", part="global_average_pooling_2d", why="np.add.reduce over both axes")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim < 3 or x.ndim > 4:
        raise ValueError("wrong number of axes")
    if data_format != "channels_first":
        x = np.swapaxes(np.swapaxes(x, -1, -2), -2, -3)
    return np.add.reduce(x, axis=(-1, -2)) / x.shape[-1] / x.shape[-2]


@equivalent("GA-I", part="global_average_pooling_2d", why="tensordot with a map of equal weights")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in {3, 4}:
        raise ValueError(f"{x.ndim} axes")
    if data_format == "channels_last":
        x = np.moveaxis(x, -1, -3)
    h, w = x.shape[-2:]
    return np.tensordot(x, np.full((h, w), 1 / (h * w), dtype=x.dtype), axes=2)


@equivalent("GA-J", part="global_average_pooling_1d", why="the mean method on the axis of time")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError("2 or 3 dimensions")
    return x.mean({"channels_first": x.ndim - 1, "channels_last": x.ndim - 2}[data_format])


@equivalent("GA-K", part="global_average_pooling_1d", why="einsum")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError("2 or 3 dimensions")
    if data_format == "channels_first":
        return np.einsum("...cl->...c", x) / x.shape[-1]
    return np.einsum("...lc->...c", x) / x.shape[-2]


@equivalent("GA-L", part="global_average_pooling_1d", why="a sequence is an image of height 1")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError("2 or 3 dimensions")
    axis = -2 if data_format == "channels_first" else -3
    return global_average_pooling_2d(np.expand_dims(x, axis), data_format)


@equivalent("GA-M", part="global_average_pooling_1d", why="np.average of the transposed sequence")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim - 2 not in (0, 1):
        raise ValueError("neither a sequence nor a batch")
    last = x if data_format == "channels_first" else np.swapaxes(x, -1, -2)
    return np.average(last, axis=-1)


@equivalent("GA-N", part="global_average_pooling_1d", why="sum over size")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim < 2 or x.ndim > 3:
        raise ValueError("wrong number of axes")
    axis = -1 - (data_format != "channels_first")
    return np.sum(x, axis=axis) / np.size(x, axis=axis)


@equivalent("GA-O", part="global_average_pooling_1d", why="one channel after the other")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError("2 or 3 dimensions")
    channels = np.moveaxis(x, -2 if data_format == "channels_first" else -1, 0)
    return np.stack([channel.mean(axis=-1) for channel in channels], axis=-1)


@equivalent("GA-P", part="global_average_pooling_1d", why="a running sum, its last entry taken")
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError("2 or 3 dimensions")
    axis = -1 if data_format == "channels_first" else -2
    return np.cumsum(x, axis=axis).take(-1, axis=axis) / x.shape[axis]


@equivalent("GL-B", part="GlobalAveragePooling2D.forward", why="arguments by name, the shape after")
def forward(self, x):
    out = global_average_pooling_2d(data_format=self.data_format, x=x)
    self.x_shape = np.shape(x)
    return out


@equivalent("GL-C", part="GlobalAveragePooling2D.forward", why="always channels first")
def forward(self, x):
    self.x_shape = tuple(x.shape)
    if self.data_format == "channels_last":
        x = np.moveaxis(x, -1, -3)
    return global_average_pooling_2d(x)


@equivalent("GL-D", part="GlobalAveragePooling2D.forward", why="a copy is kept as well")
def forward(self, x):
    self.x = x.copy()
    self.x_shape = self.x.shape
    return global_average_pooling_2d(self.x, self.data_format)


@equivalent("GL-E", part="GlobalAveragePooling2D.forward", why="a table of functions")
def forward(self, x):
    vars(self)["x_shape"] = x.shape
    means = {
        "channels_first": lambda: global_average_pooling_2d(x, "channels_first"),
        "channels_last": lambda: global_average_pooling_2d(x, "channels_last"),
    }
    return means[self.data_format]()


@equivalent("GL-F", part="GlobalAveragePooling2D.forward", why="einsum of its own")
def forward(self, x):
    if x.ndim not in (3, 4):
        raise ValueError("an image, or a batch")
    self.x_shape = x.shape
    places = "chw" if self.data_format == "channels_first" else "hwc"
    sums = np.einsum(f"...{places}->...c", x)
    return sums * (sums.size / x.size)


@equivalent("GL-G", part="GlobalAveragePooling2D.forward", why="a helper defined inside")
def forward(self, x):
    def remember(array):
        self.x_shape = array.shape
        return array

    return global_average_pooling_2d(remember(x), self.data_format)


@equivalent("GL-H", part="GlobalAveragePooling2D.forward", why="images of a batch one by one")
def forward(self, x):
    self.x_shape = x.shape
    if x.ndim == 4:
        return np.array([global_average_pooling_2d(one, self.data_format) for one in x])
    return global_average_pooling_2d(x, self.data_format)


@equivalent("GB-D", part="GlobalAveragePooling2D.backward", why="np.repeat along both axes")
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    dx = np.expand_dims(dout, axes)
    for axis in axes:
        dx = np.repeat(dx / self.x_shape[axis], self.x_shape[axis], axis=axis)
    return dx


@equivalent("GB-E", part="GlobalAveragePooling2D.backward", why="an outer product, equal weights")
def backward(self, dout):
    last = self.data_format == "channels_last"
    h, w = self.x_shape[-3:-1] if last else self.x_shape[-2:]
    weights = np.full((h, w), 1 / (h * w), dtype=dout.dtype)
    return np.einsum("...c,hw->...hwc" if last else "...c,hw->...chw", dout, weights)


@equivalent("GB-F", part="GlobalAveragePooling2D.backward", why="an empty array, then filled")
def backward(self, dout):
    dx = np.empty(self.x_shape, dtype=dout.dtype)
    view = dx if self.data_format == "channels_last" else np.moveaxis(dx, -3, -1)
    view[...] = (dout / (view.shape[-2] * view.shape[-3]))[..., None, None, :]
    return dx


@equivalent("GB-G", part="GlobalAveragePooling2D.backward", why="added to zeros of the right shape")
def backward(self, dout):
    first = self.data_format == "channels_first"
    share = dout[..., None, None] if first else dout[..., None, None, :]
    dx = np.zeros(self.x_shape, dtype=dout.dtype)
    dx += share
    dx *= dout.size / dx.size
    return dx


@equivalent("GB-H", part="GlobalAveragePooling2D.backward", why="np.tile of a reshaped dout")
def backward(self, dout):
    *lead, c = dout.shape
    if self.data_format == "channels_first":
        h, w = self.x_shape[-2:]
        return np.tile(dout.reshape(*lead, c, 1, 1) / (h * w), (h, w))
    h, w = self.x_shape[-3:-1]
    return np.tile(dout.reshape(*lead, 1, 1, c) / (h * w), (h, w, 1))


@equivalent("GB-I", part="GlobalAveragePooling2D.backward", why="broadcast_to without a copy")
def backward(self, dout):
    axes = {"channels_first": (-2, -1), "channels_last": (-3, -2)}[self.data_format]
    count = int(np.prod([self.x_shape[axis] for axis in axes]))
    return np.broadcast_to(np.expand_dims(dout, axes) / count, self.x_shape)


@equivalent("GL-I", part="GlobalAveragePooling1D.forward", why="arguments by name, the shape after")
def forward(self, x):
    out = global_average_pooling_1d(data_format=self.data_format, x=x)
    self.x_shape = np.shape(x)
    return out


@equivalent("GL-J", part="GlobalAveragePooling1D.forward", why="always channels first")
def forward(self, x):
    self.x_shape = tuple(x.shape)
    return global_average_pooling_1d(
        x if self.data_format == "channels_first" else np.swapaxes(x, -1, -2)
    )


@equivalent("GL-K", part="GlobalAveragePooling1D.forward", why="does not call the function")
def forward(self, x):
    if x.ndim not in (2, 3):
        raise ValueError("a sequence, or a batch")
    self.x_shape = x.shape
    return x.mean(axis=-1 if self.data_format == "channels_first" else -2)


@equivalent("GL-L", part="GlobalAveragePooling1D.forward", why="a copy is kept as well")
def forward(self, x):
    self.x = np.array(x)
    self.x_shape = self.x.shape
    return global_average_pooling_1d(self.x, self.data_format)


@equivalent("GL-M", part="GlobalAveragePooling1D.forward", why="sequences of a batch one by one")
def forward(self, x):
    self.x_shape = x.shape
    if x.ndim == 3:
        return np.array([global_average_pooling_1d(one, self.data_format) for one in x])
    return global_average_pooling_1d(x, self.data_format)


@equivalent("GL-N", part="GlobalAveragePooling1D.forward", why="as an image that is one pixel wide")
def forward(self, x):
    if x.ndim not in (2, 3):
        raise ValueError("a sequence, or a batch")
    self.x_shape = x.shape
    image = x[..., None] if self.data_format == "channels_first" else x[..., None, :]
    return global_average_pooling_2d(image, self.data_format)


@equivalent("GL-O", part="GlobalAveragePooling1D.forward", why="setattr, and a matrix product")
def forward(self, x):
    if not 2 <= x.ndim <= 3:
        raise ValueError("a sequence, or a batch")
    setattr(self, "x_shape", x.shape)  # noqa: B010 - as students write it
    last = x if self.data_format == "channels_first" else x.swapaxes(-2, -1)
    return last @ np.full(last.shape[-1], 1 / last.shape[-1], dtype=x.dtype)


@equivalent("GL-P", part="GlobalAveragePooling1D.forward", why="einsum of its own")
def forward(self, x):
    if x.ndim not in (2, 3):
        raise ValueError("a sequence, or a batch")
    self.x_shape = x.shape
    axes = "cl" if self.data_format == "channels_first" else "lc"
    sums = np.einsum(f"...{axes}->...c", x)
    return sums * (sums.size / x.size)


@equivalent("GB-J", part="GlobalAveragePooling1D.backward", why="an outer product, equal weights")
def backward(self, dout):
    last = self.data_format == "channels_last"
    length = self.x_shape[-2 if last else -1]
    weights = np.full(length, 1 / length, dtype=dout.dtype)
    return np.einsum("...c,l->...lc" if last else "...c,l->...cl", dout, weights)


@equivalent("GB-K", part="GlobalAveragePooling1D.backward", why="an empty array, then filled")
def backward(self, dout):
    dx = np.empty(self.x_shape, dtype=dout.dtype)
    view = dx.swapaxes(-1, -2) if self.data_format == "channels_last" else dx
    view[...] = dout[..., None] / view.shape[-1]
    return dx


@equivalent("GB-L", part="GlobalAveragePooling1D.backward", why="one place after the other")
def backward(self, dout):
    dx = np.zeros(self.x_shape, dtype=dout.dtype)
    places = np.moveaxis(dx, -1 if self.data_format == "channels_first" else -2, 0)
    for place in places:
        place += dout / len(places)
    return dx


@equivalent("GB-M", part="GlobalAveragePooling1D.backward", why="np.stack of equal parts")
def backward(self, dout):
    axis = -1 if self.data_format == "channels_first" else -2
    length = self.x_shape[axis]
    return np.stack([dout / length] * length, axis=axis)


@equivalent("GB-N", part="GlobalAveragePooling1D.backward", why="ones of the right shape, scaled")
def backward(self, dout):
    share = dout[..., None] if self.data_format == "channels_first" else dout[..., None, :]
    ones = np.ones(self.x_shape, dtype=dout.dtype)
    return ones * share * (dout.size / ones.size)


@equivalent("GB-O", part="GlobalAveragePooling1D.backward", why="np.tile")
def backward(self, dout):
    if self.data_format == "channels_first":
        return np.tile(dout[..., None], self.x_shape[-1]) / self.x_shape[-1]
    return np.tile(dout[..., None, :], (self.x_shape[-2], 1)) / self.x_shape[-2]


@equivalent("GB-P", part="GlobalAveragePooling1D.backward", why="broadcast_to without a copy")
def backward(self, dout):
    axis = {"channels_first": -1, "channels_last": -2}[self.data_format]
    return np.broadcast_to(np.expand_dims(dout, axis) / self.x_shape[axis], self.x_shape)
