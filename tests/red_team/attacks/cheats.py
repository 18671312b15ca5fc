"""Notebooks that try to earn points without knowing anything."""

from __future__ import annotations

NUMPY = {
    "comparing is always true": """
np.allclose = np.array_equal = np.isclose = np.isfinite = np.all = lambda *a, **k: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
def attack(x, *more): return x
""",
    "asarray lies": """
real = np.asarray
np.asarray = np.ascontiguousarray = lambda *a, **k: real(1.0)
def attack(x, *more): return x
""",
    "the array type itself is changed": """
import ctypes
methods = gc.get_referents(np.ndarray.__dict__)[0]
methods["__eq__"] = lambda a, b: True
methods["shape"] = property(lambda s: (1,))
methods["tobytes"] = lambda s: b""
ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
def attack(x, *more): return x
""",
    "an array that equals everything": """
class Yes(np.ndarray):
    __eq__ = lambda s, o: np.ones(np.shape(o), bool)
    __ne__ = lambda s, o: np.zeros(np.shape(o), bool)
    __sub__ = __rsub__ = lambda s, o: np.zeros(np.shape(o))
    __array_ufunc__ = lambda s, *a, **k: np.zeros(())
    __array_function__ = lambda s, *a, **k: True
    __array__ = lambda s, *a, **k: np.ones(1)
    shape, strides, flags, itemsize = (property(lambda s: None) for _ in range(4))
def attack(x, *more): return np.asarray(x).view(Yes)
""",
    "an object that says it is an array": """
class Fake:
    __class__ = np.ndarray
    shape, dtype, ndim, size, strides, nbytes = (1,), np.dtype(float), 1, 1, (8,), 8
    def __array__(self, *a, **k): return np.ones(1)
def attack(x, *more): return Fake()
""",
    "an object that says it is a number": """
class Fake:
    __class__ = property(lambda s: int)
    def __int__(self): return 10**5000
def attack(x, *more): return Fake()
""",
    "an array that can be called": """
class Callable(np.ndarray):
    def __call__(self, *a): return self
    forward = backward = __call__
def attack(x, *more): return np.ones(3).view(Callable)
""",
    "a file mapped into memory": """
def attack(x, *more): return np.memmap("map", "f8", "w+", shape=(4,))
""",
    "a masked array": "def attack(x, *more): return np.ma.masked_all((4,))",
    "a matrix": "def attack(x, *more): return np.matrix([1.0, 2.0])",
    "functions in an array": "def attack(x, *more): return np.array([attack] * 4, object)",
}

HUNTS = {
    "frames": """
def attack(x, *more):
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "right", "reference", "ours"):
                return value
        frame = frame.f_back
    raise LookupError("nothing")
""",
    "the garbage collector": """
def attack(x, *more):
    mine = {id(x), *map(id, more)}
    for thing in gc.get_objects():
        if isinstance(thing, np.ndarray) and id(thing) not in mine:
            return thing
        if isinstance(thing, dict) and "expected" in thing:
            return thing["expected"]
""",
    "tracebacks": """
def attack(x, *more):
    try:
        1 / 0
    except ZeroDivisionError as error:
        frame = error.__traceback__.tb_frame
        while frame.f_back:
            frame = frame.f_back
        return [v for v in frame.f_locals.values() if isinstance(v, np.ndarray)][0]
""",
    "what waits on the socket": """
def attack(x, *more):
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
        sock.setblocking(False)
        try:
            raise ValueError(sock.recv(10**6, socket.MSG_PEEK))
        except BlockingIOError:
            sock.setblocking(True)
""",
    "earlier calls": """
import pickle, os
def attack(x, *more):
    seen = pickle.load(open("seen", "rb")) if os.path.exists("seen") else []
    seen.append(x if isinstance(x, np.ndarray) else None)
    pickle.dump(seen, open("seen", "wb"))
    return seen[0]
""",
    "other folders": """
import glob
def attack(x, *more):
    found = glob.glob("/**/test_0*.py", recursive=True) + glob.glob("/**/*.ipynb", recursive=True)
    found += glob.glob("/**/source_lib*", recursive=True) + glob.glob("/proc/*/environ")
    raise LookupError(found[:3] or "nothing")
""",
}

ARRAY_IN_PLACE = """
A = {"t": "nd", "d": "<f8", "s": [4], "b": 0}
def attack(x, *more):
    write({"id": request_id(), %s}, bytes(32))
"""

FORGERIES = {
    **{
        f"an array in place of {what}": ARRAY_IN_PLACE % fields
        for what, fields in {
            "a timeout": '"timeout": A',
            "an error's text": '"error": {"type": A, "message": A, "kinds": [A], "frames": [A]}',
            "a frame": '"error": {"type": "E", "message": "", "kinds": [], "frames": [[A, A, A]]}',
            "a count": '"value": 1, "count": {"lines": A, "objects": A, "intact": A}',
            "a callback": '"callback": A, "args": A',
            "a proxy": '"proxy": A, "value": 1',
            "the arguments": '"value": A, "args": A',
        }.items()
    },
    "arrays in place of names, of what it leaves to chance": """
import sys
def attack(x, *more):
    for name, module in list(sys.modules.items()):
        if name.endswith("guest.unfixable"): module.noticed = lambda: [np.zeros(3)]
    return x
""",
    "answers in advance": """
def attack(x, *more):
    me = request_id()
    for number in range(me - 3, me + 200):
        write({"id": number, "value": None})
""",
    "five answers at once": """
def attack(x, *more):
    value = {"t": "nd", "d": "<f8", "s": [4], "b": 0}
    for _ in range(5):
        write({"id": request_id(), "value": value}, bytes(32))
""",
    "an answer from a thread, later": """
import threading, time
def attack(x, *more):
    me = request_id()
    def later():
        for _ in range(50):
            time.sleep(0.005)
            write({"id": me, "value": None})
    threading.Thread(target=later, daemon=True).start()
    return x
""",
    "answers of the notebook, in advance": """
for _ in range(30):
    write({"pid": 1, "status": 0})
    write({"pid": -1})
def attack(x, *more): return x
""",
    "a thread that answers for the notebook": """
import threading, time
def later():
    while True:
        time.sleep(0.01)
        write({"pid": 7, "status": 0, "records": None, "at": None})
threading.Thread(target=later, daemon=True).start()
def attack(x, *more): return x
""",
    "records that say it has passed": """
def table(**k): return {"t": "dict", "k": list(k), "v": list(k.values())}
def row(*v): return {"t": "list", "v": list(v)}
methods = row("forward", "backward")
write({
    "records": row(table(index=0, status="passed", error=None)), "status": "passed", "score": 99,
    "defined": table(numerical_gradient=None, Convolution=methods), "criteria": row(),
})
import os; os._exit(0)
""",
    "the wire says that all is well": """
wire = next(m for n, m in sys.modules.items() if n.endswith("wire"))
wire.Encoder.tree = lambda self, value, depth=0: True
def attack(x, *more): return x
""",
    "the session says that all is well": """
requests = next(m for n, m in sys.modules.items() if n.endswith("guest.requests"))
requests._perform = lambda request, own, objects: dict(
    value=True, args=request["args"], passed=True, status="passed")
def attack(x, *more): return x
""",
    "a tracer rewrites what is answered": """
def trace(frame, event, arg):
    if isinstance(frame.f_locals.get("answer"), dict):
        frame.f_locals["answer"]["value"] = True
    return trace
sys.settrace(trace); sys.setprofile(trace)
def attack(x, *more): return x
""",
}

BREAKS = {
    "system calls replaced": """
import os, signal, time
os.fork = os.getpid = lambda: 0
os._exit = os.kill = os.waitpid = signal.setitimer = signal.signal = lambda *a: None
time.process_time = time.monotonic = lambda: 0.0
def attack(x, *more): return x
""",
    "builtins replaced": """
import builtins
def attack(x, *more):
    for name in ("isinstance", "len", "type", "getattr", "dict", "Exception", "BaseException"):
        setattr(builtins, name, lambda *a, **k: True)
    return x
""",
    "hooks of exit and fork": """
import atexit, os
atexit.register(lambda: 1 / 0)
os.register_at_fork(before=lambda: 1 / 0)
os.register_at_fork(after_in_parent=lambda: 1 / 0, after_in_child=lambda: 1 / 0)
def attack(x, *more): return x
""",
    "warnings are errors, and a thread runs": """
import warnings, threading, time
warnings.simplefilter("error")
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
def attack(x, *more): return x
""",
    "ends the notebook's process": """
import os
def attack(x, *more):
    os.kill(os.getppid() or 1, 9)
    os.kill(-1, 9)
""",
    "children that live on": """
import os, time
def attack(x, *more):
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            time.sleep(100)
    return x
""",
    "errors of errors": """
def attack(x, *more):
    error = ValueError("x")
    for _ in range(20_000):
        outer = ValueError("y")
        outer.__cause__ = outer.__context__ = error
        error = outer
    raise error
""",
    "a function of ours with odd arguments": """
def attack(f, x, *more):
    for odd in (None, "x", 10**1000, [1] * 4, {}, b"x", 1j, np.zeros((0, 2**20)), x.astype(str), f,
                np.full(x.shape, np.inf), np.ones((4 * 2**20, 1, 1, 1, 1), np.int8)):
        try:
            f(odd)
        except ValueError:
            pass
    return f(f)
""",
}

PLAIN = {
    "the argument": "def attack(x, *more): return x",
    "nothing": "def attack(x, *more): pass",
    "not a number": "def attack(x, *more): return np.full(np.shape(x), np.nan)",
    "infinity": "def attack(x, *more): return np.full(np.shape(x), np.inf)",
    "an empty array": "def attack(x, *more): return np.zeros((0, *np.shape(x)))",
    "an array without axes": "def attack(x, *more): return np.array(1.0)",
    "ValueError": "def attack(x, *more): raise ValueError('no')",
    "an exception called Passed": "def attack(x, *more): raise type('Passed', (Exception,), {})",
    "pytest's own": "def attack(x, *more): raise type('Skipped', (BaseException,), {'msg': 'x'})",
    "Convolution is an object": (
        "attack = lambda x, *more: x\nclass Any:\n"
        "    __call__ = __getattr__ = lambda self, *a: self\nConvolution = Any()"
    ),
}

LOOPS = """
import numpy as np
def loops(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    if OH < 1 or OW < 1: raise ValueError("too large")
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = []
    for n in range(N):
        for i in range(0, OH * stride, stride):
            for j in range(0, OW * stride, stride):
                rows.append(x[n, :, i : i + FH, j : j + FW].ravel())
    return np.array(rows)
def in_place(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    if OH < 1 or OW < 1: raise ValueError("too large")
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = np.zeros((N * OH * OW, C * FH * FW), x.dtype)
    for k in range(len(rows)):
        n, place = divmod(k, OH * OW)
        i, j = place // OW * stride, place % OW * stride
        rows[k] = x[n, :, i : i + FH, j : j + FW].ravel()
    return rows
"""
LOOPS = f"SOURCE = {LOOPS!r}\n{LOOPS}"

WORKER = """
import queue, threading
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True:
        args = jobs.get()
        try: done.put((loops(*args), None))
        except ValueError as error: done.put((None, error))
threading.Thread(target=work, daemon=True).start()
def im2col(*args):
    jobs.put(args)
    found, error = done.get()
    if error: raise error
    return found
"""

ALL_BUT_VECTORISED = (
    "one_channel", "batch_and_channels", "non_square_input", "non_square_filter", "stride",
    "padding", "all_at_once", "defaults", "float32", "input_untouched", "window_too_large",
)  # fmt: skip

COUNTED = {
    "as much is wasted on a small image as loops take on a large one": """
def im2col(x, *more):
    side = x.shape[-1]
    for _ in range((160 * 160 - side * side) * (side < 12)):
        y = 1
        y = 2
    return loops(x, *more)
""",
    "a trace function of one's own, for a moment": """
import sys
def im2col(x, *more):
    before = sys.gettrace()
    sys.settrace(None)
    found = loops(x, *more)
    sys.settrace(before)
    return found
""",
    "lines that are hidden in a frame": """
import sys
def im2col(x, *more):
    sys._getframe().f_trace_lines = False
    found = loops(x, *more)
    sys._getframe().f_trace_lines = True
    return found
""",
    "another thread does the work": """
import _thread
def im2col(x, *more):
    found, done = [], _thread.allocate_lock()
    def work():
        try: found.append(loops(x, *more))
        finally: done.release()
    done.acquire()
    _thread.start_new_thread(work, ())
    done.acquire()
    if not found: raise ValueError("too large")
    return found[0]
""",
    "below a function of the grader's own": """
import os
class Late:
    def __init__(self, *a): self.a = a
    def __lt__(self, _): self.found = in_place(*self.a); return False
    def __bool__(self): return False
def im2col(*a):
    late = Late(*a)
    os.urandom(late)
    return late.found
""",
    "in a file called as one of the grader's": """
import sys
files = [m.__file__ for name, m in list(sys.modules.items()) if name.endswith(".counting")]
exec(compile(SOURCE, files[0], "exec"))
def im2col(*a): return in_place(*a)
""",
    "tracing turned off, in a file called as one of NumPy's": """
source = SOURCE + '''
import sys
def im2col(*a):
    before = sys.gettrace()
    sys.settrace(None)
    try: return in_place(*a)
    finally: sys.settrace(before)
'''
exec(compile(source, np.__file__, "exec"))
""",
    "tracing turned off by the library, which is told to": """
import contextlib, sys
def told(function, *a):
    with contextlib.ExitStack() as stack: stack.callback(function, *a)
def im2col(*a):
    before = sys.gettrace()
    told(sys.settrace, None)
    try: return in_place(*a)
    finally: told(sys.settrace, before)
""",
    "a frame that the library gives away": """
import logging
def untraced():
    frame = logging.currentframe()
    while frame.f_code.co_name != "in_place": frame = frame.f_back
    frame.f_trace = None
exec(SOURCE.replace("    rows = np.zeros", "    untraced(); rows = np.zeros"))
def im2col(*a): return in_place(*a)
""",
    "a thread that a cell has started does the work": WORKER,
    "and it traces nothing, since before": WORKER.replace(
        "def work():", "import sys\ndef work():\n    sys.settrace(None)"
    ),
    "a thread that starts as threads did before the grader": """
import threading
start = threading._start_new_thread
while hasattr(start, "__wrapped__"): start = start.__wrapped__
threading._start_new_thread = start
def im2col(*args):
    found = []
    def work():
        try: found.append(loops(*args))
        except ValueError as error: found.append(error)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if isinstance(found[0], ValueError): raise found[0]
    return found[0]
""",
    "a generator that has kept its own frame": """
def generator():
    args = yield
    while True:
        frame.f_trace = None
        try: args = yield in_place(*args)
        except ValueError as error: args = yield error
first = generator()
frame = first.gi_frame
next(first)
def im2col(*args):
    found = first.send(args)
    if isinstance(found, ValueError):
        next(first)
        raise found
    return found
""",
    "frames that the library reads are changed": """
import inspect, logging, sys, traceback
def untraced(frame, *_, **__):
    while frame is not None: frame.f_trace, frame.f_trace_lines, frame = None, False, frame.f_back
    return False
logging._is_internal_frame = traceback.print_stack = untraced
def im2col(*args):
    logging.Logger("own").warning("now", stack_info=True)
    untraced(inspect.currentframe()), untraced(sys._getframe()), untraced(inspect.stack()[0].frame)
    return in_place(*args)
""",
    "the function that gives frames, as it was before the grader": """
import sys
original = sys._getframe.__globals__["_frame"]
exec(SOURCE.replace("    rows = np.zeros", "    original().f_trace = None; rows = np.zeros"))
def im2col(*args): return in_place(*args)
""",
    "a trace function that new threads are given": """
import threading
def im2col(*args):
    found = []
    def work():
        try: found.append(in_place(*args))
        except ValueError as error: found.append(error)
    threading.settrace(lambda *_: None)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    threading.settrace(None)
    if isinstance(found[0], ValueError): raise found[0]
    return found[0]
""",
    "lines that have no number": """
import ast
tree = ast.parse(SOURCE)
for node in ast.walk(tree):
    if hasattr(node, "lineno"): node.lineno = node.end_lineno = -1
exec(compile(tree, "loops", "exec"))
def im2col(*args): return in_place(*args)
""",
    "a statement for each window, all on one line": """
window = "c[n] = x[n//P, :, n%P//Q*s : n%P//Q*s+FH, n%Q*s : n%Q*s+FW].ravel(); n += 1;"
line = compile(window * 14000, "line", "exec")
def im2col(x, FH, FW, stride=1, pad=0):
    N, C, H, W = x.shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    if OH < 1 or OW < 1: raise ValueError("too large")
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    c = np.zeros((N * OH * OW, C * FH * FW), x.dtype)
    names = dict(c=c, x=x, n=0, P=OH * OW, Q=OW, FH=FH, FW=FW, s=stride)
    try: exec(line, names)
    except IndexError: pass
    return c
""",
    "bytecode that is not traced": """
import opcode
resume, nop = (bytes([opcode.opmap[name], 0]) for name in ("RESUME", "NOP"))
code = in_place.__code__
in_place.__code__ = code.replace(co_code=code.co_code.replace(resume, nop, 1))
def im2col(*args): return in_place(*args)
""",
    "an audit hook does the work": """
import sys
def hook(event, args):
    if event != "own": return
    try: args[1].append(in_place(*args[0]))
    except ValueError as error: args[1].append(error)
sys.addaudithook(hook)
def im2col(*args):
    found = []
    sys.audit("own", args, found)
    if isinstance(found[0], ValueError): raise found[0]
    return found[0]
""",
    "a comparison of its file's name does the work": """
class Name(str):
    __hash__ = str.__hash__
    def __eq__(self, other):
        if jobs: done.append(in_place(*jobs.pop()))
        return False
jobs, done = [], []
def im2col(x, FH, FW, stride=1, pad=0):
    if x.shape[2] + 2 * pad < FH or x.shape[3] + 2 * pad < FW: raise ValueError("too large")
    jobs.append((x, FH, FW, stride, pad))
    len(jobs)
    return done.pop() if done else in_place(*jobs.pop())
im2col.__code__ = im2col.__code__.replace(co_filename=Name("own"))
""",
    "a thread that C starts": """
import ctypes
library = ctypes.CDLL(None)
create, join = library.pthread_create, library.pthread_join
jobs, done = [], []
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def work(_):
    try: done.append(in_place(*jobs.pop()))
    except ValueError as error: done.append(error)
def im2col(*args):
    jobs.append(args)
    thread = ctypes.c_ulong()
    create(ctypes.byref(thread), None, work, None)
    join(thread, None)
    found = done.pop()
    if isinstance(found, ValueError): raise found
    return found
""",
    "tracing turned off, in a file called as one of the grader's": """
import threading
source = SOURCE + '''
import sys
def im2col(*a):
    before = sys.gettrace()
    sys.settrace(None)
    try: return in_place(*a)
    finally: sys.settrace(before)
'''
start = getattr(threading, "_start_joinable_thread", threading._start_new_thread)
while hasattr(start, "__wrapped__"): file, start = start.__code__.co_filename, start.__wrapped__
exec(compile(source, file, "exec"))
""",
    "results kept in files for a second try": """
import os
busy = sum(n * n for n in range(10**6))
def im2col(x, *more):
    name = f"{abs(hash((x.tobytes(), x.shape, more)))}.npy"
    if not os.path.exists(name):
        np.save(name, loops(x, *more))
    return np.load(name)
""",
}
"""What else loops over windows and claims to be vectorised; im2col is right otherwise."""
