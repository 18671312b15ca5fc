"""Code that computes is given its CPU time, however long that takes; code that waits is not."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from autograder.sandbox.host import loading, watch
from autograder.sandbox.host.limits import Budget, Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Session, StudentTimeout
from autograder.sandbox.host.watch import IdleTime, Used, Watch
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


def waited(
    sock: socket.socket,
    used: Iterable[float | None],
    deadline_s: float = 30.0,
    asleep: Iterable[bool] = itertools.repeat(False),
) -> float:
    """How long is waited for an answer, given what the supervisor says each time."""
    began, said = time.monotonic(), zip(used, asleep, strict=False)

    def told() -> Used | None:
        seconds, asleep = next(said)
        return None if seconds is None else Used(seconds, seconds, asleep)

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
        waited(sockets[0], itertools.repeat(7.0), asleep=itertools.repeat(True))


def test_code_that_computes_a_little_between_naps_is_not_waited_for(sockets):
    slowly = (0.001 * step for step in itertools.count())
    with pytest.raises(wire.TooLate, match="it waits"):
        waited(sockets[0], slowly, asleep=itertools.cycle([True, True, True, False]))


@pytest.mark.slow
def test_a_notebook_whose_calls_have_napped_a_lot_is_not_waited_for_as_long(sockets):
    slow = replace(BUDGET, idle_s=60.0)
    used = itertools.repeat(Used(7.0, 7.0, asleep=True))
    many = Watch(slow, lambda: next(used), idle_time=IdleTime(watch.MAX_IDLE_TIME_S))
    with pytest.raises(wire.TooLate, match="it waits"):
        many.wait(sockets[0], time.monotonic() + 30)
    few = Watch(slow, lambda: next(used), idle_time=IdleTime())
    few.wait(sockets[0], time.monotonic() + 2)
    assert few.idle_time.seconds > 1.25


def test_code_that_gets_no_processor_is_waited_for_until_the_deadline(sockets):
    assert waited(sockets[0], itertools.repeat(7.0), deadline_s=0.8) >= 0.8


def test_code_that_computes_as_much_as_it_naps_is_given_its_cpu_time(sockets):
    busily = (0.05 * step for step in itertools.count())
    with pytest.raises(wire.TooLate, match="could not be stopped when"):
        waited(sockets[0], busily, asleep=itertools.repeat(True))


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
    with Server(wall, Limits()) as server, Session(server, [(0, source)], generous) as loaded:
        began = time.monotonic()
        with loaded.criterion() as conversation, pytest.raises(StudentTimeout) as caught:
            conversation.request("call", {"name": "f", "steps": []})
        assert time.monotonic() - began < 60
        assert caught.value.conclusive
        assert loaded.stalls == 1


def test_a_notebook_that_has_stalled_is_waited_for_less_but_computes_as_long():
    budget = Budget()
    assert replace(budget.stalled(), idle_s=budget.idle_s) == budget
    assert budget.stalled().idle_s < budget.idle_s


@pytest.mark.slow
def test_statements_that_cannot_be_stopped_cost_themselves_and_little_time(wall, monkeypatch):
    """The deadlines are so far away that only their CPU time, or their sleep, can end them."""
    monkeypatch.setattr(loading, "HOST_GRACE_S", 300.0)
    cells = [
        "sum(iter(int, 1))",
        "import signal, time\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "while True: time.sleep(0.01)",
        "def f(): return 7",
    ]
    budget = Budget(cell_s=0.2, cells_s=1.0, cell_idle_s=0.3, total_wall_s=900)
    began = time.monotonic()
    with (
        Server(wall, Limits()) as server,
        Session(server, list(enumerate(cells)), budget) as loaded,
    ):
        assert [record.status for record in loaded.records] == ["timeout", "timeout", "ok"]
        with loaded.criterion() as conversation:
            assert conversation.request("call", {"name": "f", "steps": []}).value == 7
        # Who loads the same notebook again need not find out again.
        again = Session(server, loaded.cells, budget, left_out=dict(loaded.left_out))
        with again:
            assert again.records == loaded.records
    assert time.monotonic() - began < 150


@pytest.mark.slow
def test_what_cannot_be_stopped_uses_up_the_time_for_all_cells(wall):
    """As it would if it had been stopped from within: later demonstrations have none left."""
    cells = ["sum(iter(int, 1))", "for _ in range(1): late = 1", "def f(): return 7"]
    budget = Budget(cell_s=0.2, cells_s=0.2, cell_idle_s=0.3)
    with (
        Server(wall, Limits()) as server,
        Session(server, list(enumerate(cells)), budget) as loaded,
    ):
        assert [record.status for record in loaded.records] == ["timeout", "skipped", "ok"]
        assert loaded.records[1].error == "not run: the notebook had used up its time"
        assert set(loaded.defined) == {"f"}
