"""Counting the work of a call: vectorised code, loops, and attempts to hide them."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest

from autograder.sandbox.guest import frames, interference, known_code, unfixable
from autograder.sandbox.guest.counting import counted
from autograder.sandbox.guest.random_sources import urandom
from autograder.sandbox.host.session import Work
from autograder.sandbox.protocol import wire
from tests.sandbox.guest.conftest import Open

known_code.remember()  # as every student's process does before it sees the notebook

BEFORE = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

def windows(x):
    return sliding_window_view(x, (3, 3), (2, 3))

def looped(x):
    H, W = x.shape[2:]
    return np.array([x[0, 0, y:y+3, z:z+3].ravel() for y in range(H - 2) for z in range(W - 2)])
"""

IN_PLACE = """
def in_place(x):
    H, W = x.shape[2:]
    out = np.empty(9)
    for y in range(H - 2):
        for z in range(W - 2):
            out[:] = x[0, 0, y:y+3, z:z+3].ravel()
    return out
"""
BEFORE += f"IN_PLACE = {IN_PLACE!r}\n"
BEFORE += """
def without_lines(code):
    size = len(code.co_code) // 2
    table = [0x80 | 15 << 3 | min(size - at, 8) - 1 for at in range(0, size, 8)]
    return code.replace(co_linetable=bytes(table))
"""


def ast_with_lines(line: int) -> str:
    """The loop, whose lines have all this number."""
    return f"""
import ast
tree = ast.parse(IN_PLACE)
for node in ast.walk(tree):
    if hasattr(node, "lineno"): node.lineno = node.end_lineno = {line}
exec(compile(tree, "in_place", "exec"))
def f(x): return in_place(x)"""


VECTORISED = {
    "slices in a six-axis array": """
def f(x):
    N, C, H, W = x.shape
    img = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    col = np.zeros((N, C, 3, 3, H, W))
    for i in range(3):
        for j in range(3):
            col[:, :, i, j] = img[:, :, i:i+H, j:j+W]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N*H*W, -1)""",
    "a view of windows": "def f(x): return windows(x).reshape(-1, 9)",
    "einsum": """
def f(x):
    return np.einsum('ncyxij,fcij->nfyx', windows(x), np.ones((3, 1, 3, 3)), optimize=True)""",
    "tensordot": """
def f(x):
    return np.tensordot(windows(x), np.ones((3, 1, 3, 3)), ((1, 4, 5), (1, 2, 3)))""",
    "fancy indexing": """
def f(x):
    H, W = x.shape[2] - 2, x.shape[3] - 2
    i = np.repeat(np.arange(3), 3)[:, None] + np.repeat(np.arange(H), W)
    j = np.tile(np.arange(3), 3)[:, None] + np.tile(np.arange(W), H)
    return x[:, 0, i, j].transpose(0, 2, 1)""",
    "one image after the other": "def f(x): return np.stack([windows(one[None]) for one in x])",
    "Fourier": """
def f(x):
    return np.fft.irfft2(np.fft.rfft2(x) * np.fft.rfft2(np.ones((3, 3)), x.shape[2:]))""",
}  # fmt: skip

LOOKING = {
    "a logged line": """
import logging
logger = logging.Logger("own")
logger.addHandler(logging.NullHandler())
def f(x):
    logger.warning("size %s", x.shape, stack_info=True)
    return windows(x)""",
    "a logged exception": """
import logging
logger = logging.Logger("own")
logger.addHandler(logging.NullHandler())
def f(x):
    try: 1 / 0
    except ZeroDivisionError: logger.exception("no")
    return windows(x)""",
    "a stack": "import traceback\ndef f(x): traceback.format_stack(); return windows(x)",
    "a traceback": """
import traceback
def f(x):
    try: 1 / 0
    except ZeroDivisionError: traceback.format_exc()
    return windows(x)""",
    "its own name": """
import inspect
def f(x):
    assert inspect.currentframe().f_code.co_name == sys._getframe(0).f_code.co_name == "f"
    assert inspect.stack()[0].function == "f"
    return windows(x)""",
    "its variables, and where it was called": """
import inspect
def g():
    back = inspect.currentframe().f_back
    return back.f_locals["a"], back.f_lineno, sys._getframe(50 - 50).f_globals["windows"]
def f(x):
    a = 5
    assert g()[0] == 5
    assert inspect.currentframe().f_back.f_code.co_name
    return windows(x)""",
    "a warning, a tuple with names, a dataclass": """
import warnings, collections, dataclasses
def f(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("careful")
    collections.namedtuple("T", "a b")
    return windows(x)""",
    "a generator that was made before": """
kept = [(n for n in range(3)) for _ in range(5)]
def f(x): list(kept.pop()); return windows(x)""",
}

NOT_VECTORISED = {
    "a loop over windows": "def f(x): return looped(x)",
    "a loop over rows": """
def f(x):
    out = []
    for y in range(x.shape[2] - 2):
        row = windows(x)[0, 0, y]
        out.append(row.reshape(-1, 9))
    return np.concatenate(out)""",
    "recursion": """
def f(x, y=0):
    return [] if y == x.shape[2] - 2 else [*windows(x)[0, 0, y], *f(x, y + 1)]""",
    "a generator": """
def f(x):
    return np.stack(list(one.ravel() for one in windows(x).reshape(-1, 9)))""",
    "lists of numbers": """
def f(x):
    return np.array(list(map(tuple, windows(x).reshape(-1, 9).tolist())))""",
    "map, without a list": """
def f(x):
    rows = windows(x).reshape(-1, 9)
    return np.fromiter(map(np.dot, rows, rows), float)""",
    "NumPy's own loop": "def f(x): return np.vectorize(np.sum, signature='(a,b)->()')(windows(x))",
    "another one": "def f(x): return np.apply_along_axis(np.sort, -1, windows(x).reshape(-1, 9))",
    "a thread": """
def f(x):
    import threading
    out = []
    thread = threading.Thread(target=lambda: out.append(looped(x)))
    thread.start()
    thread.join()
    return out[0]""",
    "a thread that was there before": """
import threading, queue
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True: done.put(looped(jobs.get()))
threading.Thread(target=work, daemon=True).start()
def f(x):
    jobs.put(x)
    return done.get()""",
    "a thread in the middle of a function": """
import _thread
begin, end, given = _thread.allocate_lock(), _thread.allocate_lock(), []
begin.acquire(), end.acquire()
def work():
    while True:
        begin.acquire()
        x = given.pop()
        for y in range(x.shape[2] - 2):
            for z in range(x.shape[3] - 2):
                x[0, 0, y:y+3, z:z+3].ravel()
        end.release()
import threading
threading.Thread(target=work, daemon=True).start()
def f(x):
    given.append(x)
    begin.release()
    end.acquire()""",
    "a frame that is not to be traced": """
def f(x):
    frame = sys._getframe()
    frame.f_trace, frame.f_trace_lines = None, False
    out = looped(x)
    return out""",
    "the frame from inspect": """
import inspect
def f(x):
    inspect.currentframe().f_trace_lines = False
    inspect.stack()[0].frame.f_trace = None
    return looped(x)""",
    "the frame from logging": """
import logging
def f(x):
    logging.currentframe().f_back.f_trace = None
    return looped(x)""",
    "frames that the library passes on": """
import logging, traceback
def taken(frame, *_, **__):
    while frame is not None: frame.f_trace, frame = None, frame.f_back
    return False
def f(x):
    before = logging._is_internal_frame, traceback.print_stack
    logging._is_internal_frame = traceback.print_stack = taken
    try: logging.getLogger("quiet").debug("x", stack_info=True); logging.Logger("own").findCaller()
    finally: logging._is_internal_frame, traceback.print_stack = before
    return looped(x)""",
    "lines that have no number": ast_with_lines(-1),
    "lines that are all 0": ast_with_lines(0),
    "negative lines": ast_with_lines(-7),
    "a loop without numbers in a function with some": """
import ast
tree = ast.parse(IN_PLACE)
for node in ast.walk(tree.body[0].body[-1]):
    if hasattr(node, "lineno"): node.lineno = node.end_lineno = -1
exec(compile(tree, "in_place", "exec"))
def f(x): return in_place(x)""",
    "recursion without numbers": """
import ast
tree = ast.parse("def again(n): return n and again(n - 1)")
for node in ast.walk(tree):
    if hasattr(node, "lineno"): node.lineno = node.end_lineno = -1
exec(compile(tree, "again", "exec"))
sys.setrecursionlimit(5000)
def f(x): return again(x.size)""",
    "a table of lines in which there are none": """
exec(IN_PLACE)
in_place.__code__ = without_lines(in_place.__code__)
def f(x): return in_place(x)""",
    "many statements on one line": """
line = compile("c[n] = x[0, 0, n // W, n % W]; n += 1;" * 5000, "line", "exec")
def f(x):
    c = np.empty(x.size)
    try: exec(line, {"c": c, "x": x, "n": 0, "W": x.shape[3]})
    except IndexError: pass
    return c""",
    "a line for each size": """
def row(n): return "[" + ",".join(f"x[0, 0, {k // n}, {k % n}]" for k in range(n * n)) + "]"
made = {n: eval(f"lambda x: {row(n)}") for n in (5, 7, 42)}
def f(x): return sum(made[x.shape[2]](x))""",
    "a thread in the middle of a function without lines": """
import threading, _thread
begin, end, given = _thread.allocate_lock(), _thread.allocate_lock(), []
begin.acquire(), end.acquire()
def work():
    while True:
        begin.acquire()
        for y in range(given.pop().size): y * y
        end.release()
work.__code__ = without_lines(work.__code__)
threading.Thread(target=work, daemon=True).start()
def f(x):
    given.append(x)
    begin.release()
    end.acquire()""",
    "the frames of a traceback": """
import traceback
def f(x):
    try:
        1 / 0
    except ZeroDivisionError as error:
        for frame, _ in traceback.walk_tb(error.__traceback__): frame.f_trace_lines = False
    return looped(x)""",
}  # fmt: skip

TAMPERING = {
    "tracing turned off": "def f(x): sys.settrace(None); return looped(x)",
    "profiling turned off": "def f(x): sys.setprofile(None); return looped(x)",
    "turned off, and on again": """
def f(x):
    mine = sys.gettrace()
    sys.settrace(None)
    out = looped(x)
    sys.settrace(mine)
    return out""",
    "a function kept from before": "off = sys.settrace\ndef f(x): off(None); return looped(x)",
    "the original function that gives frames": """
original = sys._getframe.__globals__["_frame"]
def f(x):
    frame = original()
    frame.f_trace_lines = False
    out = looped(x)
    frame.f_trace_lines = True
    return out""",
    "the original, called by the library": """
import contextlib
original = sys._getframe.__globals__["_frame"]
def f(x):
    with contextlib.ExitStack() as stack:
        stack.callback(original)
    return looped(x)""",
    "a namespace that takes frames": """
original = sys._getframe.__globals__["_frame"]
class Space(dict):
    keys = lambda self: [0]
    __getitem__ = lambda self, key: original() if key == 0 else globals()[key]
def f(x):
    exec("sys._getframe()", globals(), Space())
    class Body(metaclass=type("M", (type,), {"__prepare__": lambda *_: Space()})):
        original().f_trace_lines = False
    return looped(x)""",
    "the frame of what looks for frames": """
import traceback
def f(x):
    try:
        1 / 0
    except ZeroDivisionError as error:
        walk = traceback.walk_tb(error.__traceback__)
        walk.gi_frame
    return looped(x)""",
    "a generator that has kept its own frame": """
def generator():
    frame = sys._getframe.__globals__["_frame"]()
    x = yield
    frame.f_trace = None
    yield [x[0, 0, y:y+3, z:z+3] for y in range(x.shape[2] - 2) for z in range(x.shape[3] - 2)]
kept = [generator() for _ in range(3)]
for each in kept: next(each)
def f(x): return kept.pop().send(x)""",
    "a trace function that new threads are given": """
import threading
def f(x):
    threading.settrace(lambda *_: None)
    out = []
    thread = threading.Thread(target=lambda: out.append(looped(x)))
    thread.start()
    thread.join()
    threading.settrace(None)
    return out[0]""",
    "a profile function that new threads are given": """
import threading
def f(x):
    threading.setprofile(lambda *_: None)
    out = []
    thread = threading.Thread(target=lambda: out.append(looped(x)))
    thread.start()
    thread.join()
    threading.setprofile(None)
    return out[0]""",
    "another trace function in all threads": """
import threading
def f(x):
    go, out, mine = threading.Event(), [], sys.gettrace()
    def work(): go.wait(); out.append(looped(x))
    thread = threading.Thread(target=work)
    thread.start()
    getattr(threading, "settrace_all_threads", sys.settrace)(None)  # the former since Python 3.12
    go.set()
    thread.join()
    getattr(threading, "settrace_all_threads", sys.settrace)(mine)
    threading.settrace(None)
    return out[0]""",
    "a file of the grader's, by its name": """
import threading
start = getattr(threading, "_start_joinable_thread", None) or threading._start_new_thread
file = start.__wrapped__.__code__.co_filename
exec(compile('''
def f(x):
    mine = sys.gettrace()
    sys.settrace(None)
    out = looped(x)
    sys.settrace(mine)
    return out
''', file, "exec"))""",
    "threads that start as they did at first": """
import threading
NAME = "_start_joinable_thread"  # since Python 3.13
if not hasattr(threading, NAME): NAME = "_start_new_thread"
def f(x):
    start = before = getattr(threading, NAME)
    while hasattr(start, "__wrapped__"): start = start.__wrapped__
    setattr(threading, NAME, start)
    out = []
    try:
        thread = threading.Thread(target=lambda: out.append(looped(x)))
        thread.start()
        thread.join()
    finally:
        setattr(threading, NAME, before)
    return out[0]""",
    "the frame of an exception": """
def f(x):
    try:
        1 / 0
    except ZeroDivisionError as error:
        error.__traceback__.tb_frame.f_trace_lines = False
    return looped(x)""",
    "the counter found in memory": """
import gc
def f(x):
    gc.get_objects()
    return looped(x)""",
    "a thread that nobody traces": """
import _thread
def f(x):
    lock, out = _thread.allocate_lock(), []
    lock.acquire()
    def work():
        out.append(looped(x))
        lock.release()
    _thread.start_new_thread(work, ())
    lock.acquire()
    return out[0]""",
    "a file of NumPy's, by its name": """
exec(compile("def off(): sys.settrace(None)", np.__file__, "exec"))
def f(x): off(); return looped(x)""",
    "a function that the library is told to call": """
import contextlib
def f(x):
    with contextlib.ExitStack() as stack:
        stack.callback(sys.settrace, None)
    return looped(x)""",
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def as_in_a_students_process():
    frames.install()
    unfixable.install()
    yield
    unfixable.uninstall()
    frames.uninstall()


@pytest.fixture(autouse=True)
def as_in_a_new_process(monkeypatch):
    for name in ("has_escaped", "could_hide_threads", "has_callbacks"):
        monkeypatch.setattr(interference.Watch, name, False)


def _function(source: str) -> Callable[..., object]:
    space = {"sys": sys}
    exec(BEFORE + source, space)
    return space["f"]  # type: ignore[return-value]


def _counts(source: str):
    f = _function(source)
    f(np.ones((1, 1, 5, 5)))
    return [counted(f, (np.ones((1, 1, side, side)),), {})[1] for side in (7, 42)]


@pytest.mark.parametrize("name", LOOKING)
def test_code_that_looks_at_frames_can_be_counted(name):
    small, large = _counts(LOOKING[name])
    assert small["intact"]
    assert large["intact"]
    assert 0 < large["lines"] <= 1.05 * small["lines"]


@pytest.mark.parametrize("name", VECTORISED)
def test_vectorised_code_runs_as_many_lines_for_a_large_image(name):
    small, large = _counts(VECTORISED[name])
    assert small["intact"]
    assert large["intact"]
    # The garbage collector may run some of other people's lines.
    assert 0 < large["lines"] <= 1.05 * small["lines"]
    assert large["objects"] < small["objects"] + 100


@pytest.mark.parametrize("name", NOT_VECTORISED)
def test_loops_show_in_lines_or_in_objects(name):
    small, large = _counts(NOT_VECTORISED[name])
    assert large["intact"]
    assert (
        large["lines"] > 1.2 * small["lines"] + 8
        or large["objects"] > small["objects"] + (40**2 - 5**2) / 2
    )


@pytest.mark.parametrize("name", TAMPERING)
def test_a_count_that_was_tampered_with_is_not_intact(name):
    before = sys.gettrace(), sys.getprofile()
    assert not _counts(TAMPERING[name])[1]["intact"]
    assert (sys.gettrace(), sys.getprofile()) == before


def test_the_same_call_counts_the_same_lines_every_time():
    f = _function(NOT_VECTORISED["a loop over windows"])
    x = np.ones((1, 1, 9, 9))
    assert len({counted(f, (x,), {})[1]["lines"] for _ in range(5)}) == 1


def test_an_exception_leaves_nothing_behind():
    with pytest.raises(ZeroDivisionError):
        counted(_function("def f(x): return 1 / 0"), (1,), {})
    assert sys.gettrace() is None
    assert sys.getprofile() is None


def test_a_function_that_runs_no_line_cannot_be_counted():
    assert not counted(np.negative, (np.ones(3),), {})[1]["intact"]


def test_the_grader_s_own_frames_do_not_count():
    # A reference in the place of an earlier part sends its arguments, which takes more for more.
    def f(values):
        return wire.copied({"values": values})

    small, large = (counted(f, (list(range(n)),), {})[1] for n in (10, 1000))
    assert small["lines"] == large["lines"] == 1


def test_code_of_the_notebook_counts_below_the_grader_s_own_as_well():
    source = """
class Late:
    def __init__(self, x): self.x = x
    def __lt__(self, other): looped(self.x); return False
    def __bool__(self): return False
def f(x): urandom(Late(x))
"""
    space = {"urandom": urandom}
    exec(BEFORE + source, space)
    images = [np.ones((1, 1, side, side)) for side in (7, 42)]
    small, large = (counted(space["f"], (x,), {})[1]["lines"] for x in images)
    assert large > 2 * small


def test_a_copy_of_the_grader_s_code_is_not_the_grader_s():
    ours = counted.__code__
    assert known_code.is_ours(ours)
    assert not known_code.is_ours(ours.replace(co_name="counted"))
    assert not known_code.is_known(compile("1", ours.co_filename, "exec"))
    assert known_code.is_known(np.vectorize.__call__.__code__)
    assert not known_code.is_ours(np.vectorize.__call__.__code__)


# What cells have done before is seen only in a student's process, from its beginning.
PREPARED = {
    "a generator's frame": """
def generator(x):
    frames.pop().f_trace = None
    yield looped(x)
made = [generator(np.ones((1, 1, 7, 7))) for _ in range(3)]
frames = [each.gi_frame for each in made]
def f(x): return next(made.pop())""",
    "a thread that traces nothing": """
import threading, queue
jobs, done = queue.Queue(), queue.Queue()
def work():
    sys.settrace(None)
    while True: done.put(looped(jobs.get()))
threading.Thread(target=work, daemon=True).start()
def f(x):
    jobs.put(x)
    return done.get()""",
    "a thread that has kept its frame": """
import threading, queue
jobs, done = queue.Queue(), queue.Queue()
def work():
    try: 1 / 0
    except ZeroDivisionError as error: frame = error.__traceback__.tb_frame
    while True:
        x = jobs.get()
        frame.f_trace, before = None, frame.f_trace
        for y in range(x.shape[2] ** 2): x.sum()
        frame.f_trace = before
        done.put(x)
threading.Thread(target=work, daemon=True).start()
def f(x):
    jobs.put(x)
    return done.get()""",
}

UNTRACED = """
import opcode
exec(IN_PLACE)
resume, nop = (bytes([opcode.opmap[name], 0]) for name in ("RESUME", "NOP"))
before = in_place.__code__
after = before.replace(co_code=before.co_code.replace(resume, nop, 1))
"""
"""`after`: the code of `in_place`, such that nothing is traced in it."""

PREPARED |= {
    "code that is not traced": f"{UNTRACED}in_place.__code__ = after\ndef f(x): return in_place(x)",
    "a function of code that is not traced": f"""{UNTRACED}
import types
made = types.FunctionType(after, globals())
def f(x): return made(x)""",
    "code that is not traced, inside another": f"""{UNTRACED}
def outer():
    def inner(x): return np
    return inner
consts = tuple(after if hasattr(each, "co_code") else each for each in outer.__code__.co_consts)
outer.__code__ = outer.__code__.replace(co_consts=consts)
made = outer()
def f(x): return made(x)""",
    "code that is not traced, from bytes": f"""{UNTRACED}
import marshal, _imp
code = _imp.get_frozen_object("any", marshal.dumps(after))
in_place.__code__ = code
def f(x): return in_place(x)""",
    "an audit hook": """
def hook(event, args):
    if event == "own": args[1].append(looped(args[0]))
sys.addaudithook(hook)
def f(x):
    out = []
    sys.audit("own", x, out)
    return out[0]""",
    "a thread that C starts": """
import ctypes
library = ctypes.CDLL(None)
create, join = library.pthread_create, library.pthread_join
jobs, done = [], []
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def work(_): done.append(looped(jobs.pop()))
def f(x):
    jobs.append(x)
    thread = ctypes.c_ulong()
    create(ctypes.byref(thread), None, work, None)
    join(thread, None)
    return done.pop()""",
    "a trace function that threads were given before": """
import threading, queue
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True: done.put(looped(jobs.get()))
threading.settrace(lambda *_: None)
threading.Thread(target=work, daemon=True).start()
threading.settrace(None)
def f(x):
    jobs.put(x)
    return done.get()""",
}

INNOCENT = {
    "a profile that cells have made": """
import cProfile, contextlib, io
def f(x): return windows(x)
with contextlib.redirect_stdout(io.StringIO()):
    cProfile.runctx("f(np.ones((1, 1, 5, 5)))", globals(), {})""",
    "a trace that cells have made": """
import trace
def f(x): return windows(x)
trace.Trace(count=1, trace=0).runfunc(f, np.ones((1, 1, 5, 5)))""",
    "code that makes code": """
import collections, dataclasses, types
@types.coroutine
def coroutine(x): yield windows(x)
def f(x):
    exec("y = np.ones(3)", globals(), {})
    return next(coroutine(x))""",
    "an address of C": "import ctypes\ndef f(x): assert x.ctypes.data; return windows(x)",
    "threads of all kinds": """
import threading
class Own(threading.Thread):
    def run(self): self.out = windows(self.x)
def f(x):
    own = Own()
    own.x = x
    timer = threading.Timer(0, windows, (x,))
    own.start(), timer.start(), own.join(), timer.join()
    return own.out""",
    "an exception that cells looked at": """
import traceback
try: 1 / 0
except ZeroDivisionError as error:
    traceback.print_exc()
    line = error.__traceback__.tb_frame.f_lineno
def f(x): return windows(x)""",
    "frames that cells looked at": """
import inspect, logging
name, caller = inspect.currentframe().f_code.co_name, sys._getframe().f_back
logging.warning("here")
def f(x): return windows(x)""",
    "a thread that goes on": """
import threading, time
def beat():
    while True: time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()
def f(x): return windows(x)""",
    "a pool": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
pool.submit(print).result()
def f(x): return pool.submit(windows, x).result()""",
}


def _work(notebook: Open, source: str, sides: tuple[int, ...] = (7, 42)) -> list[Work]:
    with notebook("import sys", BEFORE, source) as book, book.session.criterion() as conversation:
        place = {"name": "f", "steps": []}
        images = [np.ones((1, 1, side, side)) for side in sides]
        found = [conversation.request("call", place, args=[x], count=True) for x in images]
        return [each.work for each in found if each.work is not None]


@pytest.mark.parametrize("name", PREPARED)
def test_what_was_prepared_before_the_call_is_not_intact(notebook, name):
    assert not _work(notebook, PREPARED[name])[1].intact


def test_a_comparison_of_the_student_s_is_not_run_where_nothing_is_traced():
    source = """
class Name(str):
    __hash__ = str.__hash__
    def __eq__(self, other): compared.append(other); return False
compared = []
def f(x): x.sum(); return len(compared)
f.__code__ = f.__code__.replace(co_filename=Name("own"))
"""
    f = _function(source)
    assert counted(f, (np.ones(3),), {})[0] == 0


def test_another_interpreter_is_noticed(monkeypatch):
    interference.install_hook()
    monkeypatch.setattr(interference.Watch, "always", True)
    monkeypatch.setattr(interference.Watch, "has_escaped", False)
    f = _function("def f(): sys.audit('cpython.PyInterpreterState_New')")  # making one takes long
    f()
    assert interference.Watch.has_escaped


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in Python 3.12")
def test_callbacks_for_monitoring_are_not_called(notebook):
    source = """
monitoring, called = sys.monitoring, []
def mark(): return len(called)
monitoring.use_tool_id(2, "own")
monitoring.register_callback(2, monitoring.events.PY_START, lambda *_: called.append(1))
monitoring.set_local_events(2, mark.__code__, monitoring.events.PY_START)
mark()
def f(x): return looped(x) if mark() != 1 else x
"""
    small, large = _work(notebook, source)
    assert large.lines == small.lines


def test_the_line_that_interferes_is_named(notebook):
    source = "def f(x):\n    y = looped(x)\n    sys.settrace(None)\n    return y"
    small, _ = _work(notebook, source)
    assert small.at is not None
    assert (small.at.cell, small.at.line, small.at.text) == (2, 3, "sys.settrace(None)")


@pytest.mark.parametrize("name", INNOCENT)
def test_what_cells_may_do_before_the_call(notebook, name):
    small, large = _work(notebook, INNOCENT[name])
    assert small.intact
    assert large.intact
    assert large.lines <= 1.25 * small.lines + 8


def test_what_numpy_has_kept_of_earlier_calls_makes_no_difference():
    def product(x):
        return np.einsum("nij,jk->nik", x, x[0], optimize=True)

    small, large = np.ones((2, 7, 7)), np.ones((2, 90, 90))
    product(small)
    assert counted(product, [small], {})[1]["lines"] == counted(product, [large], {})[1]["lines"]
