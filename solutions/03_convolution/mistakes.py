# ruff: noqa: F811, D103 - each function is a student's version of the same name.
# ruff: noqa: F821 - im2col and col2im are there where these functions run.
"""Known ways in which the convolution layer goes wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "NG1",
    part="numerical_gradient",
    hint={
        "en": "You step to one side only. Which of the two formulas in section 1 is asked for?",
        "ja": "片側にしか動かしていません。1節の2つの式のうち、使うのはどちらですか。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - here) / h
        x[index] = old
    return gradient


@mistake(
    "NG2",
    part="numerical_gradient",
    hint={
        "en": "Every result is twice too large: how far apart are the two points?",
        "ja": "結果がすべて2倍になっています。2つの点はどれだけ離れていますか。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        gradient[index] = (above - below) / h
    return gradient


@mistake(
    "NG3",
    part="numerical_gradient",
    hint={
        "en": "In what state is x when you go on to the next entry?",
        "ja": "次の要素に進むとき、xはどのような状態になっていますか。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        gradient[index] = (above - below) / (2 * h)
    return gradient


@mistake(
    "NG4",
    part="numerical_gradient",
    hint={
        "en": "You move all entries at once. Whose slope do you measure then?",
        "ja": "すべての要素を一度に動かしています。それでは何の傾きを測ることになりますか。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


@mistake(
    "NG5",
    part="numerical_gradient",
    hint={
        "en": "Call your function with another h. Does anything change?",
        "ja": "hを変えて呼び出してみましょう。結果は変わりますか。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    h = 1e-4
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        gradient[index] = (above - below) / (2 * h)
    return gradient


@mistake(
    "NG6",
    part="numerical_gradient",
    hint={
        "en": "Compare x before and after the call, to the last digit.",
        "ja": "呼び出しの前後で、xを最後の桁まで比べてみましょう。",
    },
)
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        below = f(x)
        x[index] += h
        gradient[index] = (above - below) / (2 * h)
    return gradient


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


@mistake(
    "CF1",
    part="Convolution.forward",
    hint={
        "en": "Which axis of the matrix product is the filter axis? Reshape cannot move it.",
        "ja": "行列積のどの軸がフィルターに対応しますか。reshapeでは軸を動かせません。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    return (self.col @ self.col_W + self.b).reshape(N, F, out_h, out_w)


@mistake(
    "CF2",
    part="Convolution.forward",
    hint={
        "en": "What layout does the next layer expect? Where do the filters stand in yours?",
        "ja": "次の層はどんな並びを期待していますか。フィルターは何番目の軸にありますか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    return (self.col @ self.col_W + self.b).reshape(N, out_h, out_w, F)


@mistake(
    "CF4",
    part="Convolution.forward",
    hint={
        "en": "Set W to 0: what should come out?",
        "ja": "Wをすべて0にすると、何が出てくるはずですか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    return (self.col @ self.col_W).reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF5",
    part="Convolution.forward",
    hint={
        "en": "Which one do libraries compute, convolution or cross-correlation?",
        "ja": "ライブラリーが計算するのは、数学でいう畳み込みですか、相互相関ですか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W[:, :, ::-1, ::-1].reshape(F, -1).T
    product = self.col @ self.col_W + self.b
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF7",
    part="Convolution.forward",
    hint={
        "en": "Use the same size formula as im2col did, padding included.",
        "ja": "大きさの式は、パディングも含めてim2colと同じにしましょう。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H - FH) // self.stride + 1
    out_w = (W - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    product = self.col @ self.col_W + self.b
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF8",
    part="Convolution.forward",
    hint={
        "en": "Print col.shape for stride 2. How many windows should there be?",
        "ja": "ストライド2のときのcol.shapeを表示してみましょう。窓はいくつあるはずですか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, 1, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    product = self.col @ self.col_W + self.b
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF10",
    part="Convolution.forward",
    hint={
        "en": "One bias per what? Look at the shape of b.",
        "ja": "バイアスは何ごとに1つですか。bの形状を見てみましょう。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    product = self.col @ self.col_W + self.b.sum()
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF11",
    part="Convolution.forward",
    hint={
        "en": "Name the axes before and after your transpose: which is the height?",
        "ja": "transposeの前と後の軸に名前を付けてみましょう。高さはどれですか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    product = self.col @ self.col_W + self.b
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 2, 1)


@mistake(
    "CF17",
    part="Convolution.forward",
    hint={
        "en": "How often is the bias added to each output?",
        "ja": "バイアスは、1つの出力に何回足されていますか。",
    },
)
def forward(self, x):
    F, C, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    product = self.col @ self.col_W + C * FH * FW * self.b
    return product.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF18",
    part="Convolution.forward",
    hint={
        "en": "Compare x.dtype with out.dtype. In which line does it change?",
        "ja": "x.dtypeとout.dtypeを比べましょう。どの行で変わっていますか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    out = np.zeros((N, F, out_h, out_w))
    out += (self.col @ self.col_W + self.b).reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)
    return out


@mistake(
    "CF9",
    part="Convolution.forward",
    hint={
        "en": "How many weights does one filter have for a colour image?",
        "ja": "カラー画像に対して、フィルター1枚はいくつの重みをもちますか。",
    },
)
def forward(self, x):
    F, C, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = np.repeat(self.W[:, :1], C, axis=1).reshape(F, -1).T
    out = self.col @ self.col_W + self.b
    return out.reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


@mistake(
    "CF14",
    part="Convolution.forward",
    hint={
        "en": "What is in the array before you add anything to it?",
        "ja": "足していく前の配列には、何が入っていますか。",
    },
)
def forward(self, x):
    F, _, FH, FW = self.W.shape
    N, _, H, W = x.shape
    out_h = (H + 2 * self.pad - FH) // self.stride + 1
    out_w = (W + 2 * self.pad - FW) // self.stride + 1
    self.x_shape = x.shape
    self.col = im2col(x, FH, FW, self.stride, self.pad)
    self.col_W = self.W.reshape(F, -1).T
    out = np.empty((N * out_h * out_w, F), dtype=x.dtype)
    for k in range(self.col.shape[1]):
        out += self.col[:, k : k + 1] * self.col_W[k]
    return (out + self.b).reshape(N, out_h, out_w, F).transpose(0, 3, 1, 2)


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


@mistake(
    "CB1",
    part="Convolution.backward",
    hint={
        "en": "If b grows a little, how many outputs grow with it?",
        "ja": "bを少し大きくすると、いくつの出力が大きくなりますか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.mean(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB2",
    part="Convolution.backward",
    hint={
        "en": "Where does the 1/N of the loss already live?",
        "ja": "損失の1/Nは、すでにどこに含まれていますか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape) / dout.shape[0]
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB3",
    part="Convolution.backward",
    hint={
        "en": "Which axis of col.T @ dout is the filter axis? And which one of W?",
        "ja": "col.T @ doutではどの軸がフィルターですか。Wではどうですか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (self.col.T @ rows).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB4",
    part="Convolution.backward",
    hint={
        "en": "Do the rows of dout line up with the rows of col? Undo the transpose first.",
        "ja": "doutの行はcolの行とそろっていますか。まずtransposeを元に戻しましょう。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB6",
    part="Convolution.backward",
    hint={
        "en": "The backward pass needs every setting that the forward pass used. The stride?",
        "ja": "順伝播で使った設定は、逆伝播でもすべて必要です。ストライドはどうですか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, 1, self.pad)


@mistake(
    "CB7",
    part="Convolution.backward",
    hint={
        "en": "The backward pass needs every setting that the forward pass used. The padding?",
        "ja": "順伝播で使った設定は、逆伝播でもすべて必要です。パディングはどうですか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride)


@mistake(
    "CB9",
    part="Convolution.backward",
    hint={
        "en": "Who owns the update of the weights: the layer or the optimiser?",
        "ja": "重みを更新するのは、層ですか、最適化手法ですか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    self.W = self.W - 0.01 * self.dW
    self.b = self.b - 0.01 * self.db
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB11",
    part="Convolution.backward",
    hint={
        "en": "Where is the flip of the filter hidden when dx comes from col2im?",
        "ja": "col2imでdxを求めるとき、フィルターの反転はどこに隠れていますか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum(axis=0)
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.W[:, :, ::-1, ::-1].reshape(F, -1)
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB15",
    part="Convolution.backward",
    hint={
        "en": "The shape of db is the shape of what?",
        "ja": "dbの形状は、何の形状と同じになるはずですか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    self.db = rows.sum()
    self.dW = (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB24",
    part="Convolution.backward",
    hint={
        "en": "Call backward twice. Should the second dW contain the first one?",
        "ja": "backwardを2回呼び出してみましょう。2回目のdWに1回目の値が含まれてよいでしょうか。",
    },
)
def backward(self, dout):
    F, _, FH, FW = self.W.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    if self.dW is None:
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)
    self.db = self.db + rows.sum(axis=0)
    self.dW = self.dW + (rows.T @ self.col).reshape(self.W.shape)
    dcol = rows @ self.col_W.T
    return col2im(dcol, self.x_shape, FH, FW, self.stride, self.pad)


@mistake(
    "CB23",
    part="Convolution.backward",
    hint={
        "en": "Where does the window of output (1, 0) start in the forward pass, and where here?",
        "ja": "順伝播では、出力(1, 0)の窓はどこから始まりますか。ここではどうですか。",
    },
)
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
