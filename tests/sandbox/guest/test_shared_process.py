"""Several criteria in one process: what each sees of the others, and when that does not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograder.sandbox.host.conversation import Conversation
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.session import Session, StudentDied, StudentTimeout
from autograder.sandbox.host.shared_process import NeedsItsOwnProcess
from tests.sandbox.guest.conftest import SHORT, Open, call
from tests.sandbox.guest.real_process import RealServer

DRAW = "import time, uuid\nimport numpy as np\nrng = np.random.default_rng(1)\n"


def test_every_criterion_begins_alike(notebook: Open) -> None:
    cell = f"{DRAW}def f(): return [rng.random(), np.random.rand(), time.time(), str(uuid.uuid4())]"
    with notebook(cell) as book, book.session.shared() as process:
        assert process is not None
        drawn = []
        for _ in range(2):
            with process.criterion() as conversation:
                drawn.append(call(conversation, "f"))
        assert drawn[0] == drawn[1] == book.call("f")
        assert process.is_unchanged()


def test_numpys_settings_are_those_of_the_notebook(notebook: Open) -> None:
    cell = (
        "import numpy as np\n"
        "def strict(): np.seterr(all='raise')\n"
        "def divide(): return np.ones(1) / np.zeros(1)"
    )
    with notebook(cell) as book, book.session.shared() as process:
        assert process is not None
        with process.criterion() as conversation:
            call(conversation, "strict")
        with process.criterion() as conversation:
            assert call(conversation, "divide")[0] == float("inf")


@pytest.mark.parametrize(
    "cell",
    [
        "memory = {}\ndef f(): memory[len(memory)] = 1",
        "class A: calls = 0\ndef f(): A.calls += 1",
        "import numpy as np\ndef f(): np.dot = max",
        "import builtins\ndef f(): builtins.sum = max",
    ],
)
def test_a_changed_state_is_told(notebook: Open, cell: str) -> None:
    with notebook(cell) as book, book.session.shared() as process:
        assert process is not None
        with process.criterion() as conversation:
            call(conversation, "f")
        assert not process.is_unchanged()


@pytest.mark.parametrize(
    ("body", "failure"), [("while True: pass", StudentTimeout), ("os._exit(0)", StudentDied)]
)
def test_a_call_that_does_not_return_ends_it(
    notebook: Open, body: str, failure: type[Exception]
) -> None:
    with notebook(f"import os\ndef f():\n    {body}") as book, book.session.shared() as process:
        assert process is not None
        with process.criterion() as conversation, pytest.raises(failure):
            call(conversation, "f")
        assert process.broken
        assert not process.is_unchanged()


def test_definitions_cannot_be_changed_in_it(notebook: Open) -> None:
    with notebook("class A: pass") as book, book.session.shared() as process:
        assert process is not None
        change = {"name": "A", "steps": [["attr", "forward"]]}
        with process.criterion() as conversation, pytest.raises(NeedsItsOwnProcess):
            conversation.request("set", change, value=1)
        assert process.is_unchanged()


REMEMBERS = """
class A: pass
memory = []
def add(x):
    memory.append(x)
    return len(memory)
def look():
    return len(memory)
def endless():
    while True: pass
"""


def _kept(session: Session) -> None:
    with session.shared() as process:
        with process.criterion() as conversation:
            call(conversation, "look")
        assert process.is_unchanged()
        process.kept = True


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The worlds of the processes that were started."""
    found: list[str | None] = []
    fork = Session._fork

    def counting(self: Session, world: str | None, shared: bool = False, **more: bool) -> object:
        found.append(world)
        return fork(self, world, shared, **more)

    monkeypatch.setattr(Session, "_fork", counting)
    return found


def test_a_kept_process_answers_what_is_asked_for_feedback(
    notebook: Open, forks: list[str | None]
) -> None:
    with notebook(REMEMBERS) as book:
        _kept(book.session)
        for _ in range(3):
            with book.session.criterion(attempt=Attempt.EXTRA) as conversation:
                assert call(conversation, "look") == 0
        assert len(forks) == 1
        with book.session.criterion() as conversation:  # graded alone, it gets its own
            assert call(conversation, "look") == 0
        assert len(forks) == 2


def _never_ends(conversation: Conversation) -> None:
    with pytest.raises(StudentTimeout):
        call(conversation, "endless")


@pytest.mark.parametrize(
    "ask",
    [
        lambda it: call(it, "add", 1),
        lambda it: it.request("set", {"name": "A", "steps": [["attr", "x"]]}, value=1),
        _never_ends,
    ],
    ids=["state", "class", "timeout"],
)
def test_a_kept_process_that_is_not_what_it_was_answers_nothing_more(
    notebook: Open, forks: list[str | None], ask: Callable[[Conversation], object]
) -> None:
    with notebook(REMEMBERS) as book:
        _kept(book.session)
        with book.session.criterion(attempt=Attempt.EXTRA) as conversation:
            ask(conversation)
        assert len(forks) == 1
        for _ in range(2):
            with book.session.criterion(attempt=Attempt.EXTRA) as conversation:
                assert call(conversation, "add", 1) == 1
        assert len(forks) == 3


def test_questions_in_a_kept_process_begin_alike_and_it_tells_if_one_has_left_a_trace(
    notebook: Open,
) -> None:
    draws = "import numpy as np\ndef draw(): return float(np.random.rand())"
    with notebook(REMEMBERS, draws) as book:
        _kept(book.session)
        with book.session.criterion(attempt=Attempt.EXTRA) as conversation:
            first, second = call(conversation, "draw"), call(conversation, "draw")
            conversation.begin_again()
            assert [call(conversation, "draw"), call(conversation, "draw")] == [first, second]
            assert conversation.is_unchanged()
            call(conversation, "add", 1)
            assert not conversation.is_unchanged()
        with book.session.criterion() as conversation:  # where nobody has looked before
            assert not conversation.is_unchanged()


def test_two_conversations_for_feedback_do_not_share_a_process(
    notebook: Open, forks: list[str | None]
) -> None:
    with notebook(REMEMBERS) as book:
        _kept(book.session)
        with book.session.criterion(attempt=Attempt.EXTRA) as one:
            assert call(one, "add", 1) == 1
            with book.session.criterion(attempt=Attempt.EXTRA) as other:
                assert call(other, "add", 1) == 1
                assert call(one, "add", 1) == 2
        assert len(forks) == 2
        with book.session.criterion(attempt=Attempt.EXTRA) as conversation:
            assert call(conversation, "look") == 0


@pytest.fixture
def in_place(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each process that was asked for is the notebook's own."""
    found: list[bool] = []
    fork = Session._fork

    def counting(
        self: Session, world: str | None, shared: bool = False, in_place: bool = False
    ) -> object:
        found.append(in_place)
        return fork(self, world, shared, in_place)

    monkeypatch.setattr(Session, "_fork", counting)
    return found


def test_a_notebook_that_is_asked_once_is_not_copied_but_loaded_again_if_need_be(
    server: RealServer, in_place: list[bool]
) -> None:
    with Session(server, [(0, REMEMBERS)], SHORT, once=True) as session:
        for _ in range(2):
            with session.shared() as process:
                for number in (1, 2):
                    with process.criterion() as conversation:
                        assert call(conversation, "add", 1) == number
                assert not process.is_unchanged()
        with session.criterion(attempt=Attempt.EXTRA) as conversation:
            assert call(conversation, "add", 1) == 1
        assert in_place == [True, True, True]
        for _ in range(2):  # each that is graded alone gets its own
            with session.criterion() as conversation:
                assert call(conversation, "add", 1) == 1
        assert in_place[3:] == [False, False]


@pytest.mark.parametrize("check", ["assert add(1) == 1", "assert add(1) == 2"])
def test_no_notebook_is_copied_for_the_first_process(
    server: RealServer, in_place: list[bool], check: str
) -> None:
    cells = [(0, "def add(x): return x"), (1, check)]
    with Session(server, cells, SHORT) as session:
        with session.shared(first=True) as process, process.criterion() as conversation:
            assert call(conversation, "add", 1) == 1
        # What asks again found something odd, and may need further processes.
        with session.shared() as process, process.criterion() as conversation:
            assert call(conversation, "add", 1) == 1
            with session.criterion() as other:
                assert call(other, "add", 1) == 1
    assert in_place == [True, False, False]


def test_its_end_is_the_students_doing_and_it_goes_on(server: RealServer) -> None:
    ends = "import os\ndef f(): os._exit(0)\ndef g(): return 1"
    with Session(server, [(0, ends)], SHORT, once=True) as session:
        with session.shared() as process:
            with process.criterion() as conversation, pytest.raises(StudentDied):
                call(conversation, "f")
            assert process.broken
        with session.shared() as process, process.criterion() as conversation:
            assert call(conversation, "g") == 1


@pytest.mark.parametrize(
    "cell",
    [
        "import threading\nthreading.Thread(target=print).start()",
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 100)",
        "sum(i * i for i in range(2_000_000))",
    ],
    ids=["thread", "timer", "expensive"],
)
def test_what_would_not_be_in_a_copy_or_is_expensive_is_copied(
    server: RealServer, in_place: list[bool], cell: str
) -> None:
    cells = [(0, cell), (1, "def f(): return 1")]
    with (
        Session(server, cells, SHORT, once=True) as session,
        session.shared() as process,
        process.criterion() as conversation,
    ):
        assert call(conversation, "f") == 1
    assert in_place == [False]


WORKER = """
import threading, queue
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True: done.put(jobs.get() + 1)
threading.Thread(target=work, daemon=True).start()
"""
ASKS = "def f(x):\n    jobs.put(x)\n    return done.get()"


def test_threads_that_cells_started_are_there_in_every_process(
    server: RealServer, in_place: list[bool]
) -> None:
    with Session(server, [(0, WORKER), (1, ASKS)], SHORT) as session:
        with session.shared(first=True) as process, process.criterion() as conversation:
            assert call(conversation, "f", 1) == 2
        for world in (None, "f"):
            with session.criterion(world) as conversation:
                assert call(conversation, "f", 2) == 3
        assert in_place == [True] * 3


def test_a_process_beside_one_with_threads_has_threads_as_well(server: RealServer) -> None:
    with (
        Session(server, [(0, WORKER), (1, ASKS)], SHORT) as session,
        session.criterion() as one,
        session.criterion() as other,
    ):
        assert [call(each, "f", 1) for each in (one, other, one)] == [2, 2, 2]


@pytest.mark.parametrize("slow", ["sum(i * i for i in range(10**7))", "time.sleep(0.6)"])
def test_a_notebook_with_threads_that_takes_long_is_copied_and_told_so(
    server: RealServer, in_place: list[bool], slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.host.reload_cost.RELOAD_S", 0.2)
    budget = replace(SHORT, cell_s=5.0, cells_s=10.0)
    cells = [(0, "import time"), (1, WORKER), (2, ASKS), (3, slow)]
    with Session(server, cells, budget) as session:
        with session.criterion() as conversation, pytest.raises(StudentTimeout) as late:
            call(conversation, "f", 1)
        assert late.value.lacks_threads
    assert in_place == [False]


def test_loading_for_threads_has_an_end(
    server: RealServer, in_place: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.host.reload_cost.RELOADS_S", 1e-9)
    with (
        Session(server, [(0, WORKER), (1, "def g(): return 1")], SHORT) as session,
        session.criterion() as conversation,
    ):
        assert call(conversation, "g") == 1
    assert in_place == [False]
