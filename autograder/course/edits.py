"""Edits of a source text. Each gives the text that it replaces, which must occur exactly once.

All edits are located in the original source, never in the result of another edit. So their order
does not matter, and the edits of two mistakes compose if they do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text `old` with `new`."""

    old: str
    new: str


class EditError(ValueError):
    """An edit that cannot be applied.

    Attributes:
        index: the edit's index in the sequence of edits.
        remedy: what to do about it.
    """

    def __init__(self, index: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.index = index
        self.remedy = remedy


def apply_edits(source: str, edits: Sequence[Edit]) -> str:
    """The source with all edits applied.

    Raises:
        EditError: an edit's text does not occur exactly once, two edits overlap, or one changes
            nothing.
    """
    spans: list[tuple[int, int, int]] = []
    for index, edit in enumerate(edits):
        if edit.old == edit.new:
            raise EditError(index, f"{edit.old!r} is replaced with itself", "Remove this edit")
        start = _find_once(source, edit.old, index)
        spans.append((start, start + len(edit.old), index))
    spans.sort()
    pieces: list[str] = []
    at = 0
    for start, end, index in spans:
        if start < at:
            raise EditError(
                index,
                f"{edits[index].old!r} overlaps the text of another edit",
                "Merge the two edits",
            )
        pieces += [source[at:start], edits[index].new]
        at = end
    return "".join([*pieces, source[at:]])


def compose_edits(source: str, *groups: Sequence[Edit]) -> str | None:
    """The source with every group of edits applied; None if they overlap or a group is empty.

    An empty group belongs to a variant that is a function of its own rather than edits.

    Raises:
        EditError: the edits of one group cannot be applied even on their own.
    """
    for group in groups:
        apply_edits(source, group)
    if not all(groups):
        return None
    try:
        return apply_edits(source, [edit for group in groups for edit in group])
    except EditError:
        return None


def _find_once(source: str, text: str, index: int) -> int:
    first = source.find(text) if text else -1
    if first < 0:
        raise EditError(
            index,
            f"{text!r} does not occur in the teaching solution",
            "Copy the text from notebook.py, without docstrings and a method's indentation",
        )
    if source.find(text, first + 1) < 0:
        return first
    times = sum(source.startswith(text, at) for at in range(len(source)))
    raise EditError(
        index,
        f"{text!r} occurs {times} times in the teaching solution",
        "Add text before or after it until it occurs once",
    )
