"""What travels between the run and the workers: JSON records, and bytes after a JSON header.

Every record can be decoded by a process that does not trust its sender's code: nothing is pickled.
JSON is written in ASCII, so that file names that are not Unicode arrive as they were.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.errors import FileFault, UnreadableSubmission
from autograder.ingest import Submission
from autograder.ingest.hand_ins_codec import gradings_from
from autograder.run.jobs import Brought, Graded, Setup
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget, Limits
from autograder.verdict.codec import as_json, decode

_LENGTH = 8


def framed(header: dict[str, Any], body: bytes = b"") -> bytes:
    """A JSON header, followed by bytes."""
    head = json.dumps(header).encode()
    return len(head).to_bytes(_LENGTH, "big") + head + body


def unframed(message: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the bytes of a message of `framed`."""
    end = _LENGTH + int.from_bytes(message[:_LENGTH], "big")
    return json.loads(message[_LENGTH:end]), message[end:]


def setup_record(setup: Setup) -> dict[str, Any]:
    """A setup as JSON, without the course's folder: each machine has its own."""
    return {
        "exercises": list(setup.exercises),
        "course_sha256": setup.course_sha256,
        "exercise_sha256s": dict(setup.exercise_sha256s),
        "locked": {id: sorted(cells) for id, cells in setup.locked.items()},
        "level": setup.level.name,
        "limits": asdict(setup.limits),
        "budget": asdict(setup.budget),
    }


def setup_from(record: dict[str, Any], root: Path) -> Setup:
    """The setup for a course that is in the folder ``root``."""
    return Setup(
        root,
        tuple(record["exercises"]),
        record["course_sha256"],
        record["exercise_sha256s"],
        {id: frozenset(cells) for id, cells in record["locked"].items()},
        Level[record["level"]],
        Limits(**record["limits"]),
        Budget(**record["budget"]),
    )


def submission_message(submission: Submission, read: Callable[[], bytes]) -> bytes:
    """A submission with the bytes of its file, or with why it has none.

    Args:
        submission: the submission.
        read: reads its file; what it raises is raised again where the submission is graded, so
            that the result is the same as if the file had been read there.
    """
    header: dict[str, Any] = {
        "student": submission.student,
        "exercise": submission.exercise,
        "file": submission.file,
    }
    try:
        return framed(header, read())
    except UnreadableSubmission as problem:
        values = {"fault": problem.fault, "sha256": problem.sha256, "values": problem.values}
        return framed({**header, "unreadable": values})
    except MemoryError:
        return framed({**header, "unavailable": [0, "not enough memory to read it"]})
    except OSError as error:
        return framed({**header, "unavailable": [error.errno or 0, error.strerror or str(error)]})


def brought(message: bytes) -> Brought:
    """What a grading process is to grade, from a message of `submission_message`."""
    header, raw = unframed(message)
    path = Path(header["file"])
    submission = Submission(header["student"], header["exercise"], path, path)
    return Brought(submission, Content(raw, header.get("unreadable"), header.get("unavailable")))


@dataclass(frozen=True)
class Content:
    """Returns the bytes of a submission's file, or raises what reading it has raised."""

    raw: bytes
    unreadable: dict[str, Any] | None = None
    unavailable: list[Any] | None = None

    def __call__(self) -> bytes:
        """The bytes.

        Raises:
            UnreadableSubmission: the file has none, by the submission's own fault.
            OSError: the machine that has the file could not read it.
        """
        if self.unreadable is not None:
            fault = FileFault(self.unreadable["fault"])
            raise UnreadableSubmission(
                fault, self.unreadable["sha256"], **self.unreadable["values"]
            )
        if self.unavailable is not None:
            raise OSError(*self.unavailable)
        return self.raw


def graded_record(graded: Graded) -> dict[str, Any]:
    """A result with its notes as JSON."""
    return {
        "result": json.dumps(as_json(graded.result)),
        "notes": list(graded.notes),
        "advice_notes": list(graded.advice_notes),
        "encoding": graded.encoding,
        "notebook_of": graded.notebook_of,
        "gradings": None if graded.gradings is None else asdict(graded.gradings),
    }


def graded_from(record: dict[str, Any]) -> Graded:
    """A result with its notes.

    Raises:
        InvalidResult: the result violates the contract of result.json.
        KeyError: a field is missing.
    """
    return Graded(
        decode(record["result"]),
        notes=tuple(record["notes"]),
        advice_notes=tuple(record["advice_notes"]),
        encoding=record["encoding"],
        notebook_of=record["notebook_of"],
        gradings=None if record["gradings"] is None else gradings_from(record["gradings"]),
    )
