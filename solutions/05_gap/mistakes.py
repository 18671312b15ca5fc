# ruff: noqa: ARG001, D103, F811 - students' versions of the same few functions, in their words.
"""Known ways in which global average pooling goes wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "GA1",
    part="global_average_pooling_2d",
    hint={
        "en": "Which axes are space in channels_first, and which in channels_last?",
        "ja": "空間の軸は、channels_firstではどれで、channels_lastではどれでしょうか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    if data_format == "channels_first":
        return np.mean(x, axis=(-3, -2))
    return np.mean(x, axis=(-2, -1))


@mistake(
    "GA2",
    part="global_average_pooling_2d",
    hint={
        "en": "Which axes are there when there is no batch?",
        "ja": "バッチがないとき、どんな軸がありますか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    if data_format == "channels_first":
        return np.mean(x, axis=(2, 3) if x.ndim == 4 else (0, 1))
    return np.mean(x, axis=(1, 2))


@mistake(
    "GA3",
    part="global_average_pooling_2d",
    hint={
        "en": "Your function is told the layout. Where does it look at it?",
        "ja": "関数にはデータ形式が伝えられています。どこで使っていますか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    return np.mean(x, axis=(-2, -1))


@mistake(
    "GA4",
    part="global_average_pooling_2d",
    hint={
        "en": "Compare your shape with the one in the docstring.",
        "ja": "結果の形状を、docstringに書かれた形状と比べてみましょう。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    axes = (-2, -1) if data_format == "channels_first" else (-3, -2)
    return np.mean(x, axis=axes, keepdims=True)


@mistake(
    "GA5",
    part="global_average_pooling_2d",
    hint={
        "en": "Try an image that is not square.",
        "ja": "正方形でない画像で試してみましょう。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    axes = (-2, -1) if data_format == "channels_first" else (-3, -2)
    return np.sum(x, axis=axes) / x.shape[axes[0]] ** 2


@mistake(
    "GA6",
    part="global_average_pooling_2d",
    hint={
        "en": "Does image 0 have a say in the result for image 1?",
        "ja": "画像1の結果に、画像0は関係しますか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    channel = -3 if data_format == "channels_first" else -1
    axes = tuple(axis for axis in range(x.ndim) if axis != x.ndim + channel)
    return np.mean(x, axis=axes)


@mistake(
    "GA8",
    part="global_average_pooling_2d",
    hint={
        "en": "What does the A in GAP stand for?",
        "ja": "GAPのAは何の略でしょうか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    axes = (-2, -1) if data_format == "channels_first" else (-3, -2)
    return np.max(x, axis=axes)


@mistake(
    "GA10",
    part="global_average_pooling_2d",
    hint={
        "en": "What should happen for an array that is no image at all?",
        "ja": "画像とはいえない配列を渡されたら、どうすればよいでしょうか。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    axes = (-2, -1) if data_format == "channels_first" else (-3, -2)
    return np.mean(x, axis=axes)


@mistake(
    "GA11",
    part="global_average_pooling_2d",
    hint={
        "en": "An error that is printed, or returned, goes unnoticed. How does one raise it?",
        "ja": "エラーを表示したり返したりするだけでは、呼び出した側は気付きません。",
    },
)
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        return None
    axes = (-2, -1) if data_format == "channels_first" else (-3, -2)
    return np.mean(x, axis=axes)


@mistake(
    "GA12",
    part="global_average_pooling_1d",
    hint={
        "en": "Which axis survives in (C, L)?",
        "ja": "(C, L)では、どちらの軸が残りますか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError(f"got {x.ndim} dimensions")
    if data_format == "channels_first":
        return np.mean(x, axis=2 if x.ndim == 3 else 0)
    return np.mean(x, axis=1)


@mistake(
    "GA9",
    part="global_average_pooling_1d",
    hint={
        "en": "Three dimensions: one image, or a batch of sequences?",
        "ja": "3次元の配列は、画像1枚でしょうか、系列のバッチでしょうか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError(f"got {x.ndim} dimensions")
    if x.ndim == 3:
        return np.mean(x, axis=(1, 2) if data_format == "channels_first" else (0, 1))
    return np.mean(x, axis=1 if data_format == "channels_first" else 0)


@mistake(
    "GA13",
    part="global_average_pooling_1d",
    hint={
        "en": "Your function is told the layout. Where does it look at it?",
        "ja": "関数にはデータ形式が伝えられています。どこで使っていますか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError(f"got {x.ndim} dimensions")
    return np.mean(x, axis=-1)


@mistake(
    "GA14",
    part="global_average_pooling_1d",
    hint={
        "en": "In which layout is the length the last axis?",
        "ja": "長さが最後の軸になるのは、どちらのデータ形式ですか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError(f"got {x.ndim} dimensions")
    return np.mean(x, axis=-2 if data_format == "channels_first" else -1)


@mistake(
    "GA7",
    part="global_average_pooling_1d",
    hint={
        "en": "Try one sequence alone, (C, L), with C and L different. Which axis survives?",
        "ja": "CとLの異なる系列1つ(C, L)で試しましょう。どの軸が残りますか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3):
        raise ValueError(f"got {x.ndim} dimensions")
    if x.ndim == 2:
        return np.mean(x, axis=0 if data_format == "channels_first" else 1)
    return np.mean(x, axis=2 if data_format == "channels_first" else 1)


@mistake(
    "GA15",
    part="global_average_pooling_1d",
    hint={
        "en": "Sequences have 2 or 3 dimensions. Which do you let through?",
        "ja": "系列の次元の数は2か3です。どこまで受け付けていますか。",
    },
)
def global_average_pooling_1d(x, data_format="channels_first"):
    if x.ndim not in (2, 3, 4):
        raise ValueError(f"got {x.ndim} dimensions")
    return np.mean(x, axis=-1 if data_format == "channels_first" else -2)


@mistake(
    "GL1",
    part="GlobalAveragePooling2D.forward",
    hint={
        "en": "The layer was told the layout when it was made. Does your function hear of it?",
        "ja": "層を作るときに、データ形式を指定しました。それを関数に渡していますか。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    return global_average_pooling_2d(x)


@mistake(
    "GL2",
    part="GlobalAveragePooling2D.forward",
    hint={
        "en": "Compare x.dtype with the dtype of what you return.",
        "ja": "x.dtypeと、返した配列のdtypeを比べてみましょう。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    means = global_average_pooling_2d(x, self.data_format)
    out = np.zeros(means.shape)
    out[...] = means
    return out


@mistake(
    "GL3",
    part="GlobalAveragePooling1D.forward",
    hint={
        "en": "The layer was told the layout when it was made. Does your function hear of it?",
        "ja": "層を作るときに、データ形式を指定しました。それを関数に渡していますか。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    return global_average_pooling_1d(x)


@mistake(
    "GB1",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "By how much does the average move if one pixel moves by 1?",
        "ja": "1画素が1動くと、平均はどれだけ動きますか。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    return np.broadcast_to(np.expand_dims(dout, axes), self.x_shape).copy()


@mistake(
    "GB2",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Try a map that is not square.",
        "ja": "正方形でないマップで試してみましょう。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    share = np.expand_dims(dout / self.x_shape[axes[0]] ** 2, axes)
    return np.broadcast_to(share, self.x_shape).copy()


@mistake(
    "GB3",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Does the channel or the batch take part in one average?",
        "ja": "1つの平均に、ほかのチャンネルやほかの画像は関係しますか。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    share = np.expand_dims(dout / np.prod(self.x_shape), axes).astype(dout.dtype)
    return np.broadcast_to(share, self.x_shape).copy()


@mistake(
    "GB4",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Change dout: does your answer change?",
        "ja": "doutを変えると、結果は変わりますか。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    places = self.x_shape[axes[0]] * self.x_shape[axes[1]]
    return np.full(self.x_shape, 1 / places, dtype=dout.dtype)


@mistake(
    "GB5",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Does image 0 have a say in the output for image 1?",
        "ja": "画像1の出力に、画像0は関係しますか。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    places = self.x_shape[axes[0]] * self.x_shape[axes[1]]
    total = dout if dout.ndim == 1 else dout.sum(axis=0, keepdims=True)
    return np.broadcast_to(np.expand_dims(total / places, axes), self.x_shape).copy()


@mistake(
    "GB6",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "With channels last, where do the axes of size 1 have to be?",
        "ja": "channels_lastのとき、大きさ1の軸はどこに必要ですか。",
    },
)
def backward(self, dout):
    height, width = self.x_shape[-2:]
    share = dout[..., np.newaxis, np.newaxis] / (height * width)
    return np.broadcast_to(share, self.x_shape).copy()


@mistake(
    "GB7",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Did the forward pass look at one pixel only?",
        "ja": "forwardは1つの画素だけを見ていましたか。",
    },
)
def backward(self, dout):
    dx = np.zeros(self.x_shape, dtype=dout.dtype)
    if self.data_format == "channels_first":
        dx[..., 0, 0] = dout
    else:
        dx[..., 0, 0, :] = dout
    return dx


@mistake(
    "GB8",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "np.zeros makes float64 unless you tell it the dtype. Do you need it at all?",
        "ja": "np.zerosは、dtypeを指定しないとfloat64の配列を作ります。そもそも必要でしょうか。",
    },
)
def backward(self, dout):
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    places = self.x_shape[axes[0]] * self.x_shape[axes[1]]
    return np.zeros(self.x_shape) + np.expand_dims(dout / places, axes)


@mistake(
    "GB9",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "How many axes does one image have? Does your code unpack more?",
        "ja": "画像1枚の軸はいくつですか。それより多くの値に分けて受け取っていませんか。",
    },
)
def backward(self, dout):
    if self.data_format == "channels_first":
        _, _, height, width = self.x_shape
        share = dout[:, :, np.newaxis, np.newaxis] / (height * width)
    else:
        _, height, width, _ = self.x_shape
        share = dout[:, np.newaxis, np.newaxis, :] / (height * width)
    return np.broadcast_to(share, self.x_shape).copy()


@mistake(
    "GB10",
    part="GlobalAveragePooling2D.backward",
    hint={
        "en": "Which x does backward belong to: the first or the last that forward has seen?",
        "ja": "backwardが対応するのは、forwardが最初に見たxでしょうか、最後に見たxでしょうか。",
    },
)
def backward(self, dout):
    if not hasattr(self, "shape"):
        self.shape = self.x_shape
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    places = self.shape[axes[0]] * self.shape[axes[1]]
    return np.broadcast_to(np.expand_dims(dout / places, axes), self.shape).copy()


@mistake(
    "GB11",
    part="GlobalAveragePooling1D.backward",
    hint={
        "en": "By how much does the average of L numbers move if one of them moves by 1?",
        "ja": "L個の数のうち1つが1動くと、平均はどれだけ動きますか。",
    },
)
def backward(self, dout):
    axis = -1 if self.data_format == "channels_first" else -2
    return np.broadcast_to(np.expand_dims(dout, axis), self.x_shape).copy()


@mistake(
    "GB12",
    part="GlobalAveragePooling1D.backward",
    hint={
        "en": "Which number of the shape is the length: the one you divide by?",
        "ja": "形状のうち、長さを表すのはどの数ですか。その数で割っていますか。",
    },
)
def backward(self, dout):
    length, axis = (-1, -1) if self.data_format == "channels_first" else (-1, -2)
    share = np.expand_dims(dout / self.x_shape[length], axis)
    return np.broadcast_to(share, self.x_shape).copy()


@mistake(
    "GB13",
    part="GlobalAveragePooling1D.backward",
    hint={
        "en": "Change dout: does your answer change?",
        "ja": "doutを変えると、結果は変わりますか。",
    },
)
def backward(self, dout):
    axis = -1 if self.data_format == "channels_first" else -2
    return np.full(self.x_shape, 1 / self.x_shape[axis], dtype=dout.dtype)


@mistake(
    "GB14",
    part="GlobalAveragePooling1D.backward",
    hint={
        "en": "How many axes does one sequence have? Does your code unpack more?",
        "ja": "系列1つの軸はいくつですか。それより多くの値に分けて受け取っていませんか。",
    },
)
def backward(self, dout):
    if self.data_format == "channels_first":
        _, _, length = self.x_shape
        share = dout[:, :, np.newaxis] / length
    else:
        _, length, _ = self.x_shape
        share = dout[:, np.newaxis, :] / length
    return np.broadcast_to(share, self.x_shape).copy()


@equivalent("GA-A", part="global_average_pooling_2d", why="the four cases of the table, one by one")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim == 4:
        axis = (2, 3) if data_format == "channels_first" else (1, 2)
    elif x.ndim == 3:
        axis = (1, 2) if data_format == "channels_first" else (0, 1)
    else:
        raise ValueError("x must be an image or a batch of images")
    return x.sum(axis=axis) / (x.shape[axis[0]] * x.shape[axis[1]])


@equivalent("GA-B", part="global_average_pooling_2d", why="one axis after the other, equal parts")
def global_average_pooling_2d(x, data_format="channels_first"):
    if x.ndim not in (3, 4):
        raise ValueError("x must be an image or a batch of images")
    if data_format == "channels_last":
        x = np.moveaxis(x, -1, -3)
    return x.reshape(*x.shape[:-2], -1).mean(axis=-1)


@equivalent("GA-C", part="global_average_pooling_1d", why="a product with a vector of 1/L")
def global_average_pooling_1d(x, data_format="channels_first"):
    assert data_format in ("channels_first", "channels_last")
    if x.ndim != 2 and x.ndim != 3:
        raise ValueError("x must be a sequence or a batch of sequences")
    if data_format == "channels_last":
        x = x.swapaxes(-1, -2)
    length = x.shape[-1]
    return x @ np.full(length, 1 / length, dtype=x.dtype)


@equivalent("GL-A", part="GlobalAveragePooling2D.forward", why="does not call the function")
def forward(self, x):
    self.x_shape = x.shape
    if x.ndim not in (3, 4):
        raise ValueError("x must be an image or a batch of images")
    axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
    return x.mean(axis=axes)


@equivalent("GB-A", part="GlobalAveragePooling2D.backward", why="loops over every image and map")
def backward(self, dout):
    dx = np.zeros(self.x_shape, dtype=dout.dtype)
    images = dx if dx.ndim == 4 else dx[np.newaxis]
    gradients = dout if dout.ndim == 2 else dout[np.newaxis]
    for n in range(gradients.shape[0]):
        for c in range(gradients.shape[1]):
            first = self.data_format == "channels_first"
            one_map = images[n, c] if first else images[n, :, :, c]
            one_map += gradients[n, c] / one_map.size
    return dx


@equivalent("GB-B", part="GlobalAveragePooling2D.backward", why="places counted by the sizes")
def backward(self, dout):
    places = int(np.prod(self.x_shape)) // dout.size
    if self.data_format == "channels_last":
        return np.ones(self.x_shape, dtype=dout.dtype) * dout[..., None, None, :] / places
    return np.ones(self.x_shape, dtype=dout.dtype) * dout[..., None, None] / places


@equivalent("GB-C", part="GlobalAveragePooling1D.backward", why="repeats each share L times")
def backward(self, dout):
    axis = -1 if self.data_format == "channels_first" else -2
    length = self.x_shape[axis]
    return np.repeat(np.expand_dims(dout / length, axis), length, axis=axis)
