"""Results on disk: written whole or not at all, found again, and trusted only when they validate.

``OUT/results/<student>/<exercise>.json``. A result is current while the submission's bytes, the
course and the isolation level are what they were; then it is not graded again.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from autograder.status import ResultStatus
from autograder.verdict.schema import validate


class Store:
    """The results below one output folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def path(self, student: str, exercise: str) -> Path:
        """Where one student's result of one exercise stands."""
        return self.out / "results" / student / f"{exercise}.json"

    def write(self, result: dict[str, Any]) -> Path:
        """Validate one result and write it, whole or not at all.

        Raises:
            InvalidResult: it breaks the contract.
            OSError: it cannot be written.
        """
        validate(result)
        path = self.path(result["student"], result["exercise"])
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            # A file's name may hold bytes that are no text; they must not stop the class.
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return path

    def read(self, student: str, exercise: str) -> dict[str, Any] | None:
        """A stored result, None where there is none that is whole, or it is somebody else's."""
        stored = _read(self.path(student, exercise))
        if stored is None or (stored["student"], stored["exercise"]) != (student, exercise):
            return None
        return stored

    def current(
        self, student: str, exercise: str, sha256: str | None, course_sha256: str, isolation: str
    ) -> dict[str, Any] | None:
        """The stored result, if nothing that decided it has changed and the grader did not fail."""
        stored = self.read(student, exercise)
        if stored is None or stored["status"] == ResultStatus.GRADER_ERROR or sha256 is None:
            return None
        same = (
            stored["submission"]["sha256"] == sha256
            and stored["course_sha256"] == course_sha256
            and stored["isolation"] == isolation
        )
        return stored if same else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        validate(result)
    except (OSError, ValueError, RecursionError):  # InvalidResult is a ValueError
        return None
    assert isinstance(result, dict)
    return result
