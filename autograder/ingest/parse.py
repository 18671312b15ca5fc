"""Read one submitted notebook: a file in, the student's code cells out.

The file may be anything: damaged, huge, not a notebook, a link to somewhere else. Metadata decides
nothing about what is graded, for Colab, VS Code and students strip, copy and break it: what counts
is the source of the code cells. So this looks for cells in the bytes (`autograder.ingest.scan`)
instead of asking for a notebook that validates.

Two kinds of failure are kept apart. What is wrong with the file is `UnreadableSubmission`, with a
reason for the student. What the machine lacks (memory, descriptors, permissions, a working disk)
is passed on as `MemoryError` or `OSError`: it is our fault and must not cost a student anything.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import FileFault, UnreadableSubmission
from autograder.ingest import filetypes, scan
from autograder.ingest.encodings import encoding_of
from autograder.ingest.open_beneath import LeadsOut, open_beneath

MAX_BYTES = 64 * 2**20
MAX_HASHED = 2**30
MAX_CODE = 4 * 2**20
MAX_CELLS = 5000

_CHUNK = 2**20
_WORD = 1000
# Why a file cannot be opened where that lies in what was handed in; all else is the machine's.
_OF_THE_FILE = {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG}
_DEFINITION = re.compile(r"^[ \t>]*(?:def|class)[ \t]+(\w+)", re.M)
_NOT_ASCII = re.compile(rb'[\x80-\xff][^"\s]{,999}')
_BEFORE = re.compile(rb'[^"\s]*\Z')


@dataclass(frozen=True)
class Notebook:
    """A submission that could be read.

    Attributes:
        sha256: of the file's bytes.
        cells: (index in the notebook, source) of the student's own code cells.
        encoding: of the file, ``"utf-8"`` for nearly all.
        exercise: the exercise that its metadata name, if they do.
        names: ids and names of its cells, as far as it has kept them.
        in_text: (index in the notebook, name) of what is defined in cells that are not code.
    """

    sha256: str
    cells: tuple[tuple[int, str], ...]
    encoding: str = "utf-8"
    exercise: str | None = None
    names: frozenset[str] = frozenset()
    in_text: tuple[tuple[int, str], ...] = ()


def read_notebook(path: Path, inside: Path, ours: Collection[str] = ()) -> Notebook:
    """Read the student's code cells from ``path``.

    Args:
        path: the submitted file.
        inside: the file or folder that was handed in; no link on the way may lead out of it.
        ours: locked cells of the assignment (`normalised`), which are not the student's.

    Raises:
        UnreadableSubmission: with a reason for the student.
        OSError: the machine cannot read the file just now.
        MemoryError: likewise.
    """
    raw = file_bytes(path, inside)
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        return _notebook(raw, sha256, ours)
    except UnreadableSubmission as error:
        raise UnreadableSubmission(error.fault, sha256, **error.values) from None


def normalised(source: str) -> str:
    """A cell's source without what editors change: line ends, trailing blanks, empty lines."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.rstrip() for line in source.split("\n"))
    return "\n".join(line for line in lines if line)


def file_bytes(path: Path, inside: Path) -> bytes:
    """The bytes of a submitted file, read from the descriptor that was checked.

    Args and errors are those of `read_notebook`.
    """
    try:
        descriptor = open_beneath(inside, path)
    except LeadsOut:
        raise UnreadableSubmission(FileFault.LINK_LEADS_OUT) from None
    except OSError as error:
        if error.errno not in _OF_THE_FILE:
            raise
        raise UnreadableSubmission(FileFault.CANNOT_BE_OPENED, reason=error.strerror) from None
    try:
        status = os.fstat(descriptor)
        _refuse_unless_regular(status.st_mode)
        pieces, digest = io.BytesIO(), hashlib.sha256()
        # A file with holes may claim any size, and would take hours to read.
        most = MAX_HASHED if status.st_size <= MAX_HASHED else 0
        size = 0
        while size < most and (piece := os.read(descriptor, _CHUNK)):
            size += len(piece)
            digest.update(piece)
            if status.st_size <= MAX_BYTES:
                pieces.write(piece)
                most = MAX_BYTES + 1  # somebody may still be writing to it
    finally:
        os.close(descriptor)
    if status.st_size <= MAX_BYTES >= size:
        return pieces.getvalue()
    whole = size == status.st_size
    raise UnreadableSubmission(
        FileFault.TOO_LARGE,
        digest.hexdigest() if whole else None,
        size=round(max(size, status.st_size) / 2**20),
        limit=MAX_BYTES // 2**20,
    )


def _refuse_unless_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableSubmission(FileFault.FOLDER)
    if not stat.S_ISREG(mode):
        raise UnreadableSubmission(FileFault.NOT_REGULAR)


def _notebook(raw: bytes, sha256: str, ours: Collection[str]) -> Notebook:
    if not raw.strip():
        raise UnreadableSubmission(FileFault.EMPTY)
    encoding = encoding_in(raw)
    text = raw if encoding == "utf-8" else _as_utf_8(raw, encoding)
    found = _scan(text)
    if found.cells is None:
        raise UnreadableSubmission(filetypes.other_than_notebook(text) or FileFault.NO_CELLS)
    cells = [(index, cell) for index, cell in enumerate(found.cells) if cell is not None]
    code = [(index, cell.source) for index, cell in cells if cell.kind == "code"]
    # Counted as it travels to the sandbox: one character can be twelve there.
    if len(code) > MAX_CELLS or sum(len(json.dumps(source)) for _, source in code) > MAX_CODE:
        raise UnreadableSubmission(FileFault.TOO_MUCH_CODE)
    return Notebook(
        sha256=sha256,
        cells=tuple(
            (index, source)
            for index, source in code
            if source.strip() and normalised(source) not in ours
        ),
        encoding=encoding,
        exercise=found.exercise,
        names=frozenset(name for _, cell in cells for name in cell.names),
        in_text=tuple(
            (index, name)
            for index, cell in cells
            if cell.kind != "code"
            for name in _DEFINITION.findall(cell.source)
        ),
    )


def _scan(text: bytes) -> scan.Scan:
    try:
        return scan.scan(text, MAX_CODE)
    except scan.TooMuchSource:
        raise UnreadableSubmission(FileFault.TOO_MUCH_CODE) from None
    except scan.TooMuch:
        raise UnreadableSubmission(FileFault.TOO_MUCH_DATA) from None
    except scan.Malformed as error:
        if fault := filetypes.other_than_notebook(text):
            raise UnreadableSubmission(fault) from None
        cut_off = text.lstrip().startswith(b"{") and error.position >= len(text)
        fault = FileFault.CUT_OFF if cut_off else FileFault.DAMAGED_AT_LINE
        line = text.count(b"\n", 0, error.position) + 1
        raise UnreadableSubmission(fault, line=line) from None


# --- encodings ------------------------------------------------------------------------------------


def encoding_in(raw: bytes) -> str:
    """What the file is written in; ``"utf-8"`` too where that is wrong and nothing else fits."""
    marked = json.detect_encoding(raw[:4])  # -16 and -32 by their zeros, -8 by its mark
    if marked != "utf-8":
        return marked if _decodes(raw, marked) else "utf-8"
    if raw.isascii() or not raw.lstrip().startswith(b"{") or _decodes(raw, "utf-8"):
        return "utf-8"
    words = [word for word, _ in zip(_words_not_ascii(raw), range(500), strict=False)]
    for longest in (_WORD, _WORD - 1):  # cut, a word may end within a character
        guess = encoding_of(b" ".join(word[:longest] for word in words))
        if guess is not None:
            return guess if _decodes(raw, guess) else "utf-8"
    return "utf-8"


def _words_not_ascii(raw: bytes) -> Iterator[bytes]:
    """Words that are not all ASCII, long ones cut.

    A byte above ASCII that follows one within it begins a character in every encoding that may be
    meant, whatever comes before. No byte is looked at twice: a word may be 60 MB long.
    """
    end = -1
    for found in _NOT_ASCII.finditer(raw):
        if found.start() != end:
            before = _BEFORE.search(raw, max(0, found.start() - 20), found.start())
            yield (before[0] if before else b"") + found[0]
        end = found.end()


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        _recode(raw, encoding, None)
    except UnicodeDecodeError:
        return False
    return True


def _as_utf_8(raw: bytes, encoding: str) -> bytes:
    text = io.BytesIO()
    _recode(raw, encoding, text)
    return text.getvalue()


def _recode(raw: bytes, encoding: str, into: io.BytesIO | None) -> None:
    """Decode piece by piece: as one string it could be four times as long as its bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(raw)
    for start in range(0, len(raw) + 1, _CHUNK):
        piece = decoder.decode(bytes(view[start : start + _CHUNK]), start + _CHUNK > len(raw))
        if into is not None:
            into.write(piece.encode("utf-8", "surrogatepass"))
