"""What the hostile notebooks have in common: whatever is called, `attack` answers."""

from __future__ import annotations

WRAP = """
def numerical_gradient(*a): return attack(*a)
class Convolution:
    def __init__(self, *a): self.a = a
    def forward(self, x): return attack(x)
    def backward(self, dout): return attack(dout)
    dW = property(lambda self: attack(self.a[0]))
    db = property(lambda self: attack(self.a[1]))
"""

FORGE = """
import gc, json, socket, struct, sys

def request_id():
    frame = sys._getframe()
    while frame and "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]["id"]

def write(header, *buffers, magic=b"cvk1"):
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    data = magic + struct.pack("<II", len(header), len(buffers))
    data += struct.pack(f"<{len(buffers)}Q", *map(len, buffers)) + header + b"".join(buffers)
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0]:
        try:
            sock.sendall(data)
        except OSError:
            pass
"""


def hostile(attack: str) -> tuple[str, list[str]]:
    """A notebook for 03 in which every function and method does what ``attack(x, *more)`` does.

    ``write(header, *buffers)`` puts bytes onto every socket there is, ``request_id()`` tells the
    number of the request that is being answered.
    """
    return "03_convolution", ["import numpy as np", FORGE, attack, WRAP]
