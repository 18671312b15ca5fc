"""Results on disk: found again, and trusted only when they validate.

They are stored as ``OUT/results/<student>/<exercise>.json``. A result is current if the bytes of
the submission, the course and the isolation level are unchanged. ``OUT/hand-ins.json`` beside them
contains what is known about submissions apart from their results.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from autograder.errors import InvalidHandIns, InvalidResult
from autograder.files import read_below, write_atomically
from autograder.folder_lock import alone_in
from autograder.ingest import hand_ins, hand_ins_codec
from autograder.ingest.hand_ins import HandIns
from autograder.sandbox.host.isolation import Level
from autograder.status import ResultStatus
from autograder.verdict.codec import decode, encode
from autograder.verdict.result import Result


class Store:
    """The results below one output folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def path(self, student: str, exercise: str) -> Path:
        """Where one student's result of one exercise is kept."""
        return self.out / "results" / student / f"{exercise}.json"

    def write(self, result: Result) -> Path:
        """Validate one result and write it; it is on the disk when this returns.

        Raises:
            InvalidResult: it violates the contract of result.json.
            OSError: it cannot be written.
        """
        path = self.path(result.student, result.exercise)
        return write_atomically(path, encode(result), durable=True, below=self.out)

    def read(self, student: str, exercise: str) -> Result | None:
        """A stored result; None if it is missing, invalid or somebody else's."""
        try:
            stored = decode(read_below(self.path(student, exercise), self.out))
        except (OSError, InvalidResult):
            return None
        return stored if (stored.student, stored.exercise) == (student, exercise) else None

    def current(
        self, student: str, exercise: str, sha256: str | None, course_sha256: str, isolation: Level
    ) -> Result | None:
        """The stored result, if nothing it depends on has changed and it is not a grader error."""
        stored = self.read(student, exercise)
        if stored is None or stored.status is ResultStatus.GRADER_ERROR or sha256 is None:
            return None
        same = (
            stored.submission.sha256 == sha256
            and stored.course_sha256 == course_sha256
            and stored.isolation is isolation
        )
        return stored if same else None

    def hand_ins(self) -> HandIns:
        """What is known about submissions; nothing if no run has recorded it.

        Raises:
            InvalidHandIns: the file is damaged.
        """
        path = self.out / hand_ins.FILE
        try:
            return hand_ins_codec.decode(read_below(path, self.out))
        except FileNotFoundError:
            return HandIns()
        except (OSError, InvalidHandIns) as error:
            raise InvalidHandIns(
                f"{path}: cannot be read ({error}). Students' names and notes about several "
                "submissions are missing from the pages. Run `grade` again, which rewrites it."
            ) from None

    def update_hand_ins(self, change: Callable[[HandIns], HandIns]) -> HandIns:
        """Update what is known about submissions, one run at a time, and return it.

        Raises:
            OSError: it cannot be written.
        """
        with alone_in(self.out):
            before = None
            with suppress(InvalidHandIns):  # damaged: this run records what it finds
                before = self.hand_ins()
            changed = change(before or HandIns())
            if changed != before or not (self.out / hand_ins.FILE).exists():
                text = hand_ins_codec.encode(changed)
                write_atomically(self.out / hand_ins.FILE, text, below=self.out)
        return changed
