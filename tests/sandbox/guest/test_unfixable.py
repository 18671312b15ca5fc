"""The host is told what a notebook leaves to chance, and nothing of what everybody uses."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.host.answer_fields import unfixable
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.protocol.unfixable import Unfixable
from tests.sandbox.guest.conftest import Open

# On a busy machine, not both of its limits at once.
CALM = Budget(cell_s=1, call_cpu_s=0.3, call_wall_s=8, total_wall_s=60)

USES = {
    "threading.Thread(target=print).start()": Unfixable.THREADS,
    "threading.Timer(0.01, print).start()": Unfixable.THREADS,
    "_thread.start_new_thread(print, ())": Unfixable.THREADS,
    "ThreadPoolExecutor(1).submit(int).result()": Unfixable.THREADS,
    "(lambda pid: pid or os._exit(0))(os.fork())": Unfixable.PROCESSES,
    "signal.setitimer(signal.ITIMER_VIRTUAL, 9)": Unfixable.TIMERS,
    "signal.alarm(0)": Unfixable.TIMERS,
    "resource.setrlimit(resource.RLIMIT_CPU, (50, 60))": Unfixable.TIMERS,
    "faulthandler.dump_traceback_later(9)": Unfixable.THREADS,
    "ctypes.CDLL(None).time": Unfixable.C_CODE,
    "ctypes.pythonapi.PyThread_get_thread_native_id": Unfixable.C_CODE,
    "_ctypes.dlsym(ctypes.pythonapi._handle, 'time')": Unfixable.C_CODE,
    "cProfile.Profile().runcall(int)": Unfixable.PROFILER,
    "catch_everything()": Unfixable.TIME_LIMIT,
    # These processes have a folder of this machine.
    "os.getcwd()": Unfixable.FOLDER,
    "os.path.abspath('x')": Unfixable.FOLDER,
    "next(os.scandir('.'), None)": Unfixable.FOLDER,
}

SETUP = """
import _ctypes, _thread, cProfile, ctypes, faulthandler, os, resource, signal, threading
from concurrent.futures import ThreadPoolExecutor
def catch_everything():
    try:
        # Not a loop of its own: since Python 3.13 what is raised between two rounds is not caught.
        return sum(1 for _ in iter(int, 1))
    except BaseException:
        return 1
"""

USUAL = """
import collections, copy, datetime, os, pickle, random, sys, time, timeit
import numpy as np, matplotlib.pyplot as plt
rng = np.random.default_rng()
x = rng.normal(size=(100, 100)) @ np.random.rand(100, 100)
t0 = time.time()
plt.plot(x); plt.show()
with open('x.pkl', 'wb') as f: pickle.dump(x, f)
listed = os.listdir(), os.path.exists('x.pkl'), os.path.join('a', 'b'), np.datetime64('now')
timeit.timeit('1 + 1', number=10)
np.save('x.npy', x); np.load('x.npy')
sys.path.append(os.pardir)
x.ctypes.data, np.einsum('ij,jk->ik', x, x, optimize=True), np.linalg.svd(x)
print(datetime.datetime.now(), time.time() - t0, id(x))
"""


@pytest.mark.parametrize("use", USES)
def test_it_is_noticed_in_cells_and_in_calls(notebook: Open, use: str) -> None:
    with notebook(SETUP, use, budget=CALM) as in_a_cell:
        assert in_a_cell.session.unfixable == {USES[use]}
    with notebook(SETUP, f"def f():\n    {use}\n    return 1", budget=CALM) as in_a_call:
        assert in_a_call.session.unfixable == set()
        assert in_a_call.call("f") == 1
        assert in_a_call.session.unfixable == {USES[use]}


def test_usual_code_leaves_nothing_to_chance(notebook: Open) -> None:
    with notebook(
        USUAL, f"def f():\n{USUAL.replace(chr(10), chr(10) + '    ')}\n    return 1"
    ) as book:
        assert book.errors == [None, None]
        assert book.call("f") == 1
        assert book.session.unfixable == set()


@pytest.mark.parametrize(
    "said", [None, "threads", {}, [np.zeros(3), np.zeros(()), [], {}, None, 1, "x"], ["THREADS"]]
)
def test_what_is_no_list_of_sources_is_dropped(said: object) -> None:
    assert unfixable(said) == set()


LOOP = "while True: step()"


@pytest.mark.parametrize(
    "code",
    [
        "n = [0]\ndef step(): n[0] += 1",
        "class C:\n    n = 0\ndef step(): C.n += 1",
        "def step(): step.n += 1\nstep.n = 0",
        "def step(n=[0]): n[0] += 1",
        "def make():\n    n = [0]\n    def step(): n[0] += 1\n    return step\nstep = make()",
    ],
)
def test_data_that_a_stopped_loop_may_have_changed(notebook: Open, code: str) -> None:
    with notebook(code, LOOP) as book:
        assert "step" in book.session.kept_data


def test_data_is_found_through_other_functions(notebook: Open) -> None:
    with notebook(
        "n = 0\ndef a(): return n\ndef b(): return a()\ndef c(): return 1", "while True: n += 1"
    ) as book:
        assert book.session.kept_data == {"a", "b"}


def test_definitions_without_data_do_not_depend_on_a_stopped_loop(notebook: Open) -> None:
    with notebook(
        "import numpy as np\nfrom numpy import dot\nimport matplotlib.pyplot as plt",
        "class Layer:\n    def __init__(self, W, lr=0.1, size=(1, 2)):\n        super()\n"
        "        self.W = W\n    def forward(self, x):\n        plt.plot(x)\n"
        "        return dot(x, self.W) + np.zeros(1)",
        "def step(): Layer(np.eye(2)).forward(np.eye(2))",
        LOOP,
    ) as book:
        assert book.statuses == ["ok", "ok", "ok", "timeout"]
        assert book.session.kept_data == set()


def test_a_statement_that_was_stopped_is_known(notebook: Open) -> None:
    with notebook("n = 0\nwhile True: n += 1", "def f():\n    return n") as book:
        assert book.session.kept_data == {"f"}
        assert book.session.timed_out == {(0, 1)}
        assert book.call("f") > 0
