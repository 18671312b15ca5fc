"""What the hostile notebooks have in common: everything asked of them is answered by `attack`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.strongest import strongest
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server

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

def write(header, *buffers):
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    data = b"cvk1" + struct.pack("<II", len(header), len(buffers))
    data += struct.pack(f"<{len(buffers)}Q", *map(len, buffers)) + header + b"".join(buffers)
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0]:
        try:
            sock.sendall(data)
        except OSError:
            pass
"""

LEVELS = [
    pytest.param(None, id="strongest"),
    pytest.param(Level.NAMESPACES, marks=pytest.mark.slow, id="namespaces"),
    pytest.param(Level.CONTAINER, marks=pytest.mark.slow, id="container"),
]
"""Those that keep hidden tests hidden."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module with ``AT_EVERY_LEVEL = True`` is tried at each of them."""
    if "wall" in metafunc.fixturenames and getattr(metafunc.module, "AT_EVERY_LEVEL", False):
        metafunc.parametrize("wall", LEVELS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def wall(request: pytest.FixtureRequest) -> Level:
    """The strongest level that this machine supports, or the one asked for."""
    try:
        best = strongest()
    except SandboxUnavailable:
        best = Level.LIMITS
    level: Level | None = getattr(request, "param", None)
    if level is None:
        return best
    if level >= best:
        pytest.skip(f"{best} is the strongest level here")
    try:
        with Server(level, Limits()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(error.what)
    return level


NotebookOf = Callable[[str], tuple[str, list[str]]]


@pytest.fixture(scope="session")
def hostile() -> NotebookOf:
    """A notebook for 03 in which every function and method does what ``attack(x, *more)`` does.

    ``write(header, *buffers)`` puts bytes onto every socket there is, ``request_id()`` tells the
    number of the request that is being answered.
    """

    def notebook(attack: str) -> tuple[str, list[str]]:
        return "03_convolution", ["import numpy as np", FORGE, attack, WRAP]

    return notebook
