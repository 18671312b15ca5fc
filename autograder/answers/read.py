"""Find a student's answers in the bytes of a notebook."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from autograder.answers.pictures import Picture, picture

MAX_BYTES = 12 * 2**20
"""A larger notebook is not read here: as Python objects, it could take a gigabyte."""

MAX_TEXT = 20_000
"""Characters of an answer that are shown."""

MAX_PICTURES = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student wrote below a question.

    Attributes:
        text: as written, in Markdown; "" if nothing was changed.
        pictures: what is attached and may be shown.
        left_out: how many attachments may not be shown.
        cut: whether the text is longer than what is here.
    """

    text: str
    pictures: tuple[Picture, ...] = ()
    left_out: int = 0
    cut: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read or to look at."""
        return not (self.text or self.pictures or self.left_out)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a question's cells have when they are handed out, in every language.

    Attributes:
        answers: the cell for the answer. What is left of this text is not an answer.
        prompts: the text above it, by which the answer is found where cells have lost their names.
    """

    answers: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


def answers(
    raw: bytes, questions: Mapping[str, HandedOut], prose: Collection[str] = ()
) -> dict[str, Answer] | None:
    """The answers in a notebook, by question; None if it cannot be read.

    Args:
        raw: the file.
        questions: what was handed out, by the question's id.
        prose: all texts of the notebook as it was handed out; they are nobody's answer.
    """
    if len(raw) > MAX_BYTES:
        return None
    try:
        tree = json.loads(raw)
        cells = [*_text_cells(tree)]
    except (ValueError, RecursionError, MemoryError):
        return None
    own = {_plain(text) for text in prose}
    return {
        id: _answer(
            [cell for cell in cells if id in _names(cell)] or _below(cells, handed_out, own),
            handed_out.answers,
        )
        for id, handed_out in questions.items()
    }


def _below(
    cells: list[dict[str, Any]], handed_out: HandedOut, prose: Collection[str]
) -> list[dict[str, Any]]:
    """The cells below a question, up to the next text that was handed out."""
    prompts = {_plain(prompt) for prompt in handed_out.prompts}
    texts = [_plain(_source(cell)) for cell in cells]
    begins = next((i + 1 for i, text in enumerate(texts) if text in prompts), len(cells))
    rest = zip(cells[begins:], texts[begins:], strict=True)
    return [cell for cell, _ in takewhile(lambda each: each[1] not in prose, rest)]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _text_cells(tree: Any) -> Iterator[dict[str, Any]]:
    found = tree.get("cells") if isinstance(tree, dict) else None
    for cell in found if isinstance(found, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") in ("markdown", "raw"):
            yield cell


def _names(cell: dict[str, Any]) -> set[str]:
    """The names that a cell has kept: of ours, of nbgrader's, and the end of its id."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    names = [metadata.get("name"), nbgrader.get("grade_id") if isinstance(nbgrader, dict) else ""]
    id = cell.get("id")
    if isinstance(id, str):
        names.append(id.rpartition("-")[2])
    return {name for name in names if isinstance(name, str)}


def _answer(cells: list[dict[str, Any]], handed_out: Iterable[str]) -> Answer:
    texts: list[str] = []
    pictures: list[Picture] = []
    left_out = 0
    for cell in cells:
        text = _source(cell).strip()
        for placeholder in handed_out:
            text = text.replace(placeholder.strip(), "").strip()
        if text:
            texts.append(text)
        for encoded in _attachments(cell):
            shown = picture(encoded) if len(pictures) < MAX_PICTURES else None
            if shown is None:
                left_out += 1
            else:
                pictures.append(shown)
    whole = "\n\n".join(texts)
    return Answer(whole[:MAX_TEXT], tuple(pictures), left_out, len(whole) > MAX_TEXT)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _attachments(cell: dict[str, Any]) -> Iterator[str]:
    attached = cell.get("attachments")
    for of_name in attached.values() if isinstance(attached, dict) else ():
        for data in of_name.values() if isinstance(of_name, dict) else ():
            yield data if isinstance(data, str) else ""
