# ruff: noqa: F811, D103 - each function is a student's version of the same name.
# ruff: noqa: F821 - im2col and col2im are there where these functions run.
"""Known ways in which the convolution layer goes wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake
from autograder.text import Text

mistake("NG1", part="numerical_gradient", edits=[("x[index] - h", "x[index]"), ("(2 * h)", "h")],
    loses={"numerical_gradient.central"},
    hint=Text(
        en="You step to one side only. Which of the two formulas in section 1 is asked for?",
        ja="片側にしか動かしていません。1節の2つの式のうち、使うのはどちらですか。"))

mistake("NG2", part="numerical_gradient", edits=[("(2 * h)", "h")],
    loses={"numerical_gradient.*"},
    hint=Text(
        en="Every result is twice too large: how far apart are the two points?",
        ja="結果がすべて2倍になっています。2つの点はどれだけ離れていますか。"))

mistake("NG3", part="numerical_gradient",
    edits=[("""moved[index] = x[index]
        gradient""", "gradient")],
    loses={"numerical_gradient.any_shape", "numerical_gradient.input_untouched"},
    hint=Text(
        en="In what state is x when you move on to the next entry?",
        ja="次の要素に進むとき、xはどのような状態になっていますか。"))

mistake("NG4", part="numerical_gradient",
    edits=[("moved[index] = x[index] + h", "moved[...] = x + h"),
           ("moved[index] = x[index] - h", "moved[...] = x - h")],
    loses={"numerical_gradient.any_shape", "numerical_gradient.input_untouched"},
    hint=Text(
        en="You move all entries at once. Whose slope do you measure then?",
        ja="すべての要素を一度に動かしています。それでは何の傾きを測ることになりますか。"))

mistake("NG5", part="numerical_gradient",
    edits=[("    moved = x.copy()", """\
    h = 1e-4
    moved = x.copy()""")],
    loses={"numerical_gradient.central"},
    hint=Text(
        en="Call your function with another h. Does anything change?",
        ja="hを変えて呼び出してみましょう。結果は変わりますか。"))

mistake("NG6", part="numerical_gradient",
    edits=[("x.copy()", "x"), ("moved[index] = x[index] + h", "moved[index] += h"),
           ("moved[index] = x[index] - h", "moved[index] -= 2 * h"),
           ("""        moved[index] = x[index]
""", """\
        moved[index] += h
""")],
    loses={"numerical_gradient.input_untouched"},
    hint=Text(
        en="Compare x before and after the call, to the last digit.",
        ja="呼び出しの前後で、xを最後の桁まで比べてみましょう。"))


@equivalent("NG-A", part="numerical_gradient", why="moves x itself and puts the old value back")
def numerical_gradient(f, x, h=1e-5):
    gradient = np.empty(x.shape)
    walk = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not walk.finished:
        index = walk.multi_index
        old = float(x[index])
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        gradient[index] = (above - below) / (2 * h)
        x[index] = old
        walk.iternext()
    return gradient


mistake("CF1", part="Convolution.forward",
    edits=[("reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)", "reshape(N, F, out_h, out_w)")],
    loses={"Convolution.forward.batch_channels_filters", "Convolution.forward.all_at_once"},
    hint=Text(
        en="Which axis of the matrix product is the filter axis? Reshape cannot move it.",
        ja="行列積のどの軸がフィルターに対応しますか。reshapeでは軸を動かせません。"))

mistake("CF2", part="Convolution.forward", edits=[(".transpose(0, 3, 1, 2)", "")],
    loses={"Convolution.forward.*"},
    hint=Text(
        en="What layout does the next layer expect? Where is the axis of the filters in yours?",
        ja="次の層に渡す配列は、軸をどの順に並べますか。フィルターは何番目の軸にありますか。"))

mistake("CF4", part="Convolution.forward", edits=[(" + self.b", "")],
    loses={"Convolution.forward.bias", "Convolution.forward.all_at_once"},
    hint=Text(
        en="Set W to 0: what should come out?",
        ja="Wをすべて0にすると、何が出てくるはずですか。"))

mistake("CF5", part="Convolution.forward",
    edits=[("self.W.reshape", "self.W[:, :, ::-1, ::-1].reshape")],
    loses={"Convolution.forward.one_filter", "Convolution.forward.batch_channels_filters",
           "Convolution.forward.non_square", "Convolution.forward.stride",
           "Convolution.forward.padding", "Convolution.forward.all_at_once",
           "Convolution.forward.defaults", "Convolution.forward.float32",
           "Convolution.forward.input_untouched", "Convolution.forward.vectorised",
           "Convolution.backward.dx", "Convolution.backward.stride",
           "Convolution.backward.padding", "Convolution.backward.non_square",
           "Convolution.backward.all_at_once", "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed", "Convolution.backward.float32"},
    hint=Text(
        en="Which one do libraries compute, convolution or cross-correlation?",
        ja="ライブラリーが計算するのは、数学でいう畳み込みですか、相互相関ですか。"))

mistake("CF7", part="Convolution.forward",
    edits=[("H + 2 * self.pad - FH", "H - FH"), ("W + 2 * self.pad - FW", "W - FW")],
    loses={"Convolution.forward.padding", "Convolution.forward.all_at_once",
           "Convolution.backward.padding", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Use the same size formula as im2col did, padding included.",
        ja="大きさの式は、パディングも含めてim2colと同じにしましょう。"))

mistake("CF8", part="Convolution.forward", edits=[("FW, self.stride, self.pad", "FW, 1, self.pad")],
    loses={"Convolution.forward.stride", "Convolution.forward.all_at_once",
           "Convolution.backward.stride", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Print col.shape for stride 2. How many windows should there be?",
        ja="ストライド2のときのcol.shapeを表示してみましょう。窓はいくつあるはずですか。"))

mistake("CF10", part="Convolution.forward", edits=[("self.b", "self.b.sum()")],
    loses={"Convolution.forward.bias", "Convolution.forward.all_at_once"},
    hint=Text(
        en="One bias per what? Look at the shape of b.",
        ja="バイアスは何ごとに1つですか。bの形状を見てみましょう。"))

mistake("CF11", part="Convolution.forward",
    edits=[("transpose(0, 3, 1, 2)", "transpose(0, 3, 2, 1)")],
    loses={"Convolution.forward.one_filter", "Convolution.forward.batch_channels_filters",
           "Convolution.forward.non_square", "Convolution.forward.stride",
           "Convolution.forward.padding", "Convolution.forward.all_at_once",
           "Convolution.forward.defaults", "Convolution.forward.float32",
           "Convolution.forward.input_untouched", "Convolution.forward.vectorised"},
    hint=Text(
        en="Name the axes before and after your transpose: which is the height?",
        ja="transposeの前と後の軸に名前を付けてみましょう。高さはどれですか。"))

mistake("CF17", part="Convolution.forward",
    edits=[("F, _, FH, FW", "F, C, FH, FW"), ("+ self.b", "+ C * FH * FW * self.b")],
    loses={"Convolution.forward.bias", "Convolution.forward.all_at_once"},
    hint=Text(
        en="How often is the bias added to each output?",
        ja="バイアスは、1つの出力に何回足されていますか。"))

mistake("CF18", part="Convolution.forward",
    edits=[("    product = self.col", """\
    product = np.zeros((len(self.col), F))
    product += self.col""")],
    loses={"Convolution.forward.float32"},
    hint=Text(
        en="Compare x.dtype with out.dtype. In which line does it change?",
        ja="x.dtypeとout.dtypeを比べましょう。どの行で変わっていますか。"))

mistake("CF9", part="Convolution.forward",
    edits=[("F, _, FH, FW", "F, C, FH, FW"),
           ("self.W.reshape", "np.repeat(self.W[:, :1], C, axis=1).reshape")],
    loses={"Convolution.forward.batch_channels_filters", "Convolution.forward.all_at_once",
           "Convolution.backward.dx", "Convolution.backward.all_at_once"},
    hint=Text(
        en="How many weights does one filter have for a colour image?",
        ja="カラー画像に対して、フィルター1枚はいくつの重みをもちますか。"))

mistake("CF14", part="Convolution.forward",
    edits=[("    product = self.col", """\
    product = np.empty((len(self.col), F), dtype=x.dtype)
    product += self.col""")],
    loses={"Convolution.forward.*"},
    hint=Text(
        en="What is in the array before you add anything to it?",
        ja="足していく前の配列には、何が入っていますか。"))


@equivalent("CE-A", part="Convolution.forward", why="filters as rows, size by int() of a quotient")
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = 1 + int((H + 2 * self.pad - FH) / self.stride)
    out_w = 1 + int((W + 2 * self.pad - FW) / self.stride)
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    rows = self.W.reshape(F, -1)
    self.col_W = rows.T
    maps = rows @ self.col.T + self.b[:, None]
    return maps.reshape(F, N, out_h, out_w).transpose(1, 0, 2, 3)


mistake("CB1", part="Convolution.backward", edits=[("rows.sum(axis=0)", "rows.mean(axis=0)")],
    loses={"Convolution.backward.db"},
    hint=Text(
        en="If b grows a little, how many outputs grow with it?",
        ja="bを少し大きくすると、いくつの出力が大きくなりますか。"))

mistake("CB2", part="Convolution.backward",
    edits=[(".reshape(self.W.shape)", ".reshape(self.W.shape) / dout.shape[0]")],
    loses={"Convolution.backward.dw", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Where has the 1/N of the loss already been taken into account?",
        ja="損失の1/Nは、すでにどこに含まれていますか。"))

mistake("CB3", part="Convolution.backward", edits=[("rows.T @ self.col)", "self.col.T @ rows)")],
    loses={"Convolution.backward.dw", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Which axis of col.T @ dout is the filter axis? And which one of W?",
        ja="col.T @ doutではどの軸がフィルターですか。Wではどうですか。"))

mistake("CB4", part="Convolution.backward", edits=[(".transpose(0, 2, 3, 1)", "")],
    loses={"Convolution.backward.db", "Convolution.backward.dw", "Convolution.backward.dx",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="Do the rows of dout line up with the rows of col? Undo the transpose first.",
        ja="doutの行はcolの行とそろっていますか。まずtransposeを元に戻しましょう。"))

@mistake("CF27", part="Convolution.forward", loses={"Convolution.forward.vectorised"},
    hint=Text(
        en="The rows of col times the filters as columns: does that need a loop over windows?",
        ja="colの行とフィルターの列の積です。窓ごとにループする必要がありますか。"))
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    out = np.zeros((len(self.col), F), dtype=x.dtype)
    for number, row in enumerate(self.col):
        out[number] = row @ self.col_W + self.b
    return out.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake("CF28", part="Convolution.forward", loses={"Convolution.forward.vectorised"},
    hint=Text(
        en="One matrix product can do all filters at once: where do they lie in col_W?",
        ja="行列積は、すべてのフィルターをまとめて計算できます。col_Wの中で、フィルターはどこにありますか。"))
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    out = np.zeros((N, F, out_h, out_w), dtype=x.dtype)
    for f in range(F):
        weights = self.W[f].ravel()
        sums = self.col @ weights
        sums = sums + self.b[f]
        out[:, f] = sums.reshape(N, out_h, out_w)
    return out


mistake("CB6", part="Convolution.backward", edits=[("self.stride, self.pad", "1, self.pad")],
    loses={"Convolution.backward.stride", "Convolution.backward.all_at_once"},
    hint=Text(
        en="The backward pass needs every setting that the forward pass used. The stride?",
        ja="順伝播で使った設定は、逆伝播でもすべて必要です。ストライドはどうですか。"))

mistake("CB7", part="Convolution.backward", edits=[("self.stride, self.pad", "self.stride")],
    loses={"Convolution.backward.padding", "Convolution.backward.all_at_once"},
    hint=Text(
        en="The backward pass needs every setting that the forward pass used. The padding?",
        ja="順伝播で使った設定は、逆伝播でもすべて必要です。パディングはどうですか。"))

mistake("CB9", part="Convolution.backward",
    edits=[("    dcol = rows", """\
    self.W = self.W - 0.01 * self.dW
    self.b = self.b - 0.01 * self.db
    dcol = rows""")],
    loses={"Convolution.backward.several_calls", "Convolution.backward.nothing_changed"},
    hint=Text(
        en="Who owns the update of the weights: the layer or the optimiser?",
        ja="重みを更新するのは、層ですか、最適化手法ですか。"))

mistake("CB11", part="Convolution.backward",
    edits=[("self.col_W.T", "self.W[:, :, ::-1, ::-1].reshape(F, -1)")],
    loses={"Convolution.backward.dx", "Convolution.backward.stride",
           "Convolution.backward.padding", "Convolution.backward.non_square",
           "Convolution.backward.all_at_once", "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed", "Convolution.backward.float32"},
    hint=Text(
        en="col2im puts every product back where its window was, and that is all the flipping. "
           "Do you flip the filter as well?",
        ja="col2imは積を窓の元の場所に足し戻すので、反転はそれで済んでいます。"
           "フィルターまで反転していませんか。"))

mistake("CB15", part="Convolution.backward", edits=[("rows.sum(axis=0)", "rows.sum()")],
    loses={"Convolution.backward.db"},
    hint=Text(
        en="The shape of db is the shape of what?",
        ja="dbの形状は、何の形状と同じになるはずですか。"))

mistake("CB24", part="Convolution.backward",
    edits=[("self.db = rows", "self.db = (0 if self.db is None else self.db) + rows"),
           ("self.dW = (rows", "self.dW = (0 if self.dW is None else self.dW) + (rows")],
    loses={"Convolution.backward.several_calls"},
    hint=Text(
        en="Call backward twice. Should the second dW contain the first one?",
        ja="backwardを2回呼び出してみましょう。2回目のdWに1回目の値が含まれてよいでしょうか。"))


@mistake("CB23", part="Convolution.backward",
    loses={"Convolution.backward.stride", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Where does the window of output (1, 0) start in the forward pass, and where here?",
        ja="順伝播では、出力(1, 0)の窓はどこから始まりますか。ここではどうですか。"))
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    N, C, H, W = self.x_shape
    dx = np.zeros((N, C, H + 2 * self.pad, W + 2 * self.pad), dtype=dout.dtype)
    for y in range(dout.shape[2]):
        for x in range(dout.shape[3]):
            dx[:, :, y : y + FH, x : x + FW] += np.tensordot(dout[:, :, y, x], self.W, 1)
    return dx[:, :, self.pad : self.pad + H, self.pad : self.pad + W]


@equivalent("CE-B", part="Convolution.backward", why="window by window with einsum, no col2im")
def backward(self, dout):
    _, _, FH, FW = self.W.shape
    N, C, H, W = self.x_shape
    out_h, out_w = dout.shape[2:]
    windows = self.col.reshape(N, out_h, out_w, C, FH, FW)
    self.db = np.einsum("nfyx->f", dout)
    self.dW = np.einsum("nfyx,nyxcij->fcij", dout, windows)
    dx = np.zeros((N, C, H + 2 * self.pad, W + 2 * self.pad), dtype=dout.dtype)
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * self.stride, x * self.stride
            stamp = np.einsum("nf,fcij->ncij", dout[:, :, y, x], self.W)
            dx[:, :, top : top + FH, left : left + FW] += stamp
    return dx[:, :, self.pad : self.pad + H, self.pad : self.pad + W]

mistake("CF19", part="Convolution.forward",
    edits=[("(W + 2 * self.pad - FW)", "(H + 2 * self.pad - FW)")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="How wide is the output? Try an image that is wider than high.",
        ja="出力の幅はいくつになりますか。横長の画像で試してみましょう。"))

mistake("CF20", part="Convolution.forward",
    edits=[("(W + 2 * self.pad - FW)", "(W + 2 * self.pad - FH)")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square"},
    hint=Text(
        en="Try a filter that is higher than wide: which of its sides decides how wide "
           "the output is?",
        ja="縦長のフィルターで試してみましょう。"
           "出力の幅を決めるのは、フィルターのどちらの辺ですか。"))

mistake("CF29", part="Convolution.forward",
    edits=[("(H + 2 * self.pad - FH)", "(H + 2 * self.pad - FW)")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="Try a filter that is wider than high: which of its sides decides how high "
           "the output is?",
        ja="横長のフィルターで試してみましょう。"
           "出力の高さを決めるのは、フィルターのどちらの辺ですか。"))

mistake("CF21", part="Convolution.forward",
    edits=[("im2col(x, FH, FW,", "im2col(x, FW, FH,")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="In which order does `im2col` take the height and the width of the window?",
        ja="`im2col`に渡す窓の高さと幅は、どちらが先ですか。"))

mistake("CF22", part="Convolution.forward",
    edits=[("    return product.reshape", "    product.reshape")],
    loses={"Convolution.forward.*"},
    hint=Text(
        en="The output is computed, and then? What does a method without a `return` give back?",
        ja="出力は計算されていますが、そのあとどうなりますか。"
           "`return`のないメソッドは何を返すでしょうか。"))

mistake("CF23", part="Convolution.forward",
    edits=[("self.stride, self.pad)\n    self.col_W", "self.pad, self.stride)\n    self.col_W")],
    loses={"Convolution.forward.*",
           "Convolution.backward.*"},
    hint=Text(
        en="In which order does `im2col` take stride and pad?",
        ja="`im2col`に渡すストライドとパディングは、どちらが先ですか。"))

mistake("CB25", part="Convolution.backward",
    edits=[("    return col2im", "    col2im")],
    loses={"Convolution.backward.dx",
           "Convolution.backward.stride",
           "Convolution.backward.padding",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once",
           "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed",
           "Convolution.backward.float32"},
    hint=Text(
        en="dx is computed, and then? What does a method without a `return` give back?",
        ja="dxは計算されていますが、そのあとどうなりますか。"
           "`return`のないメソッドは何を返すでしょうか。"))

mistake("CB26", part="Convolution.backward",
    edits=[("col2im(dcol, self.x_shape, FH, FW,", "col2im(dcol, self.x_shape, FW, FH,")],
    loses={"Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="In which order does `col2im` take the height and the width of the window?",
        ja="`col2im`に渡す窓の高さと幅は、どちらが先ですか。"))

mistake("CB27", part="Convolution.backward",
    edits=[("    F, _, FH, FW = self.W.shape",
            "    vars(self).pop('col', None)\n"
            "    F, _, FH, FW = self.W.shape")],
    loses={"Convolution.backward.*"},
    hint=Text(
        en="`backward` needs the matrix of the windows. Which line of `forward` keeps it, "
           "under exactly this name?",
        ja="`backward`では窓の行列が必要です。"
           "`forward`のどの行で、その名前のまま残していますか。"))

mistake("CB28", part="Convolution.backward",
    edits=[("    F, _, FH, FW = self.W.shape",
            "    vars(self).pop('x_shape', None)\n"
            "    F, _, FH, FW = self.W.shape")],
    loses={"Convolution.backward.*"},
    hint=Text(
        en="`backward` needs the shape of x. Which line of `forward` keeps it, under "
           "exactly this name?",
        ja="`backward`ではxの形状が必要です。"
           "`forward`のどの行で、その名前のまま残していますか。"))

mistake("NG7", part="numerical_gradient",
    edits=[("np.ndindex(x.shape)", "range(len(x))")],
    loses={"numerical_gradient.any_shape", "numerical_gradient.input_untouched"},
    hint=Text(
        en="For an x of shape (2, 3): how many entries does each of your steps move?",
        ja="形状(2, 3)のxで考えましょう。1回にいくつの要素を動かしていますか。"))

mistake("NG8", part="numerical_gradient",
    edits=[("above - below", "below - above")],
    loses={"numerical_gradient.*"},
    hint=Text(
        en="f(x) = 3x has slope 3. Which of the two values has to be subtracted?",
        ja="f(x) = 3xの傾きは3です。2つの値のうち、引くのはどちらですか。"))

mistake("CF30", part="Convolution.forward",
    edits=[("self.W.reshape(F, -1).T", "self.W.transpose(0, 1, 3, 2).reshape(F, -1).T")],
    loses={"Convolution.forward.one_filter",
           "Convolution.forward.batch_channels_filters",
           "Convolution.forward.non_square",
           "Convolution.forward.stride",
           "Convolution.forward.padding",
           "Convolution.forward.all_at_once",
           "Convolution.forward.defaults",
           "Convolution.forward.float32",
           "Convolution.forward.input_untouched",
           "Convolution.forward.vectorised",
           "Convolution.backward.dx",
           "Convolution.backward.stride",
           "Convolution.backward.padding",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once",
           "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed",
           "Convolution.backward.float32"},
    hint=Text(
        en="Which row and column of the filter meets the pixel in row i, column j of the "
           "window?",
        ja="窓のi行j列の画素に掛けるのは、フィルターの何行何列の重みですか。"))

mistake("CF31", part="Convolution.forward",
    edits=[("self.col @ self.col_W + self.b", "self.col @ self.col_W"),
           (".transpose(0, 3, 1, 2)", ".transpose(0, 3, 1, 2) + self.b")],
    loses={"Convolution.forward.bias",
           "Convolution.forward.batch_channels_filters",
           "Convolution.forward.all_at_once",
           "Convolution.forward.vectorised",
           "Convolution.backward.db",
           "Convolution.backward.dw",
           "Convolution.backward.dx",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="Along which axis does b of shape (F,) run when it meets (N, F, out_h, out_w)?",
        ja="形状(F,)のbを(N, F, out_h, out_w)に足すと、どの軸の方向に並びますか。"))

mistake("CF32", part="Convolution.forward",
    edits=[("return product.reshape", "return np.maximum(product, 0).reshape")],
    loses={"Convolution.forward.*"},
    hint=Text(
        en="Can the result of a convolution be negative? Which layer removes negative numbers?",
        ja="畳み込みの結果は負になりえますか。負の値を0にするのはどの層の役目ですか。"))

mistake("CF33", part="Convolution.forward",
    edits=[("N, _, H, W = x.shape", "N, _, W, H = x.shape")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="Which axis of an image comes first, its height or its width?",
        ja="画像の配列では、高さと幅のどちらの軸が先ですか。"))

mistake("CF34", part="Convolution.forward",
    edits=[("(H + 2 * self.pad - FH)", "(W + 2 * self.pad - FH)")],
    loses={"Convolution.forward.non_square",
           "Convolution.forward.all_at_once",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="How high is the output? Try an image that is higher than wide.",
        ja="出力の高さはいくつになりますか。縦長の画像で試してみましょう。"))

mistake("CB29", part="Convolution.backward",
    edits=[("rows.sum(axis=0)", "dout.sum(axis=0)")],
    loses={"Convolution.backward.db"},
    hint=Text(
        en="At how many places of the output is one bias added? The shape of db is that of b.",
        ja="1つのバイアスは、出力の何か所に足されていますか。dbの形状はbと同じです。"))

mistake("CB30", part="Convolution.backward",
    edits=[("rows.sum(axis=0)", "rows.sum(axis=0, keepdims=True)")],
    loses={"Convolution.backward.db"},
    hint=Text(
        en="Print db.shape, and b.shape below it. Which axis should not be there?",
        ja="db.shapeとb.shapeを並べて表示しましょう。余分な軸はどれですか。"))

mistake("CB31", part="Convolution.backward",
    edits=[("    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)",
            """\
    N, C, H, W = self.x_shape
    s, p = self.stride, self.pad
    windows = dcol.reshape(N, *dout.shape[2:], C, FH, FW)
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dcol.dtype)
    for y in range(dout.shape[2]):
        for x in range(dout.shape[3]):
            padded[:, :, y * s : y * s + FH, x * s : x * s + FW] = windows[:, y, x]
    return padded[:, :, p : p + H, p : p + W]""")],
    loses={"Convolution.backward.dx",
           "Convolution.backward.stride",
           "Convolution.backward.padding",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once",
           "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed",
           "Convolution.backward.float32"},
    hint=Text(
        en="A pixel that lies in two windows influences two outputs. What happens to the "
           "first gradient when the second one comes?",
        ja="2つの窓に入る画素は、2つの出力に影響します。2つ目の勾配が来たとき、1つ目はどうなりますか。"))

mistake("CB32", part="Convolution.backward",
    edits=[("    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)",
            """\
    N, C, H, W = self.x_shape
    p = self.pad
    return col2im(dcol, (N, C, H + 2 * p, W + 2 * p), FH, FW, self.stride, 0)""")],
    loses={"Convolution.backward.padding", "Convolution.backward.all_at_once"},
    hint=Text(
        en="The gradient of x has the shape of x. What became of the padding?",
        ja="xの勾配の形状は、xと同じです。パディングの部分はどうしましたか。"))

mistake("CB33", part="Convolution.backward",
    edits=[("(rows.T @ self.col)",
            "(rows[-len(rows) // len(dout) :].T @ self.col[-len(rows) // len(dout) :])")],
    loses={"Convolution.backward.dw", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Every image of the batch uses the same filters. Whose gradient is left in dW "
           "after your loop over the images?",
        ja="フィルターは、バッチのすべての画像で共通です。画像のループが終わったとき、dWに残っているのはどの画像の勾配ですか。"))

mistake("CF36", part="Convolution.forward",
    edits=[("F, _, FH, FW", "F, C, FH, FW"),
           ("+ self.b", "+ C * self.b")],
    loses={"Convolution.forward.bias", "Convolution.forward.all_at_once"},
    hint=Text(
        en="How often is the bias added to each output, if x has 3 channels?",
        ja="3チャンネルのxでは、1つの出力にバイアスが何回足されますか。"))

mistake("CB36", part="Convolution.backward",
    edits=[("rows.sum(axis=0)", "rows.sum(axis=0) / len(dout)")],
    loses={"Convolution.backward.db"},
    hint=Text(
        en="Where has the 1/N of the loss already been taken into account?",
        ja="損失の1/Nは、すでにどこに含まれていますか。"))

mistake("CB37", part="Convolution.backward",
    edits=[("rows.sum(axis=0)", "rows.sum(axis=0) / len(dout)"),
           (".reshape(self.W.shape)", ".reshape(self.W.shape) / len(dout)")],
    loses={"Convolution.backward.db",
           "Convolution.backward.dw",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="Where has the 1/N of the loss already been taken into account?",
        ja="損失の1/Nは、すでにどこに含まれていますか。"))

mistake("CB38", part="Convolution.backward",
    edits=[("""\
    self.dW = (rows.T @ self.col).reshape(self.W.shape)

    dcol = rows @ self.col_W.T""", """\
    by_filter = dout.reshape(F, -1)
    self.dW = (by_filter @ self.col).reshape(self.W.shape)

    dcol = by_filter.T @ self.col_W.T""")],
    loses={"Convolution.backward.dw", "Convolution.backward.dx",
           "Convolution.backward.all_at_once"},
    hint=Text(
        en="dout has the shape (N, F, out_h, out_w). With two images, whose numbers are in the "
           "first row of dout.reshape(F, -1)?",
        ja="doutの形状は(N, F, out_h, out_w)です。画像が2枚のとき、dout.reshape(F, -1)の最初の行"
           "には、どの値が並びますか。"))

mistake("CF40", part="Convolution.forward",
    edits=[("self.W.reshape(F, -1).T", "self.W.reshape(-1, F)")],
    loses={"Convolution.forward.batch_channels_filters", "Convolution.forward.all_at_once",
           "Convolution.backward.dx", "Convolution.backward.all_at_once"},
    hint=Text(
        en="Each column should hold one filter. Print W.reshape(-1, F) for two small filters.",
        ja="1つの列に1つのフィルターを並べます。小さなフィルター2つでW.reshape(-1, F)を表示して"
           "みましょう。"))

mistake("CB39", part="Convolution.backward",
    edits=[("    dcol = rows @ self.col_W.T\n"
            "    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)", """\
    N, C, H, W = self.x_shape
    p = self.pad
    dx = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
    for n, i, j, f in np.ndindex(N, dout.shape[2], dout.shape[3], F):
        top, left = i * self.stride, j * self.stride
        dx[n, :, top : top + FH, left : left + FW] = dout[n, f, i, j] * self.W[f]
    return dx[:, :, p : p + H, p : p + W]""")],
    loses={"Convolution.backward.dx",
           "Convolution.backward.stride",
           "Convolution.backward.padding",
           "Convolution.backward.non_square",
           "Convolution.backward.all_at_once",
           "Convolution.backward.several_calls",
           "Convolution.backward.nothing_changed",
           "Convolution.backward.float32"},
    hint=Text(
        en="Several filters and windows contribute to the same pixel of dx. What becomes of "
           "the first contribution when the second one arrives?",
        ja="dxの同じ画素には、複数のフィルターと窓から勾配が届きます。2つ目が届いたとき、"
           "1つ目はどうなりますか。"))

mistake("CB40", part="Convolution.backward",
    edits=[("rows.sum(axis=0)", "rows.sum(axis=0, dtype=np.float64)")],
    loses={"Convolution.backward.float32"},
    hint=Text(
        en="Print the dtypes of dout, dx, dW and db. Which of them differs from the others?",
        ja="dout、dx、dW、dbのdtypeを表示してみましょう。違っているのはどれですか。"))
