"""SQLite in the session's own folder, at every level of isolation.

SQLite keeps what it may have to undo in a file beside the database, which it removes at the end and
asks the kernel about locks on. Sessions may do neither everywhere (see `confine.landlock` and
`confine.seccomp`). No other process can open the database, so memory is as good a place.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from typing import Any


def install() -> None:
    """Keep the journals of databases that are opened from now on in memory."""
    if "sqlite3" not in sys.modules:  # an interpreter can be built without it
        return
    import sqlite3

    connect_really = sqlite3.connect

    @functools.wraps(connect_really)
    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_really(*args, **kwargs)
        with contextlib.suppress(sqlite3.Error):  # not a database: said when it is used, as usual
            connection.execute("PRAGMA journal_mode = MEMORY").close()
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        setattr(module, "connect", connect)  # noqa: B010 - mypy: a function of another type
