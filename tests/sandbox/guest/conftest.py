"""A notebook from its cells' text, loaded in a real process; its functions called from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from autograder.sandbox.host.session import (
    Budget,
    Conversation,
    ExceptionInfo,
    Session,
    StudentRaised,
)
from tests.sandbox.guest.real_process import RealServer

SHORT = Budget(cell_s=1.0, cells_s=3.0, call_cpu_s=0.5, call_wall_s=1.0, total_wall_s=60.0)

Open = Callable[..., AbstractContextManager["Notebook"]]


class Notebook:
    """A loaded notebook, as a suite meets it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def statuses(self) -> list[str]:
        return [record.status for record in self.session.records]

    @property
    def errors(self) -> list[str | None]:
        return [record.error for record in self.session.records]

    @property
    def names(self) -> set[str]:
        return set(self.session.defined)

    def call(self, name: str, *args: Any, **fields: Any) -> Any:
        """Call one of the notebook's functions, in a criterion of its own."""
        with self.session.criterion() as conversation:
            return call(conversation, name, *args, **fields)

    def error(self, name: str, *args: Any) -> ExceptionInfo:
        """The exception that one of the notebook's functions raises."""
        with pytest.raises(StudentRaised) as caught:
            self.call(name, *args)
        return caught.value.info


def call(conversation: Conversation, name: str, *args: Any, **fields: Any) -> Any:
    return conversation.request("call", {"name": name, "steps": []}, args=args, **fields).value


@pytest.fixture(scope="session")
def server() -> Iterator[RealServer]:
    made = RealServer()
    yield made
    made.close()


@pytest.fixture
def notebook(server: RealServer) -> Open:
    @contextmanager
    def open_notebook(*cells: str, budget: Budget = SHORT) -> Iterator[Notebook]:
        with Session(server, list(enumerate(cells)), budget) as session:
            yield Notebook(session)

    return open_notebook
