"""Code that computes is given its CPU time, however long that takes; code that waits is not."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from autograder.sandbox.host import watch
from autograder.sandbox.host.limits import Budget, Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Session, StudentTimeout
from autograder.sandbox.host.watch import Used, Watch
from autograder.sandbox.protocol import wire

BUDGET = Budget(call_cpu_s=1.0, idle_s=0.2)


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_S", 0.01)


def waited(sock: socket.socket, used: Iterable[float | None], deadline_s: float = 30.0) -> float:
    """How long is waited for an answer, given what the supervisor says each time."""
    began, said = time.monotonic(), iter(used)

    def told() -> Used | None:
        seconds = next(said)
        return None if seconds is None else Used(seconds, seconds)

    Watch(BUDGET, told).wait(sock, began + deadline_s)
    return time.monotonic() - began


def test_an_answer_ends_the_wait(sockets):
    ours, theirs = sockets
    theirs.send(b"x")
    assert waited(ours, []) < 10.0


def test_code_that_computes_is_waited_for_until_the_deadline(sockets):
    """It gets a tenth of a processor, on a machine that does other things as well."""
    slowly = (0.001 * step for step in itertools.count())
    assert waited(sockets[0], slowly, deadline_s=0.8) >= 0.8


def test_code_that_has_used_up_its_time_and_goes_on_is_not_waited_for(sockets):
    with pytest.raises(wire.TooLate, match="could not be stopped when"):
        waited(sockets[0], itertools.count(5.0, 0.5))


def test_what_was_computed_before_this_call_does_not_count(sockets):
    assert waited(sockets[0], itertools.count(500.0, 0.01), deadline_s=0.3) >= 0.3


def test_code_that_only_waits_is_not_waited_for(sockets):
    with pytest.raises(wire.TooLate, match="it waits"):
        waited(sockets[0], itertools.repeat(7.0))


def test_code_computes_although_an_idle_helper_has_computed_more_before(sockets):
    """As a pool of processes has that a cell started."""
    progress = (Used(9.0, 9.0 + 0.01 * step) for step in itertools.count())
    began = time.monotonic()
    Watch(BUDGET, lambda: next(progress)).wait(sockets[0], began + 0.8)
    assert time.monotonic() - began >= 0.8


def test_helpers_that_compute_as_well_cost_the_call_no_time(sockets):
    progress = (Used(0.01 * step, 0.4 * step) for step in itertools.count())
    began = time.monotonic()
    Watch(BUDGET, lambda: next(progress)).wait(sockets[0], began + 0.5)
    assert time.monotonic() - began >= 0.5


def test_where_the_supervisor_cannot_tell_the_deadline_decides(sockets):
    assert waited(sockets[0], itertools.repeat(None), deadline_s=0.5) >= 0.5


@pytest.mark.parametrize(
    "source",
    {
        "in C": "def f(): sum(iter(int, 1))",
        "without signals": (
            "import signal\ndef f():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
            "    while True: pass\n"
        ),
        "stopped": "import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGSTOP)",
        "trickling": (
            "import gc, socket, struct, time\ndef f():\n"
            "    found = [o for o in gc.get_objects() if isinstance(o, socket.socket)]\n"
            "    head = b'cvk1' + struct.pack('<II', 2**20, 0)\n"
            "    while True:\n"
            "        for sock in found:\n"
            "            try: sock.send(head)\n"
            "            except OSError: pass\n"
            "        head = b' '\n"
            "        time.sleep(0.01)\n"
        ),
    }.values(),
    ids=["in C", "without signals", "stopped", "trickling"],
)
def test_code_that_cannot_be_stopped_ends_long_before_its_wall_time(source, wall):
    """A sixtieth of that time would be enough on a machine with nothing else to do."""
    generous = Budget(call_cpu_s=0.3, call_wall_s=60, grace_s=60, total_wall_s=300, idle_s=0.5)
    with Server(wall, Limits()) as server, Session(server, [(0, source)], generous) as session:
        began = time.monotonic()
        with session.criterion() as conversation, pytest.raises(StudentTimeout) as caught:
            conversation.request("call", {"name": "f", "steps": []})
        assert time.monotonic() - began < 60
        assert caught.value.conclusive
        assert session.stalls == 1


def test_a_notebook_that_has_stalled_is_waited_for_less_but_computes_as_long():
    budget = Budget()
    assert replace(budget.stalled(), idle_s=budget.idle_s) == budget
    assert budget.stalled().idle_s < budget.idle_s
