"""Messages about a submission apart from its result, for the student and the instructor."""

from __future__ import annotations

from pathlib import PurePosixPath

from autograder.ingest.hand_ins import Gradings, HandIn, UngradedRecord
from autograder.messages.catalogue import catalogue, listed
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.text import Text, abbreviated

_text = catalogue("hand_ins").text
_criteria = catalogue("criteria").text

MAX_LISTED = 5
"""Maximum number of file names in a message; "…" means that there are more."""


def remarks(hand_in: HandIn | None) -> tuple[Text, ...]:
    """What a student should know about the file that was graded, if anything is unusual."""
    return _remarks(hand_in, "several", "encoding")


def remarks_for_instructor(hand_in: HandIn | None) -> tuple[Text, ...]:
    """The same for the instructor, who cannot do what students are told to do."""
    return _remarks(hand_in, "several_files", "encoding_of_file")


def _remarks(hand_in: HandIn | None, several: str, encoding: str) -> tuple[Text, ...]:
    if hand_in is None:
        return ()
    found: list[Text] = []
    if hand_in.others:
        others = [
            _text(f"other_{other.why}", file=other.file) for other in hand_in.others[:MAX_LISTED]
        ]
        if len(hand_in.others) > MAX_LISTED:
            others.append(Text.same("…"))
        name = PurePosixPath(hand_in.file).name
        found.append(_text(several, file=name, others=listed(others)))
    if not hand_in.encoding.startswith("utf"):
        found.append(_text(encoding, encoding=hand_in.encoding))
    if hand_in.gradings.times > 1:
        found.append(graded_several_times(hand_in.gradings))
    if hand_in.late and not hand_in.handed_in:
        found.append(_text("marked_late"))
    if hand_in.notebook_of not in ("", hand_in.exercise):
        found.append(
            _text("notebook_of", exercise=hand_in.exercise, notebook_of=hand_in.notebook_of)
        )
    return tuple(found)


def graded_several_times(gradings: Gradings) -> Text:
    """How often it was graded, and why; for student and instructor."""
    used = [_criteria(f"unfixable_{each}") for each in Unfixable if each in gradings.sources]
    return _text("graded_several_times", times=gradings.times, used=listed(used))


def not_graded(record: UngradedRecord) -> Text:
    """Why a submission is not graded, and what to do."""
    return _text(f"not_graded_{record.why}", files=abbreviated(record.files, MAX_LISTED))


def unreadable(message: Text) -> Text:
    """For the instructor: a file cannot be read, and what its student is told."""
    return _text("unreadable", message=message)


def gone(hand_in: HandIn) -> Text:
    """The file of a result no longer exists."""
    return _text("gone", file=hand_in.file)
