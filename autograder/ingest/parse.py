"""Read one submitted notebook: JSON in, the student's code cells out.

The file may be anything: damaged, huge, not a notebook, a link to somewhere else. Metadata decides
nothing, for Colab, VS Code and students strip, copy and break it: what counts is the source of the
code cells. So this reads the JSON itself instead of asking for a notebook that validates.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import FileFault, UnreadableSubmission

MAX_BYTES = 64 * 2**20
MAX_HASHED = 2**30
MAX_PARTS = 8_000_000
MAX_CODE = 4 * 2**20
MAX_CELLS = 5000


@dataclass(frozen=True)
class Notebook:
    """A submission that could be read.

    Attributes:
        sha256: of the file's bytes.
        cells: (index in the notebook, source) of the student's own code cells.
    """

    sha256: str
    cells: tuple[tuple[int, str], ...]


def read_notebook(path: Path, inside: Path, ours: Collection[str] = ()) -> Notebook:
    """Read the student's code cells from ``path``.

    Args:
        path: the submitted file.
        inside: the folder (or file) that was handed in, whose own name is taken as it stands; a
            link that leads out of it is refused, on whatever part of ``path`` it is.
        ours: locked cells of the assignment (`normalised`), which are not the student's.

    Raises:
        UnreadableSubmission: with a reason for the student.
    """
    raw = _bytes(path, inside)
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        sources = _sources(raw)
    except UnreadableSubmission as error:
        raise UnreadableSubmission(error.fault, sha256, **error.values) from None
    cells = [(index, text) for index, text in sources if text.strip()]
    kept = [(index, text) for index, text in cells if normalised(text) not in ours]
    return Notebook(sha256, tuple(kept))


def normalised(source: str) -> str:
    """A cell's source without what editors change: line ends, trailing blanks, empty lines."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.rstrip() for line in source.split("\n"))
    return "\n".join(line for line in lines if line)


def _bytes(path: Path, inside: Path) -> bytes:
    try:
        inside = Path(os.path.abspath(inside))  # noqa: PTH100 (its own name is not followed)
        if not path.resolve().is_relative_to(inside.parent.resolve() / inside.name):
            raise UnreadableSubmission(FileFault.LINK_LEADS_OUT)
        # Not blocking: a named pipe would wait for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "broken link"
        raise UnreadableSubmission(FileFault.CANNOT_BE_OPENED, reason=reason) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSubmission(FileFault.FOLDER)
        raise UnreadableSubmission(FileFault.NOT_REGULAR)
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            # A file with holes may claim any size, and would take hours to read.
            hashed = status.st_size <= MAX_HASHED
            digest = hashlib.file_digest(file, "sha256").hexdigest() if hashed else None
            raise UnreadableSubmission(
                FileFault.TOO_LARGE,
                digest,
                size=round(status.st_size / 2**20),
                limit=MAX_BYTES // 2**20,
            )
        return file.read(MAX_BYTES + 1)


def _sources(raw: bytes) -> list[tuple[int, str]]:
    """Every code cell's (index, source), of nbformat 3, 4 and whatever else looks like it."""
    if not raw.strip():
        raise UnreadableSubmission(FileFault.EMPTY)
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > MAX_PARTS:  # memory, many times over
        raise UnreadableSubmission(FileFault.TOO_MUCH_DATA)
    try:
        book = json.loads(raw)  # UTF-8, -16 or -32, whatever an editor or a shell made of it
    except json.JSONDecodeError as error:
        raise UnreadableSubmission(FileFault.DAMAGED_AT_LINE, line=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmission(FileFault.DAMAGED) from error
    cells = _cell_list(book)
    if cells is None:
        raise UnreadableSubmission(FileFault.NO_CELLS)
    sources = []
    for index, cell in enumerate(cells):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))  # nbformat 3 says input
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(source, str):
            # A lone surrogate is legal JSON and no text that Python can write out.
            sources.append((index, source.encode("utf-8", "replace").decode("utf-8")))
    # Counted as it travels to the sandbox: one character can be twelve there.
    if len(sources) > MAX_CELLS or sum(len(json.dumps(text)) for _, text in sources) > MAX_CODE:
        raise UnreadableSubmission(FileFault.TOO_MUCH_CODE)
    return sources


def _cell_list(book: Any) -> list[Any] | None:
    if not isinstance(book, dict):
        return None
    cells = book.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = book.get("worksheets")
    if isinstance(sheets, list):
        found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    return None
