"""Edits of a source: each names the text that it replaces, which must occur exactly once.

All edits of one source are found in the source as it was, never in what another edit has made of
it. So their order does not matter, and the edits of two mistakes compose if they do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """The text `old` becomes `new`."""

    old: str
    new: str


class EditError(ValueError):
    """An edit that cannot be made.

    Attributes:
        place: the edit's index among those given.
        remedy: what to do about it.
    """

    def __init__(self, place: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.place = place
        self.remedy = remedy


def edited(source: str, edits: Sequence[Edit]) -> str:
    """The source with all edits made.

    Raises:
        EditError: an edit's text does not occur exactly once, edits overlap, or one changes
            nothing.
    """
    spans: list[tuple[int, int, int]] = []
    for place, edit in enumerate(edits):
        if edit.old == edit.new:
            raise EditError(place, f"{edit.old!r} becomes the same text", "Remove this edit")
        start = _only(source, edit.old, place)
        spans.append((start, start + len(edit.old), place))
    spans.sort()
    pieces: list[str] = []
    at = 0
    for start, end, place in spans:
        if start < at:
            raise EditError(
                place,
                f"{edits[place].old!r} overlaps another edit's text",
                "Make one edit of the two",
            )
        pieces += [source[at:start], edits[place].new]
        at = end
    return "".join([*pieces, source[at:]])


def composed(source: str, *groups: Sequence[Edit]) -> str | None:
    """The source with every group of edits made; None if they overlap, or a group is empty.

    An empty group is a variant that is no edit, but a function of its own.

    Raises:
        EditError: an edit of a group cannot be made even alone.
    """
    for group in groups:
        edited(source, group)
    if not all(groups):
        return None
    try:
        return edited(source, [edit for group in groups for edit in group])
    except EditError:
        return None


def _only(source: str, text: str, place: int) -> int:
    found = [at for at in range(len(source)) if source.startswith(text, at)] if text else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise EditError(
            place,
            f"{text!r} does not occur in the teaching solution",
            "Copy the text from notebook.py; docstrings and a method's indentation are left out",
        )
    raise EditError(
        place,
        f"{text!r} occurs {len(found)} times in the teaching solution",
        "Add what is before or after it, until it occurs once",
    )
