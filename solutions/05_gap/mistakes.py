# ruff: noqa: D103, F811 - students' versions of the same few functions, in their words.
"""Known ways in which global average pooling goes wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("GA1", part="global_average_pooling_2d",
    edits=[("(-2, -1)", "(-3, -2)"), ("(-3, -2)", "(-2, -1)")],
    loses={"global_average_pooling_2d.*", "GlobalAveragePooling2D.forward.*"},
    hint=Text(
        en="Which axes are space in channels_first, and which in channels_last?",
        ja="空間の軸は、channels_firstではどれで、channels_lastではどれでしょうか。"))

mistake("GA2", part="global_average_pooling_2d",
    edits=[("(-2, -1)", "(2, 3) if x.ndim == 4 else (0, 1)"), ("(-3, -2)", "(1, 2)")],
    loses={"global_average_pooling_2d.single_image", "global_average_pooling_2d.channels_last",
           "GlobalAveragePooling2D.forward.layer", "GlobalAveragePooling2D.forward.channels_last"},
    hint=Text(
        en="Which axes are there when there is no batch?",
        ja="バッチがないとき、どんな軸がありますか。"))

mistake("GA3", part="global_average_pooling_2d", edits=[("(-3, -2)", "(-2, -1)")],
    loses={"global_average_pooling_2d.channels_last",
           "GlobalAveragePooling2D.forward.channels_last"},
    hint=Text(
        en="Your function is told the layout. Where does it look at it?",
        ja="関数にはデータ形式が伝えられています。どこで使っていますか。"))

mistake("GA4", part="global_average_pooling_2d",
    edits=[("(-2, -1)", "(-2, -1), keepdims=True"), ("(-3, -2)", "(-3, -2), keepdims=True")],
    loses={"global_average_pooling_2d.*", "GlobalAveragePooling2D.forward.*"},
    hint=Text(
        en="The axes over which you average are still there, with length 1. "
           "Which shape does the docstring ask for?",
        ja="平均をとった軸が、長さ1のまま残っています。docstringではどんな形状を返すことになっていますか。"))

mistake("GA5", part="global_average_pooling_2d",
    edits=[("np.mean(x, axis=(-2, -1))", "np.sum(x, axis=(-2, -1)) / x.shape[-2] ** 2"),
           ("np.mean(x, axis=(-3, -2))", "np.sum(x, axis=(-3, -2)) / x.shape[-3] ** 2")],
    loses={"global_average_pooling_2d.*", "GlobalAveragePooling2D.forward.*"},
    hint=Text(
        en="You divide by the square of one side. How many pixels has an image that is not square?",
        ja="片方の辺の2乗で割っています。正方形でない画像には何画素ありますか。"))

mistake("GA6", part="global_average_pooling_2d",
    edits=[("(-2, -1)", "(0, 2, 3) if x.ndim == 4 else (1, 2)"),
           ("(-3, -2)", "(0, 1, 2) if x.ndim == 4 else (0, 1)")],
    loses={"global_average_pooling_2d.batch", "global_average_pooling_2d.channels_last",
           "global_average_pooling_2d.other_ndim", "GlobalAveragePooling2D.forward.*"},
    hint=Text(
        en="Does image 0 influence the result for image 1?",
        ja="画像1の結果に、画像0は関係しますか。"))

mistake("GA8", part="global_average_pooling_2d",
    edits=[("mean(x, axis=(-2", "max(x, axis=(-2"), ("mean(x, axis=(-3", "max(x, axis=(-3")],
    loses={"global_average_pooling_2d.*", "GlobalAveragePooling2D.forward.*"},
    hint=Text(
        en="What does the A in GAP stand for?",
        ja="GAPのAは何の略でしょうか。"))

mistake("GA10", part="global_average_pooling_2d", edits=[("x.ndim not in (3, 4)", "False")],
    loses={"global_average_pooling_2d.other_ndim"},
    hint=Text(
        en="What should happen for an array that is no image at all?",
        ja="画像とはいえない配列を渡されたら、どうすればよいでしょうか。"))

mistake("GA11", part="global_average_pooling_2d",
    edits=[('raise ValueError(f"images have 3 or 4 dimensions, got {x.ndim}: shape {x.shape}")',
            "return None")],
    loses={"global_average_pooling_2d.other_ndim"},
    hint=Text(
        en="An error that is printed, or returned, goes unnoticed. How does one raise it?",
        ja="エラーを表示したり返したりするだけでは、呼び出した側は気付きません。"))

mistake("GA12", part="global_average_pooling_1d",
    edits=[("axis=-1", "axis=2 if x.ndim == 3 else 0"), ("axis=-2", "axis=1")],
    loses={"global_average_pooling_1d.batch_and_single",
           "global_average_pooling_1d.channels_last", "GlobalAveragePooling1D.forward.*"},
    hint=Text(
        en="Which axis survives in (C, L)?",
        ja="(C, L)では、どちらの軸が残りますか。"))

mistake("GA9", part="global_average_pooling_1d",
    edits=[("axis=-1", "axis=(1, 2) if x.ndim == 3 else 1"),
           ("axis=-2", "axis=(0, 1) if x.ndim == 3 else 0")],
    loses={"global_average_pooling_1d.*", "GlobalAveragePooling1D.forward.*"},
    hint=Text(
        en="Three dimensions: one image, or a batch of sequences?",
        ja="3次元の配列は、画像1枚でしょうか、系列のバッチでしょうか。"))

mistake("GA13", part="global_average_pooling_1d", edits=[("axis=-2", "axis=-1")],
    loses={"global_average_pooling_1d.channels_last",
           "GlobalAveragePooling1D.forward.channels_last"},
    hint=Text(
        en="Your function is told the layout. Where does it look at it?",
        ja="関数にはデータ形式が伝えられています。どこで使っていますか。"))

mistake("GA14", part="global_average_pooling_1d",
    edits=[("axis=-1", "axis=-2"), ("axis=-2", "axis=-1")],
    loses={"global_average_pooling_1d.*", "GlobalAveragePooling1D.forward.*"},
    hint=Text(
        en="In which layout is the length the last axis?",
        ja="長さが最後の軸になるのは、どちらのデータ形式ですか。"))

mistake("GA7", part="global_average_pooling_1d", edits=[("axis=-2", "axis=1")],
    loses={"global_average_pooling_1d.channels_last",
           "GlobalAveragePooling1D.forward.channels_last"},
    hint=Text(
        en="With channels last, try one sequence alone, (L, C). Which axis survives?",
        ja="channels_lastで、系列1つ(L, C)だけを渡してみましょう。どの軸が残りますか。"))

mistake("GA15", part="global_average_pooling_1d", edits=[("(2, 3)", "(2, 3, 4)")],
    loses={"global_average_pooling_1d.other_ndim"},
    hint=Text(
        en="Sequences have 2 or 3 dimensions. Which do you let through?",
        ja="系列の次元の数は2か3です。どこまで受け付けていますか。"))

mistake("GL1", part="GlobalAveragePooling2D.forward", edits=[(", self.data_format", "")],
    loses={"GlobalAveragePooling2D.forward.channels_last"},
    hint=Text(
        en="The layer was told the layout when it was made. Does your function know about it?",
        ja="層を作るときに、データ形式を指定しました。それを関数に渡していますか。"))

mistake("GL2", part="GlobalAveragePooling2D.forward",
    edits=[("    return global_average_pooling_2d(x, self.data_format)", """\
    means = global_average_pooling_2d(x, self.data_format)
    out = np.zeros(means.shape)
    out[...] = means
    return out""")],
    loses={"GlobalAveragePooling2D.forward.float32"},
    hint=Text(
        en="Compare x.dtype with the dtype of what you return.",
        ja="x.dtypeと、返した配列のdtypeを比べてみましょう。"))

mistake("GL3", part="GlobalAveragePooling1D.forward", edits=[(", self.data_format", "")],
    loses={"GlobalAveragePooling1D.forward.channels_last"},
    hint=Text(
        en="The layer was told the layout when it was made. Does your function know about it?",
        ja="層を作るときに、データ形式を指定しました。それを関数に渡していますか。"))

mistake("GB1", part="GlobalAveragePooling2D.backward", edits=[("dout / (height * width)", "dout")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="By how much does the average move if one pixel moves by 1?",
        ja="1画素が1動くと、平均はどれだけ動きますか。"))

mistake("GB2", part="GlobalAveragePooling2D.backward",
    edits=[("(height * width)", "(height * height)")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="You divide by the square of the height. How many pixels has a map that is not square?",
        ja="高さの2乗で割っています。正方形でないマップには何画素ありますか。"))

mistake("GB3", part="GlobalAveragePooling2D.backward",
    edits=[("(height * width)", "int(np.prod(self.x_shape))")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="Does the channel or the batch take part in one average?",
        ja="1つの平均に、ほかのチャンネルやほかの画像は関係しますか。"))

mistake("GB4", part="GlobalAveragePooling2D.backward",
    edits=[("np.broadcast_to(share, self.x_shape).copy()",
            "np.full(self.x_shape, 1 / (height * width), dtype=dout.dtype)")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="Change dout: does your answer change?",
        ja="doutを変えると、結果は変わりますか。"))

mistake("GB5", part="GlobalAveragePooling2D.backward",
    edits=[("    share = np", """\
    total = dout if dout.ndim == 1 else dout.sum(axis=0, keepdims=True)
    share = np"""),
           ("dout / (", "total / (")],
    loses={"GlobalAveragePooling2D.backward.batch",
           "GlobalAveragePooling2D.backward.channels_last",
           "GlobalAveragePooling2D.backward.float32"},
    hint=Text(
        en="Does image 0 influence the output for image 1?",
        ja="画像1の出力に、画像0は関係しますか。"))

mistake("GB6", part="GlobalAveragePooling2D.backward",
    edits=[("self.x_shape[-3], self.x_shape[-2], (-3, -2)",
            "self.x_shape[-2], self.x_shape[-1], (-2, -1)")],
    loses={"GlobalAveragePooling2D.backward.channels_last"},
    hint=Text(
        en="With channels last, where do the axes of size 1 have to be?",
        ja="channels_lastのとき、大きさ1の軸はどこに必要ですか。"))

mistake("GB7", part="GlobalAveragePooling2D.backward",
    edits=[("    return np.broadcast_to(share, self.x_shape).copy()", """\
    first = self.data_format == "channels_first"
    dx = np.zeros(self.x_shape, dtype=dout.dtype)
    dx[(..., 0, 0) if first else (..., 0, 0, slice(None))] = dout
    return dx""")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="Did the forward pass look at one pixel only?",
        ja="forwardは1つの画素だけを見ていましたか。"))

mistake("GB8", part="GlobalAveragePooling2D.backward",
    edits=[("np.broadcast_to(share, self.x_shape).copy()", "np.zeros(self.x_shape) + share")],
    loses={"GlobalAveragePooling2D.backward.float32"},
    hint=Text(
        en="np.zeros makes float64 unless you tell it the dtype. Do you need it at all?",
        ja="np.zerosは、dtypeを指定しないとfloat64の配列を作ります。そもそも必要でしょうか。"))

mistake("GB9", part="GlobalAveragePooling2D.backward",
    edits=[("height, width, axes = self.x_shape[-2], self.x_shape[-1], (-2, -1)",
            "(_, _, height, width), axes = self.x_shape, (-2, -1)"),
           ("height, width, axes = self.x_shape[-3], self.x_shape[-2], (-3, -2)",
            "(_, height, width, _), axes = self.x_shape, (-3, -2)")],
    loses={"GlobalAveragePooling2D.backward.single_image",
           "GlobalAveragePooling2D.backward.channels_last"},
    hint=Text(
        en="How many axes does one image have? Does your code unpack more?",
        ja="画像1枚の軸はいくつですか。それより多くの値に分けて受け取っていませんか。"))

mistake("GB10", part="GlobalAveragePooling2D.backward",
    edits=[("    if self.data_format", """\
    self.first_shape = getattr(self, "first_shape", self.x_shape)
    self.x_shape = self.first_shape
    if self.data_format""")],
    loses={"GlobalAveragePooling2D.backward.batch"},
    hint=Text(
        en="Which x does backward belong to: the first or the last that forward has seen?",
        ja="backwardが対応するのは、forwardが最初に見たxでしょうか、最後に見たxでしょうか。"))

mistake("GB11", part="GlobalAveragePooling1D.backward",
    edits=[("dout / self.x_shape[axis]", "dout")],
    loses={"GlobalAveragePooling1D.backward.*"},
    hint=Text(
        en="By how much does the average of L numbers move if one of them moves by 1?",
        ja="L個の数のうち1つが1動くと、平均はどれだけ動きますか。"))

mistake("GB12", part="GlobalAveragePooling1D.backward",
    edits=[("self.x_shape[axis]", "self.x_shape[-1]")],
    loses={"GlobalAveragePooling1D.backward.channels_last"},
    hint=Text(
        en="Which number of the shape is the length: the one you divide by?",
        ja="形状のうち、長さを表すのはどの数ですか。その数で割っていますか。"))

mistake("GB13", part="GlobalAveragePooling1D.backward",
    edits=[("np.broadcast_to(share, self.x_shape).copy()",
            "np.full(self.x_shape, 1 / self.x_shape[axis], dtype=dout.dtype)")],
    loses={"GlobalAveragePooling1D.backward.*"},
    hint=Text(
        en="Change dout: does your answer change?",
        ja="doutを変えると、結果は変わりますか。"))

mistake("GB14", part="GlobalAveragePooling1D.backward",
    edits=[("    share = np", """\
    _, _, _ = self.x_shape
    share = np""")],
    loses={"GlobalAveragePooling1D.backward.*"},
    hint=Text(
        en="How many axes does one sequence have? Does your code unpack more?",
        ja="系列1つの軸はいくつですか。それより多くの値に分けて受け取っていませんか。"))


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


equivalent("GB-C", part="GlobalAveragePooling1D.backward",
    edits=[("np.broadcast_to(share, self.x_shape).copy()",
            "np.repeat(share, self.x_shape[axis], axis=axis)")],
    why="repeats each share L times")

mistake("GB20", part="GlobalAveragePooling2D.backward",
    edits=[("(height * width)", "height")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="How many pixels is the average of one map taken over?",
        ja="1枚のマップの平均は、何画素でとったものですか。"))

mistake("GA16", part="global_average_pooling_2d", edits=[("axis=(-3, -2)", "axis=(1, 2)")],
    loses={"global_average_pooling_2d.channels_last",
           "GlobalAveragePooling2D.forward.channels_last"},
    hint=Text(
        en="Which axes are height and width in a single image of shape (H, W, C)?",
        ja="形状(H, W, C)の画像1枚では、高さと幅はどの軸ですか。"))

mistake("GA17", part="global_average_pooling_1d",
    edits=[("np.mean(x, axis=-1)", "np.sum(x, axis=-1)")],
    loses={"global_average_pooling_1d.batch_and_single",
           "global_average_pooling_1d.other_ndim",
           "GlobalAveragePooling1D.forward.layer"},
    hint=Text(
        en="Average a sequence of ones: what should come out, whatever its length?",
        ja="1だけが並ぶ系列の平均は、長さによらず、いくつになるはずですか。"))

mistake("GB15", part="GlobalAveragePooling2D.backward",
    edits=[("dout / (height * width)", "dout / np.prod(self.x_shape)")],
    loses={"GlobalAveragePooling2D.backward.*"},
    hint=Text(
        en="Among how many pixels is the gradient of one map shared: those of the map, or "
           "of the batch?",
        ja="1枚のマップの勾配を分け合うのは、そのマップの画素ですか、それともバッチ全体"
           "の画素ですか。"))

mistake("GA18", part="global_average_pooling_1d",
    edits=[("np.mean(x, axis=-1)", "np.squeeze(np.mean(x, axis=-1, keepdims=True))"),
           ("np.mean(x, axis=-2)", "np.squeeze(np.mean(x, axis=-2, keepdims=True))")],
    loses={"global_average_pooling_1d.batch_and_single",
           "global_average_pooling_1d.channels_last", "GlobalAveragePooling1D.forward.layer"},
    hint=Text(
        en="A batch of one sequence, or sequences with one channel: which axes of size 1 have to "
           "stay?",
        ja="系列が1つだけのバッチや、1チャンネルの系列ではどうですか。大きさ1の軸のうち、"
           "残すべきものはどれですか。"))

mistake("GA19", part="global_average_pooling_2d",
    edits=[("np.mean(x, axis=(-2, -1))", "np.squeeze(np.mean(x, axis=(-2, -1), keepdims=True))"),
           ("np.mean(x, axis=(-3, -2))", "np.squeeze(np.mean(x, axis=(-3, -2), keepdims=True))")],
    loses={"global_average_pooling_2d.batch", "global_average_pooling_2d.single_image",
           "global_average_pooling_2d.channels_last", "GlobalAveragePooling2D.forward.layer"},
    hint=Text(
        en="A batch of one image, or an image with one channel: which axes of size 1 have to stay?",
        ja="画像1枚だけのバッチや、1チャンネルの画像ではどうですか。大きさ1の軸のうち、残すべき"
           "ものはどれですか。"))
