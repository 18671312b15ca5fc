"""Several criteria in one process: what each sees of the others, and when that does not count."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import StudentDied, StudentTimeout
from autograder.sandbox.host.shared_process import NeedsItsOwnProcess
from tests.sandbox.guest.conftest import Open, call

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
