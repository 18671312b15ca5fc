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

from autograder.errors import UnreadableSubmission
from autograder.text import Text

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
        raise UnreadableSubmission(error.text, sha256) from None
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
            raise UnreadableSubmission(
                Text(
                    "The file is a link that leads out of the folder handed in. Hand in the file.",
                    "提出フォルダの外を指すリンクです。ファイルそのものを提出してください。",
                )
            )
        # Not blocking: a named pipe would wait for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "broken link"
        raise UnreadableSubmission(
            Text(f"The file cannot be opened ({reason}).", f"ファイルを開けません({reason})。")
        ) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSubmission(
                Text(
                    "There is a folder instead of a notebook. Hand in the .ipynb file.",
                    "ノートブックではなくフォルダです。.ipynb ファイルを提出してください。",
                )
            )
        raise UnreadableSubmission(
            Text("It is not a regular file.", "通常のファイルではありません。")
        )
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            # A file with holes may claim any size, and would take hours to read.
            hashed = status.st_size <= MAX_HASHED
            digest = hashlib.file_digest(file, "sha256").hexdigest() if hashed else None
            size = f"{status.st_size / 2**20:.0f} MB"
            raise UnreadableSubmission(
                Text(
                    f"The file is too large ({size}; at most {MAX_BYTES // 2**20} MB). "
                    "Clear the outputs (Restart & Clear Output), save, and hand it in again.",
                    f"ファイルが大きすぎます({size}、上限 {MAX_BYTES // 2**20} MB)。"
                    "出力を消去して保存し、もう一度提出してください。",
                ),
                digest,
            )
        return file.read(MAX_BYTES + 1)


def _sources(raw: bytes) -> list[tuple[int, str]]:
    """Every code cell's (index, source), of nbformat 3, 4 and whatever else looks like it."""
    if not raw.strip():
        raise UnreadableSubmission(Text("The file is empty.", "ファイルが空です。"))
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > MAX_PARTS:  # memory, many times over
        raise UnreadableSubmission(
            Text(
                "The file holds too much data. Clear the outputs (Restart & Clear Output), save, "
                "and hand it in again.",
                "データが多すぎます。出力を消去して保存し、もう一度提出してください。",
            )
        )
    try:
        book = json.loads(raw)  # UTF-8, -16 or -32, whatever an editor or a shell made of it
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableSubmission(
            Text(
                f"The file is not a notebook, or it is damaged{where}. "
                "Open it in Jupyter, save it, and hand it in again.",
                f"ノートブックではないか、壊れています{where}。"
                "Jupyter で開いて保存し直し、もう一度提出してください。",
            )
        ) from error
    cells = _cell_list(book)
    if cells is None:
        raise UnreadableSubmission(
            Text(
                "The file is JSON but holds no cells: it is not a notebook.",
                "JSON ですがセルがありません。ノートブックではありません。",
            )
        )
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
        raise UnreadableSubmission(
            Text(
                "The notebook holds more code than can be graded (4 MB or 5000 cells).",
                "コードが多すぎて採点できません(4 MB または 5000 セルまで)。",
            )
        )
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
