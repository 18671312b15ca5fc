"""What a run of ``autograder collect`` is to collect, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from autograder.ingest.recognize import Handouts


@dataclass(frozen=True)
class Request:
    """What to collect, and how.

    Attributes:
        archives: archives and folders.
        out: the folder ``submitted/``.
        exercises: ids of the course's exercises.
        handouts: recognise notebooks by what is in them.
        exercise: the exercise of notebooks whose names do not contain it; "" if unknown.
        rosters: the files that know the class.
        zone: the time zone of times without one; None for that of this machine.
        file_times: whether times of files in the archives are hand-in times.
    """

    archives: Sequence[Path]
    out: Path
    exercises: Sequence[str]
    handouts: Handouts
    exercise: str = ""
    rosters: Sequence[Path] = ()
    zone: tzinfo | None = None
    file_times: bool = False
