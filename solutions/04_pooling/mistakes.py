# ruff: noqa: D103, F811 - students' versions of the same two methods, in their words.
"""Known ways in which Pooling goes wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("PF1", part="Pooling.forward",
    edits=[("H + 2 * p - self", "H - self"), ("W + 2 * p - self", "W - self")],
    loses={"Pooling.forward.padding_size", "Pooling.forward.padding_never_wins",
           "Pooling.backward.padding"},
    hint=Text(
        en="Which map does the window slide over: the original or the padded one?",
        ja="窓が動くのは、元のマップの上でしょうか、パディング後のマップの上でしょうか。"))

mistake("PF2", part="Pooling.forward", edits=[(", constant_values=-np.inf", "")],
    loses={"Pooling.forward.padding_never_wins", "Pooling.backward.padding"},
    hint=Text(
        en="Which number can never win a maximum? Which one did you put into the border?",
        ja="決して最大値にならない数は何でしょうか。周りをどんな値で埋めましたか。"))

mistake("PF3", part="Pooling.forward",
    edits=[("col = col.reshape(-1, self.pool_h * self.pool_w)", "")],
    loses={"Pooling.forward.batch_and_channels", "Pooling.forward.non_square_window",
           "Pooling.forward.stride", "Pooling.forward.left_over", "Pooling.forward.all_negative",
           "Pooling.forward.padding_size", "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32", "Pooling.forward.input_untouched", "Pooling.backward.*"},
    hint=Text(
        en="How many numbers compete for one maximum?",
        ja="1つの最大値を、何個の値で争いますか。"))

mistake("PF4", part="Pooling.forward",
    edits=[("reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)", "reshape(N, C, out_h, out_w)")],
    loses={"Pooling.forward.batch_and_channels", "Pooling.forward.non_square_window",
           "Pooling.forward.stride", "Pooling.forward.left_over", "Pooling.forward.all_negative",
           "Pooling.forward.padding_size", "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32", "Pooling.forward.input_untouched"},
    hint=Text(
        en="In which order do the maxima lie, n, out_y, out_x, c? A reshape moves none of them.",
        ja="最大値は(n, out_y, out_x, c)のどの順に並んでいますか。reshapeでは数は動きません。"))

mistake("PF5", part="Pooling.forward", edits=[("transpose(0, 3, 1, 2)", "transpose(0, 3, 2, 1)")],
    loses={"Pooling.forward.*"},
    hint=Text(
        en="The reshape is right; which axis does each number of your transpose stand for?",
        ja="reshapeは合っています。transposeに渡した数は、それぞれどの軸を表していますか。"))

mistake("PF6", part="Pooling.forward",
    edits=[("self.pool_h) // self.stride", "self.pool_h) // self.pool_h"),
           ("self.pool_w) // self.stride", "self.pool_w) // self.pool_h"),
           ("self.stride, 0", "self.pool_h, 0")],
    loses={"Pooling.forward.stride", "Pooling.forward.padding_size",
           "Pooling.backward.window_and_stride", "Pooling.backward.overlap"},
    hint=Text(
        en="Two numbers describe a pooling layer: the size of the window and its step.",
        ja="プーリング層を決めるのは、窓の大きさと、窓を動かす幅の2つです。"))

mistake("PF7", part="Pooling.forward",
    edits=[("H + 2 * p - self.pool_h", "H + 2 * p - self.pool_w"),
           ("W + 2 * p - self.pool_w", "W + 2 * p - self.pool_h"),
           ("padded, self.pool_h, self.pool_w", "padded, self.pool_w, self.pool_h")],
    loses={"Pooling.forward.non_square_window", "Pooling.backward.window_and_stride"},
    hint=Text(
        en="pool_h and pool_w have changed places. Which of them goes with H?",
        ja="pool_hとpool_wが入れ替わっています。Hと組になるのはどちらですか。"))

mistake("PF8", part="Pooling.forward",
    edits=[("(H + 2 * p - self.pool_h) // self.stride",
            "-(-(H + 2 * p - self.pool_h) // self.stride)"),
           ("(W + 2 * p - self.pool_w) // self.stride",
            "-(-(W + 2 * p - self.pool_w) // self.stride)"),
           ("    padded = ", """\
    below = (out_h - 1) * self.stride + self.pool_h - H - p
    right = (out_w - 1) * self.stride + self.pool_w - W - p
    padded = """),
           ("(p, p), (p, p))", "(p, below), (p, right))")],
    loses={"Pooling.forward.non_square_window", "Pooling.forward.left_over",
           "Pooling.forward.padding_size", "Pooling.backward.left_over"},
    hint=Text(
        en="Does the window stop at the last whole one, or does it hang over the edge?",
        ja="最後の窓は、マップに収まっていますか。それとも端からはみ出していますか。"))

mistake("PF9", part="Pooling.forward",
    edits=[("np.max(col, axis=1)", "np.mean(np.where(np.isinf(col), 0, col), axis=1)")],
    loses={"Pooling.forward.*"},
    hint=Text(
        en="Read the name of the layer again: what does it keep of each window?",
        ja="層の名前をもう一度読みましょう。窓ごとに、何を残しますか。"))

mistake("PF10", part="Pooling.forward",
    edits=[("np.max(col, axis=1)", "np.maximum(np.max(col, axis=1), 0)")],
    loses={"Pooling.forward.all_negative", "Pooling.forward.padding_never_wins"},
    hint=Text(
        en="What is the largest of -3 and -5? Where does your maximum start?",
        ja="-3と-5では、どちらが大きいですか。最大値の初期値をいくつにしましたか。"))

mistake("PF11", part="Pooling.forward",
    edits=[("col = col.reshape", "rows = col.reshape"), ("np.argmax(col,", "np.argmax(rows,"),
           ("out_w, C)", "out_w, 1)")],
    loses={"Pooling.forward.batch_and_channels", "Pooling.forward.non_square_window",
           "Pooling.forward.stride", "Pooling.forward.left_over", "Pooling.forward.all_negative",
           "Pooling.forward.padding_size", "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32", "Pooling.forward.input_untouched"},
    hint=Text(
        en="Does pooling mix channels? How many channels go in, how many come out?",
        ja="プーリングはチャンネルを混ぜますか。入力と出力のチャンネル数を比べてみましょう。"))

mistake("PF12", part="Pooling.forward",
    edits=[("    out = np.max(col, axis=1)", """\
    near = padded[:, :, : out_h - 1 + self.pool_h, : out_w - 1 + self.pool_w]
    col = im2col(near, self.pool_h, self.pool_w, 1, 0)
    out = np.max(col.reshape(-1, self.pool_h * self.pool_w), axis=1)""")],
    loses={"Pooling.forward.*"},
    hint=Text(
        en="Output (1, 1): at which row and column does its window start?",
        ja="出力の(1, 1)に対応する窓は、何行目・何列目から始まりますか。"))

mistake("PF14", part="Pooling.forward",
    edits=[("self.pool_w) // self.stride", "self.pool_w) // self.pool_w"),
           ("    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0)", """\
    size = self.pool_h, self.pool_w
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))
    col = windows[:, :, :: self.stride, :: self.pool_w].transpose(0, 2, 3, 1, 4, 5)""")],
    loses={"Pooling.forward.non_square_window", "Pooling.forward.stride",
           "Pooling.forward.padding_size", "Pooling.backward.window_and_stride",
           "Pooling.backward.overlap"},
    hint=Text(
        en="A window of 2×3 with stride 2: how far does it jump to the right?",
        ja="2×3の窓をストライド2で動かすと、右へは何画素ずつ動きますか。"))

mistake("PF15", part="Pooling.forward",
    edits=[("    out = np.max(col, axis=1)", """\
    out = np.zeros(len(col))
    out[:] = np.max(col, axis=1)""")],
    loses={"Pooling.forward.float32"},
    hint=Text(
        en="Print x.dtype, then the dtype of each array on the way.",
        ja="x.dtypeから順に、途中の配列のdtypeを表示してみましょう。"))

mistake("PF16", part="Pooling.forward",
    edits=[("padded = ", "padded = x if p == 0 else "),
           ("    return out.reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)", """\
    s = self.stride
    out = padded[:, :, : s * out_h : s, : s * out_w : s]
    for y in range(self.pool_h):
        for z in range(self.pool_w):
            shifted = padded[:, :, y : y + s * out_h : s, z : z + s * out_w : s]
            np.maximum(out, shifted, out=out)
    return out""")],
    loses={"Pooling.forward.non_square_window", "Pooling.forward.stride",
           "Pooling.forward.padding_size", "Pooling.forward.input_untouched"},
    hint=Text(
        en="Copy x before the call and compare afterwards. Is your running maximum a view of x?",
        ja="呼び出しの前後でxを比べましょう。途中の最大値はxのビューではありませんか。"))

mistake("PF17", part="Pooling.forward", edits=[("-np.inf", "-1e9")],
    loses={"Pooling.forward.padding_never_wins"},
    hint=Text(
        en="Is there a number smaller than the one in your border?",
        ja="周りに入れた値よりも小さい数はありませんか。"))


@mistake("PB1", part="Pooling.backward", loses={"Pooling.backward.overlap"},
    hint=Text(
        en="A pixel that wins two windows gets the number of one, of the other, or both?",
        ja="2つの窓で勝った画素は、片方の値だけを受け取りますか、それとも両方でしょうか。"))
def backward(self, dout):
    N, C, H, W = self.x.shape
    _, _, out_h, out_w = dout.shape
    p = self.pad
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    places = self.arg_max.reshape(N, out_h, out_w, C)
    for n, i, j, c in np.ndindex(N, out_h, out_w, C):
        y, x = divmod(places[n, i, j, c], self.pool_w)
        dx[n, c, i * self.stride + y, j * self.stride + x] = dout[n, c, i, j]
    return dx[:, :, p : p + H, p : p + W]


mistake("PB2", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max] = flat", """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    dcol = (col == col.max(axis=1, keepdims=True)) * flat[:, np.newaxis]""")],
    loses={"Pooling.backward.ties"},
    hint=Text(
        en="Pool a map of zeros: how much gradient leaves one window in total?",
        ja="すべて0のマップでは、1つの窓から合計でどれだけの勾配が出ていきますか。"))

mistake("PB3", part="Pooling.backward", edits=[(".transpose(0, 2, 3, 1)", "")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="With two channels, do dout's numbers and forward's rows come in the same order?",
        ja="2チャンネルのとき、doutの値の順番と、forwardの行の順番はそろっていますか。"))

mistake("PB4", part="Pooling.backward",
    edits=[("dcol[np.arange(flat.size), self.arg_max] = flat",
            "dcol[:] = flat[:, np.newaxis] / dcol.shape[1]")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Which pixel of a window has any influence on its maximum?",
        ja="窓の最大値に影響するのは、どの画素でしょうか。"))

mistake("PB5", part="Pooling.backward", edits=[("self.arg_max] = flat", "self.arg_max] = 1")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Which number goes to the winner: that of dout, or one that you computed in forward?",
        ja="勝者に渡すのは、doutの値でしょうか、それともforwardで求めた値でしょうか。"))

mistake("PB6", part="Pooling.backward",
    edits=[("dcol[np.arange(flat.size), self.arg_max] = flat",
            "dcol[:, self.arg_max] = flat[:, np.newaxis]")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Fancy indexing needs two lists of indices of the same length. What does `:` select?",
        ja="添字の並びは、同じ長さのものを2つ渡します。`:`では、どの行が選ばれますか。"))

mistake("PB7", part="Pooling.backward", edits=[("transpose(0, 2, 3, 1)", "transpose(0, 3, 2, 1)")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Print dx below x for x = 0, 1, 2, …: do rows and columns stay what they were?",
        ja="xを0、1、2、…として、xとdxを並べて表示しましょう。行と列はそのままですか。"))


@mistake("PB8", part="Pooling.backward",
    loses={"Pooling.backward.window_and_stride", "Pooling.backward.overlap"},
    hint=Text(
        en="By how much did the window move in forward, and in backward?",
        ja="forwardで窓を動かした幅と、backwardで動かした幅は同じですか。"))
def backward(self, dout):
    N, C, H, W = self.x.shape
    _, _, out_h, out_w = dout.shape
    p = self.pad
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    places = self.arg_max.reshape(N, out_h, out_w, C)
    for n, i, j, c in np.ndindex(N, out_h, out_w, C):
        y, x = divmod(places[n, i, j, c], self.pool_w)
        row, column = i * self.pool_h + y, j * self.pool_w + x
        if row < H + 2 * p and column < W + 2 * p:
            dx[n, c, row, column] += dout[n, c, i, j]
    return dx[:, :, p : p + H, p : p + W]


mistake("PB9", part="Pooling.backward", edits=[("self.stride, self.pad", "self.stride, 0")],
    loses={"Pooling.backward.padding"},
    hint=Text(
        en="backward needs every setting that forward used. Which one is missing?",
        ja="backwardでも、forwardと同じ設定をすべて使います。どれか忘れていませんか。"))

mistake("PB10", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max]", """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    last = dcol.shape[1] - 1 - np.argmax(col[:, ::-1], axis=1)
    dcol[np.arange(flat.size), last]""")],
    loses={"Pooling.backward.ties"},
    hint=Text(
        en="Of equal maxima, which one did the exercise choose?",
        ja="最大値が並んだとき、どの画素を勝者とする約束でしたか。"))

mistake("PB11", part="Pooling.backward",
    edits=[("    return col2im", """\
    dcol.reshape(N, out_h * out_w, -1)[:, 1:] = 0
    return col2im""")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="How many pixels of dx are not zero, and how many windows are there?",
        ja="dxの中で0でない画素はいくつありますか。窓はいくつありますか。"))

mistake("PB12", part="Pooling.backward",
    edits=[("return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)",
            """tiles = dcol.reshape(N, out_h, out_w, -1, self.pool_h, self.pool_w)
    tiles = tiles.transpose(0, 3, 1, 4, 2, 5)
    return tiles.reshape(N, -1, out_h * self.pool_h, out_w * self.pool_w)""")],
    loses={"Pooling.backward.window_and_stride", "Pooling.backward.left_over",
           "Pooling.backward.overlap", "Pooling.backward.padding"},
    hint=Text(
        en="Does it still run on a 5×5 map? Pixels that no window reads are part of dx as well.",
        ja="5×5のマップでも動きますか。どの窓からも読まれない画素も、dxに含まれます。"))

mistake("PB13", part="Pooling.backward", edits=[(", dtype=dout.dtype", "")],
    loses={"Pooling.backward.float32"},
    hint=Text(
        en="np.zeros makes float64 unless you tell it the dtype.",
        ja="np.zerosは、dtypeを指定しないとfloat64の配列を作ります。"))

mistake("PB14", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max]", """\
    if len(getattr(self, "kept", ())) != dout.size:
        self.kept = self.arg_max
    dcol[np.arange(flat.size), self.kept]""")],
    loses={"Pooling.backward.called_again"},
    hint=Text(
        en="Call forward with a second batch: does anything you keep still belong to the first?",
        ja="別のバッチでforwardを呼び出したとき、前のバッチのままのものはありませんか。"))

mistake("PB15", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max]", """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), "edge")
    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    dcol[np.arange(flat.size), np.argmax(col, axis=1)]""")],
    loses={"Pooling.backward.padding"},
    hint=Text(
        en="Compare the sums of dx and dout. Does the winner always lie inside the image?",
        ja="dxの総和とdoutの総和を比べてみましょう。勝者は必ず画像の中にありますか。"))

equivalent("PF-A", part="Pooling.forward", edits=[("-np.inf", "np.finfo(x.dtype).min")],
    why="no float64 or float32 lies below the smallest finite one")


@mistake("PF20", part="Pooling.forward", loses={"Pooling.forward.vectorised"},
    hint=Text(
        en="How often does each loop run for a map twice as wide? Take all windows at once.",
        ja="マップの幅が2倍になると、それぞれのループは何回回りますか。窓はまとめて処理しましょう。"))
def forward(self, x):
    N, C, H, W = x.shape
    out_h = 1 + int((H + 2 * self.pad - self.pool_h) / self.stride)
    out_w = 1 + int((W + 2 * self.pad - self.pool_w) / self.stride)
    out = np.zeros((N, C, out_h, out_w), dtype=x.dtype)
    places = np.zeros((N, out_h, out_w, C), dtype=int)
    for n, c, i, j in np.ndindex(N, C, out_h, out_w):
        best = None
        for y in range(self.pool_h):
            for z in range(self.pool_w):
                row = i * self.stride + y - self.pad
                column = j * self.stride + z - self.pad
                if 0 <= row < H and 0 <= column < W:
                    value = x[n, c, row, column]
                    if best is None or value > best:
                        best = value
                        places[n, i, j, c] = y * self.pool_w + z
        out[n, c, i, j] = best
    self.x = x
    self.arg_max = places.reshape(-1)
    return out


@equivalent("PF-C", part="Pooling.forward",
    why="a view of all windows holds the same numbers as im2col")
def forward(self, x):
    p = self.pad
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    shape = (self.pool_h, self.pool_w)
    windows = np.lib.stride_tricks.sliding_window_view(padded, shape, axis=(2, 3))
    windows = windows[:, :, :: self.stride, :: self.stride]
    flat = windows.reshape(*windows.shape[:4], -1)
    self.x = x
    self.arg_max = flat.argmax(axis=-1).transpose(0, 2, 3, 1).reshape(-1)
    return flat.max(axis=-1)


@equivalent("PF-D", part="Pooling.forward",
    why="a running maximum over the places of the window; > keeps the first of equals")
def forward(self, x):
    N, C, H, W = x.shape
    out_h = (H + 2 * self.pad - self.pool_h) // self.stride + 1
    out_w = (W + 2 * self.pad - self.pool_w) // self.stride + 1
    p = self.pad
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    out = np.full((N, C, out_h, out_w), -np.inf, dtype=x.dtype)
    places = np.zeros((N, C, out_h, out_w), dtype=int)
    for y in range(self.pool_h):
        for z in range(self.pool_w):
            rows = slice(y, y + self.stride * out_h, self.stride)
            columns = slice(z, z + self.stride * out_w, self.stride)
            candidate = padded[:, :, rows, columns]
            larger = candidate > out
            out = np.where(larger, candidate, out)
            places[larger] = y * self.pool_w + z
    self.x = x
    self.arg_max = places.transpose(0, 2, 3, 1).reshape(-1)
    return out


mistake("PB16", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max]",
            """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=self.x.min())
    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    dcol[np.arange(flat.size), np.argmax(col, axis=1)]""")],
    loses={"Pooling.backward.padding"},
    hint=Text(
        en="Try a map of zeros with padding: who is first among equals?",
        ja="すべて0のマップにパディングを付けると、同じ値の中で最初に来るのはどこですか。"))


@equivalent("PB-A", part="Pooling.backward",
    why="one window after the other, adding into a padded array")
def backward(self, dout):
    N, C, H, W = self.x.shape
    _, _, out_h, out_w = dout.shape
    p = self.pad
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    places = self.arg_max.reshape(N, out_h, out_w, C)
    for n, i, j, c in np.ndindex(N, out_h, out_w, C):
        y, x = divmod(places[n, i, j, c], self.pool_w)
        dx[n, c, i * self.stride + y, j * self.stride + x] += dout[n, c, i, j]
    return dx[:, :, p : p + H, p : p + W]


@equivalent("PB-B", part="Pooling.backward", why="np.add.at adds also where one index comes twice")
def backward(self, dout):
    N, C, H, W = self.x.shape
    _, _, out_h, out_w = dout.shape
    places = self.arg_max.reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)
    n, c, i, j = np.indices(dout.shape)
    rows = i * self.stride + places // self.pool_w - self.pad
    columns = j * self.stride + places % self.pool_w - self.pad
    dx = np.zeros((N, C, H, W), dtype=dout.dtype)
    np.add.at(dx, (n, c, rows, columns), dout)
    return dx


equivalent("PB-C", part="Pooling.backward",
    edits=[("return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)",
            """_, C, H, W = self.x.shape
    p = self.pad
    padded = (N, C, H + 2 * p, W + 2 * p)
    dx = col2im(dcol, padded, self.pool_h, self.pool_w, self.stride, 0)
    return dx[:, :, p : p + H, p : p + W]""")],
    why="col2im on the padded shape, the border cut off by hand")

mistake("PF18", part="Pooling.forward",
    edits=[("(W + 2 * p - self.pool_w)", "(H + 2 * p - self.pool_w)")],
    loses={"Pooling.forward.batch_and_channels",
           "Pooling.forward.non_square_window",
           "Pooling.forward.stride",
           "Pooling.forward.left_over",
           "Pooling.forward.all_negative",
           "Pooling.forward.padding_size",
           "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32",
           "Pooling.forward.input_untouched",
           "Pooling.backward.*"},
    hint=Text(
        en="How wide is the output? Try maps that are wider than high.",
        ja="出力の幅はいくつになりますか。横長のマップで試してみましょう。"))

mistake("PF19", part="Pooling.forward",
    edits=[("(W + 2 * p - self.pool_w)", "(W + 2 * p - self.pool_h)")],
    loses={"Pooling.forward.non_square_window",
           "Pooling.backward.window_and_stride"},
    hint=Text(
        en="Try a window that is higher than wide: which of its sides decides how wide "
           "the output is?",
        ja="縦長の窓で試してみましょう。出力の幅を決めるのは、窓のどちらの辺ですか。"))

mistake("PF22", part="Pooling.forward",
    edits=[("im2col(padded, self.pool_h, self.pool_w,",
            "im2col(padded, self.pool_w, self.pool_h,")],
    loses={"Pooling.forward.non_square_window",
           "Pooling.backward.window_and_stride"},
    hint=Text(
        en="In which order does `im2col` take the height and the width of the window?",
        ja="`im2col`に渡す窓の高さと幅は、どちらが先ですか。"))

mistake("PB17", part="Pooling.backward",
    edits=[("    return col2im", "    col2im")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="dx is computed, and then? What does a method without a `return` give back?",
        ja="dxは計算されていますが、そのあとどうなりますか。"
           "`return`のないメソッドは何を返すでしょうか。"))

mistake("PB18", part="Pooling.backward",
    edits=[("    N, _, out_h, out_w = dout.shape",
            "    vars(self).pop('arg_max', None)\n"
            "    N, _, out_h, out_w = dout.shape")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="`backward` has to know who won each window. Which line of `forward` keeps it, "
           "under exactly this name?",
        ja="`backward`では、窓ごとの最大値の位置が必要です。"
           "`forward`のどの行で、その名前のまま残していますか。"))

mistake("PF23", part="Pooling.forward",
    edits=[("    return out.reshape", "    out.reshape")],
    loses={"Pooling.forward.*"},
    hint=Text(
        en="The maxima are computed, and then? What does a method without a `return` give back?",
        ja="最大値は計算されていますが、そのあとどうなりますか。"
           "`return`のないメソッドは何を返すでしょうか。"))

mistake("PB20", part="Pooling.backward",
    edits=[("    return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, "
            "self.pad)",
            """\
    n, c, height, width = self.x.shape
    padded = n, c, height + 2 * self.pad, width + 2 * self.pad
    return col2im(dcol, padded, self.pool_h, self.pool_w, self.stride, 0)""")],
    loses={"Pooling.backward.padding"},
    hint=Text(
        en="The gradient of x has the shape of x. What became of the padding?",
        ja="xの勾配の形状は、xと同じです。パディングの部分はどうしましたか。"))

mistake("PB21", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max] = flat",
            """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    seen = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    dcol[np.arange(flat.size), self.arg_max] = seen.max(axis=1)""")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Call backward with dout = 0: what should come back? Which number does the "
           "winner get?",
        ja="doutをすべて0にしてbackwardを呼び出すと、何が返るはずですか。勝者に渡すのはどの値ですか。"))

mistake("PB19", part="Pooling.backward",
    edits=[("""\
    dcol = np.zeros((flat.size, self.pool_h * self.pool_w), dtype=dout.dtype)
    dcol[np.arange(flat.size), self.arg_max] = flat

    # One row for each place again; col2im adds where windows overlap.
    dcol = dcol.reshape(N * out_h * out_w, -1)
    return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)""",
            """\
    _, C, H, W = self.x.shape
    p, s = self.pad, self.stride
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    rows, columns = np.divmod(self.arg_max, self.pool_h)
    n, y, x, c = (each.ravel() for each in np.indices((N, out_h, out_w, C)))
    np.add.at(padded, (n, c, y * s + rows, x * s + columns), flat)
    return padded[:, :, p : p + H, p : p + W]""")],
    loses={"Pooling.backward.window_and_stride"},
    hint=Text(
        en="Number 3 of a window of 3×2: which row and column is that? By what do you divide?",
        ja="3×2の窓の3番は、何行何列ですか。何で割りますか。"))

mistake("PF24", part="Pooling.forward",
    edits=[("N, C, H, W = x.shape", "N, C, W, H = x.shape")],
    loses={"Pooling.forward.batch_and_channels",
           "Pooling.forward.non_square_window",
           "Pooling.forward.stride",
           "Pooling.forward.left_over",
           "Pooling.forward.all_negative",
           "Pooling.forward.padding_size",
           "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32",
           "Pooling.forward.input_untouched",
           "Pooling.backward.window_and_stride"},
    hint=Text(
        en="Which axis of a map comes first, its height or its width?",
        ja="マップの配列では、高さと幅のどちらの軸が先ですか。"))

mistake("PF25", part="Pooling.forward",
    edits=[("out_h = (H + 2 * p - self.pool_h) // self.stride + 1",
            "out_h = -(-(H + 2 * p) // self.stride)"),
           ("out_w = (W + 2 * p - self.pool_w) // self.stride + 1",
            "out_w = -(-(W + 2 * p) // self.stride)"),
           ("    padded = ",
            """\
    below = max((out_h - 1) * self.stride + self.pool_h - H - p, p)
    right = max((out_w - 1) * self.stride + self.pool_w - W - p, p)
    padded = """),
           ("(p, p), (p, p))", "(p, below), (p, right))"),
           ("    col = im2col(padded, self",
            """\
    padded = padded[:, :, : (out_h - 1) * self.stride + self.pool_h]
    padded = padded[..., : (out_w - 1) * self.stride + self.pool_w]
    col = im2col(padded, self""")],
    loses={"Pooling.forward.non_square_window",
           "Pooling.forward.stride",
           "Pooling.forward.left_over",
           "Pooling.forward.padding_size",
           "Pooling.backward.left_over",
           "Pooling.backward.overlap"},
    hint=Text(
        en="Does your last window still fit into the map? Where may a window begin at the "
           "latest?",
        ja="最後の窓は、マップに収まっていますか。窓を置ける位置は、どこまでですか。"))

mistake("PF26", part="Pooling.forward",
    edits=[("(H + 2 * p - self.pool_h) // self.stride + 1",
            "(H + 2 * p - self.pool_h) // self.stride"),
           ("(W + 2 * p - self.pool_w) // self.stride + 1",
            "(W + 2 * p - self.pool_w) // self.stride")],
    loses={"Pooling.forward.*", "Pooling.backward.*"},
    hint=Text(
        en="Take a window that is as large as the map: how many fit?",
        ja="マップと同じ大きさの窓なら、いくつ入りますか。"))

mistake("PF27", part="Pooling.forward",
    edits=[("(H + 2 * p - self.pool_h)", "(W + 2 * p - self.pool_h)")],
    loses={"Pooling.forward.batch_and_channels",
           "Pooling.forward.non_square_window",
           "Pooling.forward.stride",
           "Pooling.forward.left_over",
           "Pooling.forward.all_negative",
           "Pooling.forward.padding_size",
           "Pooling.forward.padding_never_wins",
           "Pooling.forward.float32",
           "Pooling.forward.input_untouched",
           "Pooling.backward.*"},
    hint=Text(
        en="How high is the output? Try maps that are higher than wide.",
        ja="出力の高さはいくつになりますか。縦長のマップで試してみましょう。"))

mistake("PB22", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max] = flat",
            """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    seen = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    winners = seen == seen.max(axis=1, keepdims=True)
    dcol[:] = winners * flat[:, np.newaxis] / winners.sum(axis=1, keepdims=True)""")],
    loses={"Pooling.backward.ties"},
    hint=Text(
        en="Of equal maxima, does the exercise choose one, or share the gradient among them?",
        ja="最大値が並んだとき、勾配は1つの画素に渡す約束でしたか、分け合う約束でしたか。"))

mistake("PB23", part="Pooling.backward",
    edits=[("self.arg_max] = flat", "self.arg_max] = flat / dcol.shape[1]")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="If the largest pixel of a window grows by 1, by how much does the output grow?",
        ja="窓の中で最大の画素が1増えると、出力はいくつ増えますか。"))

mistake("PF28", part="Pooling.forward",
    edits=[("    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0)", """\
    size = self.pool_h, self.pool_w
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))
    windows = windows[:, :, :: self.stride, :out_w]
    col = windows.transpose(0, 2, 3, 1, 4, 5)""")],
    loses={"Pooling.forward.*", "Pooling.backward.*"},
    hint=Text(
        en="When the stride is 2, by how many pixels does the window move to the right, and by how "
           "many does it move down?",
        ja="ストライドが2のとき、窓は右へ何画素、下へ何画素ずつ動きますか。"))

mistake("PB24", part="Pooling.backward",
    edits=[("self.arg_max] = flat", "self.arg_max[::-1]] = flat")],
    loses={"Pooling.backward.*"},
    hint=Text(
        en="Row k of dcol belongs to window k. Whose winner do you look up for it?",
        ja="dcolのk行目はk番目の窓のものです。そこで参照しているのは、どの窓の最大値の位"
           "置ですか。"))

mistake("PB25", part="Pooling.backward",
    edits=[("self.pool_w, self.stride, self.pad)", "self.pool_w, self.pool_h, self.pad)")],
    loses={"Pooling.backward.window_and_stride", "Pooling.backward.overlap"},
    hint=Text(
        en="Are two neighbouring windows always as far apart as a window is high?",
        ja="隣り合う窓の間隔は、いつも窓の高さと同じですか。"))

mistake("PF29", part="Pooling.forward",
    edits=[("    p = self.pad", """\
    self.pad = self.pool_h // 2 if self.pad else 0
    p = self.pad""")],
    loses={"Pooling.forward.non_square_window", "Pooling.forward.padding_size",
           "Pooling.backward.padding"},
    hint=Text(
        en="Take a window of 5×5 with pad=1. How many rows and columns do you add on each side?",
        ja="5×5の窓でpad=1としてみましょう。それぞれの側に何行、何列を付け足していますか。"))

mistake("PF30", part="Pooling.forward",
    edits=[("    p = self.pad", """\
    p = self.pad
    if p:
        self.stride = self.pool_h""")],
    loses={"Pooling.forward.padding_size"},
    hint=Text(
        en="Does the window move by the same step with padding as without it? Print the shape of "
           "the output for a stride that is not the size of the window.",
        ja="パディングがあるときも、窓は同じ幅で動いていますか。窓の大きさと違うストライドで、"
           "出力の形状を表示してみましょう。"))

mistake("PF31", part="Pooling.forward",
    edits=[("(W + 2 * p - self.pool_w)", "(W + 2 * p - (self.pool_h if p else self.pool_w))")],
    loses={"Pooling.forward.non_square_window"},
    hint=Text(
        en="Try a window that is not square, with padding: which of its sides decides how wide "
           "the output is?",
        ja="正方形でない窓で、パディングを付けて試してみましょう。出力の幅を決めるのは、窓のどちらの"
           "辺ですか。"))

mistake("PB26", part="Pooling.backward",
    edits=[("    dcol[np.arange(flat.size), self.arg_max]", """\
    p = self.pad
    padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    col = im2col(padded, self.pool_h, self.pool_w, self.stride, 0).reshape(dcol.shape)
    dcol[np.arange(flat.size), np.argmax(np.abs(col), axis=1)]""")],
    loses={"Pooling.backward.batch_and_channels", "Pooling.backward.padding"},
    hint=Text(
        en="A window holds 2 and -3. Which of them is the output, and which one gets the gradient?",
        ja="窓の中に2と-3があるとき、出力になるのはどちらですか。勾配を受け取るのはどちらですか。"))
