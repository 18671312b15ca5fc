"""Standard streams for criteria, which work whatever a cell has done to the notebook's.

They are made once, before any of the student's code runs: making them takes longer than most calls.
"""

from __future__ import annotations

import io
import sys


class _Nowhere(io.RawIOBase):
    """A file to which everything can be written, and nothing is.

    Args:
        name: the descriptor of the stream whose place it takes.
    """

    def __init__(self, name: int) -> None:
        self.name = name
        self.mode = "wb"

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object, /) -> int:
        """Write nothing; the number of bytes."""
        with memoryview(data) as view:  # type: ignore[arg-type]
            return view.nbytes

    def fileno(self) -> int:
        """The descriptor of the stream whose place it takes: it leads nowhere either."""
        return self.name


def _stream(name: int) -> io.TextIOWrapper:
    stream = io.TextIOWrapper(io.BufferedWriter(_Nowhere(name)), encoding="utf-8")
    setattr(stream, "mode", "w")  # noqa: B010 (as `open` does; for mypy it is read-only)
    return stream


_STREAMS = {"stdout": _stream(1), "stderr": _stream(2)}


def install() -> None:
    """Make ``print`` work."""
    for name, stream in _STREAMS.items():
        setattr(sys, name, stream)
