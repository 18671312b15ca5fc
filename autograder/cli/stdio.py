"""Standard streams that survive closed pipes, full disks and unencodable names.

``| head`` closes the pipe in the middle of a table, a log's disk fills up, a terminal cannot show
kanji. None of that may stop a class from being graded or change the exit status, which reports
whether the work was done.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO, cast

from autograder.sanitize import visible


def make_resilient() -> None:
    """Make `sys.stdout` and `sys.stderr` ignore a closed reader."""
    if sys.stdout is not None:  # None if it was closed, which `print` accepts
        sys.stdout = cast(TextIO, ResilientStream(sys.stdout, BrokenPipeError))
    if sys.stderr is not None:
        sys.stderr = cast(TextIO, ResilientStream(sys.stderr, OSError))


def warn(text: str) -> None:
    """Print a message of the program to standard error.

    Names of files and what students wrote are part of many: nothing in them controls the terminal.
    """
    print(f"autograder: {visible(text)}", file=sys.stderr)


class ResilientStream:
    """A text stream that silently drops output once writing raises ``gone``.

    For standard output, that does not include a full disk: then the requested output is missing.
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
            self._discard()
            return len(text)

    def flush(self) -> None:
        """As `TextIO.flush`."""
        try:
            self._stream.flush()
        except self._gone:
            self._discard()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _discard(self) -> None:
        """Redirect the stream to /dev/null, including what is still in its buffer."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
