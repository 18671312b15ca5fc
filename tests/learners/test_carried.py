"""Notebooks that lean on earlier parts that are not there, or wrong: what each of them earns.

An entry lists the criteria that are not passed: by status, ids of criteria, parts or classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from autograder.sandbox.host.session import Budget
from autograder.status import Status
from autograder.text import Text

from . import book_code as code
from .conftest import BOOK, teaching_cells

pytestmark = pytest.mark.slow

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

NUMPY = "import numpy as np"
CONV, POOL, COL2IM = BOOK["Convolution"], BOOK["Pooling"], BOOK["col2im"]
MEAN_DB = CONV.replace("self.db = np.sum(", "self.db = np.mean(")
CALLS = "x = layer(x) if isinstance(layer, Convolution) else layer.forward(x)"
WINDOWS = [BOOK["im2col"], COL2IM]
LAYERS = [code.RELU, code.AFFINE]
NO_GRADIENT = {"missing": {"numerical_gradient"}}
BOOK_PADDING = {
    "Pooling.forward.padding_size", "Pooling.forward.padding_never_wins",
    "Pooling.backward.padding",
}  # fmt: skip
IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
class Pooling:
    def __init__(self, *sizes, **named): self.sizes, self.named = sizes, named
    def forward(self, x):
        self.layers = [OneImage(*self.sizes, **self.named) for _ in x]
        return self.each(OneImage.forward, x)
    def backward(self, dout):
        return self.each(OneImage.backward, dout)
    def each(self, method, arrays):
        with ThreadPoolExecutor(4) as threads:
            singles = [array[np.newaxis] for array in arrays]
            return np.concatenate(list(threads.map(method, self.layers, singles)))
"""
LATE_ERROR = CONV.replace(
    "col_W = col_W\n        return out", "col_W = col_W\n        return found"
)
RUNS_LAYERS = {
    "SimpleConvNet.__init__.pad_and_stride", "SimpleConvNet.__init__.shared_parameters",
    "SimpleConvNet.predict.scores", "SimpleConvNet.loss", "SimpleConvNet.accuracy",
    "SimpleConvNet.gradient",
}  # fmt: skip
"""What makes layers compute something, and not only makes layers."""


@dataclass(frozen=True)
class Book:
    """Code cells, and what becomes of the criteria that are not passed."""

    exercise: str
    cells: list[str]
    told: dict[str, set[str]] = field(default_factory=dict)


def conv(*cells: str, convolution: str = CONV, **told: set[str]) -> Book:
    """A notebook for 03, with the book's layer below other cells."""
    return Book("03_convolution", [NUMPY, *cells, convolution], NO_GRADIENT | told)


def pool(*cells: str, pooling: str = POOL, **told: set[str]) -> Book:
    """A notebook for 04, with the book's layer, which leaves padding out of its sizes."""
    return Book("04_pooling", [NUMPY, *cells, pooling], {"error": BOOK_PADDING} | told)


def net(*cells: str, network: str = code.NET, **told: set[str]) -> Book:
    """A notebook for 06, with the book's network below other cells."""
    return Book("06_simple_convnet", [NUMPY, *cells, network], told)


def without(exercise: str, *cells: str, instead: str = "", **told: set[str]) -> Book:
    """The teaching solution without some of its cells."""
    kept = {name: text for name, text in teaching_cells(exercise).items() if name not in cells}
    first, *rest = kept.values()
    return Book(exercise, [first, instead, *rest], told)


ALL = {"Convolution"}
SQUARE_ONLY = BOOK["im2col"].replace("W + 2*pad - filter_w", "H + 2*pad - filter_h")
ONE_IMAGE = BOOK["im2col"].replace(
    "col.transpose(0, 4, 5, 1, 2, 3)", "col.transpose(4, 5, 1, 2, 3, 0)"
)
OTHER_ORDER = CONV.replace(
    "self.W.reshape(FN, -1).T", "self.W.transpose(0, 2, 3, 1).reshape(FN, -1).T"
)

EARLIER_WAYS = {
    "a name that nobody defined": conv(carried=ALL),
    "from a module": conv("from common.util import im2col, col2im", carried=ALL),
    "from a module, over several lines": conv(
        "from common.util import (\n    smooth_curve,\n    im2col, col2im)", carried=ALL
    ),
    "everything from a module": conv("from common.util import *", carried=ALL),
    "a module under a short name": conv(
        "import common.util as U",
        convolution=CONV.replace("im2col(", "U.im2col(").replace("col2im(", "U.col2im("),
        carried=ALL,
    ),
    "a module of a package": conv(
        "import sys, os\nsys.path.append(os.pardir)\nfrom common import util, layers",
        convolution=CONV.replace("im2col(", "util.im2col(").replace("col2im(", "util.col2im("),
        carried=ALL,
    ),
    "a module by its full name": conv(
        "import book1.common.util",
        convolution=CONV.replace("im2col(", "book1.common.util.im2col(").replace(
            "col2im(", "book1.common.util.col2im("
        ),
        carried=ALL,
    ),
    "inside the methods": conv(
        convolution=CONV.replace(
            "        FN, C, FH, FW",
            "        from utils import im2col, col2im\n        FN, C, FH, FW",
        ),
        carried=ALL,
    ),
    "from beside the notebook, under another name": conv(
        "from .im2col import im2col as to_columns, col2im",
        convolution=CONV.replace("im2col(x", "to_columns(x"),
        carried=ALL,
    ),
    "if it is there": conv(
        "try:\n    from common.util import im2col, col2im\nexcept ImportError:\n    im2col = None",
        carried=ALL,
    ),
    "from a package with a Japanese name": conv(
        "from 畳み込み.便利 import im2col, col2im", carried=ALL
    ),
    "below a line that needs the path of a script": conv(
        "import os, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
        "sys.path.append(os.path.dirname(HERE))\nfrom common.util import im2col, col2im\n"
        "print(im2col(np.ones((1, 3, 7, 7)), 5, 5).shape)",
        carried=ALL,
    ),
    "in another spelling": conv(
        "from dltools import img2col, Col2Im",
        convolution=CONV.replace("im2col(", "img2col(").replace("col2img2col(", "Col2Im("),
        carried=ALL,
    ),
    "a base class from elsewhere": conv(
        "from common.base import Layer",
        convolution=CONV.replace("class Convolution:", "class Convolution(Layer):"),
        carried=ALL,
    ),
    "and the layer under another name": conv(
        convolution=CONV.replace("class Convolution", "class Conv2D"), carried=ALL
    ),
    "a cell that shows what im2col gives": conv(
        "from common.util import im2col, col2im\nx = np.random.rand(1, 3, 7, 7)\n"
        "print(im2col(x, 5, 5, stride=1, pad=0).shape)\nassert im2col(x, 5, 5).shape == (9, 75)",
        carried=ALL,
    ),
    "of cupy": conv(
        "import cupy as np\nfrom common.np import *\nfrom common.util import im2col, col2im",
        carried=ALL,
    ),
    "pooling that puts each channel in a row of its own": pool(
        "from util import im2col, col2im",
        pooling=POOL.replace("        dmax = dmax.reshape(dout.shape + (pool_size,))\n", "")
        .replace(
            "        dcol = dmax.reshape(dmax.shape[0] * dmax.shape[1] * dmax.shape[2], -1)\n", ""
        )
        .replace("col2im(dcol", "col2im(dmax"),
        carried={"Pooling.forward", "Pooling.backward"},
    ),
    "pooling, each image in a thread of its own": pool(
        pooling=POOL.replace("class Pooling", "class OneImage").replace("stride=1", "stride=2")
        + IN_THREADS,
        carried={"Pooling.forward", "Pooling.backward"},
    ),
    "pooling": pool(
        "from dl.util import im2col, col2im",
        carried={"Pooling.forward", "Pooling.backward"},
    ),
}

OWN_ONES = {
    "raises for every input": conv(
        BOOK["im2col"].replace("np.pad", "np.padd"), COL2IM, carried=ALL
    ),
    "returns nothing": conv(BOOK["im2col"].replace("    return col\n", ""), COL2IM, carried=ALL),
    "never ends": conv(
        BOOK["im2col"].replace("    N, C, H", "    while True: pass\n    N, C, H"), COL2IM,
        carried=ALL,
    ),
    "ends the process": conv(
        BOOK["im2col"].replace("    N, C, H", "    import os; os._exit(1)\n    N, C, H"), COL2IM,
        carried=ALL,
    ),
    "is the stub": conv(
        "def im2col(input_data, filter_h, filter_w, stride=1, pad=0):\n"
        "    raise NotImplementedError('Write im2col')", COL2IM,
        carried=ALL,
    ),
    "is half-written": conv(
        "def im2col(input_data, filter_h, filter_w, stride=1, pad=0):\n"
        "    N, C, H, W = input_data.shape\n    pass", COL2IM,
        carried=ALL,
    ),
    "right for square images and windows only": conv(
        SQUARE_ONLY, COL2IM,
        carried={
            "Convolution.forward.non_square", "Convolution.forward.all_at_once",
            "Convolution.backward.non_square", "Convolution.backward.all_at_once",
        },
    ),
    "right for one image only": conv(
        ONE_IMAGE, COL2IM,
        carried={
            "Convolution.forward.batch_channels_filters", "Convolution.forward.all_at_once",
            "Convolution.backward.dw", "Convolution.backward.all_at_once",
        },
    ),
    "always float64": conv(
        BOOK["im2col"].replace(", dtype=input_data.dtype", ""),
        COL2IM.replace(", dtype=col.dtype", ""),
        carried={"Convolution.forward.float32", "Convolution.backward.float32"},
    ),
    "in a file that the notebook writes": conv(
        "%%writefile util.py\nimport numpy as np\n" + BOOK["im2col"].replace("np.pad", "np.padd"),
        "from util import im2col", COL2IM,
        carried=ALL,
    ),
    "defined again below the layer": Book(
        "03_convolution",
        [NUMPY, CONV, COL2IM, BOOK["im2col"].replace("np.pad", "np.padd")],
        NO_GRADIENT | {"carried": ALL},
    ),
    "columns in its author's own order": conv(
        code.PIXELS_FIRST, COL2IM.replace(
            "col.reshape(N, out_h, out_w, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)",
            "col.reshape(N, out_h, out_w, filter_h, filter_w, C).transpose(0, 5, 3, 4, 1, 2)",
        ),
        convolution=OTHER_ORDER.replace(
            "reshape(FN, C, FH, FW)", "reshape(FN, FH, FW, C).transpose(0, 3, 1, 2)"
        ),
    ),
    "and the layer has a mistake of its own": conv(
        convolution=CONV.replace("np.dot(col, col_W) + self.b", "np.dot(col, col_W)"),
        carried={"Convolution.forward", "Convolution.backward"},
        failed={"Convolution.forward.bias", "Convolution.forward.all_at_once"},
    ),
    "and the layer has a default of its own": conv(
        convolution=CONV.replace("stride=1, pad=0", "stride=0, pad=0"),
        carried=ALL, error={"Convolution.forward.defaults"},
    ),
    "and half of the layer is not written": conv(
        convolution=CONV[: CONV.index("    def backward")],
        carried={"Convolution.forward"},
        missing={"numerical_gradient", "Convolution.backward"},
    ),
    "right, and the layer raises when all is computed": conv(
        *WINDOWS,
        convolution=LATE_ERROR,
        error={"Convolution.forward"}, carried={"Convolution.backward"},
    ),
    "not there, and the layer raises when all is computed": conv(
        convolution=LATE_ERROR,
        error={"Convolution.forward"}, carried={"Convolution.backward"},
    ),
    "right, and the layer is not": conv(
        *WINDOWS,
        convolution=CONV.replace("FH, FW, self.stride, self.pad)\n        col_W",
                                 "FH, FW, 1, self.pad)\n        col_W"),
        error={"Convolution.forward.stride", "Convolution.backward.stride",
               "Convolution.backward.all_at_once"},
        failed={"Convolution.forward.all_at_once"},
    ),
}  # fmt: skip

NETWORKS = {
    "layers from a module": net(
        "from collections import OrderedDict\nfrom common.layers import *",
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "layers by a module's name": net(
        "import pickle\nfrom collections import OrderedDict\nimport common.layers as L",
        network=code.NET.replace("= Convolution(", "= L.Convolution(")
        .replace("= Pooling(", "= L.Pooling(").replace("= Relu(", "= L.Relu(")
        .replace("= Affine(", "= L.Affine(").replace("= SoftmaxWithLoss(", "= L.SoftmaxWithLoss("),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "two layers from another module": net(
        "from conv_layers import Convolution, Pooling", *LAYERS, code.LOSS, code.ADAM,
        carried={"SimpleConvNet"},
    ),
    "own layers on an im2col that is not there": net(
        "from common.util import im2col, col2im", CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        carried=RUNS_LAYERS,
    ),
    "an own pooling that raises": net(
        *WINDOWS, CONV, POOL.replace("np.argmax", "np.argmx"), *LAYERS, code.LOSS, code.ADAM,
        carried=RUNS_LAYERS,
    ),
    "an own convolution without backward": net(
        *WINDOWS, CONV[: CONV.index("    def backward")], POOL, *LAYERS, code.LOSS, code.ADAM,
        carried={"SimpleConvNet.gradient"},
    ),
    "an own ReLU that is wrong": net(
        *WINDOWS, CONV, POOL, code.RELU.replace("out[self.mask] = 0", "out = np.abs(x)"),
        code.AFFINE, code.LOSS, code.ADAM,
        carried=RUNS_LAYERS,
        failed={"Relu.forward"},
    ),
    "the loss on the book's functions": net(
        "from common.functions import softmax, cross_entropy_error",
        *WINDOWS, CONV, POOL, *LAYERS, code.SOFTMAX_WITH_LOSS, code.ADAM,
        carried={"SoftmaxWithLoss", "SimpleConvNet.loss", "SimpleConvNet.gradient"},
        failed={"SoftmaxWithLoss.forward.sure_and_wrong"},
    ),
    "an own layer under another name, and one from a module": net(
        "from common.layers import Convolution, Pooling", *WINDOWS,
        CONV.replace("class Convolution", "class Conv2D"), *LAYERS, code.LOSS, code.ADAM,
        carried={"SimpleConvNet"},
    ),
    "weights put into the layers again": net(
        "from common.layers import *",
        network=code.NET.replace(
            "        self.last_layer = SoftmaxWithLoss()",
            "        self.last_layer = SoftmaxWithLoss()\n"
            "        for i, key in enumerate(['Conv1', 'Affine1', 'Affine2'], 1):\n"
            "            self.layers[key].W = self.params['W' + str(i)]\n"
            "            self.layers[key].b = self.params['b' + str(i)]",
        ),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "layers that are copied": net(
        "import copy\nfrom common.layers import *",
        network=code.NET.replace(
            "        self.last_layer = ",
            "        self.layers['Relu2'] = copy.deepcopy(self.layers['Relu1'])\n"
            "        assert isinstance(self.layers['Pool1'], Pooling)\n"
            "        assert 'Pooling' in repr(self.layers['Pool1'])\n"
            "        self.last_layer = ",
        ).replace("['Relu2'] = Relu()", "['Relu2'] = None"),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "a class of its own on top of a layer": net(
        "from common.layers import *",
        "class MyAffine(Affine):\n    def forward(self, x):\n"
        "        self.seen = x.shape\n        return super().forward(x)",
        network=code.NET.replace("= Affine(", "= MyAffine("),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "a class of its own on top of a layer, named like one": net(
        "from common.layers import *",
        "class Conv2d(Convolution):\n"
        "    def sizes(self, *x):\n        return self.W.shape, self.b.shape",
        network=code.NET.replace("= Convolution(", "= Conv2d(").replace(
            "        self.last_layer = ",
            "        self.sizes = self.layers['Conv1'].sizes()\n        self.last_layer = ",
        ),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "a way to call it, given to a layer from a module": net(
        "from common.layers import *",
        "Convolution.__call__ = lambda self, x: self.forward(x)",
        network=code.NET.replace("x = layer.forward(x)", CALLS),
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "a wrong layer with a way to call it": net(
        *WINDOWS, MEAN_DB + "    def __call__(self, x):\n        return self.forward(x)\n",
        POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace("x = layer.forward(x)", CALLS),
        carried={"SimpleConvNet.gradient"},
    ),
    "a wrong layer with a way to call it in its base": net(
        "class Layer:\n    def __call__(self, x):\n        return self.forward(x)",
        *WINDOWS, MEAN_DB.replace("class Convolution:", "class Convolution(Layer):"),
        POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace("x = layer.forward(x)", CALLS),
        carried={"SimpleConvNet.gradient"},
    ),
    "a wrong layer whose gradients are properties": net(
        *WINDOWS, MEAN_DB + "    @property\n    def dW(self):\n        return self._dW\n"
        "    @dW.setter\n    def dW(self, value):\n        self._dW = value\n",
        POOL, *LAYERS, code.LOSS, code.ADAM,
        carried={"SimpleConvNet.gradient"},
    ),
    "a slope measured for each weight": net(
        "from common.gradient import numerical_gradient",
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET[: code.NET.index("    def gradient")]
        + "    def gradient(self, x, t):\n"
        "        f = lambda _: self.loss(x, t)\n"
        "        return {k: numerical_gradient(f, v) for k, v in self.params.items()}\n",
        carried={"SimpleConvNet.gradient"},
    ),
    "a training run in the cell of the class": net(
        "from dataset.mnist import load_mnist\nfrom common.trainer import Trainer\n"
        "from common.layers import *\n"
        "(x_train, t_train), (x_test, t_test) = load_mnist(flatten=False)",
        network=code.NET + "\nnetwork = SimpleConvNet()\n"
        "trainer = Trainer(network, x_train, t_train, x_test, t_test, epochs=20,\n"
        "                  optimizer='Adam', optimizer_param={'lr': 0.001})\ntrainer.train()\n"
        "for i in range(10**6):\n    network.gradient(np.ones((9, 1, 28, 28)), np.zeros(9, int))",
        carried={"SimpleConvNet"},
        missing={"Relu", "Affine", "SoftmaxWithLoss", "Adam"},
    ),
    "an optimiser kept by the network": net(
        "from common.optimizer import SGD\nfrom common.layers import Dropout",
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace(
            "        self.params = {}",
            "        self.optimizer, self.drop = SGD(lr=1), Dropout(0.5)\n        self.params = {}",
        ),
        carried={"SimpleConvNet"},
    ),
    "conv_param with names of its own": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace("conv_param['pad']", "conv_param['filter_pad']")
        .replace("conv_param['stride']", "conv_param['filter_stride']"),
        error={"SimpleConvNet.__init__.pad_and_stride"},
    ),
    "an accuracy that knows of no batches": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace(", batch_size=100", "").replace("batch_size", "len(x)"),
        error={"SimpleConvNet.accuracy.last_batch"},
    ),
    "a loss that takes one-hot rows only": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.ONE_HOT_LOSS, code.ADAM,
        failed={"SoftmaxWithLoss.forward.labels", "SoftmaxWithLoss.backward.labels"},
        carried={"SimpleConvNet.loss", "SimpleConvNet.gradient"},
    ),
    "a predict that raises": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace("layer in self.layers.values", "layer in self.layer.values"),
        error={"SimpleConvNet.predict", "SimpleConvNet.gradient"},
        carried={"SimpleConvNet.loss", "SimpleConvNet.accuracy"},
    ),
    "a predict that gives probabilities": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace(
            "        return x\n    def loss",
            "        return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)\n    def loss",
        ),
        failed={"SimpleConvNet.predict"},
        carried={"SimpleConvNet.loss", "SimpleConvNet.gradient"},
    ),
    "a loss that is a sum": net(
        *WINDOWS, CONV, POOL, *LAYERS, code.LOSS, code.ADAM,
        network=code.NET.replace(
            "return self.last_layer.forward(y, t)", "return len(x) * self.last_layer.forward(y, t)"
        ),
        failed={"SimpleConvNet.loss"},
    ),
    "layers that raise when all is computed": net(
        *WINDOWS, CONV, POOL,
        code.RELU.replace("        return out", "        return outt"),
        code.AFFINE.replace("return np.dot(self.x, self.W) + self.b",
                            "return np.dot(self.x, self.W) + self.bias"),
        code.LOSS, code.ADAM,
        error={"Relu.forward", "Affine.forward"},
        carried={"Relu.backward", "Affine.backward", *RUNS_LAYERS},
    ),
}  # fmt: skip

BY_NUMBERS = """
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    numbers = np.arange(N * C * (H + 2 * pad) * (W + 2 * pad))
    numbers = numbers.reshape(N, C, H + 2 * pad, W + 2 * pad)
    places = im2col(numbers, filter_h, filter_w, stride, 0)
    image = np.zeros(numbers.shape, col.dtype)
    np.add.at(image.reshape(-1), places.astype(int), col)
    return image[:, :, pad : pad + H, pad : pad + W]
"""
# The second of the two functions in one cell.
_, DEF, BODY = teaching_cells("05_gap")["global_average_pooling"].rpartition("\ndef ")
GAP_1D = DEF + BODY
OTHERS = {
    "a layer on a function from a module": without(
        "05_gap", "global_average_pooling",
        instead="from gap import global_average_pooling_2d\n\n\n" + GAP_1D,
        missing={"global_average_pooling_2d"}, carried={"GlobalAveragePooling2D"},
    ),
    "a layer on a function that takes the wrong mean": Book(
        "05_gap",
        [text.replace("axis=(-2, -1))", "axis=(-1,))") if name.startswith("global") else text
         for name, text in teaching_cells("05_gap").items()],
        {
            "failed": {"global_average_pooling_2d.batch", "global_average_pooling_2d.single_image",
                       "global_average_pooling_2d.other_ndim"},
            "carried": {"GlobalAveragePooling2D.forward.layer",
                        "GlobalAveragePooling2D.forward.float32"},
        },
    ),
    "a block of layers that are not there": without(
        "07_resnet", "carry", "carry_convolution", "carry_gap", "batchnorm",
        missing={"BatchNorm"}, carried={"BasicBlock", "SimpleResNet"},
    ),
    "a network of blocks that are not there": without(
        "07_resnet", "basicblock", instead="from resnet import BasicBlock",
        missing={"BasicBlock"}, carried={"SimpleResNet"},
    ),
    "a network of wrong blocks": Book(
        "07_resnet",
        [text.replace("relu(self.residual + shortcut)", "self.residual + shortcut")
         if name == "basicblock" else text for name, text in teaching_cells("07_resnet").items()],
        {
            "failed": {"BasicBlock.forward.same_shape"},
            "carried": {"SimpleResNet.forward.scores", "SimpleResNet.forward.other_sizes",
                        "SimpleResNet.forward.eval"},
        },
    ),
    "a layer that stores what it needs, and fails after that": Book(
        "05_gap",
        [text.replace("return global_average_pooling_2d(", "return global_average_pool_2d(")
         if name == "gap_layers" else text for name, text in teaching_cells("05_gap").items()],
        {
            "error": {"GlobalAveragePooling2D.forward"},
            "carried": {"GlobalAveragePooling2D.backward"},
        },
    ),
    "rows added back where im2col puts their numbers": without(
        "02_im2col", "im2col", "col2im", instead=BY_NUMBERS,
        missing={"im2col"}, carried={"col2im"}, failed={"col2im.vectorised"},
    ),
    "features by own functions on those of the first notebook": without(
        "08_stripes_and_fcn", "carry", "extract_features",
        instead="def conv2d(image, kernel):\n    return conv2d_single(image, kernel, 1, 1)\n\n\n"
        + teaching_cells("08_stripes_and_fcn")["extract_features"].replace(
            "conv2d_single(image, kernel, 1, 1)", "conv2d(image, kernel)"),
        carried={"extract_features"},
    ),
    "features by functions of the first notebook": without(
        "08_stripes_and_fcn", "carry", carried={"extract_features"},
    ),
    "pictures drawn by a function that is not there": without(
        "08_stripes_and_fcn", "make_stripe_image",
        missing={"make_stripe_image"}, carried={"make_dataset"},
    ),
    "training on a softmax that overflows": Book(
        "08_stripes_and_fcn",
        [text.replace("logits - logits.max(axis=1, keepdims=True)", "-logits")
         if name == "softmax" else text
         for name, text in teaching_cells("08_stripes_and_fcn").items()],
        {
            "failed": {"softmax"},
            "carried": {"train_softmax"},
        },
    ),
}  # fmt: skip


def calls_batch_norm(body: str) -> Book:
    """The teaching solution of 07 with a layer that calls a `batch_norm` with this body."""
    cells = teaching_cells("07_resnet") | {
        "batch_norm": f"def batch_norm(x, gamma, beta, eps=1e-5):\n    {body}"
    }
    cells["batchnorm"] = cells["batchnorm"].replace(
        "return out.astype(x.dtype)",
        "return (batch_norm(x, self.gamma, self.beta, self.eps) if train else out).astype(x.dtype)",
    )
    return Book("07_resnet", [*cells.values()])


CHAINS = {
    "of a stub": calls_batch_norm("raise NotImplementedError"),
    "of a function that returns nothing": calls_batch_norm("pass"),
}
"""Networks of blocks of layers that call a function which is wrong: only the layer needs it."""

KINDS = EARLIER_WAYS | OWN_ONES | NETWORKS | OTHERS


@pytest.fixture(scope="module")
def graded(grade_books):
    return grade_books({name: (book.exercise, book.cells) for name, book in KINDS.items()}, PATIENT)


@pytest.mark.parametrize("name", KINDS)
def test_every_criterion_has_the_status_that_it_deserves(graded, name):
    told = KINDS[name].told
    wrong = {}
    for criterion in graded[name].result.criteria:
        deserved = "passed"
        for status in ("carried", "failed", "error", "missing"):  # the more special one decides
            of = told.get(status, set())
            if any(criterion.id == each or criterion.id.startswith(f"{each}.") for each in of):
                deserved = status
        if criterion.status != deserved:
            wrong[criterion.id] = (deserved, str(criterion.status), criterion.message["en"])
    assert not wrong


@pytest.mark.parametrize("name", CHAINS)
def test_only_the_first_of_a_chain_loses_points(grade_books, name):
    books = {name: (CHAINS[name].exercise, CHAINS[name].cells)}
    lost = grade_books(books, PATIENT)[name].lost
    assert lost
    assert {id.partition(".")[0] for id in lost} == {"batch_norm"}


def test_what_was_carried_keeps_what_the_own_code_came_to(graded):
    for criterion in graded["raises for every input"].result.criteria:
        if criterion.status is Status.CARRIED:
            assert criterion.own_status is Status.ERROR
            assert criterion.points == criterion.max_points


def test_a_stub_is_said_not_to_be_written_yet(graded):
    said = {c.id: c.message for c in graded["is the stub"].result.criteria}
    assert said["Convolution.forward.one_filter"] == Text(
        en="Graded with a working `im2col`, since yours has not been written yet. "
        "With it, this is right.",
        ja="`im2col`は、まだ書かれていないため、正しいものに替えて採点しました。"
        "替えれば、ここは正しく動きます。",
    )


def test_the_student_reads_what_was_replaced_and_why(graded):
    said = {c.id: c.message for c in graded["raises for every input"].result.criteria}
    assert said["Convolution.forward.one_filter"]["en"] == (
        "Graded with a working `im2col`, since yours fails “One image with one channel, stride 1, "
        "no padding”, for example. With it, this is right."
    )
    assert said["Convolution.forward.stride"]["en"] == "Right with a working `im2col`."
    said = {
        c.id: c.message for c in graded["and the layer has a mistake of its own"].result.criteria
    }
    assert said["Convolution.forward.bias"]["ja"].endswith(
        "`im2col`、`col2im`を正しいものに替えても残る問題です。"
    )
