"""A grading process beside a Dask worker: `autograder.run.worker`, with JSON records on its line.

``sys.argv``: the descriptor of a socket. The first message is the setup.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.cluster import wire
from autograder.run.jobs import READY, Brought, CannotStart, Graded
from autograder.run.worker import work


class JsonLine:
    """A line to the Dask worker that looks to `work` like one to the main process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def recv(self) -> Brought:
        """The next submission."""
        return wire.brought(self._connection.recv_bytes())

    def send(self, message: object) -> None:
        """Send that it is ready, that it cannot start, or a result."""
        match message:
            case Graded():
                record = wire.graded_record(message)
            case CannotStart():
                record = {"cannot_start": message.reason}
            case _:
                assert message == READY
                record = {"ready": True}
        self._connection.send_bytes(wire.framed(record))


def main() -> None:
    """Grade what comes until the Dask worker closes the line."""
    connection = Connection(int(sys.argv[1]))
    record, _ = wire.unframed(connection.recv_bytes())
    work(wire.setup_from(record, Path(record["root"])), JsonLine(connection))
