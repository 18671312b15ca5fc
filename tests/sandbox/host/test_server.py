"""How sessions end, and what the host can rely on when things go wrong."""

import contextlib
import gc
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.confine import processes
from autograder.sandbox.host import command_line
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.process import SessionProcess
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import visible_paths
from autograder.sandbox.protocol import wire
from tests.sandbox.conftest import answer, end

SLEEP = "import time; time.sleep(60)"
STUBBORN = """
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True: pass
"""


def ending(server: Server, source: str) -> tuple[str, int]:
    child = server.spawn({"probe": source})
    try:
        exit = child.wait(20)
        assert exit is not None
        return exit.reason, exit.code
    finally:
        end(child)


def test_an_orderly_end_is_reported_with_its_status(server: Server) -> None:
    assert ending(server, "") == ("exit", 0)
    assert ending(server, "import os; os._exit(3)") == ("exit", 3)


def test_a_crash_is_told_with_its_signal(server: Server) -> None:
    assert ending(server, "import ctypes; ctypes.string_at(1)") == ("signal", signal.SIGSEGV)


def test_cpu_time_has_an_end(server: Server) -> None:
    reason, code = ending(server, "while True: pass")
    assert (reason, code) in {("signal", signal.SIGKILL), ("signal", signal.SIGXCPU)}


def test_cpu_time_is_measured_with_that_of_children(server: Server) -> None:
    child = server.spawn({"probe": """
import os, time
if os.fork() == 0:
    while time.process_time() < 0.3: pass
    os._exit(0)
os.wait()
"""})  # fmt: skip
    exit = child.wait(20)
    end(child)
    assert exit is not None
    assert 0.3 <= exit.cpu_s < 2


def test_a_living_session_has_no_ending_yet(server: Server) -> None:
    child = server.spawn({"probe": SLEEP})
    assert child.wait(0.1) is None
    end(child)


def test_killing_ends_it_at_once_and_may_be_repeated(server: Server) -> None:
    child = server.spawn({"probe": STUBBORN})
    began = time.monotonic()
    child.kill()
    child.kill()
    assert time.monotonic() - began < 5
    exit = child.wait(0)
    assert exit is not None
    assert (exit.reason, exit.code) == ("signal", signal.SIGKILL)
    child.sock.close()


def test_one_session_does_not_disturb_another(server: Server) -> None:
    children = [server.spawn({"probe": f"report['n'] = {n}"}) for n in range(6)]
    hog = server.spawn({"probe": "import os\nwhile True:\n try: os.fork()\n except OSError: pass"})
    try:
        assert [answer(child)["n"] for child in children] == list("012345")
        later = server.spawn({"probe": "import os\nif os.fork() == 0: os._exit(0)\nos.wait()"})
        assert answer(later) == {}
        end(later)
    finally:
        end(hog)
        for child in children:
            end(child)


def test_a_session_that_uses_too_much_memory_is_ended_and_says_so(level: Level) -> None:
    with Server(level, Limits(memory_mb=64, processes=8)) as small:
        child = small.spawn({"probe": """
import os, time
for _ in range(4):
    if os.fork() == 0:
        hoard = b'x' * (30 * 2**20)
        time.sleep(60)
time.sleep(60)
"""})  # fmt: skip
        exit = child.wait(20)
        end(child)
    assert exit is not None
    assert exit.limit == "memory"


def test_a_server_that_died_is_replaced(level: Level) -> None:
    with Server(level, Limits()) as mortal:
        child = mortal.spawn({"probe": SLEEP})
        assert mortal.pid is not None
        doomed = [process.pid for process in processes.process_tree(mortal.pid)]
        for pid in doomed:
            with _unless_gone():
                os.kill(pid, signal.SIGKILL)
        assert child.wait(20) is not None
        child.sock.close()
        again = mortal.spawn({"probe": "report['alive'] = 1"})
        assert answer(again) == {"alive": "1"}
        end(again)


def test_without_its_template_a_server_is_replaced(level: Level) -> None:
    """The process that sessions are forked from: no other could give them the same memory."""
    with Server(level, Limits()) as mortal:
        assert mortal.pid is not None
        os.kill(processes.process_tree(mortal.pid)[-1].pid, signal.SIGKILL)
        for _ in range(2):
            child = mortal.spawn({"probe": "report['alive'] = 1"})
            assert answer(child) == {"alive": "1"}
            end(child)


def test_a_supervisor_that_fails_kills_its_whole_session(
    level: Level, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if level >= Level.NAMESPACES:
        pytest.skip("the kernel ends everything in a namespace, whoever breaks")
    package = tmp_path / "sandbox"
    shutil.copytree(command_line.PACKAGE_FOLDER, package)
    with (package / "confine" / "scratch.py").open("a") as file:
        file.write("\ndef exceeds(directory, megabytes):\n    raise RecursionError\n")
    monkeypatch.setattr(command_line, "PACKAGE_FOLDER", package)
    with Server(level, Limits()) as broken:
        child = broken.spawn({"probe": """
import os, time
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(write, b".")
        time.sleep(60)
    os._exit(0)
os.read(read, 1)
time.sleep(60)
"""})  # fmt: skip
        exit = child.wait(20)
        assert exit is not None
        child.sock.settimeout(5)
        assert child.sock.recv(1) == b""  # nobody holds its other end
        child.sock.close()


def test_no_session_outlives_its_server(level: Level) -> None:
    with Server(level, Limits()) as closing:
        child = closing.spawn({"probe": SLEEP})
        assert closing.pid is not None
        everything = [process.pid for process in processes.process_tree(closing.pid)]
        assert len(everything) >= 2
        if level < Level.NAMESPACES:
            child.kill()  # its supervisor is not the server, and obeys its own host only
    assert _all_gone(everything)
    end(child)


def test_no_session_outlives_the_host(level: Level) -> None:
    """Not even when the host is killed and can tidy nothing up."""
    read, write = os.pipe()
    host = os.fork()
    if host == 0:
        try:
            server = Server(level, Limits())
            server.start()
            kept = server.spawn({"probe": SLEEP})
            assert server.pid is not None
            found = [process.pid for process in processes.process_tree(server.pid)]
            os.write(write, f"{found} {server.session_directories()}".encode())
            kept.wait(60)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read) as file:
        told = os.read(file.fileno(), 4096).decode()
        os.kill(host, signal.SIGKILL)
        os.waitpid(host, 0)
    pids = [int(number) for number in told[told.index("[") + 1 : told.index("]")].split(",")]
    assert _all_gone(pids)
    directories = re.findall(r"'([^']+)'", told)
    assert [d for d in directories if Path(d).exists()] == []


def test_settings_reach_the_session_however_long(server: Server) -> None:
    child = server.spawn({"probe": "report['length'] = len('''" + "x" * 3_000_000 + "''')"})
    assert answer(child) == {"length": "3000000"}
    end(child)


def test_sessions_can_be_taken_in_a_thread_that_did_not_start_the_server(level: Level) -> None:
    """A worker's thread may end before the server's last session."""
    shared = Server(level, Limits())
    starter = threading.Thread(target=shared.start)
    starter.start()
    starter.join()
    child = shared.spawn({"probe": "report['alive'] = 1"})
    assert answer(child) == {"alive": "1"}
    end(child)
    shared.close()


def test_endless_output_is_dropped(server: Server) -> None:
    child = server.spawn({"probe": "for _ in range(300): print('x' * 100_000)"})
    assert answer(child) == {}
    end(child)


def test_a_server_that_cannot_start_says_what_is_wrong_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxUnavailable) as raised:
        Server(Level.FULL, Limits(), visible_paths()).start()
    assert "bubblewrap" in raised.value.what
    assert raised.value.remedy


def test_a_server_that_is_not_ready_in_time_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("autograder.sandbox.host.server._START_S", 0.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="not ready"):
        Server(Level.LIMITS, Limits(), visible_paths()).start()
    gc.collect()  # an open file would be a warning, and thereby an error
    assert list(tmp_path.iterdir()) == []


def test_what_a_session_sends_after_it_was_killed_is_the_end(server: Server) -> None:
    child: SessionProcess = server.spawn({"probe": SLEEP})
    child.kill()
    with pytest.raises(wire.Closed):
        wire.receive(child.sock, deadline=time.monotonic() + 5)
    child.sock.close()


def _unless_gone() -> contextlib.suppress:
    return contextlib.suppress(ProcessLookupError)


def _all_gone(pids: list[int]) -> bool:
    end_by = time.monotonic() + 5
    while time.monotonic() < end_by:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # dead; whoever adopted it has yet to notice
