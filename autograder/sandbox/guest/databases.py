"""SQLite in the session's own folder, at every level of isolation.

SQLite keeps what it may have to undo in a file beside the database, which it removes at the end and
asks the kernel about locks on. Sessions may do neither everywhere (see `confine.landlock` and
`confine.seccomp`). No other process can open the database, so memory is as good a place.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from .random_sources import urandom

try:
    import sqlite3
except ImportError:  # an interpreter can be built without it
    sqlite3 = None  # type: ignore[assignment]


def _random() -> int:
    """SQL's ``random()``: any integer of 64 bits."""
    return int.from_bytes(urandom(8), "little", signed=True)


def install() -> None:
    """Keep the journals of databases that are opened from now on in memory.

    Their random numbers come from the stream that all others come from.
    """
    if sqlite3 is None:
        return
    connect_really = sqlite3.connect

    @functools.wraps(connect_really)
    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_really(*args, **kwargs)
        connection.create_function("random", 0, _random)
        connection.create_function("randomblob", 1, lambda size: urandom(max(1, size)))
        with contextlib.suppress(
            sqlite3.Error
        ):  # not a database: reported when it is used, as usual
            connection.execute("PRAGMA journal_mode = MEMORY").close()
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        setattr(module, "connect", connect)  # noqa: B010 - mypy: a function of another type
