# ruff: noqa: ARG001, F811, D103 - each function is a student's version of the same name.
# ruff: noqa: F821 - layers are there where these functions run.
# ruff: noqa: N807 - an __init__ is put onto its class.
"""Known ways in which layers, network and Adam go wrong, and unusual ways that are right."""

import numpy as np

from autograder.course.mistakes import equivalent, mistake


@mistake(
    "LY1",
    part="Relu.forward",
    hint={
        "en": "Compare x before and after the call.",
        "ja": "呼び出しの前後でxを比べてみましょう。",
    },
)
def forward(self, x):
    self.x = x
    x[x < 0] = 0
    return x


@mistake(
    "LY11",
    part="Relu.forward",
    hint={
        "en": "What becomes of -3: 0, or 3?",
        "ja": "-3は0になりますか、3になりますか。",
    },
)
def forward(self, x):
    self.x = x
    return np.abs(x)


@mistake(
    "LY2",
    part="Relu.backward",
    hint={
        "en": "What is the slope that we agreed on at 0?",
        "ja": "0での傾きをいくつと約束しましたか。",
    },
)
def backward(self, dout):
    return dout * (self.x >= 0)


@equivalent("LY-A", part="Relu.forward", why="a copy in which the negative numbers are set to 0")
def forward(self, x):
    self.x = x
    out = x.copy()
    out[x <= 0] = 0
    return out


@mistake(
    "LY4",
    part="Relu.backward",
    hint={
        "en": "Compare dout before and after the call.",
        "ja": "呼び出しの前後でdoutを比べてみましょう。",
    },
)
def backward(self, dout):
    dout[self.x <= 0] = 0
    return dout


@mistake(
    "LY12",
    part="Relu.backward",
    hint={
        "en": "Which array decides whether a gate is open: x or dout?",
        "ja": "門の開閉を決めるのは、xとdoutのどちらですか。",
    },
)
def backward(self, dout):
    return dout * (dout > 0)


@mistake(
    "LY13",
    part="Relu.backward",
    hint={
        "en": "Where x was negative, by how much does the output move?",
        "ja": "xが負だったところで、出力はどれだけ動きますか。",
    },
)
def backward(self, dout):
    return dout


@mistake(
    "LY14",
    part="Affine.forward",
    hint={
        "en": "Set W to 0: what should come out?",
        "ja": "Wをすべて0にすると、何が出てくるはずですか。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(len(x), -1)
    return self.rows @ self.W


@mistake(
    "LY15",
    part="Affine.forward",
    hint={
        "en": "Call it with images of shape (2, 3, 4, 2). How many rows should there be?",
        "ja": "形状(2, 3, 4, 2)の画像を渡してみましょう。行はいくつになるべきですか。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x
    return self.rows @ self.W + self.b


@mistake(
    "LY16",
    part="Affine.forward",
    hint={
        "en": "Which numbers belong to one image: those of a row, or every N-th?",
        "ja": "1枚の画像の数はどれですか。1行に続けて並ぶ数ですか、N個おきの数ですか。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(-1, len(x)).T
    return self.rows @ self.W + self.b


@mistake(
    "LY17",
    part="Affine.forward",
    hint={
        "en": "Which dtype went in, and which came out?",
        "ja": "渡した配列と返ってきた配列のdtypeを比べましょう。",
    },
)
def forward(self, x):
    self.x_shape = x.shape
    self.rows = x.reshape(len(x), -1).astype(float)
    return self.rows @ self.W + self.b


@mistake(
    "LY5",
    part="Affine.backward",
    hint={
        "en": "The shape of dW is that of ...?",
        "ja": "dWの形状は、何の形状と同じになるべきですか。",
    },
)
def backward(self, dout):
    self.db = dout.sum(axis=0)
    self.dW = dout.T @ self.rows
    return (dout @ self.W.T).reshape(self.x_shape)


@mistake(
    "LY8",
    part="Affine.backward",
    hint={
        "en": "If a bias grows a little, in how many rows does the output grow?",
        "ja": "バイアスを少し大きくすると、いくつの行の出力が大きくなりますか。",
    },
)
def backward(self, dout):
    self.db = dout.mean(axis=0)
    self.dW = self.rows.T @ dout
    return (dout @ self.W.T).reshape(self.x_shape)


@mistake(
    "LY9",
    part="Affine.backward",
    hint={
        "en": "In which shape did x come, and in which does dx go back?",
        "ja": "xはどの形状で渡され、dxはどの形状で返していますか。",
    },
)
def backward(self, dout):
    self.db = dout.sum(axis=0)
    self.dW = self.rows.T @ dout
    return dout @ self.W.T


@mistake(
    "LY18",
    part="Affine.backward",
    hint={
        "en": "Where does the 1/N of the mean already stand?",
        "ja": "平均の1/Nは、もうどこに入っていますか。",
    },
)
def backward(self, dout):
    N = len(dout)
    self.db = dout.sum(axis=0) / N
    self.dW = self.rows.T @ dout / N
    return (dout @ self.W.T).reshape(self.x_shape)


@mistake(
    "LY19",
    part="Affine.backward",
    hint={
        "en": "Call backward twice: is the second dW the same?",
        "ja": "backwardを2回呼び出してみましょう。2回目のdWは同じですか。",
    },
)
def backward(self, dout):
    self.db = dout.sum(axis=0)
    self.dW = self.rows.T @ dout + (0 if self.dW is None else self.dW)
    return (dout @ self.W.T).reshape(self.x_shape)


@mistake(
    "LY20",
    part="Affine.backward",
    hint={
        "en": "Who changes the weights: the layer, or the optimiser?",
        "ja": "重みを変えるのは、層ですか、最適化手法ですか。",
    },
)
def backward(self, dout):
    self.db = dout.sum(axis=0)
    self.dW = self.rows.T @ dout
    dx = dout @ self.W.T
    self.W = self.W - 0.01 * self.dW
    self.b = self.b - 0.01 * self.db
    return dx.reshape(self.x_shape)


@mistake(
    "SX1",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "What is exp(1000) in floating-point numbers?",
        "ja": "exp(1000)は、浮動小数点数ではいくつになりますか。",
    },
)
def forward(self, x, t):
    powers = np.exp(x)
    self.p = powers / powers.sum(axis=1, keepdims=True)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -np.log(self.p[np.arange(len(x)), self.labels]).mean()


@mistake(
    "SX2",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "One maximum for the whole batch, or one for each image?",
        "ja": "最大値はバッチ全体で1つですか、画像ごとに1つですか。",
    },
)
def forward(self, x, t):
    shifted = x - x.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    self.p = np.exp(log_p)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -log_p[np.arange(len(x)), self.labels].mean()


@mistake(
    "SX7",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "What is log(0), and when does a probability become 0?",
        "ja": "log(0)はいくつですか。確率が0になるのはどんなときですか。",
    },
)
def forward(self, x, t):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    self.p = powers / powers.sum(axis=1, keepdims=True)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -np.log(self.p[np.arange(len(x)), self.labels]).mean()


@mistake(
    "SX13",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "How large can your loss become at most, and how large should it?",
        "ja": "あなたの損失は最大でいくつになりますか。本来はいくつになるはずですか。",
    },
)
def forward(self, x, t):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    self.p = powers / powers.sum(axis=1, keepdims=True)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -np.sum(np.log(self.p[np.arange(len(x)), self.labels] + 1e-7)) / len(x)


@mistake(
    "SX9",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "Take every image twice: should the loss double?",
        "ja": "同じ画像を2回ずつ入れると、損失は2倍になるべきでしょうか。",
    },
)
def forward(self, x, t):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    self.p = np.exp(log_p)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -log_p[np.arange(len(x)), self.labels].sum()


@mistake(
    "SX11",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "Add up the probabilities of one image. Is the sum 1?",
        "ja": "1枚の画像の確率を足してみましょう。1になりますか。",
    },
)
def forward(self, x, t):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    self.p = powers / powers.sum(axis=0)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -np.log(self.p[np.arange(len(x)), self.labels]).mean()


@mistake(
    "SX14",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "Which two forms may t have?",
        "ja": "tには2つの表し方があります。何と何でしたか。",
    },
)
def forward(self, x, t):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    self.p = np.exp(log_p)
    self.labels = t
    return -log_p[np.arange(len(x)), self.labels].mean()


@mistake(
    "SX17",
    part="SoftmaxWithLoss.forward",
    hint={
        "en": "Compare x before and after the call: whose array does -= write into?",
        "ja": "呼び出しの前後でxを比べてみましょう。-=で書き換わるのは誰の配列ですか。",
    },
)
def forward(self, x, t):
    x -= x.max(axis=1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    self.p = np.exp(log_p)
    self.labels = t if t.ndim == 1 else t.argmax(axis=1)
    return -log_p[np.arange(len(x)), self.labels].mean()


@equivalent(
    "SX-A",
    part="SoftmaxWithLoss.forward",
    why="logaddexp adds in the logarithm, and one-hot rows pick by a product",
)
def forward(self, x, t):
    N, classes = x.shape
    one_hot = np.eye(classes)[t] if t.ndim == 1 else t
    log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    self.p = np.exp(log_p)
    self.labels = one_hot.argmax(axis=1)
    return -(log_p * one_hot).sum() / N


@mistake(
    "SX4",
    part="SoftmaxWithLoss.backward",
    hint={
        "en": "From how many places of each row is 1 subtracted?",
        "ja": "1を引いているのは、各行の何か所ですか。",
    },
)
def backward(self, dout=1):
    dx = self.p.copy()
    dx[:, self.labels] -= 1
    return dx * (dout / len(dx))


@mistake(
    "SX5",
    part="SoftmaxWithLoss.backward",
    hint={
        "en": "Call backward twice.",
        "ja": "backwardを2回呼び出してみましょう。",
    },
)
def backward(self, dout=1):
    dx = self.p
    dx[np.arange(len(dx)), self.labels] -= 1
    return dx * (dout / len(dx))


@mistake(
    "SX10",
    part="SoftmaxWithLoss.backward",
    hint={
        "en": "Call backward(2).",
        "ja": "backward(2)を呼び出してみましょう。",
    },
)
def backward(self, dout=1):
    dx = self.p.copy()
    dx[np.arange(len(dx)), self.labels] -= 1
    return dx / len(dx)


@mistake(
    "SX6",
    part="SoftmaxWithLoss.backward",
    hint={
        "en": "The loss is a mean. Where is that in its gradient?",
        "ja": "損失は平均です。それは勾配のどこに表れますか。",
    },
)
def backward(self, dout=1):
    dx = self.p.copy()
    dx[np.arange(len(dx)), self.labels] -= 1
    return dx * dout


@mistake(
    "SX15",
    part="SoftmaxWithLoss.backward",
    hint={
        "en": "Does the score of the right class have to grow or to shrink?",
        "ja": "正解のクラスのスコアは、大きくすべきですか、小さくすべきですか。",
    },
)
def backward(self, dout=1):
    dx = -self.p
    dx[np.arange(len(dx)), self.labels] += 1
    return dx * (dout / len(dx))


@mistake(
    "SN1",
    part="SimpleConvNet.__init__",
    hint={
        "en": "How many whole pixels has a 25-wide map after 2×2 pooling?",
        "ja": "幅25のマップを2×2でプーリングすると、何画素になりますか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) / stride + 1
    conv_w = (W + 2 * pad - size) / stride + 1
    pooled = int(F * (conv_h / 2) * (conv_w / 2))
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN2",
    part="SimpleConvNet.__init__",
    hint={
        "en": "Try an image of 8×6 pixels.",
        "ja": "8×6の画像で試してみましょう。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, _ = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) ** 2
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN3",
    part="SimpleConvNet.__init__",
    hint={
        "en": "By how much does padding make the map larger: once or twice?",
        "ja": "パディングでマップはどれだけ大きくなりますか。片側ぶんですか、両側ぶんですか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + pad - size) // stride + 1
    conv_w = (W + pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN4",
    part="SimpleConvNet.__init__",
    hint={
        "en": "Change pad in conv_param: does anything happen in the convolution?",
        "ja": "conv_paramのpadを変えてみましょう。畳み込み層で何かが変わりますか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"]),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN6",
    part="SimpleConvNet.__init__",
    hint={
        "en": "In which order does Convolution take stride and pad?",
        "ja": "Convolutionの引数は、strideとpadのどちらが先ですか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], pad, stride),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN5",
    part="SimpleConvNet.__init__",
    hint={
        "en": "After an update, which array does the layer use?",
        "ja": "更新の後、層が使うのはどの配列ですか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"].copy(), p["b1"].copy(), stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"].copy(), p["b2"].copy()),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"].copy(), p["b3"].copy()),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN11",
    part="SimpleConvNet.__init__",
    hint={
        "en": "Print the gradient of W1 in the first step.",
        "ja": "最初の1回で、W1の勾配を表示してみましょう。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": np.zeros((pooled, hidden_size)),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN17",
    part="SimpleConvNet.__init__",
    hint={
        "en": "Build two networks with different weight_init_std and compare their weights.",
        "ja": "weight_init_stdを変えて2つ作り、重みを比べてみましょう。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    weight_init_std = 0.01
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN18",
    part="SimpleConvNet.__init__",
    hint={
        "en": "rand or randn? Print the mean of the weights.",
        "ja": "randですか、randnですか。重みの平均を表示してみましょう。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.rand(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.rand(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.rand(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN19",
    part="SimpleConvNet.__init__",
    hint={
        "en": "How many layers does the figure show between the pooling and the loss?",
        "ja": "図では、プーリングと損失の間に層がいくつありますか。",
    },
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Relu1": Relu(),
        "Pool1": Pooling(2, 2, 2, 0),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@equivalent(
    "SN10",
    part="SimpleConvNet.__init__",
    why="the largest number stays the largest when negative ones become 0",
)
def __init__(
    self,
    input_dim=(1, 28, 28),
    conv_param=None,
    hidden_size=100,
    output_size=10,
    weight_init_std=0.01,
):
    if conv_param is None:
        conv_param = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1}
    C, H, W = input_dim
    F, size = conv_param["filter_num"], conv_param["filter_size"]
    pad, stride = conv_param["pad"], conv_param["stride"]
    conv_h = (H + 2 * pad - size) // stride + 1
    conv_w = (W + 2 * pad - size) // stride + 1
    pooled = F * (conv_h // 2) * (conv_w // 2)
    p = {
        "W1": weight_init_std * np.random.randn(F, C, size, size),
        "b1": np.zeros(F),
        "W2": weight_init_std * np.random.randn(pooled, hidden_size),
        "b2": np.zeros(hidden_size),
        "W3": weight_init_std * np.random.randn(hidden_size, output_size),
        "b3": np.zeros(output_size),
    }
    self.params = p
    self.layers = {
        "Conv1": Convolution(p["W1"], p["b1"], stride, pad),
        "Pool1": Pooling(2, 2, 2, 0),
        "Relu1": Relu(),
        "Affine1": Affine(p["W2"], p["b2"]),
        "Relu2": Relu(),
        "Affine2": Affine(p["W3"], p["b3"]),
    }
    self.last_layer = SoftmaxWithLoss()


@mistake(
    "SN13",
    part="SimpleConvNet.predict",
    hint={
        "en": "Break your own layer on purpose: does the network notice?",
        "ja": "自分の層をわざと壊してみましょう。ネットワークの結果は変わりますか。",
    },
)
def predict(self, x):
    for name, layer in self.layers.items():
        out = layer.forward(x)
        x = np.maximum(x, 0) if name.startswith("Relu") else out
    return x


@mistake(
    "SN20",
    part="SimpleConvNet.predict",
    hint={
        "en": "Which layer turns scores into probabilities, and does predict need it?",
        "ja": "スコアを確率に変えるのはどの層ですか。predictにそれは必要ですか。",
    },
)
def predict(self, x):
    for layer in self.layers.values():
        x = layer.forward(x)
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@mistake(
    "SN21",
    part="SimpleConvNet.predict",
    hint={
        "en": "What does the second layer get: the image, or the result of the first?",
        "ja": "2番目の層に渡しているのは、画像ですか、1番目の層の出力ですか。",
    },
)
def predict(self, x):
    for layer in self.layers.values():
        out = layer.forward(x)
    return out


@mistake(
    "SX12",
    part="SimpleConvNet.loss",
    hint={
        "en": "How often does softmax run?",
        "ja": "ソフトマックスを何回通していますか。",
    },
)
def loss(self, x, t):
    scores = self.predict(x)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return self.last_layer.forward(powers / powers.sum(axis=1, keepdims=True), t)


@mistake(
    "AC1",
    part="SimpleConvNet.accuracy",
    hint={
        "en": "Which accuracy has a perfect network on 250 images?",
        "ja": "完璧なネットワークで、250枚の正解率はいくつになりますか。",
    },
)
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    right = 0.0
    for i in range(len(x) // batch_size):
        part = slice(i * batch_size, (i + 1) * batch_size)
        right += np.sum(self.predict(x[part]).argmax(axis=1) == labels[part])
    return right / len(x)


@mistake(
    "AC5",
    part="SimpleConvNet.accuracy",
    hint={
        "en": "How many of 50 images do you judge, if batches have 100?",
        "ja": "バッチが100枚のとき、50枚のうち何枚を調べていますか。",
    },
)
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    right, judged = 0, 0
    for i in range(len(x) // batch_size):
        part = slice(i * batch_size, (i + 1) * batch_size)
        right += np.sum(self.predict(x[part]).argmax(axis=1) == labels[part])
        judged += batch_size
    return right / max(judged, 1)


@mistake(
    "AC6",
    part="SimpleConvNet.accuracy",
    hint={
        "en": "Does an image in a small batch count as much as one in a full batch?",
        "ja": "小さいバッチの1枚と、満杯のバッチの1枚は、同じ重みで数えられていますか。",
    },
)
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    shares = []
    for start in range(0, len(x), batch_size):
        part = slice(start, start + batch_size)
        shares.append(np.mean(self.predict(x[part]).argmax(axis=1) == labels[part]))
    return np.mean(shares)


@mistake(
    "AC3",
    part="SimpleConvNet.accuracy",
    hint={
        "en": "Which two forms may t have?",
        "ja": "tには2つの表し方があります。何と何でしたか。",
    },
)
def accuracy(self, x, t, batch_size=100):
    right = 0
    for start in range(0, len(x), batch_size):
        part = slice(start, start + batch_size)
        right += np.sum(self.predict(x[part]).argmax(axis=1) == t[part])
    return right / len(x)


@mistake(
    "AC4",
    part="SimpleConvNet.accuracy",
    hint={
        "en": "Which axis of the scores holds the classes?",
        "ja": "スコアのどの軸がクラスに対応しますか。",
    },
)
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    said = np.concatenate(
        [
            np.resize(
                self.predict(x[i : i + batch_size]).argmax(axis=0), len(x[i : i + batch_size])
            )
            for i in range(0, len(x), batch_size)
        ]
    )
    return np.mean(said == labels)


@equivalent("AC-A", part="SimpleConvNet.accuracy", why="all images at once judge the same images")
def accuracy(self, x, t, batch_size=100):
    labels = t if t.ndim == 1 else t.argmax(axis=1)
    return np.mean(self.predict(x).argmax(axis=1) == labels)


@mistake(
    "SN7",
    part="SimpleConvNet.gradient",
    hint={
        "en": "Which x is stored in the layers when backward begins?",
        "ja": "逆伝播を始めるとき、層が保存しているのはどのxですか。",
    },
)
def gradient(self, x, t):
    dout = self.last_layer.backward(1)
    for layer in reversed(list(self.layers.values())):
        dout = layer.backward(dout)
    grads = {}
    for number, name in (("1", "Conv1"), ("2", "Affine1"), ("3", "Affine2")):
        grads["W" + number] = self.layers[name].dW
        grads["b" + number] = self.layers[name].db
    return grads


@mistake(
    "SN8",
    part="SimpleConvNet.gradient",
    hint={
        "en": "Compare the shape of each gradient with that of its parameter.",
        "ja": "それぞれの勾配とパラメーターの形状を比べましょう。",
    },
)
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    for layer in reversed(list(self.layers.values())):
        dout = layer.backward(dout)
    grads = {}
    for number, name in (("1", "Conv1"), ("3", "Affine1"), ("2", "Affine2")):
        grads["W" + number] = self.layers[name].dW
        grads["b" + number] = self.layers[name].db
    return grads


@mistake(
    "SN14",
    part="SimpleConvNet.gradient",
    hint={
        "en": "Call gradient twice. In which order do the layers stand the second time?",
        "ja": "gradientを2回呼び出してみましょう。2回目に、層はどの順に並んでいますか。",
    },
)
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    self.layers = dict(reversed(self.layers.items()))
    for layer in self.layers.values():
        dout = layer.backward(dout)
    grads = {}
    for number, name in (("1", "Conv1"), ("2", "Affine1"), ("3", "Affine2")):
        grads["W" + number] = self.layers[name].dW
        grads["b" + number] = self.layers[name].db
    return grads


@mistake(
    "SN22",
    part="SimpleConvNet.gradient",
    hint={
        "en": "What does each layer get: the gradient of the loss, or that of the layer behind it?",
        "ja": "各層に渡しているのは、損失の勾配ですか、すぐ後ろの層が返した勾配ですか。",
    },
)
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    for name, layer in reversed(self.layers.items()):
        if name != "Relu2":
            dout = layer.backward(dout)
    grads = {}
    for number, name in (("1", "Conv1"), ("2", "Affine1"), ("3", "Affine2")):
        grads["W" + number] = self.layers[name].dW
        grads["b" + number] = self.layers[name].db
    return grads


@mistake(
    "SN23",
    part="SimpleConvNet.gradient",
    hint={
        "en": "Does the result depend on how often it was computed before?",
        "ja": "それまでに何回計算したかで、結果が変わっていませんか。",
    },
)
def gradient(self, x, t):
    self.loss(x, t)
    dout = self.last_layer.backward(1)
    for layer in reversed(self.layers.values()):
        dout = layer.backward(dout)
    if not hasattr(self, "grads"):
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}
    for number, name in (("1", "Conv1"), ("2", "Affine1"), ("3", "Affine2")):
        self.grads["W" + number] += self.layers[name].dW
        self.grads["b" + number] += self.layers[name].db
    return self.grads


@mistake(
    "AD1",
    part="Adam.update",
    hint={
        "en": "What are m and v in step 1?",
        "ja": "1回目のmとvはいくつですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        params[key] -= self.lr * m / (np.sqrt(v) + 1e-8)


@mistake(
    "AD2",
    part="Adam.update",
    hint={
        "en": "How many steps have you made: one for each update, or one for each key?",
        "ja": "tは、updateごとに増えますか、キーごとに増えますか。",
    },
)
def update(self, params, grads):
    for key, g in grads.items():
        self.t += 1
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD4",
    part="Adam.update",
    hint={
        "en": "May v ever be negative?",
        "ja": "vが負になることはありますか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD5",
    part="Adam.update",
    hint={
        "en": "Is it the same array object before and after?",
        "ja": "更新の前後で、同じ配列のままですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] = params[key] - self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD7",
    part="Adam.update",
    hint={
        "en": "Print the learning rate for ten steps.",
        "ja": "学習率を10回ぶん表示してみましょう。",
    },
)
def update(self, params, grads):
    self.t += 1
    self.lr = self.lr * np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
    for key, g in grads.items():
        self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
        self.v[key] = self.beta2 * self.v.get(key, 0.0) + (1 - self.beta2) * g**2
        params[key] -= self.lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-8)


@mistake(
    "AD8",
    part="Adam.update",
    hint={
        "en": "Where is epsilon in the formula: inside or outside the root?",
        "ja": "εは式のどこにありますか。平方根の中ですか、外ですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / np.sqrt(v_hat + 1e-8)


@mistake(
    "AD13",
    part="Adam.update",
    hint={
        "en": "Is epsilon added before or after the correction, and how large is it?",
        "ja": "εを足すのは補正の前ですか、後ですか。値はいくつですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    lr = self.lr * np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
    for key, g in grads.items():
        self.m[key] = self.beta1 * self.m.get(key, 0.0) + (1 - self.beta1) * g
        self.v[key] = self.beta2 * self.v.get(key, 0.0) + (1 - self.beta2) * g**2
        params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


@mistake(
    "AD10",
    part="Adam.update",
    hint={
        "en": "Are m and v two things, or one thing with two names?",
        "ja": "mとvは2つの別のものですか。それとも、1つのものに名前が2つあるのですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = m
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * m + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD11",
    part="Adam.update",
    hint={
        "en": "Uphill or downhill?",
        "ja": "坂を上っていますか、下っていますか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] += self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD12",
    part="Adam.update",
    hint={
        "en": "What is 1 - beta1**0?",
        "ja": "1 - beta1**0はいくつですか。",
    },
)
def update(self, params, grads):
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    self.t += 1


@mistake(
    "AD14",
    part="Adam.update",
    hint={
        "en": "Which average is divided by which share?",
        "ja": "どちらの移動平均を、どちらの値で割りますか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        m = self.m.get(key, 0.0)
        v = self.v.get(key, 0.0)
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        self.m[key], self.v[key] = m, v
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta1**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@mistake(
    "AD15",
    part="Adam.update",
    hint={
        "en": "Compare grads before and after the call. Which line squares in place?",
        "ja": "呼び出しの前後でgradsを比べてみましょう。その場で2乗しているのはどの行ですか。",
    },
)
def update(self, params, grads):
    self.t += 1
    for key, g in grads.items():
        if key not in self.m:
            self.m[key] = np.zeros_like(params[key])
            self.v[key] = np.zeros_like(params[key])
        self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * g
        g *= g
        self.v[key] = self.beta2 * self.v[key] + (1 - self.beta2) * g
        m_hat = self.m[key] / (1 - self.beta1**self.t)
        v_hat = self.v[key] / (1 - self.beta2**self.t)
        params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@equivalent(
    "AD-A",
    part="Adam.update",
    why="the corrections can be gathered in the step size, if epsilon is scaled along",
)
def update(self, params, grads):
    self.t += 1
    root = np.sqrt(1 - self.beta2**self.t)
    lr = self.lr * root / (1 - self.beta1**self.t)
    for key in params:
        if key not in self.m:
            self.m[key], self.v[key] = np.zeros_like(params[key]), np.zeros_like(params[key])
        self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
        self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
        params[key] -= lr * self.m[key] / (np.sqrt(self.v[key]) + 1e-8 * root)
