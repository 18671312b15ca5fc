"""Values and exceptions that are not what they look like, each returned or raised by every call."""

from __future__ import annotations

VALUES = {
    "a view of memory": "return memoryview(np.ascontiguousarray(x))",
    "numbers with names": "return np.zeros(np.shape(x), [('a', 'f8')])",
    "numbers that are arrays": "return np.zeros(3, np.dtype(('f8', (1000, 1000))))",
    "bytes": "return np.asarray(x).astype('S8')",
    "numbers in the other byte order, one too many": "return np.append(x, 1).astype('>f8')",
    "complex numbers": "return np.asarray(x) + 0j",
    "wider numbers that are none": "return np.full(np.shape(x), np.nan, np.longdouble)",
    "memory that is not there": "return np.asarray(Elsewhere())",
    "objects that equal everything": "return np.full(np.shape(x), Equal(), object)",
    "an array whose shape differs from what it says": "return np.zeros((2, 2)).view(Shape)",
    "a number whose value differs from what it says": "return Number(3)",
    "keys that are all the same": "return {Key('a'): 1, Key('b'): 2}",
    "half characters": "return '\\ud800' * 100",
    "a list in itself": "loop = []; loop.append({'a': loop}); return loop",
    "an object of another class by now": "c = Elsewhere(); c.__class__ = Later; return c",
    "an object that nobody has kept": (
        'write({"id": request_id(), "value": {"t": "ref", "n": 10**30, "c": "x"}}); return x'
    ),
}

RAISED = {
    "the end of a generator": "raise GeneratorExit",
    "the end of an iteration": "raise StopIteration(x)",
    "an interrupt from the keyboard": "raise KeyboardInterrupt",
    "a group of exits": "raise BaseExceptionGroup('x', [SystemExit(0), KeyboardInterrupt()])",
    "the grader's own exception": "raise TimeUp()",
    "an exception that forks to be read": "raise Forking",
    "an exception without an end": "raise Large",
    "an exception of a class without a name": "raise Nameless",
    "what the grader would say of it": "session.describe = described; raise ValueError",
}

_CLASSES = """
import os
class Equal:
    __array_priority__ = 1e9
    __eq__ = lambda s, o: True
    __float__ = __rsub__ = lambda s, *o: 0.0
class Shape(np.ndarray):
    __array_finalize__ = lambda s, o: None
    tobytes = lambda s, *a: bytes(s.nbytes)
    __getattribute__ = lambda s, n: (3,) if n == "shape" else np.ndarray.__getattribute__(s, n)
class Number(float):
    __float__ = lambda s: 1.0
    hex = lambda s: "0x1p0"
class Key(str):
    __hash__ = lambda s: 1
    __eq__ = lambda s, o: True
class Elsewhere:
    __array_interface__ = {"shape": (10**6,), "typestr": "<f8", "data": (8, False), "version": 3}
class Later(Elsewhere):
    shape, dtype = (1,), np.dtype(float)
TimeUp = next(m for n, m in sys.modules.items() if n.endswith("guest.timeouts")).TimeUp
session = next(m for n, m in sys.modules.items() if n.endswith("guest.session"))
class Forking(Exception):
    __str__ = lambda s: str(os.fork())
class Large(Exception):
    args = property(lambda s: ["x" * 10**8] * 10)
    __traceback__ = property(lambda s: [].pop())
class Meta(type):
    __name__ = property(lambda c: "z" * 10**7)
    mro = lambda c: [c, ValueError, Exception, BaseException, object]
class Nameless(ValueError, metaclass=Meta): pass
def described(error):
    frames = [[0, 1, "f"]] * 10**4
    return {"type": "A", "message": "name 'x' is not defined", "kinds": ["A"] * 10**4,
            "frames": frames}
"""


def _attacks(calls: dict[str, str]) -> dict[str, str]:
    return {
        name: _CLASSES + f"def attack(x, *more):\n    {statement}"
        for name, statement in calls.items()
    }


KINDS = {
    "values of unusual types": _attacks(VALUES),
    "exceptions of unusual types": _attacks(RAISED),
}
