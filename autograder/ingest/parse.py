"""Read a submitted notebook: a file in, the student's code cells out.

The file may be anything: damaged, huge, not a notebook, a link to somewhere else. Colab, VS Code
and students strip, copy and break metadata, so it has no influence on what is graded; only the
sources of code cells count. Therefore cells are searched for in the bytes
(`autograder.ingest.scan`), and the notebook does not have to validate.

There are two kinds of failure. A fault of the file raises `UnreadableSubmission`, with a reason for
the student. A problem of the machine (memory, descriptors, permissions, disk) is passed on as
`MemoryError` or `OSError`: it is our fault and must not cost a student anything.
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
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import FileFault, UnreadableSubmission
from autograder.ingest import filetypes, scan
from autograder.ingest.encodings import detect_encoding
from autograder.ingest.json_pull import Malformed, TooMuch
from autograder.ingest.open_beneath import OutsideSubmission, open_beneath
from autograder.ingest.quick_scan import quick_scan
from autograder.sandbox.host.overload import HostOverload, bounded_time

MAX_BYTES = 64 * 2**20
MAX_HASHED = 2**30
MAX_CODE = 4 * 2**20
MAX_CELLS = 5000
MAX_IN_TEXT = 2000
"""The most names of definitions in text cells that are kept."""

READ_CPU_S = 20.0
"""CPU seconds that reading one notebook may take. One of 50 MB takes three."""

_MOST_BYTES = 12
"""The most bytes that one character takes in JSON: two numeric escapes."""

_CHUNK = 2**20
_WORD = 1000
# Reasons why a file cannot be opened that lie in the submission; all others are the machine's.
_SUBMISSION_ERRORS = {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG}
_DEFINITION = re.compile(r"^[ \t>]*(?:def|class)[ \t]+(\w+)", re.M)
_NOT_ASCII = re.compile(rb'[\x80-\xff][^"\s]{,999}')
_BEFORE = re.compile(rb'[^"\s]*\Z')


@dataclass(frozen=True)
class Notebook:
    """A submission that could be read.

    Attributes:
        sha256: hash of the file's bytes.
        cells: (index in the notebook, source) of the student's own code cells.
        encoding: the file's encoding, nearly always ``"utf-8"``.
        exercise: the exercise named in its metadata, if any.
        names: ids and names of its cells, as far as they are still there.
        in_text: (index in the notebook, name) of definitions in cells that are not code cells; of
            each name the first, and at most `MAX_IN_TEXT`.
    """

    sha256: str
    cells: tuple[tuple[int, str], ...]
    encoding: str = "utf-8"
    exercise: str | None = None
    names: frozenset[str] = frozenset()
    in_text: tuple[tuple[int, str], ...] = ()


def read_notebook(path: Path, root: Path, locked: Collection[str] = ()) -> Notebook:
    """Read the student's code cells from ``path``.

    Args:
        path: the submitted file.
        root: the file or folder that was submitted; no link on the path may lead outside it.
        locked: sources of the assignment's locked cells (`normalised`), which are left out.

    Raises:
        UnreadableSubmission: with a reason for the student.
        OSError: the machine cannot read the file at the moment.
        MemoryError: likewise.
    """
    return parse_notebook(file_bytes(path, root), locked, path.name)


def parse_notebook(raw: bytes, locked: Collection[str] = (), name: str = "") -> Notebook:
    """The student's code cells in the bytes of a notebook.

    Args:
        raw: the bytes.
        locked: see `read_notebook`.
        name: the file's name, for the reason if it is something else.

    Raises:
        UnreadableSubmission: with a reason for the student.
        MemoryError: the machine cannot read it at the moment.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        with bounded_time(READ_CPU_S):
            return _notebook(raw, sha256, locked, name)
    except UnreadableSubmission as error:
        raise UnreadableSubmission(error.fault, sha256, **error.values) from None
    except HostOverload:
        raise UnreadableSubmission(FileFault.BREAKS_THE_READER, sha256) from None


def normalised(source: str) -> str:
    """A cell's source without what editors change: line ends, trailing spaces, empty lines."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(filter(None, map(str.rstrip, source.split("\n"))))


def file_bytes(path: Path, root: Path) -> bytes:
    """The bytes of a submitted file, read from the descriptor that was checked.

    Arguments and errors are those of `read_notebook`.
    """
    try:
        descriptor = open_beneath(root, path)
    except OutsideSubmission:
        raise UnreadableSubmission(FileFault.LINK_LEADS_OUT) from None
    except OSError as error:
        if error.errno not in _SUBMISSION_ERRORS:
            raise
        raise UnreadableSubmission(FileFault.CANNOT_BE_OPENED, reason=error.strerror) from None
    try:
        status = os.fstat(descriptor)
        _refuse_unless_regular(status.st_mode)
        pieces, digest = io.BytesIO(), hashlib.sha256()
        # A sparse file may claim any size, and reading it could take hours.
        most = MAX_HASHED if status.st_size <= MAX_HASHED else 0
        size = 0
        while size < most and (piece := os.read(descriptor, _CHUNK)):
            size += len(piece)
            if status.st_size > MAX_BYTES:
                digest.update(piece)
            else:
                pieces.write(piece)
                most = MAX_BYTES + 1  # the file may still be growing
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


def _notebook(raw: bytes, sha256: str, locked: Collection[str], name: str) -> Notebook:
    if not raw.strip():
        raise UnreadableSubmission(FileFault.EMPTY)
    encoding = file_encoding(raw)
    text = raw if encoding == "utf-8" else _as_utf_8(raw, encoding)
    found = _scan(text, name)
    if found.cells is None:
        raise UnreadableSubmission(filetypes.detect_other_format(text, name) or FileFault.NO_CELLS)
    cells = [(index, cell) for index, cell in enumerate(found.cells) if cell is not None]
    code = [(index, cell.source) for index, cell in cells if cell.kind == "code"]
    if len(code) > MAX_CELLS or _is_too_much(code):
        raise UnreadableSubmission(FileFault.TOO_MUCH_CODE)
    return Notebook(
        sha256=sha256,
        cells=tuple(
            (index, source)
            for index, source in code
            if source.strip() and normalised(source) not in locked
        ),
        encoding=encoding,
        exercise=found.exercise,
        names=frozenset(name for _, cell in cells for name in cell.names),
        in_text=_in_text((index, cell.source) for index, cell in cells if cell.kind != "code"),
    )


def _in_text(texts: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    first: dict[str, int] = {}
    found = ((index, each[1]) for index, text in texts for each in _DEFINITION.finditer(text))
    for index, name in found:
        first.setdefault(name, index)
        if len(first) == MAX_IN_TEXT:
            break
    return tuple((index, name) for name, index in first.items())


def _is_too_much(code: Collection[tuple[int, str]]) -> bool:
    """Whether the JSON that is sent to the sandbox is too large."""
    if sum(_MOST_BYTES * len(source) + 2 for _, source in code) <= MAX_CODE:
        return False  # it need not be made to know that
    return sum(len(json.dumps(source)) for _, source in code) > MAX_CODE


def _scan(text: bytes, name: str) -> scan.Scan:
    try:
        return quick_scan(text, MAX_CODE) or scan.scan(text, MAX_CODE)
    except scan.TooMuchSource:
        raise UnreadableSubmission(FileFault.TOO_MUCH_CODE) from None
    except TooMuch:
        raise UnreadableSubmission(FileFault.TOO_MUCH_DATA) from None
    except Malformed as error:
        if fault := filetypes.detect_other_format(text, name):
            raise UnreadableSubmission(fault) from None
        cut_off = text.lstrip().startswith(b"{") and error.position >= len(text)
        fault = FileFault.CUT_OFF if cut_off else FileFault.DAMAGED_AT_LINE
        line = text.count(b"\n", 0, error.position) + 1
        raise UnreadableSubmission(fault, line=line) from None


# --- encodings ------------------------------------------------------------------------------------


def file_encoding(raw: bytes) -> str:
    """The file's encoding; ``"utf-8"`` even for a file that no encoding matches."""
    marked = json.detect_encoding(raw[:4])  # UTF-16 and -32 by their zeros, UTF-8 by its BOM
    if marked != "utf-8":
        return marked if _decodes(raw, marked) else "utf-8"
    if raw.isascii() or not raw.lstrip().startswith(b"{") or _decodes(raw, "utf-8"):
        return "utf-8"
    words = [word for word, _ in zip(_words_not_ascii(raw), range(500), strict=False)]
    for longest in (_WORD, _WORD - 1):  # a truncated word may end within a character
        guess = detect_encoding(b" ".join(word[:longest] for word in words))
        if guess is not None:
            return guess if _decodes(raw, guess) else "utf-8"
    return "utf-8"


def _words_not_ascii(raw: bytes) -> Iterator[bytes]:
    """Words with non-ASCII bytes; long words are truncated.

    A non-ASCII byte after an ASCII byte begins a character in every encoding considered here. Each
    byte is visited only once, since a word may be 60 MB long.
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
    """Decode in chunks, since a single string could take four times the memory of its bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(raw)
    for start in range(0, len(raw) + 1, _CHUNK):
        piece = decoder.decode(bytes(view[start : start + _CHUNK]), start + _CHUNK > len(raw))
        if into is not None:
            into.write(piece.encode("utf-8", "surrogatepass"))
