"""Attacks on what is supplied when errors are carried forward."""

from __future__ import annotations

from tests.learners.conftest import BOOK

NUMPY = "import numpy as np"
CHANNEL = """
import gc
def channel():
    return next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
def ask(op, name, *args, **kwargs):
    return channel().call({"op": op, "name": name}, args, kwargs)
"""

FORWARD = """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
    def forward(self, x):
        {attack}
"""


def attack(text: str, first: str = "") -> tuple[str, list[str]]:
    """A notebook for 03 that does something with what is supplied for its im2col."""
    lines = text.replace("\n", "\n        ")
    return "03_convolution", [NUMPY, CHANNEL, first, FORWARD.format(attack=lines)]


ATTACKS = {
    "far more memory than there is": attack("return im2col(x, 1, 1, 1, 10**6)"),
    "an array of no bytes and many rows": attack("return im2col(np.zeros((2**26, 0, 9, 9)), 1, 1)"),
    "calls without end": attack("while True: im2col(x, 1, 1)"),
    "calls without end, whatever is raised": attack(
        "while True:\n    try: im2col(np.ones((8, 8, 64, 64)), 3, 3)\n    except Exception: pass"
    ),
    "the largest calls that there may be": attack(
        "for _ in range(50): im2col(np.ones((4, 4, 256, 256)), 1, 1)\nreturn x"
    ),
    "calls while the cells run": (
        "03_convolution",
        [NUMPY, "while True: im2col(np.ones((8, 8, 64, 64)), 3, 3)", BOOK["Convolution"][:60]],
    ),
    "arguments that do not travel": attack(
        "for odd in (object(), np, [np], {(): 1}, np.array([None]), 1j, iter([]), 10**9999):\n"
        "    try: im2col(x, odd, odd)\n    except (TypeError, ValueError, RuntimeError): pass\n"
        "return im2col(*[x] * 100_000)"
    ),
    "a list that holds itself": attack("loop = []; loop.append(loop)\nreturn im2col(loop, 1, 1)"),
    "names that nobody opened": attack(
        "for name in ('Convolution', 'load_mnist', '__class__', 'np', '', None, 3, [], {}):\n"
        "    try: ask('call', name, x)\n    except Exception: pass\n"
        "return ask('make', 'Convolution', self.W, self.b)"
    ),
    "operations that do not exist": attack(
        "for op in ('open', 'close', 'begin', '__init__', None, 1, [], {}):\n"
        "    for more in ({}, {'number': -1}, {'name': 'im2col'}):\n"
        "        try: channel().call({'op': op, **more}, [x], {})\n        except Exception: pass\n"
        "return x"
    ),
    "an answer to what was not asked": attack("channel().exchange({'applied': 1})"),
    "a question without its parts": attack("channel().exchange({'proxy': None})"),
    "a question that is none": attack("channel().exchange({'proxy': {'op': 'call'}, 'args': 3})"),
    "a process that ends while it is answered": attack(
        "import threading, os\nthreading.Timer(0.05, os._exit, [0]).start()\n"
        "while True: im2col(np.ones((4, 4, 128, 128)), 3, 3)"
    ),
    "what is supplied, sent back": attack("return im2col"),
    "an array that is changed while it travels": attack(
        "import threading\nbig = np.ones((4, 4, 128, 128))\n"
        "def work():\n    while True: big[:] = np.random.rand()\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "return im2col(big, 1, 1)"
    ),
}
