"""Tables that instructors export and edit: CSV from any spreadsheet or learning platform.

Excel writes UTF-8 with or without a byte order mark, UTF-16 ("Unicode text"), or the system's
encoding (CP932 in Japan), and separates cells by ``,``, ``;`` or tabs, depending on the locale.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autograder.ingest.encodings import detect_encoding
from autograder.sanitize import from_spreadsheet_cell, spreadsheet_cell, visible_name

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", ";", "\t")


def decode_table(raw: bytes) -> str | None:
    """The text of a table; None if its encoding is not recognised."""
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    encoding = encoding or detect_encoding(raw)
    try:
        return raw.decode(encoding) if encoding else None
    except UnicodeDecodeError:
        return None


def heading(text: str) -> str:
    """A column's name without what differs between programs: case, width, spaces around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def read_rows(raw: bytes) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with the lines on which they start. The first has the headings.

    Raises:
        ValueError: it is not a table; the message says why and what to do.
    """
    return separated_rows(raw)[1]


def separated_rows(raw: bytes) -> tuple[str, list[tuple[int, list[str]]]]:
    """What separates the cells, and the rows as in `read_rows`."""
    text = decode_table(raw)
    if text is None:
        raise ValueError("its encoding is not recognised. Save it as CSV in UTF-8")
    skipped = 0
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # a hint for Excel, not a row
        text, skipped = rest, 1
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            if any(cell.strip() for cell in cells):
                rows.append((line, [from_spreadsheet_cell(cell.strip()) for cell in cells]))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num + skipped}: {error}. Save it as CSV") from None
    return delimiter, rows


def by_heading(
    rows: Sequence[tuple[int, list[str]]],
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the headings as a mapping from `heading`; the first of equal ones counts."""
    names = [heading(name) for name in rows[0][1]] if rows else []
    for line, cells in rows[1:]:
        fields: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            fields.setdefault(name, cell)
        yield line, fields


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A table for spreadsheets: UTF-8 with a byte order mark, no cell of which is a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        # `csv` does not quote a lone carriage return, which readers take for the end of a row.
        cells = [visible_name(row.get(column, "")) for column in columns]
        writer.writerow([spreadsheet_cell(cell) for cell in cells])
    return codecs.BOM_UTF8 + buffer.getvalue().encode("utf-8", "replace")
