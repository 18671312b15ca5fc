"""What a notebook's threads ask the host for reaches the thread that has asked."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

import pytest

from autograder.sandbox.guest.reference_channel import MAX_AT_ONCE, Channel
from autograder.sandbox.host.reference_calls import CallbackRaised, CallLimits, ReferenceCalls
from autograder.sandbox.host.session import StudentRaised, StudentTimeout
from tests.sandbox.guest.conftest import Open, call

IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
def each(f, numbers):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(f, numbers))
"""


def test_functions_of_the_hosts_answer_the_thread_that_calls(notebook: Open) -> None:
    with notebook(IN_THREADS) as book:
        assert book.call("each", lambda x: 10 * x, [*range(200)]) == [*range(0, 2000, 10)]


def test_what_the_host_refuses_is_raised_in_the_thread_that_calls(notebook: Open) -> None:
    def half(x: int) -> int:
        if x % 7 == 0:
            raise ValueError(f"seven divides {x}")
        return x

    source = (
        IN_THREADS
        + """
def refused(f, numbers):
    def tried(x):
        try:
            return f(x)
        except ValueError as error:
            return str(error).rpartition(" ")[2]
    return each(tried, numbers)
"""
    )
    with notebook(source) as book:
        got = book.call("refused", half, [*range(50)])
    assert got == [x if x % 7 else str(x) for x in range(50)]


def test_a_thread_that_goes_on_waits_for_the_next_request(notebook: Open) -> None:
    source = """
import threading
said = []
def begin(f):
    def calls():
        while len(said) < 200:
            said.append(f(len(said)))
    global thread
    thread = threading.Thread(target=calls, daemon=True)
    thread.start()
    return f(-1)
def many():
    thread.join()
    return said
"""
    with notebook(source) as book, book.session.criterion() as conversation:
        assert call(conversation, "begin", lambda x: x + 1) == 0
        assert call(conversation, "many") == [*range(1, 201)]


def test_a_function_from_an_earlier_criterion_is_not_called_in_a_later_one(notebook: Open) -> None:
    source = """
def keep(f): global kept; kept = f
def use(f): return kept(1)
"""
    with notebook(source) as book, book.session.shared() as process:
        with process.criterion() as conversation:
            call(conversation, "keep", lambda x: x)
        with process.criterion() as conversation, pytest.raises(StudentRaised):
            call(conversation, "use", lambda x: 100 * x)


def test_time_is_up_while_threads_are_asking(notebook: Open) -> None:
    source = """
import threading
def endless(f):
    def calls():
        while True: f(np.zeros(1000))
    for _ in range(3): threading.Thread(target=calls, daemon=True).start()
    while True: pass
"""
    with notebook("import numpy as np", source) as book:
        for _ in range(3):
            with pytest.raises(StudentTimeout):
                book.call("endless", len)


def test_a_copy_of_the_process_does_not_wait_for_threads_that_it_does_not_have(
    notebook: Open,
) -> None:
    source = """
import os, threading
def fork(f):
    def calls():
        while True: f(np.zeros(1000))
    threading.Thread(target=calls, daemon=True).start()
    for _ in range(20):
        pid = os.fork()
        if pid == 0: os._exit(0)
        os.waitpid(pid, 0)
        f(np.ones(2))
    return 5
"""
    with notebook("import numpy as np", source) as book:
        assert book.call("fork", len) == 5


class Slopes:
    """A reference with one function: the sum of what the student's function gives for numbers."""

    descriptions = ()

    def begin_notebook(self) -> None:
        """There is nothing to forget."""

    begin_criterion = begin_notebook

    def call(self, message: Any, apply: Any) -> dict[str, Any]:
        function, numbers = message["args"]
        try:
            return {"value": sum(apply(function, [n]) if function else n for n in numbers)}
        except CallbackRaised as raised:
            return {"raised": "RuntimeError", "text": str(raised)}


class Host:
    """The host's end, in a thread of its own, and a channel to it."""

    def __init__(self) -> None:
        self.channel = Channel()
        self.functions: list[Any] = [None]
        self._in: SimpleQueue[Any] = SimpleQueue()
        self._out: SimpleQueue[Any] = SimpleQueue()
        self._free = threading.Lock()
        self.channel.exchange = self._exchange
        self.channel.kept = self.functions.__getitem__
        threading.Thread(target=self._serve, daemon=True).start()

    def sum(self, function: Any, numbers: list[int]) -> Any:
        number = None
        if function is not None:
            self.functions.append(function)
            number = len(self.functions) - 1
        return self.channel.call(lambda: {"op": "call"}, [number, numbers], {})["value"]

    def _exchange(self, message: Any) -> dict[str, Any]:
        assert self._free.acquire(blocking=False), "two messages at the same time"
        self._in.put(message)
        answer = self._out.get(timeout=10)
        self._free.release()
        return answer

    def _serve(self) -> None:
        calls = ReferenceCalls(Slopes(), CallLimits())
        while True:
            calls.reply(self._in.get(), self._out.put, self._in.get)


def in_threads(function: Any, arguments: list[Any]) -> list[Any]:
    found: list[Any] = [None] * len(arguments)

    def one(place: int) -> None:
        found[place] = function(arguments[place])

    threads = [threading.Thread(target=one, args=[place]) for place in range(len(arguments))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return found


def test_calls_in_threads_and_functions_that_call_again() -> None:
    host = Host()

    def doubled(n: int) -> int:
        return 2 * host.sum(None, [n])

    def one(first: int) -> Any:
        return host.sum(doubled, [*range(first, first + 20)])

    assert in_threads(one, [*range(6 * MAX_AT_ONCE)]) == [
        2 * sum(range(first, first + 20)) for first in range(6 * MAX_AT_ONCE)
    ]


def test_a_function_that_the_reference_calls_may_use_threads() -> None:
    host = Host()

    def inner(n: int) -> Any:
        return sum(in_threads(lambda k: host.sum(lambda m: m + 1, [k]), [n, n + 1]))

    assert host.sum(inner, [1, 2, 3]) == sum(2 * n + 3 for n in (1, 2, 3))


def test_a_function_that_is_stopped_ends_its_call_and_the_next_one_works() -> None:
    class Stopped(BaseException):
        pass

    def stop(n: int) -> None:
        raise Stopped(n)

    host = Host()
    with pytest.raises(Stopped):
        host.sum(stop, [1, 2])
    assert host.sum(None, [1, 2]) == 3
    assert host.channel.close_at_once()


def test_nobody_calls_while_it_is_closed() -> None:
    host = Host()
    host.channel.close()
    thread = threading.Thread(target=host.sum, args=[None, [1]])
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    host.channel.open()
    thread.join(10)
    assert not thread.is_alive()
