"""Answers and callbacks that keep the trusted process busy, or fill its memory."""

from __future__ import annotations

# A network whose layers, replaced by functions of the suite, are asked for the impossible.
NETWORK = """
class Relu:
    def forward(self, x): return x
class Pooling(Relu):
    def __init__(self, *a): pass
class Affine(Pooling): pass
class Convolution(Pooling): pass
class SimpleConvNet:
    def __init__(self, input_dim, conv_param, hidden, classes, std=0.1):
        C, H, W = input_dim
        n, f = conv_param["filter_num"], conv_param["filter_size"]
        out = (H - f) // 1 + 1
        self.params = {
            "W1": np.random.randn(n, C, f, f), "b1": np.zeros(n),
            "W2": np.random.randn(n * (out // 2) ** 2, hidden), "b2": np.zeros(hidden),
            "W3": np.random.randn(hidden, classes), "b3": np.zeros(classes),
        }
    def predict(self, x):
        return attack(x)
"""

CALLBACKS = {
    "a callback with rows of nothing": """
def attack(x):
    return Pooling().forward(np.zeros((2**26, 0, 2**21, 2)))
""",
    "a callback that is wide and empty": """
def attack(x):
    return Relu().forward(np.zeros((0, 2**31)))
""",
    "a callback that makes much of little": """
def attack(x):
    return Affine().forward(np.broadcast_to(np.int8(1), (2**21,)))
""",
    "callbacks again and again": """
def attack(x):
    while True:
        Relu().forward(x)
""",
}

ANSWERS = {
    "many axes": "np.ones([2] * 21, np.float16)",
    "many bytes": "np.ones(60 * 2**20, np.int8)",
    "as many elements as may be": "np.ones(2**21, np.int8)",
    "rows of nothing": "np.zeros((2**31, 0))",
    "many small arrays": "[np.ones(1)] * 9000",
    "a long text": "'x' * (15 * 2**20)",
    "texts of wide characters": "np.array(['\\U0010ffff' * 1000] * 3000)",
    "lists in lists": "[[[[0.0] * 40] * 40] * 40]",
}

# An answer that is compared with an earlier one of the student's own: both are as odd as can be.
TWICE = """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.asked = 0
    def forward(self, x):
        return attack()
    def backward(self, dout):
        return attack()
def attack(): return {answer}
"""
