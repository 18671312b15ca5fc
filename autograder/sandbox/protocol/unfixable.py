"""What can be different each time the same notebook runs, and cannot be made the same."""

from __future__ import annotations

from enum import StrEnum


class Unfixable(StrEnum):
    """A source of chance that a notebook's code has used."""

    THREADS = "threads"
    PROCESSES = "processes"
    TIMERS = "timers"
    C_CODE = "c_code"
    PROFILER = "profiler"
    TIME_LIMIT = "time_limit"
    """Code that a time limit stopped went on, or what it had done by then remains."""
    FOLDER = "folder"
    """The name of the working directory, or the order of its entries on the disk."""
