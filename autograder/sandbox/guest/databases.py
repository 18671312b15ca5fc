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


def _authorize(action: int, name: str | None, value: str | None, *_: Any) -> int:
    """Let a journal stay where it is. ``dbm.sqlite3``, and so ``shelve`` since 3.13, moves it."""
    pragma = name.lower() if action == sqlite3.SQLITE_PRAGMA and name else ""
    is_move = pragma == "journal_mode" and value is not None
    return sqlite3.SQLITE_IGNORE if is_move else sqlite3.SQLITE_OK


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
        connection.set_authorizer(_authorize)
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        setattr(module, "connect", connect)  # noqa: B010 - mypy: a function of another type
