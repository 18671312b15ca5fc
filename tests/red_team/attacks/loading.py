"""Cells, or what is done with them, that cannot be stopped from within."""

from __future__ import annotations

_END = "\ndef attack(x, *more): return x"

LOADING = {
    "two cells in C": "sum(iter(int, 1))\nsum(iter(int, 1))" + _END,
    "decorators in C": """
def endless(f): sum(iter(int, 1))
@endless
def one(): pass
@endless
def other(): pass
"""
    + _END,
    "a cell that naps, whatever is said": """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True: time.sleep(0.01)
"""
    + _END,
    "a class that nobody can look at": """
class Meta(type):
    def __getattribute__(cls, name):
        if name in ("__dict__", "__mro__", "__class__"):
            while True: pass
        return type.__getattribute__(cls, name)
class Hidden(metaclass=Meta): pass
"""
    + _END,
    "objects that nobody can compare or copy": """
class Endless:
    __eq__ = __hash__ = __bool__ = __reduce__ = __deepcopy__ = __len__ = (
        lambda *a: sum(iter(int, 1)))
kept = [Endless()] * 3
def attack(x, *more):
    kept.append(x)
    return kept[0]
""",
    "a report on all cells, and then no end": """
def table(**k): return {"t": "dict", "k": list(k), "v": list(k.values())}
methods = {"t": "list", "v": ["forward", "backward"]}
write({"records": {"t": "list", "v": []}, "defined": table(Convolution=methods)})
sum(iter(int, 1))
"""
    + _END,
}
