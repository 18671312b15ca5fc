"""What a session is like for the student's code, and who it is in the machine's eyes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox.confine import processes
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget, Session
from tests.sandbox.conftest import answer, end

Run = Callable[..., dict[str, str]]


def test_numpy_works_with_its_submodules(run: Run) -> None:
    report = run("""
import numpy as np
a = np.random.default_rng(0).normal(size=(400, 400))
report["product"] = np.allclose(a @ np.linalg.inv(a), np.eye(400), atol=1e-6)
report["fourier"] = np.fft.fft(np.ones(4)).real.tolist()
np.testing.assert_allclose(np.ma.array([1.0]), [1.0])
""")
    assert report == {"product": "True", "fourier": "[4.0, 0.0, 0.0, 0.0]"}


def test_usual_modules_of_the_standard_library_can_be_imported(run: Run) -> None:
    report = run("""
for name in ("pickle", "gzip", "urllib.request", "collections", "dataclasses", "typing", "math",
             "random", "time", "pathlib", "unittest", "csv", "copy", "multiprocessing"):
    __import__(name)
report["all"] = "imported"
""")
    assert report == {"all": "imported"}


def test_functions_of_the_library_work_although_no_file_of_it_can_be_read(run: Run) -> None:
    """As where the interpreter lies in a folder that only root may enter."""
    report = run("""
import sys
sys.meta_path[:] = [each for each in sys.meta_path if "PathFinder" not in str(each)]
import datetime, email.message, importlib.metadata, pydoc, unittest
import xml.etree.ElementTree
report["date"] = datetime.datetime.strptime("2026-11-27", "%Y-%m-%d").day
message = email.message.EmailMessage()
message.set_content("text")
report["message"] = message.as_string().endswith("text\\n")
report["help"] = "len" in pydoc.render_doc(len)
report["async"] = unittest.IsolatedAsyncioTestCase.__name__
report["xml"] = xml.etree.ElementTree.fromstring("<a><b/></a>")[0].tag
class Logs(unittest.TestCase):
    def runTest(self):
        with self.assertNoLogs():
            pass
Logs().debug()
""")
    assert report == {
        "date": "27",
        "message": "True",
        "help": "True",
        "async": "IsolatedAsyncioTestCase",
        "xml": "b",
    }


def test_threads_can_be_started(run: Run) -> None:
    report = run("""
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    report["sum"] = sum(pool.map(abs, range(-50, 0)))
""")
    assert report == {"sum": "1275"}


def test_files_can_be_written_and_read_in_the_working_directory(run: Run) -> None:
    report = run("""
import os, tempfile, numpy as np
np.save("weights.npy", np.arange(3))
report["read"] = np.load("weights.npy").tolist()
np.savez("both.npz", w=np.arange(2), b=np.arange(4))
report["archive"] = np.load("both.npz")["b"].tolist()
with open("weights.npy", "w") as file:
    file.write("again")
os.mkdir("figures")
places = (tempfile.gettempdir(), os.path.expanduser("~"), ".")
report["temporary"] = len({os.path.realpath(place) for place in places}) == 1
report["files"] = sorted(os.listdir("."))
""")
    assert report == {
        "read": "[0, 1, 2]",
        "archive": "[0, 1, 2, 3]",
        "temporary": "True",
        "files": "['both.npz', 'figures', 'weights.npy']",
    }


def test_no_folder_is_named_that_differs_from_session_to_session(run: Run) -> None:
    asked = """
import os, tempfile
report["named"] = sorted(os.environ.items()), tempfile.gettempdir()
"""
    assert run(asked) == run(asked)


FILES = """
import os, pathlib, shelve, shutil, tempfile

def write(name, text="x"):
    with open(name, "w") as file:
        file.write(text)

def fails(kind, call, *args):
    try:
        call(*args)
    except kind:
        return
    raise AssertionError(kind)

write("a", "1")
write("b", "2")
os.replace("a", "b")
assert (open("b").read(), os.listdir(".")) == ("1", ["b"])
os.rename("b", "c")
os.remove("c")
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
with tempfile.TemporaryFile() as file:
    file.write(b"abc")
    file.seek(0)
    assert file.read() == b"abc"
with tempfile.TemporaryDirectory() as folder:
    write(folder + "/a")
assert os.listdir(".") == []

with shelve.open("kept") as kept:
    kept["loss"] = 0.5
with shelve.open("kept") as kept:
    assert kept["loss"] == 0.5
write("a")
shutil.copy("a", "b")
shutil.copy2("a", "c")
shutil.move("a", "d")
pathlib.Path("b").unlink()
os.mkdir("folder")
write("folder/x")
shutil.rmtree("folder")
assert not os.path.exists("folder")

with open("open", "w+") as file:
    file.write("still here")
    file.flush()
    os.remove("open")
    file.seek(0)
    assert (file.read(), os.path.exists("open")) == ("still here", False)
fails(FileNotFoundError, os.remove, "nowhere")
fails(FileNotFoundError, os.rename, "nowhere", "somewhere")
fails(IsADirectoryError, os.remove, ".")
for _ in range(100):  # more than all files together may take
    with open("weights", "wb") as file:
        file.write(bytes(2**20))
    os.remove("weights")
"""


def test_files_can_be_removed_and_replaced(server: Server) -> None:
    with Session(server, [(0, FILES)], Budget(total_wall_s=60)) as session:
        assert [record.error for record in session.records] == [None]


@pytest.mark.slow
def test_files_that_are_removed_and_still_open_are_counted(server: Server) -> None:
    source = """
import os, time
held = []
for number in range(4):
    held.append(open("f", "wb"))
    held[-1].write(bytes(30 * 2**20))
    held[-1].flush()
    os.remove("f")
time.sleep(3)
"""
    with Session(server, [(0, source)], Budget(total_wall_s=60)) as session:
        assert session.records[0].status != "ok" or server.level is Level.LIMITS


def test_a_database_can_be_kept_in_a_file(server: Server) -> None:
    source = """
import sqlite3
def count():
    database = sqlite3.connect("x.db")
    database.execute("CREATE TABLE IF NOT EXISTS runs (loss REAL)")
    database.execute("INSERT INTO runs VALUES (0.5)")
    database.commit()
    database.execute("pragma Journal_Mode=WAL")  # as dbm.sqlite3 does
    return database.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
count()
"""
    with (
        Session(server, [(0, source)], Budget(total_wall_s=60)) as session,
        session.criterion() as conversation,
    ):
        assert [record.error for record in session.records] == [None]
        assert conversation.request("call", {"name": "count", "steps": []}, args=()).value == 2


# What depends on where objects are in memory, and on what was there before.
MEMORY = """
import numpy as np
class Layer: pass
layers = [Layer() for _ in range(300)]
report["address"] = object.__repr__(report)
report["hash"] = hash(layers[7])
report["order of a set"] = [layers.index(layer) for layer in set(layers)]
report["order of a set of functions"] = [f(0) for f in {lambda x, n=n: n for n in range(50)}]
report["memory that was never written"] = np.ndarray(300).tobytes()
report["results that were not asked for"] = np.divide(
    np.ones(200), 1, where=np.zeros(200, bool)).tobytes()
"""

# Whatever was freed before, of any size: what the machine says must not have been among it.
FREE_MEMORY = """
import zlib
import numpy as np
kept = [np.ndarray(size, np.uint8) for size in range(1040, 40_000, 104)]
report["free memory"] = [zlib.crc32(array) for array in kept]
"""


def _memory(server: Server) -> list[dict[str, str]]:
    # Below, sessions are forked from supervisors of their own, and free memory differs a little.
    probes = [MEMORY, FREE_MEMORY] if server.level >= Level.NAMESPACES else [MEMORY]
    reports = []
    for probe in probes:
        child = server.spawn({"probe": probe})
        reports.append(answer(child))
        end(child)
    return reports


def test_memory_is_the_same_whatever_the_server_did_before(level: Level) -> None:
    with Server(level, Limits()) as server:
        first = _memory(server)
        for size in (10, 100_000):
            child = server.spawn({"probe": f"report['x'] = 'x' * {size}"})
            answer(child)
            end(child)
        running = server.spawn({"probe": "import time; time.sleep(30)"})
        try:
            assert _memory(server) == first
        finally:
            end(running)


def test_memory_is_the_same_in_every_server(level: Level) -> None:
    if not _may_fix_addresses():
        pytest.skip("this machine does not let a process fix its addresses")
    with Server(level, Limits()) as one, Server(level, Limits()) as other:
        assert _memory(one) == _memory(other)


def _may_fix_addresses() -> bool:
    """Whether the machine lets a process turn address space randomisation off (Docker does not)."""
    source = (
        "import sys; from autograder.sandbox.confine import syscalls; "
        "sys.exit(not (sys.platform == 'linux' and syscalls.fix_addresses()))"
    )
    return subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


def test_nothing_of_one_session_is_there_in_the_next(run: Run) -> None:
    run("open('left', 'w').close(); import numpy; numpy.mine = 1")
    report = run("""
import os, numpy
report["files"] = os.listdir(".")
report["mine"] = hasattr(numpy, "mine")
""")
    assert report == {"files": "[]", "mine": "False"}


def test_text_has_the_same_hash_in_every_session_and_server(level: Level, run: Run) -> None:
    source = "report['hash'] = hash('convolution')"
    with Server(level, Limits()) as other:
        child = other.spawn({"probe": source})
        theirs = answer(child)
        end(child)
    assert run(source) == theirs


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to look from outside")
def test_the_process_has_no_power_in_the_machines_eyes(level: Level, server: Server) -> None:
    assert server.pid is not None
    before = {process.pid for process in processes.process_tree(server.pid)}
    child = server.spawn({"probe": "import time; time.sleep(30)"})
    try:
        new = [p for p in processes.process_tree(server.pid) if p.pid not in before]
        last = new[-1]  # below its supervisor, if it has one of its own
        status = dict(
            line.split(":\t", 1)
            for line in Path(f"/proc/{last.pid}/status").read_text().splitlines()
            if ":\t" in line
        )
    finally:
        child.kill()
        child.sock.close()
    assert set(status["Uid"].split()) == ({status["Uid"].split()[0]})
    assert int(status["Uid"].split()[0]) != 0
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    if level > Level.LIMITS:
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    if os.geteuid() == 0:
        assert status["Groups"].split() == []


def test_it_holds_its_socket_and_no_other_descriptor(run: Run) -> None:
    report = run("""
import os, stat
for number in range(64):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    report[str(number)] = "socket" if stat.S_ISSOCK(mode) else os.fstat(number).st_rdev
""")
    null = str(Path("/dev/null").stat().st_rdev)
    assert report == {"0": null, "1": null, "2": null, "3": "socket"}


def test_the_hosts_environment_does_not_come_along(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADEBOOK_PASSWORD", "secret")
    with Server(level, Limits()) as fresh:
        child = fresh.spawn({"probe": "import os; report.update(os.environ)"})
        report = answer(child)
        end(child)
    assert "PYTHONHASHSEED" in report
    assert "GRADEBOOK_PASSWORD" not in report
