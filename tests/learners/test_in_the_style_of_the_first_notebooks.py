"""Notebooks like the five that the course grew out of earn, in every exercise, what they deserve.

Each mixes good work with what such notebooks are full of: modules that are not there, a training
run and plots at top level, mounted drives, names spelt otherwise, the book's looser conventions.
"""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

COLAB = """
from google.colab import drive
drive.mount('/content/drive')
%matplotlib inline
import cv2, numpy as np
import matplotlib.pyplot as plt
photo = cv2.imread('/content/drive/MyDrive/photo.png', 0) / 255.
plt.imshow(photo)
"""

POOLED_LAST = """
def global_average_pooling2d(x):
    # 高さと幅で平均する  x: (B, H, W, C) または (H, W, C)
    if x.ndim == 4:
        return x.mean(axis=(1, 2))
    elif x.ndim == 3:
        return x.mean(axis=(0, 1))
    raise ValueError('3次元か4次元の配列を渡してください')

class GlobalAveragePooling2D:
    def forward(self, x):
        self.shape = x.shape
        return global_average_pooling2d(x)
    def backward(self, grad):
        h, w = self.shape[-3:-1]
        spread = np.zeros(self.shape)
        spread += (grad[:, None, None, :] if len(self.shape) == 4 else grad) / (h * w)
        return spread

gap = GlobalAveragePooling2D()
print(gap.forward(np.random.randn(1, 3, 3, 2)), gap.backward(np.ones((1, 2)))[0, 0, 0])
"""

POOLED_FIRST = """
class GlobalAveragePooling2D:
    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=(-2, -1))
    def backward(self, grad):
        h, w = self.shape[-2:]
        return np.broadcast_to(grad[..., None, None] / (h * w), self.shape).astype(grad.dtype)
"""

NORM_LAST = """
def batch_norm(x, gamma, beta, eps=1e-5):
    m = x.mean(axis=(0, 1, 2), keepdims=True)
    v = x.var(axis=(0, 1, 2), keepdims=True)
    return gamma * (x - m) / np.sqrt(v + eps) + beta
"""

BOOK_IMPORTS = """
import pickle
import numpy as np
from collections import OrderedDict
from common import layers, optimizer
from data.mnist import load_mnist
from tqdm.notebook import tqdm
import matplotlib.pyplot as plt
plt.style.use('ggplot')
"""

LAYERS = """
class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out
    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        return np.dot(self.x, self.W) + self.b
    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), np.sum(dout, axis=0)
        return np.dot(dout, self.W.T).reshape(*self.shape)

class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t.argmax(axis=1) if t.ndim == 2 else t
        z = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        rows = np.arange(len(z))
        return -(z[rows, self.t] - np.log(np.exp(z).sum(axis=1))).mean()
    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(dx)), self.t] -= 1
        return dx * dout / len(dx)
"""

NET = """
class SimpleConvNet:
    def __init__(self, input_dim=(1, 28, 28),
                 conv_param={'filter_num': 30, 'filter_size': 5, 'pad': 0, 'stride': 1},
                 hidden_size=100, output_size=10, weight_init_std=0.01):
        fn, fs = conv_param['filter_num'], conv_param['filter_size']
        side = (input_dim[1] - fs + 2*conv_param['pad']) / conv_param['stride'] + 1
        flat = int(fn * (side/2) * (side/2))
        p = self.params = {}
        p['W1'] = weight_init_std * np.random.randn(fn, input_dim[0], fs, fs)
        p['b1'] = np.zeros(fn)
        p['W2'] = weight_init_std * np.random.randn(flat, hidden_size)
        p['b2'] = np.zeros(hidden_size)
        p['W3'] = weight_init_std * np.random.randn(hidden_size, output_size)
        p['b3'] = np.zeros(output_size)
        self.layers = OrderedDict()
        self.layers['Conv1'] = FROM.Convolution(p['W1'], p['b1'], conv_param['stride'],
                                                conv_param['pad'])
        self.layers['Relu1'] = FROM.Relu()
        self.layers['Pool1'] = FROM.Pooling(pool_h=2, pool_w=2, stride=2)
        self.layers['Affine1'] = FROM.Affine(p['W2'], p['b2'])
        self.layers['Relu2'] = FROM.Relu()
        self.layers['Affine2'] = FROM.Affine(p['W3'], p['b3'])
        self.last_layer = FROM.SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, d):
        return self.last_layer.forward(self.predict(x), d)

    def accuracy(self, x, d, batch_size=100):
        if d.ndim != 1:
            d = np.argmax(d, axis=1)
        acc = 0.0
        for i in range(int(x.shape[0] / batch_size)):
            y = self.predict(x[i*batch_size:(i+1)*batch_size])
            acc += np.sum(y.argmax(axis=1) == d[i*batch_size:(i+1)*batch_size])
        return acc / x.shape[0]

    def gradient(self, x, d):
        self.loss(x, d)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        grads = {}
        for n, name in enumerate(['Conv1', 'Affine1', 'Affine2'], 1):
            grads['W%d' % n], grads['b%d' % n] = self.layers[name].dW, self.layers[name].db
        return grads
"""

TRAINING = """
(x_train, d_train), (x_test, d_test) = load_mnist(flatten=False)
network = SimpleConvNet()
optimizer = optimizer.Adam()
train_acc = []
for i in tqdm(range(1000)):
    mask = np.random.choice(5000, 100)
    optimizer.update(network.params, network.gradient(x_train[mask], d_train[mask]))
    if (i + 1) % 10 == 0:
        train_acc.append(network.accuracy(x_train[:5000], d_train[:5000]))
plt.plot(range(0, 1000, 10), train_acc); plt.legend(); plt.show()
"""

SPRINT = """
class Conv2d:
    def __init__(self, FN, FH, FW, padding, ir, stride=1):
        self.W = np.arange(FN * FH * FW).reshape(FN, FH, FW)
        self.B = np.ones(FN, dtype=np.float)
    def forward(self, X):
        return X
conv = Conv2d(2, 3, 3, 0, 0.01)
print(conv.forward(np.arange(64).reshape(8, 8)))
"""

SINGLE = """
import numpy as np, matplotlib.pyplot as plt
try:
    import torch, torch.nn as nn
    TORCH_AVAILABLE = True
except Exception:
    TORCH_AVAILABLE = False

def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    k = kernel[::-1, ::-1] if flip_kernel else kernel
    x = np.pad(image, padding, mode='constant')
    kh, kw = k.shape
    out = np.zeros(((x.shape[0] - kh)//stride + 1, (x.shape[1] - kw)//stride + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(x[i*stride:i*stride+kh, j*stride:j*stride+kw] * k)
    return out

def maxpool2d_single(feature_map, pool=2, stride=2):
    H, W = feature_map.shape
    rows, columns = range(0, H - pool + 1, stride), range(0, W - pool + 1, stride)
    return np.array([[feature_map[i:i+pool, j:j+pool].max() for j in columns] for i in rows])
"""

STRIPES = """
def softmax(logits):
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)

def one_hot(y, n_classes):
    out = np.zeros((len(y), n_classes))
    out[np.arange(len(y)), y] = 1
    return out

def train_softmax(X, y, lr=0.1, epochs=500):
    n, d = X.shape
    c = int(y.max()) + 1
    W, b, hist = np.zeros((d, c)), np.zeros(c), []
    T = one_hot(y, c)
    for _ in range(epochs):
        P = softmax(X @ W + b)
        hist.append(-np.mean(np.sum(T * np.log(P + 1e-12), axis=1)))
        W -= lr * X.T @ (P - T) / n
        b -= lr * (P - T).mean(axis=0)
    return W, b, hist

if TORCH_AVAILABLE:
    class TinyCNN(nn.Module):
        pass
    TinyCNN()
else:
    print('PyTorch がないので省略します')
"""

PADDING_SIZE = {"Pooling.forward.padding_size", "Pooling.forward.padding_never_wins"}
SQUARE_NET = {"SimpleConvNet.__init__.rounding", "SimpleConvNet.__init__.non_square"}


def own(net: str) -> str:
    """The net on the notebook's own layers."""
    return net.replace("FROM.", "")


def notebooks(book: dict[str, str]) -> dict[str, tuple[str, list[str], set[str]]]:
    """By name: the exercise, the cells, and which parts or criteria earn nothing."""
    windows = book["im2col"].replace(", dtype=input_data.dtype", "")
    scatter = book["col2im"].replace(", dtype=col.dtype", "")
    convolution, pooling = book["Convolution"], book["Pooling"]
    forward_only = convolution[: convolution.index("    def backward")]
    first = ["import numpy as np\nimport torchvision.models as models", windows, forward_only]
    third = [BOOK_IMPORTS, windows, "print(im2col(np.random.rand(2, 1, 4, 4), 3, 3))", scatter,
             convolution, pooling.replace(", dtype=dout.dtype", "")]  # fmt: skip
    whole = [BOOK_IMPORTS, book["im2col"], book["col2im"], convolution, pooling, LAYERS, own(NET)]
    gap_2d = "GlobalAveragePooling2D"
    return {
        "000, im2col": ("02_im2col", [COLAB, windows], {"im2col.float32", "col2im"}),
        "000, pooled over the wrong axes under another name": (
            "05_gap",
            [COLAB, POOLED_LAST],
            {"global_average_pooling_2d", "global_average_pooling_1d", "GlobalAveragePooling1D",
             f"{gap_2d}.forward.channels_last", f"{gap_2d}.backward"},
        ),
        "000, with the channels first": (
            "05_gap",
            [COLAB, POOLED_FIRST],
            {"global_average_pooling_2d", "global_average_pooling_1d", "GlobalAveragePooling1D",
             f"{gap_2d}.forward.channels_last", f"{gap_2d}.backward.channels_last"},
        ),
        "000, normalised with the channels last": (
            "07_resnet",
            [COLAB, NORM_LAST],
            {"batch_norm", "BatchNorm", "BasicBlock", "SimpleResNet"},
        ),
        "001, convolution": (
            "03_convolution",
            first,
            {"numerical_gradient", "Convolution.backward"},
        ),
        "002": ("03_convolution", ["import numpy as np", SPRINT],
                {"numerical_gradient", "Convolution"}),
        "003, im2col": ("02_im2col", [*third, TRAINING], {"im2col.float32", "col2im.float32"}),
        "003, convolution": (
            "03_convolution",
            [*third, NET.replace("FROM", "layers"), TRAINING],
            {"numerical_gradient"},
        ),
        "003, pooling": (
            "04_pooling",
            [*third, TRAINING],
            {*PADDING_SIZE, "Pooling.backward.padding", "Pooling.backward.float32"},
        ),
        "003, a net of layers that are not there": (
            "06_simple_convnet",
            [*third, NET.replace("FROM", "layers"), TRAINING],
            {"Relu", "Affine", "SoftmaxWithLoss", *SQUARE_NET, "SimpleConvNet.accuracy.last_batch",
             "Adam"},
        ),
        "003, a net of its own layers": (
            "06_simple_convnet",
            [*whole, TRAINING],
            {*SQUARE_NET, "SimpleConvNet.accuracy.last_batch", "Adam"},
        ),
        "004, windows": ("01_windows", [SINGLE],
                         {"conv_output_size", "conv_param_count"}),
        "004, stripes": (
            "08_stripes_and_fcn",
            [SINGLE, STRIPES],
            {"make_stripe_image", "make_dataset", "extract_features", "train_softmax.n_classes",
             "confusion_matrix", "conv1x1", "upsample_nearest"},
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def expected(book):
    return notebooks(book)


@pytest.fixture(scope="module")
def graded(grade_books, expected):
    return grade_books({name: book[:2] for name, book in expected.items()}, PATIENT)


@pytest.mark.parametrize("name", notebooks({"im2col": "", "col2im": "", "Pooling": "",
                                            "Convolution": "    def backward"}))  # fmt: skip
def test_it_earns_what_it_deserves(graded, expected, name):
    _, _, lost = expected[name]
    result = graded[name].result
    assert result.status == "graded"
    deserved = {
        c.id
        for c in result.criteria
        if any(c.id == each or c.id.startswith(f"{each}.") for each in lost)
    }
    assert graded[name].lost == deserved


def test_another_spelling_of_a_name_counts_and_the_expected_one_is_shown(graded):
    said = graded["000, pooled over the wrong axes under another name"].messages
    assert any("Your `global_average_pooling2d` was graded as" in message for message in said)


def test_layers_that_are_not_there_are_named_where_they_were_supplied(graded):
    result = graded["003, a net of layers that are not there"].result
    said = {c.id: c.message["en"] for c in result.criteria}
    assert said["SimpleConvNet.predict.scores"].startswith("Graded with a working `Relu`, `Affine`")
