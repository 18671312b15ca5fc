"""The statement that ends the process, or makes it useless, is found; nothing else is left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.sandbox.host import loading
from autograder.sandbox.host.position_page import PositionPage
from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.position import AFTERWARDS, LAYOUT, SIZE, WRITTEN
from autograder.status import CellStatus
from tests.sandbox.guest.conftest import Open
from tests.sandbox.guest.real_process import RealServer

BEFORE = (
    "import gc, os, socket\nSOCKETS = [o for o in gc.get_objects() if type(o) is socket.socket]"
)
AFTER = "\n".join(["late = 1", *["pass"] * 50, "def f(x): return x + 1"])
"""Many statements: they run while the host notices."""

PAGES = "[o._page for o in gc.get_objects() if type(o).__name__ == '_WrittenDown']"
DEADLY = {
    "ends the process": ("os._exit(3)", 2),
    "is killed": ("os.kill(os.getpid(), 9)", 2),
    "closes the socket": ("[each.close() for each in SOCKETS]", 2),
    "closes all descriptors": ("os.closerange(3, 64)", 2),
    "has the socket say no more": ("[each.shutdown(socket.SHUT_WR) for each in SOCKETS]", 2),
    "puts a file in the socket's place": (
        "[os.dup2(os.open(os.devnull, os.O_RDWR), each.fileno()) for each in SOCKETS]", 2,
    ),
    "says something": ("[each.sendall(b'what?' * 99) for each in SOCKETS]", 3),
    "writes down what is no position": (
        f"([page.write(b'x' * 99) for page in {PAGES}], os._exit(3))", 3,
    ),
    "writes down what is no statement": (
        f"([page.write(b'sop\\0' + b'\\xff' * 8) for page in {PAGES}], os._exit(3))", 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "processes"), DEADLY.values(), ids=DEADLY)
def test_it_alone_is_left_out(
    notebook: Open, server: RealServer, statement: str, processes: int
) -> None:
    before = len(server.spawned)
    with notebook(BEFORE, f"early = 1\n{statement}\n{AFTER}") as book:
        assert book.session.left_out == {(1, 1): CellStatus.ERROR}
        assert book.statuses == ["ok", "error"]
        assert book.call("f", 1) == 2
    assert len(server.spawned) - before == processes


def test_a_notebook_that_does_nothing_of_the_kind_says_nothing_until_all_has_run(
    notebook: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, Any]] = []
    receive = wire.receive

    def heard(*args: Any, **fields: Any) -> dict[str, Any]:
        said.append(receive(*args, **fields))
        return said[-1]

    monkeypatch.setattr(wire, "receive", heard)
    with notebook(AFTER, AFTER):
        assert ["records" in message for message in said] == [True]


def test_where_there_is_no_memory_to_share_each_statement_is_announced(
    notebook: Open, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> PositionPage:
        raise OSError("no descriptors left")

    monkeypatch.setattr(loading, "PositionPage", refuse)
    before = len(server.spawned)
    with notebook(BEFORE, f"os._exit(3)\n{AFTER}") as book:
        assert book.session.left_out == {(1, 0): CellStatus.ERROR}
        assert book.call("f", 1) == 2
    assert len(server.spawned) - before == 2


class TestThePage:
    @pytest.fixture(params=["as it is here", "a file"])
    def page(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[PositionPage]:
        if request.param == "a file":
            monkeypatch.delattr(os, "memfd_create", raising=False)
        made = PositionPage()
        yield made
        made.close()

    @pytest.fixture
    def write(self, page: PositionPage) -> Callable[..., int]:
        return lambda *numbers: os.pwrite(page.descriptor, LAYOUT.pack(*numbers), 0)

    def test_nothing_at_first_then_what_is_written(
        self, page: PositionPage, write: Callable[..., int]
    ) -> None:
        assert os.fstat(page.descriptor).st_size == SIZE
        assert page.read({4, 5}) is None
        for position in ((4, 7), (5, -1), (5, AFTERWARDS), (0, AFTERWARDS)):
            write(WRITTEN, *position)
            assert page.read({4, 5}) == position

    @pytest.mark.parametrize(
        "numbers", [(1, 4, 0), (WRITTEN, 6, 0), (WRITTEN, 4, -3), (WRITTEN, 4, 2**31 - 1)]
    )
    def test_what_is_no_position_of_these_cells_is_refused(
        self, page: PositionPage, write: Callable[..., int], numbers: tuple[int, int, int]
    ) -> None:
        write(*numbers)
        with pytest.raises(wire.WireError):
            page.read({4, 5})

    def test_cutting_it_short_is_no_use(self, page: PositionPage) -> None:
        try:
            os.ftruncate(page.descriptor, 0)
        except OSError:
            return  # refused
        assert page.read({4}) is None
