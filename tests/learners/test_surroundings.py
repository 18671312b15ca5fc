"""What stands around right code, or how its classes come about, takes no points from it."""

from __future__ import annotations

import textwrap

import pytest

from autograder.sandbox.host.session import Budget
from tests.learners.conftest import teaching_cells

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=2)

# Cells before the learner's own, and cells after them.
AROUND: dict[str, tuple[list[str], list[str]]] = {
    "everything raises": (
        ["import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')"], [],
    ),
    "Colab": (
        [
            "from google.colab import drive\ndrive.mount('/content/drive')",
            "!pip install -q torch\n%cd /content/drive/MyDrive\n%load_ext autoreload",
            "import os, sys\nos.chdir('/content')\nsys.path.append(os.pardir)\n"
            "from common.util import *",
            "np.pad?\nnp.dot??\n?np.sum", "files = !ls\nout = %timeit -o 1+1",
            "get_ipython().run_line_magic('matplotlib', 'inline')",
        ],
        ["%reset -f", "%%javascript\nalert(1)"],
    ),
    "cupy if there is one": (
        ["try:\n    import cupy as np\n    GPU = True\n"
         "except ImportError:\n    import numpy as np\n    GPU = False"], [],
    ),
    "questions and ways out": (
        ["name = input('名前: ')\nn = int(input())", "exit()", "import sys; sys.exit(0)",
         "assert False, 'まだ'", "1/0"],
        ["raise KeyboardInterrupt"],
    ),
    "work without end on either side": (
        ["i = 0\nwhile True:\n    i += 1"],
        ["for epoch in range(10**9):\n    loss = epoch\n    acc = loss ** 2"],
    ),
    "threads": (
        ["import threading, time\ndef w():\n    while True: time.sleep(0.01)\n"
         "threading.Thread(target=w, daemon=True).start()"], [],
    ),
    "widgets and files": (
        ["from ipywidgets import interact\n@interact(x=(0, 10))\ndef show(x=1):\n    print(x)",
         "%%html\n<b>x</b>", "%%writefile foo.py\nbar = 1", "%run a.ipynb\nfrom foo import bar"],
        ["import pickle\npickle.dump({'a': 1}, open('p.pkl', 'wb'))"],
    ),
    "names used again, numpy deleted": (
        ["x = y = W = b = out = col = N = H = stride = pad = 1"],
        ["x, pad, W = 'a', None, []", "import numpy\ndel np"],
    ),
    "more numbers than fit": (["big = np.ones((10**6, 10**6))"], []),
}  # fmt: skip


def rewritten(exercise: str, kind: str) -> tuple[str, list[str]]:
    cells = list(teaching_cells(exercise).values())
    if kind == "one cell":
        return exercise, ["%%time\n" + "\n\n".join(cells) + "\n1/0"]
    if kind == "in main":
        body = textwrap.indent("\n\n".join(cells[1:]), "    ")
        return exercise, [cells[0], f'if __name__ == "__main__":\n{body}']
    if kind == "last cell first":
        return exercise, [cells[0], *cells[:0:-1]]
    if kind == "tabs, carriage returns":
        return exercise, [cell.replace("    ", "\t").replace("\n", "\r\n") for cell in cells]
    before, after = AROUND[kind]
    return exercise, [cells[0], *before, *cells[1:], *after]


KINDS = ["one cell", "in main", "last cell first", "tabs, carriage returns", *AROUND]

# Each stands for the class of the teaching solution, put below it.
CLASSES = {
    ("03_convolution", "a partial"): """
from functools import partial
Conv = Convolution
Convolution = partial(Conv)
""",
    ("03_convolution", "a function that makes one"): """
Conv = Convolution
del Convolution
Convolution = lambda W, b, stride=1, pad=0: Conv(W, b, stride, pad)
""",
    ("04_pooling", "a function that keeps everything in its closure"): """
def Pooling(pool_h, pool_w, stride=2, pad=0):
    class Layer: pass
    layer = Layer()
    def forward(x):
        N, C, H, W = x.shape
        sides = ((0, 0), (0, 0), (pad, pad), (pad, pad))
        xp = np.pad(x, sides, constant_values=np.finfo(x.dtype).min)
        col = im2col(xp, pool_h, pool_w, stride, 0).reshape(-1, pool_h * pool_w)
        top = col.max(1, keepdims=True)
        layer.mask = (col == top) & (np.cumsum(col == top, 1) == 1)
        layer.shape = x.shape
        return top.reshape(N, (H + 2*pad - pool_h)//stride + 1, -1, C).transpose(0, 3, 1, 2)
    def backward(d):
        c = layer.mask * d.transpose(0, 2, 3, 1).reshape(-1, 1)
        rows = d.shape[0] * d.shape[2] * d.shape[3]
        return col2im(c.reshape(rows, -1), layer.shape, pool_h, pool_w, stride, pad)
    layer.forward, layer.backward = forward, backward
    return layer
""",
    ("06_simple_convnet", "layers with dictionaries, gradients by __getattr__"): """
class Layer:
    def __init__(self, **p): self.params, self.grads = p, {}
    def __getattr__(self, name):
        if name[:1] == 'd' and name[1:] in self.__dict__.get('params', {}):
            return self.grads.get(name[1:])
        raise AttributeError(name)
class Relu(Layer):
    def forward(self, x):
        self.on = np.heaviside(x, 0).astype(bool)
        return x * self.on
    def backward(self, d): return np.where(self.on, d, np.zeros_like(d))
class Affine(Layer):
    def __init__(self, W, b): super().__init__(W=W, b=b)
    def forward(self, x):
        self.x = x
        return np.einsum('ni,io->no', x.reshape(len(x), -1), self.params['W']) + self.params['b']
    def backward(self, d):
        rows = self.x.reshape(len(d), -1)
        self.grads = {'W': np.einsum('ni,no->io', rows, d), 'b': np.add.reduce(d, 0)}
        return (d @ self.params['W'].T).reshape(self.x.shape)
""",
    ("06_simple_convnet", "layers created by every predict"): """
class SimpleConvNet(SimpleConvNet):
    def __init__(self, input_dim, conv_param, *sizes):
        super().__init__(input_dim, conv_param, *sizes)
        self.shape = conv_param['stride'], conv_param['pad']
    def predict(self, x):
        p = self.params
        made = [Convolution(p['W1'], p['b1'], *self.shape), Relu(), Pooling(2, 2, 2),
                Affine(p['W2'], p['b2']), Relu(), Affine(p['W3'], p['b3'])]
        self.layers = dict(zip(self.layers, made))
        for layer in made: x = layer.forward(x)
        return x
""",
    ("07_resnet", "attributes kept in another shape"): """
class BatchNorm:
    def __init__(self, channels, momentum=0.1, eps=1e-5):
        s = (1, channels, 1, 1)
        self.g, self.s, self.rm, self.rv = np.ones(s), np.zeros(s), np.zeros(s), np.ones(s)
        self.momentum, self.eps = momentum, eps
    def _vector(name):
        def put(self, v): setattr(self, name, np.asarray(v).reshape(1, -1, 1, 1))
        return property(lambda self: getattr(self, name).ravel(), put)
    gamma, beta, running_mean, running_var = map(_vector, ('g', 's', 'rm', 'rv'))
    def forward(self, x, train=True):
        m, v = self.rm, self.rv
        if train:
            ax, n = (0, 2, 3), x.size / x.shape[1]
            m, v = x.mean(ax, keepdims=True), x.var(ax, keepdims=True)
            self.rm = self.rm + self.momentum * (m - self.rm)
            self.rv = self.rv + self.momentum * (v * n / (n - 1) - self.rv)
        self.i = 1 / np.sqrt(v + self.eps)
        self.h = (x - m) * self.i
        return np.asarray(self.g * self.h + self.s, dtype=x.dtype)
    def backward(self, d):
        ax, n, wide = (0, 2, 3), d.size / d.shape[1], (1, -1, 1, 1)
        self.dgamma, self.dbeta = (d * self.h).sum(ax), d.sum(ax)
        rest = self.dbeta.reshape(wide) + self.h * self.dgamma.reshape(wide)
        return self.g * self.i / n * (n * d - rest)
""",
}


@pytest.fixture(scope="module")
def graded(grade_books):
    books = {kind: rewritten("02_im2col", kind) for kind in KINDS}
    books["underflow where NumPy raises"] = rewritten("06_simple_convnet", "everything raises")
    for (exercise, name), source in CLASSES.items():
        books[name] = exercise, [*teaching_cells(exercise).values(), source]
    return grade_books(books, PATIENT)


def test_they_earn_everything(graded):
    lost = {name: told.messages for name, told in graded.items() if told.lost}
    assert not lost
