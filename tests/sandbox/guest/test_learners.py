"""Notebooks as learners write them: whatever else is in them, their own layers can be called."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

import source_lib
from autograder.sandbox.host.session import StudentRaised
from tests.sandbox.guest.conftest import Open, call

IM2COL = """
    def im2col(img, FH, FW, stride=1, pad=0):
        N, C, H, W = img.shape
        OH = (H + 2 * pad - FH) // stride + 1
        OW = (W + 2 * pad - FW) // stride + 1
        img = np.pad(img, [(0, 0), (0, 0), (pad, pad), (pad, pad)], 'constant')
        col = np.zeros((N, C, FH, FW, OH, OW))
        for y in range(FH):
            for x in range(FW):
                col[:, :, y, x] = img[:, :, y:y + stride * OH:stride, x:x + stride * OW:stride]
        return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * OH * OW, -1)
"""

CONVOLUTION = """
    class Convolution:
        def __init__(self, W, b, stride=1, pad=0):
            self.W, self.b, self.stride, self.pad = W, b, stride, pad
        def forward(self, x):
            FN, C, FH, FW = self.W.shape
            N, C, H, W = x.shape
            OH = 1 + int((H + 2 * self.pad - FH) / self.stride)
            OW = 1 + int((W + 2 * self.pad - FW) / self.stride)
            col = im2col(x, FH, FW, self.stride, self.pad)
            out = col @ self.W.reshape(FN, -1).T + self.b
            return out.reshape(N, OH, OW, -1).transpose(0, 3, 1, 2)
"""


def cells(*texts: str) -> list[str]:
    return [textwrap.dedent(text).strip("\n") for text in texts]


def test_a_colab_notebook_that_mounts_a_drive_and_installs(notebook: Open) -> None:
    written = cells(
        """
        #@title 準備 { display-mode: "form" }
        from google.colab import drive, files
        drive.mount('/content/drive')
        %cd /content/drive/MyDrive/画像認識
        !pip install -q japanize-matplotlib \\
            tqdm
        !ls -la
        """,
        """
        %matplotlib inline
        import cv2
        from PIL import Image
        import matplotlib.pyplot as plt
        import japanize_matplotlib
        写真 = np.array(Image.open(base_path + '写真.png').convert('L'))
        """,
        "import numpy as np\n" + textwrap.dedent(IM2COL) + "\n列 = im2col(写真[None, None], 3, 3)",
        """
        %%time
        for 倍率 in range(3):
            plt.subplot(1, 3, 倍率 + 1)
            plt.imshow(写真, cmap='gray'); plt.axis('off')
        plt.show()
        """,
        "np.pad?",
    )
    with notebook(*written) as book:
        assert book.statuses == ["ok", "error", "error", "error", "ok"]
        x = np.random.default_rng(0).normal(size=(2, 3, 5, 7))
        np.testing.assert_allclose(
            book.call("im2col", x, 3, 2, 2, 1), source_lib.im2col(x, 3, 2, stride=2, pad=1)
        )


def test_step_by_step_with_every_name_used_again(notebook: Open) -> None:
    written = cells(
        "import numpy as np",
        "x = np.random.rand(2, 1, 6, 6)\nx.shape",
        "N, C, H, W = x.shape\nfilter_h, filter_w, stride, pad = 3, 3, 1, 1",
        IM2COL,
        "col = im2col(x, 3, 3, stride=stride, pad=pad)\ncol.shape",
        "for y in range(filter_h):\n    for x in range(filter_w):\n        print(f'{y=}{x=}')",
        "im2col = im2col(np.ones((1, 1, 4, 4)), 2, 2)\nim2col.shape",
        CONVOLUTION,
        "conv = Convolution(np.random.rand(2, 1, 3, 3), b=False, stride=2, pad=3)",
        "out = conv.forward(x)",
        """
        import torchvision
        from torchvision.models import resnet18
        W = resnet18(pretrained=True).conv1.weight.cpu().detach().numpy()
        """,
        "conv = Convolution(W, 0, 2, 3)\nConvolution = conv",
    )
    with notebook(*written) as book:
        assert book.session.defined["Convolution"] == ("__init__", "forward")
        x = np.random.default_rng(0).normal(size=(2, 3, 7, 5))
        weights, bias = np.ones((4, 3, 3, 2)), np.arange(4.0)
        with book.session.criterion() as conversation:
            layer = call(conversation, "Convolution", weights, bias, 2, 1)
            place = {"ref": layer.number, "steps": [["attr", "forward"]]}
            got = conversation.request("call", place, args=[x]).value
        np.testing.assert_allclose(got, source_lib.Convolution(weights, bias, 2, 1).forward(x))


def test_an_essay_with_a_log_class_and_one_cell_that_does_not_parse(notebook: Open) -> None:
    written = cells(
        """
        import numpy as np
        import pandas as pd
        import inspect, os

        class Log:
            level = 0
            def show(text, obj=None):
                if Log.level >= 1:
                    print(inspect.currentframe().f_back.f_lineno, text, type(obj).__name__)
        """,
        "Log.level = 2",
        "x = np.arange(4).astype(np.float)",
        """
        class MaxPool2D:
            def __init__(self, FH, FW, stride=None):
                self.FH, self.FW, self.S = FH, FW, FW if (stride is None) else stride
                self.forward
            def forward(self, x):
                Log.show('x', self)
                return x.max()
            def backward(self, dout)
                return dout
        """,
        "考察:プーリングで画像は小さくなる。\n- stride は 2\nz = 1",
    )
    with notebook(*written) as book:
        assert book.statuses == ["ok", "ok", "ok", "error", "error"]
        assert book.session.defined["MaxPool2D"] == ("__init__", "forward")
        with book.session.criterion() as conversation:
            layer = call(conversation, "MaxPool2D", 2, 2)
            place = {"ref": layer.number, "steps": [["attr", "forward"]]}
            assert conversation.request("call", place, args=[np.arange(6.0)]).value == 5


def test_a_network_on_a_book_that_is_not_there_with_its_training_run(notebook: Open) -> None:
    written = cells(
        """
        import sys, os, pickle
        sys.path.append(os.pardir)
        import numpy as np
        from collections import OrderedDict
        from common import layers
        from common.optimizer import *
        from common.base_model import BaseModel
        from dataset.mnist import load_mnist
        import matplotlib.pyplot as plt
        from tqdm.notebook import tqdm
        plt.style.use('ggplot')
        """,
        IM2COL,
        CONVOLUTION,
        "from common.layers import *\nfrom common.util import im2col",
        """
        (x_train, t_train), (x_test, t_test) = load_mnist(flatten=False)
        x_train = x_train[:5000]
        """,
        """
        class SimpleConvNet(BaseModel):
            def __init__(self, input_dim=(1, 28, 28)):
                self.params = {'W1': 0.01 * np.random.randn(2, 1, 5, 5), 'b1': np.zeros(2)}
                self.layers = OrderedDict()
                self.layers['Conv1'] = Convolution(self.params['W1'], self.params['b1'])
                self.layers['Relu1'] = layers.Relu()
        optimizer = optimizer.Adam() if False else Adam(lr=0.001)
        """,
        """
        network = SimpleConvNet()
        loss_list = []
        for step in tqdm(range(10**9)):
            loss_list.append(np.random.rand() / (step + 1))
            if step % 100 == 0:
                plt.plot(loss_list)
        with open('params.pkl', 'wb') as f:
            pickle.dump(network.params, f)
        """,
        """
        step = 0
        while True:
            step += 1
        def accuracy(x, t):
            return float(np.mean(x.argmax(axis=1) == t))
        """,
    )
    with notebook(*written) as book:
        assert book.statuses[:5] == ["error", "ok", "ok", "error", "error"]
        assert book.statuses[7] == "timeout"
        assert {"im2col", "Convolution", "SimpleConvNet", "accuracy"} <= book.names
        x = np.random.default_rng(0).normal(size=(2, 3, 5, 7))
        np.testing.assert_allclose(book.call("im2col", x, 3, 2), source_lib.im2col(x, 3, 2))
        assert book.call("accuracy", np.eye(3), np.array([0, 1, 0])) == pytest.approx(2 / 3)
        with pytest.raises(StudentRaised, match="'layers' was imported from 'common'"):
            book.call("SimpleConvNet")


def test_functions_and_long_work_in_one_cell_with_torch_if_it_is_there(notebook: Open) -> None:
    written = cells(
        """
        import numpy as np
        try:
            import torch
            import torch.nn as nn
            TORCH = True
        except ModuleNotFoundError:
            TORCH = False
        rng = np.random.default_rng(0)
        """,
        """
        def conv2d_single(img, k, stride=1, pad=0, bias=0.0):
            img = np.pad(img, pad)
            H, W = img.shape; fh, fw = k.shape
            out = np.empty(((H - fh) // stride + 1, (W - fw) // stride + 1))
            for i in range(out.shape[0]):
                for j in range(out.shape[1]):
                    y, x = i * stride, j * stride
                    out[i, j] = (img[y:y + fh, x:x + fw] * k).sum() + bias
            return out

        if TORCH:
            class Net(nn.Module):
                pass
            net = Net()
        else:
            print('torch がないので省略')

        images = rng.normal(size=(10**6, 16, 16)) if False else rng.normal(size=(50, 16, 16))
        features = [conv2d_single(im, np.ones((3, 3))).max() for im in images]
        fig, (ax1, ax2) = plt.subplots(1, 2)
        ax1.hist(features)

        def one_hot(t, n): return np.eye(n)[t]
        """,
    )
    with notebook(*written) as book:
        assert book.statuses == ["ok", "ok"], book.errors
        image, kernel = np.random.default_rng(0).normal(size=(6, 5)), np.arange(6.0).reshape(3, 2)
        np.testing.assert_allclose(
            book.call("conv2d_single", image, kernel, 2, 1),
            source_lib.conv2d_single(np.pad(image, 1), kernel, stride=2),
        )
        assert book.call("one_hot", np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_the_answer_may_be_in_a_cell_of_its_own_above_the_stub(notebook: Open) -> None:
    stub = """
        def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
            \"\"\"Turn windows into rows.

            See the figure above.
            \"\"\"
            raise NotImplementedError("im2col")
    """
    with notebook(*cells("import numpy as np", IM2COL, stub, "im2col(x, 3, 3)")) as book:
        x = np.random.default_rng(0).normal(size=(1, 1, 4, 4))
        np.testing.assert_allclose(book.call("im2col", x, 3, 3), source_lib.im2col(x, 3, 3))


def test_the_class_is_put_together_over_several_cells(notebook: Open) -> None:
    written = cells(
        CONVOLUTION,
        "class Convolution(Convolution):\n    def backward(self, dout):\n        return dout",
        "def describe(self):\n    return 'conv'\nConvolution.describe = describe",
        IM2COL,
    )
    with notebook(*written) as book:
        methods = book.session.defined["Convolution"]
        assert methods == ("__init__", "backward", "describe", "forward")


def test_a_module_that_the_notebook_writes_itself(notebook: Open) -> None:
    written = cells(
        "!mkdir -p common",
        "%%writefile common/util.py\nimport numpy as np\n" + textwrap.dedent(IM2COL),
        "from common.util import im2col",
        CONVOLUTION,
    )
    with notebook(*written) as book:
        x = np.random.default_rng(0).normal(size=(1, 2, 4, 4))
        np.testing.assert_allclose(book.call("im2col", x, 3, 3), source_lib.im2col(x, 3, 3))


def test_numpy_raises_on_request_and_underflow_still_gives_0(
    notebook: Open,
) -> None:
    with notebook("np.seterr(all='raise')", "def f(x):\n    return np.exp(x)") as book:
        assert book.call("f", np.array([-1000.0, 0.0])).tolist() == [0, 1]
        with pytest.raises(StudentRaised, match="overflow"):
            book.call("f", np.array([1000.0]))


def test_numpy_deleted_at_the_end_to_tidy_up(notebook: Open) -> None:
    with notebook("import numpy as np", "def f(x):\n    return np.sum(x)", "del np") as book:
        assert book.call("f", np.ones(3)) == 3
