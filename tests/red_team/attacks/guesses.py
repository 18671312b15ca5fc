"""Results of the right shape and dtype, with numbers that nobody computed."""

from __future__ import annotations

SHAPES = """
def size(n, f, s, p): return (n + 2*p - f) // s + 1
def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    return guess((N * size(H, fh, stride, pad) * size(W, fw, stride, pad), C * fh * fw), x)
def col2im(col, shape, fh, fw, stride=1, pad=0): return guess(shape, col)
def numerical_gradient(f, x, h=1e-4): return guess(x.shape, x)
class Convolution:
    def __init__(self, W, b, stride=1, pad=0): self.W, self.b, self.s, self.p = W, b, stride, pad
    def forward(self, x):
        self.x = x
        (N, C, H, W), (F, _, fh, fw), s, p = x.shape, self.W.shape, self.s, self.p
        return guess((N, F, size(H, fh, s, p), size(W, fw, s, p)), x)
    def backward(self, dout):
        self.dW, self.db = guess(self.W.shape, self.W), guess(self.b.shape, self.b)
        return guess(self.x.shape, self.x)
class Pooling:
    def __init__(self, h, w, stride=2, pad=0): self.a = h, w, stride, pad
    def forward(self, x):
        self.x = x
        (N, C, H, W), (h, w, s, p) = x.shape, self.a
        return guess((N, C, size(H, h, s, p), size(W, w, s, p)), x)
    def backward(self, dout): return guess(self.x.shape, dout)
def pooled(x, layout, k):
    if x.ndim not in (k + 1, k + 2): raise ValueError
    first = layout == "channels_first"
    return guess(x.shape[:-k] if first else x.shape[:-k - 1] + x.shape[-1:], x)
def global_average_pooling_2d(x, layout="channels_first"): return pooled(x, layout, 2)
def global_average_pooling_1d(x, layout="channels_first"): return pooled(x, layout, 1)
class GlobalAveragePooling2D:
    k = 2
    def __init__(self, layout="channels_first"): self.layout = layout
    def forward(self, x):
        self.x = x
        return pooled(x, self.layout, self.k)
    def backward(self, dout): return guess(self.x.shape, dout)
class GlobalAveragePooling1D(GlobalAveragePooling2D): k = 1
"""

GUESSES = {
    "zeros": "np.zeros(shape, x.dtype)",
    "ones": "np.ones(shape, x.dtype)",
    "unwritten memory": "np.empty(shape, x.dtype)",
    "the mean": "np.full(shape, x.mean(), x.dtype)",
    "the largest": "np.full(shape, x.max(), x.dtype)",
    "random numbers": "np.random.standard_normal(shape).astype(x.dtype)",
    "the argument again and again": "np.resize(x, shape).astype(x.dtype)",
    "its numbers in order": "np.resize(np.sort(x, axis=None), shape)",
}
EXERCISES = ("02_im2col", "03_convolution", "04_pooling", "05_gap")
