"""Right code earns everything, however unusual it is; a loop over windows costs its half point."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget
from tests.learners.conftest import edited

pytestmark = pytest.mark.slow

PATIENT = Budget(cell_s=1, cells_s=2, call_cpu_s=1)

WINDOWS = {
    "fancy indexing with names of one's own": """
def get_indices(shape, FH, FW, padding, stride):
    N, C, H, W = shape
    oh, ow = int((H + 2*padding - FH) / stride) + 1, int((W + 2*padding - FW) / stride) + 1
    i = np.tile(np.repeat(np.arange(FH), FW), C)[:, None] + stride * np.repeat(np.arange(oh), ow)
    j = np.tile(np.arange(FW), FH * C)[:, None] + stride * np.tile(np.arange(ow), oh)
    return np.repeat(np.arange(C), FH * FW)[:, None], i, j

def im2col(x, FH, FW, stride=1, padding=0):
    if FH > x.shape[2] + 2*padding or FW > x.shape[3] + 2*padding:
        raise ValueError
    padded = np.pad(x, ((0, 0), (0, 0), (padding,)*2, (padding,)*2))
    k, i, j = get_indices(x.shape, FH, FW, padding, stride)
    return padded[:, k, i, j].transpose(0, 2, 1).reshape(-1, FH * FW * x.shape[1])

def col2im(col, x_shape, FH, FW, stride=1, padding=0):
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2*padding, W + 2*padding), col.dtype)
    k, i, j = get_indices(x_shape, FH, FW, padding, stride)
    np.add.at(padded, (slice(None), k, i, j),
              col.reshape(N, -1, C * FH * FW).transpose(0, 2, 1))
    return padded if padding == 0 else padded[:, :, padding:-padding, padding:-padding]
""",
    "as_strided and bincount": """
from numpy.lib.stride_tricks import as_strided
def im2col(x, FH, FW, stride=1, pad=0):
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    N, C, H, W = x.shape
    if (OH := (H - FH) // stride + 1) < 1 or (OW := (W - FW) // stride + 1) < 1:
        raise ValueError(f"{FH}x{FW} in {H}x{W}")
    n, c, h, w = x.strides
    six = as_strided(x, (N, OH, OW, C, FH, FW), (n, h * stride, w * stride, c, h, w))
    return six.reshape(N * OH * OW, -1)

def col2im(col, shape, FH, FW, stride=1, pad=0):
    size = np.prod(shape)
    numbers = im2col(np.arange(1.0, size + 1).reshape(shape), FH, FW, stride, pad).astype(int)
    sums = np.bincount(numbers.ravel(), weights=col.ravel(), minlength=size + 1)
    return sums[1:].reshape(shape).astype(col.dtype)
""",
    "loops and lists": """
def im2col(data, fh, fw, stride=1, pad=0):
    N, C, H, W = data.shape
    oh, ow = (H + 2*pad - fh) // stride + 1, (W + 2*pad - fw) // stride + 1
    if oh <= 0 or ow <= 0:
        raise ValueError("too large")
    rows = []
    for n, y, x in np.ndindex(N, oh, ow):
        row = []
        for c, i, j in np.ndindex(C, fh, fw):
            a, b = y * stride + i - pad, x * stride + j - pad
            row.append(data[n, c, a, b] if 0 <= a < H and 0 <= b < W else 0)
        rows.append(row)
    return np.array(rows, dtype=data.dtype)

def col2im(col, shape, fh, fw, stride=1, pad=0):
    N, C, H, W = shape
    oh, ow = (H + 2*pad - fh) // stride + 1, (W + 2*pad - fw) // stride + 1
    out = np.zeros(shape, col.dtype)
    values = iter(col.flat)
    for n, y, x, c, i, j in np.ndindex(N, oh, ow, C, fh, fw):
        a, b, value = y * stride + i - pad, x * stride + j - pad, next(values)
        if 0 <= a < H and 0 <= b < W:
            out[n, c, a, b] += value
    return out
""",
    "a helper class, decorators, a lambda": """
from functools import wraps
def timed(f):
    @wraps(f)
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner

class Util:
    @staticmethod
    def out(n, f, s, p): return (n + 2*p - f) // s + 1
    @classmethod
    def im2col(cls, x, fh, fw, s=1, p=0):
        oh, ow = cls.out(x.shape[2], fh, s, p), cls.out(x.shape[3], fw, s, p)
        if min(oh, ow) <= 0: raise ValueError('no')
        P = np.pad(x, ((0, 0), (0, 0), (p,)*2, (p,)*2))
        boxes = [P[:, :, y*s:y*s+fh, z*s:z*s+fw] for y in range(oh) for z in range(ow)]
        return np.stack(boxes, 1).reshape(-1, x.shape[1]*fh*fw)

im2col = timed(Util.im2col)
col2im = lambda col, shape, fh, fw, stride=1, pad=0: _back(col, shape, fh, fw, stride, pad)
def _back(col, shape, fh, fw, s, p):
    N, C, H, W = shape
    oh, ow = Util.out(H, fh, s, p), Util.out(W, fw, s, p)
    col = col.reshape(N, oh, ow, C, fh, fw)
    big = np.zeros((N, C, H + 2*p, W + 2*p), col.dtype)
    for y in range(oh):
        for x in range(ow):
            big[:, :, y*s:y*s+fh, x*s:x*s+fw] += col[:, y, x]
    return big[:, :, p:H+p, p:W+p]
""",
    "one cell with everything real notebooks have": """%matplotlib inline
from google.colab import drive
drive.mount('/content/drive')
!pip install -q numpy
%cd /content/drive/MyDrive
import sys, os
sys.path.append(os.pardir)
import torch, tensorflow as tf
from numpy import *
from tqdm.notebook import tqdm
from common.util import *
try:
    from numba import njit
except ImportError:
    def njit(f): return f

@njit
def im2col(x: "np.ndarray", FH: int, FW: int, stride: int = 1, pad: int = 0) -> torch.Tensor:
    N, C, H, W = x.shape
    OH, OW = 1 + (H + 2*pad - FH)//stride, 1 + (W + 2*pad - FW)//stride
    if OH < 1 or OW < 1:
        raise ValueError
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    print(img)
    plt.imshow(img[0, 0]); plt.show()
    view = lib.stride_tricks.sliding_window_view(img, (FH, FW), axis=(2, 3))
    return view[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5).reshape(N*OH*OW, -1)
if True:
    def col2im(col, shape, FH, FW, stride=1, pad=0):
        N, C, H, W = shape
        OH, OW = 1 + (H + 2*pad - FH)//stride, 1 + (W + 2*pad - FW)//stride
        c = einsum('nyxcij->ncijyx', col.reshape(N, OH, OW, C, FH, FW))
        img = zeros_like(col, shape=(N, C, H + 2*pad, W + 2*pad))
        for i, j in tqdm(list(ndindex(FH, FW))):
            img[:, :, i:i+stride*OH:stride, j:j+stride*OW:stride] += c[:, :, i, j]
        return img[:, :, pad:pad+H, pad:pad+W]
print(im2col(arange(9).reshape(1, 1, 3, 3), 2, 2))
for epoch in tqdm(range(10**12)): loss = epoch * 0.5
""",
}

IN_A_POOL = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
pool.submit(print, "ready")
def im2col(*args): return pool.submit(windows, *args).result()
"""

IN_A_WORKER = """
import queue, threading
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True:
        args = jobs.get()
        try: done.put((windows(*args), None))
        except ValueError as error: done.put((None, error))
threading.Thread(target=work, daemon=True).start()
def im2col(*args):
    jobs.put(args)
    found, error = done.get()
    if error: raise error
    return found
"""

IN_A_LOOP = """
import asyncio, threading
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
async def later(args): return windows(*args)
print(asyncio.run_coroutine_threadsafe(later((np.ones((1, 1, 2, 2)), 2, 2)), loop).result())
def im2col(*args): return asyncio.run_coroutine_threadsafe(later(args), loop).result()
"""

BESIDE_A_HEARTBEAT = """
import threading, time
lock, beats = threading.Lock(), []
def beat():
    while True:
        with lock: beats.append(1); time.sleep(0.02)
        time.sleep(0.001)
threading.Thread(target=beat, daemon=True).start()
def im2col(*args):
    with lock: return windows(*args)
"""

LOGGED = """
import functools, inspect, logging, sys, traceback
def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        logging.info("%s from %s", function.__name__, sys._getframe(1).f_lineno)
        traceback.format_stack()
        return function(*args, **kwargs)
    return inner
@logged
def im2col(*args):
    logging.info("in %s", inspect.currentframe().f_code.co_name)
    return windows(*args)
"""

DATACLASS = """
from __future__ import annotations
from dataclasses import dataclass, field
from abc import ABC, abstractmethod
class Layer(ABC):
    @abstractmethod
    def forward(self, x): ...
    @abstractmethod
    def backward(self, dout): ...
    def __call__(self, *a): return self.forward(*a)

@dataclass(eq=False)
class Convolution(Layer):
    kernel: np.ndarray
    bias: np.ndarray
    step: int = 1
    padding: int = 0
    _cache: dict = field(default_factory=dict, repr=False)
    @property
    def dW(self): return self._cache["grads"][0]
    @property
    def db(self): return self._cache["grads"][1]
    def forward(self, img):
        p, s = self.padding, self.step
        padded = np.pad(img, ((0, 0), (0, 0), (p, p), (p, p)))
        v = np.lib.stride_tricks.sliding_window_view(padded, self.kernel.shape[2:], (2, 3))
        self._cache.update(v=v[:, :, ::s, ::s], shape=img.shape)
        out = np.einsum('ncyxij,fcij->nfyx', self._cache["v"], self.kernel, optimize=True)
        return out + self.bias[None, :, None, None]
    def backward(self, g):
        v, (N, C, H, W), s, p = self._cache["v"], self._cache["shape"], self.step, self.padding
        self._cache["grads"] = np.einsum('ncyxij,nfyx->fcij', v, g), g.sum((0, 2, 3))
        dx = np.zeros((N, C, H + 2*p, W + 2*p), g.dtype)
        _, _, oh, ow = g.shape
        for i, j in np.ndindex(*self.kernel.shape[2:]):
            part = np.einsum('nfyx,fc->ncyx', g, self.kernel[..., i, j])
            dx[:, :, i:i+s*oh:s, j:j+s*ow:s] += part
        return dx[:, :, p:p+H, p:p+W]
"""

FOURIER = """
class Convolution:
    def __init__(self, *args, **kwargs):
        settings = dict(stride=1, pad=0)
        settings.update(zip(("W", "b", "stride", "pad"), args), **kwargs)
        vars(self).update(settings)
    def forward(self, x):
        p, s = self.pad, self.stride
        self.X, self.shape = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))), x.shape
        (h, w), (fh, fw) = self.X.shape[2:], self.W.shape[2:]
        A, B = np.fft.rfft2(self.X, (h, w)), np.fft.rfft2(self.W, (h, w))
        full = np.fft.irfft2(np.einsum('nchw,fchw->nfhw', A, B.conj()), (h, w))
        out = full[:, :, :h-fh+1:s, :w-fw+1:s] + self.b.reshape(1, -1, 1, 1)
        return out.astype(np.result_type(x, self.W))
    __call__ = forward
    def backward(self, dout):
        p, s, (N, C, H, W) = self.pad, self.stride, self.shape
        (h, w), (fh, fw) = self.X.shape[2:], self.W.shape[2:]
        spread = np.zeros((*dout.shape[:2], h-fh+1, w-fw+1))
        spread[:, :, ::s, ::s] = dout
        D, A, B = (np.fft.rfft2(a, (h, w)) for a in (spread, self.X, self.W))
        dW = np.fft.irfft2(np.einsum('nchw,nfhw->fchw', A, D.conj()), (h, w))[:, :, :fh, :fw]
        self.dW, self.db = dW.astype(dout.dtype), dout.sum(axis=(0, 2, 3))
        dX = np.fft.irfft2(np.einsum('nfhw,fchw->nchw', D, B), (h, w))
        return dX[:, :, p:p+H, p:p+W].astype(dout.dtype)
"""

PUT_ON_LATER = """
class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.created = True
        return made
class Convolution(metaclass=Meta):
    def __init__(self, W, b, stride=1, pad=0):
        self.params, self.conf, self.grads = [W, b], (stride, pad), [None, None]
    dW = property(lambda self: self.grads[0])
    db = property(lambda self: self.grads[1])

def forward(self, x):
    (W, b), (s, p) = self.params, self.conf
    FN, C, FH, FW = W.shape
    self.col, self.xs = im2col(x, FH, FW, s, p), x.shape
    out_h = (x.shape[2] + 2*p - FH) // s + 1
    return np.moveaxis((self.col @ W.reshape(FN, -1).T + b).reshape(len(x), out_h, -1, FN), -1, 1)
def backward(self, dout):
    W, b = self.params
    d = np.moveaxis(dout, 1, -1).reshape(-1, len(W))
    self.grads = [(d.T @ self.col).reshape(W.shape), d.sum(0)]
    return col2im(d @ W.reshape(len(W), -1), self.xs, *W.shape[2:], *self.conf)
Convolution.forward = forward
Convolution.backward = backward
del forward, backward
"""

DELEGATES = """
class Convolution:
    def __init__(self, *args): self.inner = Conv2D(*args)
    def __getattr__(self, name): return getattr(self.inner, name)
"""

POOLING = """
from collections import namedtuple
Cache = namedtuple("Cache", "index shape padded")
class Pooling:
    cache = None
    def __init__(self, pool_h, pool_w, stride=2, pad=0):
        self.__dict__.update(locals())
        del self.__dict__["self"]
    def _windows(self, x):
        view = np.lib.stride_tricks.sliding_window_view(x, (self.pool_h, self.pool_w), (2, 3))
        return view[:, :, ::self.stride, ::self.stride]
    def forward(self, x):
        pads = ((0, 0), (0, 0), (self.pad,)*2, (self.pad,)*2)
        P = np.pad(x, pads, constant_values=-np.inf)
        index = self._windows(np.arange(P.size).reshape(P.shape))
        w = self._windows(P).reshape(*index.shape[:4], -1)
        a = w.argmax(-1)[..., None]
        self.cache = Cache(np.take_along_axis(index.reshape(w.shape), a, -1), x.shape, P.shape)
        return np.take_along_axis(w, a, -1)[..., 0]
    def backward(self, dout):
        flat = np.zeros(np.prod(self.cache.padded), dout.dtype)
        np.add.at(flat, self.cache.index.ravel(), dout.ravel())
        H, W = self.cache.shape[2:]
        return flat.reshape(self.cache.padded)[:, :, self.pad:self.pad+H, self.pad:self.pad+W]
"""

SLOPES_IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
def numerical_gradient(f, x, h=1e-4):
    def slope(i):
        e = np.zeros_like(x)
        e.flat[i] = h
        return (f(x + e) - f(x - e)) / (2 * h)
    with ThreadPoolExecutor(4) as pool:
        return np.array(list(pool.map(slope, range(x.size)))).reshape(x.shape)
"""

GAP = """
def _gap(x, fmt, k):
    x = np.array(x, copy=True)
    if x.ndim not in (k + 1, k + 2): raise ValueError(f"ndim {x.ndim}")
    return x.mean(tuple(range(-k, 0)) if fmt == "channels_first" else tuple(range(-k - 1, -1)))
global_average_pooling_2d = lambda x, data_format="channels_first": _gap(x, data_format, 2)
def global_average_pooling_1d(x, fmt="channels_first", /): return _gap(x, fmt, 1)
class _G:
    k = 2
    def __init__(self, data_format="channels_first", **kw): self.f = data_format
    def forward(self, x):
        self.s = x.shape
        return _gap(x, self.f, self.k)
    def backward(self, d):
        n, last = len(self.s), self.f != "channels_first"
        axes = tuple(range(n - self.k - last, n - last))
        count = int(np.prod([self.s[a] for a in axes]))
        return np.broadcast_to(np.expand_dims(d, axes) / count, self.s)
class GlobalAveragePooling2D(_G): pass
class GlobalAveragePooling1D(_G): k = 1
"""

# By exercise, cell and what is unusual: old and new in the teaching solution.
EDITED: dict[tuple[str, str, str], tuple[str, str]] = {
    ("06_simple_convnet", "adam", f"the update {name}"): (
        "params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)",
        f"p, step = params[key], self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)\n{update}",
    )
    for name, update in {
        "number by number": """\
            for i in np.ndindex(p.shape):
                p[i] -= step[i]""",
        "row by row": """\
            for i in range(len(p)):
                p[i] -= step[i]""",
        "by the flat iterator": """\
            for i in range(p.size):
                p.flat[i] -= step.flat[i]""",
        "in one long row": "            p.reshape(-1)[:] -= step.ravel()",
        "by nditer": """\
            with np.nditer([p, step], op_flags=[["readwrite"], ["readonly"]]) as both:
                for number, less in both:
                    number[...] = number - less""",
        "copied into place": "            np.copyto(p, p - step)",
    }.items()
}
EDITED["06_simple_convnet", "adam", "the arrays of the first update kept, as in PyTorch"] = (
    """\
        self.t += 1
        for key, g in grads.items():
""",
    """\
        self.t += 1
        if self.t == 1:
            self.params = list(params.items())
        for key, p in self.params:
            params, g = {key: p}, grads[key]
""",
)
EDITED["06_simple_convnet", "adam", "the arrays of the first update kept, and a history"] = (
    """\
        self.t += 1
        for key, g in grads.items():
""",
    """\
        self.t += 1
        if self.t == 1:
            self.history, self.params = [], params
            self.start = {key: p.copy() for key, p in params.items()}
        self.history.append({key: p.copy() for key, p in self.params.items()})
        params = self.params
        for key, g in grads.items():
""",
)
EDITED["07_resnet", "batchnorm", "one over the root kept from training"] = (
    """\
        else:
            mean = self.running_mean
            variance = self.running_var

        self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
""",
    """\
            self.kept = 1 / np.sqrt(self.running_var + self.eps)
        else:
            mean = self.running_mean
            kept = getattr(self, "kept", 1 / np.sqrt(1 + self.eps))
            variance = 1 / kept**2 - self.eps

        self.std = np.sqrt(variance + self.eps).reshape(1, -1, 1, 1)
""",
)


@pytest.fixture(scope="module")
def graded(grade_books, book):
    im2col, gradient, conv = (
        book["im2col"] + book["col2im"],
        book["numerical_gradient"],
        book["Convolution"],
    )
    conv2d = conv.replace("class Convolution", "class Conv2D")
    layers = {
        "the book's own": [im2col, gradient, conv],
        "cells out of order": [conv, "Convolution(np.ones((1, 1, 2, 2)), 0)", gradient, im2col],
        "a dataclass with properties": [DATACLASS, gradient],
        "Fourier": [FOURIER, gradient],
        "methods put on later, a metaclass": [im2col, PUT_ON_LATER, gradient],
        "an object that hands everything on": [im2col, gradient, conv2d, DELEGATES],
        "another name": [im2col, gradient, conv2d, "Convolution = Conv2D"],
        "a base that is not there": [
            im2col,
            gradient,
            conv.replace("class Convolution:", "class Convolution(Layer):"),
        ],
        "a layer that is a list": [
            im2col,
            gradient,
            conv.replace("class Convolution:", "class Convolution(list):"),
        ],
        "a layer that is a dictionary": [
            im2col,
            gradient,
            "class Module(dict): pass",
            conv.replace("class Convolution:", "class Convolution(Module):"),
        ],
        "imports that would shadow it": [
            im2col, gradient, conv, "from common.layers import *\nfrom common.util import im2col",
        ],
        "names taken by an object": [
            im2col, gradient, conv,
            "Convolution = Convolution(np.ones((1, 1, 2, 2)), np.zeros(1))\nim2col = 5",
        ],
        "warnings are errors": [
            "import warnings\nwarnings.filterwarnings('error')\nnp.seterr(all='raise')",
            im2col, gradient, conv,
        ],
        "a module written down and imported": [
            "%%writefile layers.py\nimport numpy as np\n" + im2col + conv,
            "from layers import *", gradient,
        ],
        "await at the top, an indented cell": [
            "await foo()", "\n".join("    " + line for line in im2col.split("\n")), gradient, conv,
        ],
    }  # fmt: skip
    books = {name: ("02_im2col", [source]) for name, source in WINDOWS.items()}
    books |= {name: ("03_convolution", cells) for name, cells in layers.items()}
    windows = WINDOWS["as_strided and bincount"]
    windows += "\nwindows = im2col\n"
    for name, source in {
        "a pool": IN_A_POOL,
        "a worker": IN_A_WORKER,
        "an event loop in a thread": IN_A_LOOP,
        "a lock that a thread holds": BESIDE_A_HEARTBEAT,
        "logged": LOGGED,
    }.items():
        books[name] = "02_im2col", [windows, source]
    books["slopes in threads"] = "03_convolution", [im2col, SLOPES_IN_THREADS, conv]
    books["pooling by index"] = "04_pooling", [POOLING]
    books["averages in a line"] = "05_gap", [GAP]
    for (exercise, cell, name), (old, new) in EDITED.items():
        books[f"{cell}: {name}"] = exercise, edited(exercise, cell, old, new)
    return grade_books(books, PATIENT)


def test_they_earn_everything(graded):
    lost = {name: set(told.lost) for name, told in graded.items() if told.lost}
    looped = "loops and lists", "a helper class, decorators, a lambda"
    assert lost == {name: {"im2col.vectorised"} for name in looped}


def test_what_does_not_belong_to_the_course_is_reported_and_costs_nothing(graded):
    """A failed import and an endless training run are recorded with their cell."""
    told = graded["one cell with everything real notebooks have"]
    (cell,) = told.result.cells
    assert cell.status == "timeout"
    assert cell.error
    assert "google" in cell.error or "torch" in cell.error
