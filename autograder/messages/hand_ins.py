"""What is known about a hand-in beside its result, for the student and the instructor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from autograder.ingest.hand_ins import HandIn, Left
from autograder.messages.catalogue import catalogue, listed
from autograder.text import Text

_text = catalogue("hand_ins").text

SHOWN = 5
"""Files that are named; more are counted as "…"."""


def remarks(hand_in: HandIn | None) -> tuple[Text, ...]:
    """What a student should know about the file that was graded; nothing if all is as usual."""
    if hand_in is None:
        return ()
    found: list[Text] = []
    if hand_in.others:
        others = [_text(f"other_{other.why}", file=other.file) for other in hand_in.others[:SHOWN]]
        if len(hand_in.others) > SHOWN:
            others.append(Text.same("…"))
        name = PurePosixPath(hand_in.file).name
        found.append(_text("several", file=name, others=listed(others)))
    if not hand_in.encoding.startswith("utf"):
        found.append(_text("encoding", encoding=hand_in.encoding))
    if hand_in.notebook_of not in ("", hand_in.exercise):
        found.append(
            _text("notebook_of", exercise=hand_in.exercise, notebook_of=hand_in.notebook_of)
        )
    return tuple(found)


def not_graded(left: Left) -> Text:
    """Why something is not graded, and what to do."""
    return _text(f"not_graded_{left.why}", files=_names(left.files))


def gone(hand_in: HandIn) -> Text:
    """That the file of a result is not there any more."""
    return _text("gone", file=hand_in.file)


def _names(files: Iterable[str]) -> str:
    names = [*files]
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
