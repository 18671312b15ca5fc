"""Standard output and error that outlive their readers and can say every name.

``| head`` closes the pipe in the middle of a table, a log's disk fills up, a terminal knows no
kanji. None of that may stop a class from being graded, nor change the exit status: it says whether
the work was done.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO, cast


def make_lasting() -> None:
    """Let `sys.stdout` and `sys.stderr` go on when nobody listens any more."""
    if sys.stdout is not None:  # None where it was closed; `print` takes that
        sys.stdout = cast(TextIO, Lasting(sys.stdout, BrokenPipeError))
    if sys.stderr is not None:
        sys.stderr = cast(TextIO, Lasting(sys.stderr, OSError))


class Lasting:
    """A text stream; what cannot be written any more because of ``gone`` is lost in silence.

    A full disk under standard output is no such thing: what was asked for is not there then.
    """

    def __init__(self, stream: TextIO, gone: type[OSError]) -> None:
        self._stream = stream
        self._gone = gone
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """As `TextIO.write`."""
        try:
            return self._stream.write(text)
        except self._gone:
            self._hang_up()
            return len(text)

    def flush(self) -> None:
        """As `TextIO.flush`."""
        try:
            self._stream.flush()
        except self._gone:
            self._hang_up()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _hang_up(self) -> None:
        """From now on into nothing, what is still in the stream's buffer too."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
