"""The same notebook gets the same result: no source of chance is left to its code.

One notebook draws from every source, in cells and in calls. It runs in two servers, the second time
after others and with the calls in another order.
"""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox.host.session import Budget, Session
from tests.sandbox.guest.conftest import Notebook, Open
from tests.sandbox.guest.real_process import RealServer

SOURCES = {
    # Generators without a seed.
    "RandomState": "np.random.RandomState().rand()",
    "RandomState(None)": "np.random.RandomState(None).rand()",
    "default_rng": "np.random.default_rng().random()",
    "PCG64": "np.random.Generator(np.random.PCG64()).random()",
    "PCG64DXSM": "np.random.Generator(np.random.PCG64DXSM()).random()",
    "MT19937": "np.random.Generator(np.random.MT19937()).random()",
    "Philox": "np.random.Generator(np.random.Philox()).random()",
    "SFC64": "np.random.Generator(np.random.SFC64()).random()",
    "SeedSequence": "str(np.random.SeedSequence().entropy)",
    "np.random.seed()": "(np.random.seed(), np.random.rand())[1]",
    "np.random.seed(None)": "(np.random.seed(None), np.random.rand())[1]",
    "np.random.rand": "np.random.rand()",
    "random.Random": "random.Random().random()",
    "_random.Random": "_random.Random().random()",
    "random.seed()": "(random.seed(), random.random())[1]",
    "a generator's own seed()": "(r := random.Random(1), r.seed(), r.random())[2]",
    "random.SystemRandom": "random.SystemRandom().random()",
    "random.shuffle": "(x := list(range(20)), random.shuffle(x), x)[2]",
    # Entropy of the system.
    "os.urandom": "os.urandom(8).hex()",
    "os.getrandom": "os.getrandom(8).hex()",
    "secrets.token_hex": "secrets.token_hex()",
    "secrets.randbelow": "secrets.randbelow(10**9)",
    "ssl.RAND_bytes": "ssl.RAND_bytes(8).hex()",
    "uuid1": "str(uuid.uuid1())",
    "uuid4": "str(uuid.uuid4())",
    "a temporary file's name": "os.path.basename(tempfile.mktemp())",
    # Clocks.
    "time.time": "time.time()",
    "time.time_ns": "time.time_ns()",
    "perf_counter": "time.perf_counter()",
    "monotonic_ns": "time.monotonic_ns()",
    "process_time": "time.process_time()",
    "thread_time_ns": "time.thread_time_ns()",
    "clock_gettime": "time.clock_gettime(time.CLOCK_MONOTONIC)",
    "localtime": "time.localtime()[:6]",
    "strftime": "time.strftime('%H:%M:%S')",
    "ctime": "time.ctime()",
    "datetime.now": "str(datetime.datetime.now())",
    "datetime.now(tz)": "str(datetime.datetime.now(datetime.timezone.utc))",
    "datetime.utcnow": "str(datetime.datetime.utcnow())",
    "datetime.today": "str(datetime.datetime.today())",
    "date.today": "str(datetime.date.today())",
    "timeit": "timeit.timeit('1 + 1', number=1000)",
    "Timer.autorange": "timeit.Timer('1 + 1').autorange()",
    "os.times": "list(os.times())",
    "getrusage": "resource.getrusage(resource.RUSAGE_SELF).ru_utime",
    "an event loop's clock": "asyncio.new_event_loop().time()",
    "a file's time": "(open('f', 'w').close(), os.path.getmtime('f'))[1]",
    "a file system's number": "os.stat('.').st_dev",
    "a timer": "signal.getitimer(signal.ITIMER_REAL)",
    "datetime64('now')": "str(np.datetime64('now'))",
    "datetime64('today')": "str(np.array(['today'], 'M8[s]'))",
    "SQL's clock": "sqlite3.connect(':memory:').execute("
    "'SELECT current_timestamp, julianday()').fetchone()",
    "SQL's clock, past the module": "_sqlite3.connect(':memory:').execute("
    "'SELECT unixepoch()').fetchone()",
    "a file's number": "(open('g', 'w').close(), os.stat('g').st_ino)[1]",
    "a file's number and time, in its folder": "(os.makedirs('d', exist_ok=True), open('d/f', 'w')"
    ".close(), [(e.stat().st_mtime, e.inode()) for e in os.scandir('d')])[2]",
    "the time of the file tree": "os.stat('/').st_mtime",
    "when logging began": "logging.LogRecord('', 1, '', 1, '', (), None).relativeCreated // 1e6",
    "a key of multiprocessing's": "multiprocessing.current_process().authkey.hex()",
    "getpid, past the module": "(posix.getpid(), posix.stat('.').st_dev, posix.times()[4])",
    "room on the disk": "shutil.disk_usage('.').free",
    "SQL's random()": "sqlite3.connect(':memory:').execute('SELECT random()').fetchone()[0]",
    # What a process, an object and a machine are called.
    "id": "id(object())",
    "id of an array": "id(np.zeros(3)) // 16 % 7",
    "hash of an object": "hash(object())",
    "an address as text": "repr(object())",
    "hash of a text": "hash('text')",
    "order of a set of texts": "list({'a', 'b', 'c', 'd'})",
    "getpid": "os.getpid()",
    "getppid": "os.getppid()",
    "getuid": "os.getuid()",
    "getpgrp": "(os.getpgrp(), os.getsid(0), os.getpgid(0))",
    "a thread's native id": "threading.get_native_id()",
    "hostname": "socket.gethostname() + platform.node() + os.uname().nodename",
    "cpu_count": "os.cpu_count()",
    "load": "os.getloadavg()",
    "free memory": "os.sysconf('SC_AVPHYS_PAGES')",
    "free memory, by number": "os.sysconf(os.sysconf_names['SC_AVPHYS_PAGES'])",
    # Others.
    "memory that was never written": "np.empty(5)",
    "threads": "race()",
}

ADDRESSES = {"hash of an object", "an address as text"}

SETUP = """
import asyncio, datetime, logging, multiprocessing, os, platform, posix, random, resource
import secrets, signal, socket, sys
import shutil, sqlite3, ssl, tempfile, threading, time, timeit, uuid, _random, _sqlite3
import numpy as np


def race():
    order = []
    def run(name):
        for _ in range(200): order.append(name)
    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    return order
"""
CELL = "in_cells = {" + ", ".join(f"{k!r}: {v}" for k, v in SOURCES.items()) + "}"
CALLS = (
    "def draw(name):\n    return eval(sources[name])\n"
    "def of_the_cells(name):\n    return in_cells[name]\n"
    f"sources = {SOURCES!r}"
)
ROOM = Budget(total_wall_s=120.0)
Drawn = dict[str, tuple[Any, Any]]


def draw(names: list[str], *notebooks_before: str) -> Drawn:
    """What each source gave, in a cell and in a call, from a server of its own."""
    server = RealServer()
    try:
        for source in notebooks_before:
            with Session(server, [(0, source)], ROOM):
                pass
        with Session(server, list(enumerate([SETUP, CELL, CALLS])), ROOM) as session:
            assert [record.error for record in session.records] == [None, None, None]
            book = Notebook(session)
            return {name: (book.call("of_the_cells", name), book.call("draw", name))
                    for name in names}  # fmt: skip
    finally:
        server.close()


@pytest.fixture(scope="module")
def twice() -> tuple[Drawn, Drawn]:
    # Addresses depend on what the process did before, the others do not.
    others = [name for name in SOURCES if name not in ADDRESSES]
    first = sorted(ADDRESSES)
    return draw([*first, *others]), draw(
        [*first, *others[::-1]], "import os\nos.urandom(99)\nx = [0] * 10**6"
    )


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_gives_the_same_again(
    twice: tuple[Drawn, Drawn], server: RealServer, name: str
) -> None:
    if name in ADDRESSES and not server.has_fixed_addresses:
        pytest.skip("this machine does not let a process fix its addresses")
    first, second = twice
    assert repr(first[name]) == repr(second[name])


def test_draws_still_differ_from_one_another(notebook: Open) -> None:
    with notebook(
        "import os, time, uuid\nimport numpy as np",
        "def f():\n    rng = [np.random.default_rng().random() for _ in range(3)]\n"
        "    return len({*rng, os.urandom(4), os.urandom(4), uuid.uuid4(), uuid.uuid4(),"
        " time.time(), time.time()})",
    ) as book:
        assert book.call("f") == 9


class TestClocks:
    @pytest.mark.parametrize(
        "loop",
        [
            "while time.time() < t0 + 1: n += 1",
            "while time.time() < t0 + 1: n += 1; time.sleep(0.02) if n < 9 else 0",
            "while datetime.datetime.now().timestamp() < t0 + 1: n += 1",
            "while time.time() < t0 + 1: n += 1; threading.Event().wait(0.2)",
            "while time.time() < t0 + 1: n += 1; select.select([], [], [], 0.2)",
        ],
    )
    def test_a_loop_until_some_time_has_passed_ends(self, notebook: Open, loop: str) -> None:
        code = (
            "import time, datetime, threading, select\n"
            f"def f():\n    n, t0 = 0, time.time()\n    {loop}\n    return n"
        )
        with notebook(code, budget=Budget(call_wall_s=5, total_wall_s=60)) as book:
            assert book.call("f") > 0

    def test_a_loop_of_slow_steps_ends_within_the_limit(self, notebook: Open) -> None:
        """A benchmark of one's own: how many steps in two seconds? Each takes real time here."""
        cell = (
            "import time\nt0, n = time.time(), 0\n"
            "while time.time() - t0 < 2:\n    n += 1\n    sum(range(100_000))"
        )
        with notebook(
            cell, "def f():\n    return n", budget=Budget(cell_s=2, total_wall_s=60)
        ) as book:
            assert book.statuses == ["ok", "ok"]
            assert 100 < book.call("f") < 130

    def test_a_time_limit_on_a_long_training_is_not_reached_early(self, notebook: Open) -> None:
        loop = "for n in range(2000):\n        if time.time() - t0 > 60: break"
        with notebook(
            "import time", f"def f():\n    t0 = time.time()\n    {loop}\n    return n"
        ) as book:
            assert book.call("f") == 1999

    def test_an_event_loop_wakes_when_it_should(self, notebook: Open) -> None:
        with notebook(
            "import asyncio, time\nt0 = time.monotonic()\nawait asyncio.sleep(0.3)\n"
            "passed = time.monotonic() - t0\ndef f():\n    return passed"
        ) as book:
            assert 0.3 <= book.call("f") < 0.4

    def test_time_continues_from_cells_to_calls(self, notebook: Open) -> None:
        with notebook(
            "import time\nt0 = time.time()\ndef f():\n    return 0 < time.time() - t0 < 61"
        ) as book:
            assert book.call("f") is True

    def test_the_limits_use_the_real_ones(self, notebook: Open) -> None:
        with notebook("import time\nwhile True: time.time()", "def f():\n    return 1") as book:
            assert book.statuses == ["timeout", "ok"]


class TestIdentity:
    def test_objects_that_live_at_once_have_numbers_of_their_own(self, notebook: Open) -> None:
        with notebook(
            "def f():\n    x = [object() for _ in range(1000)]\n"
            "    return len(set(map(id, x))), id(x) == id(x), id(x) % 16"
        ) as book:
            assert book.call("f") == (1000, True, 0)

    def test_deepcopy_and_a_memo_of_ones_own_agree(self, notebook: Open) -> None:
        with notebook(
            "import copy\nclass Node:\n    def __deepcopy__(self, memo):\n"
            "        new = memo[id(self)] = Node()\n"
            "        new.me = copy.deepcopy(self.me, memo)\n        return new",
            "def f():\n    n = Node()\n    n.me = n\n"
            "    m = copy.deepcopy(n)\n    return m.me is m",
        ) as book:
            assert book.call("f") is True

    def test_a_process_can_signal_itself(self, notebook: Open) -> None:
        with notebook(
            "import os, signal\ngot = []\nsignal.signal(signal.SIGUSR1, lambda *_: got.append(1))\n"
            "def f():\n    os.kill(os.getpid(), signal.SIGUSR1)\n    return len(got)"
        ) as book:
            assert book.call("f") == 1


def test_the_same_file_is_the_same_by_its_number(notebook: Open) -> None:
    with notebook(
        "import os\nopen('a', 'w').close(); open('b', 'w').close(); os.link('a', 'c')",
        "def f():\n    return os.path.samefile('a', 'c'), os.path.samefile('a', 'b')",
    ) as book:
        assert book.call("f") == (True, False)


def test_files_are_listed_in_order(notebook: Open) -> None:
    with notebook(
        "import os\nfor name in 'cabd': open(name, 'w').close()",
        "def f():\n    return [name for name in os.listdir() if len(name) == 1]",
    ) as book:
        assert book.call("f") == ["a", "b", "c", "d"]


def test_messages_do_not_name_the_scratch_folder(notebook: Open) -> None:
    with notebook(
        "import os\nopen(os.path.abspath('weights.npy'))",
        "raise ValueError(os.getcwd())",
    ) as book:
        assert book.errors == [
            "line 2: FileNotFoundError: [Errno 2] No such file or directory: 'weights.npy'",
            "line 1: ValueError: .",
        ]
