"""corrections.csv as a table of cells, whichever spreadsheet saved it.

Excel writes UTF-8 with or without a byte order mark, UTF-16 ("Unicode text"), or the system's
encoding (CP932 in Japan), and separates cells by ``,``, ``;`` or tabs, depending on the locale. All
of these are read. What we write is UTF-8 with a byte order mark, without which Excel would show
Japanese names as garbage. Columns that are not ours are kept.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.errors import InvalidCorrections
from autograder.ingest.encodings import detect_encoding
from autograder.sanitize import from_spreadsheet_cell, spreadsheet_cell

COLUMNS = ("student", "exercise", "criterion", "points", "excused", "comment")
REQUIRED = COLUMNS[:3]
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it starts, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """The whole file."""

    columns: tuple[str, ...] = COLUMNS
    rows: tuple[Row, ...] = ()
    delimiter: str = ","

    def with_row(self, cells: Mapping[str, str], line: int | None) -> Table:
        """The table with one more row, or with the row on ``line`` replaced."""
        columns = (*self.columns, *(each for each in COLUMNS if each not in self.columns))
        if line is None:
            return replace(self, columns=columns, rows=(*self.rows, Row(0, cells)))
        return replace(
            self,
            columns=columns,
            rows=tuple(
                Row(line, {**row.cells, **cells}) if row.line == line else row for row in self.rows
            ),
        )

    def without(self, line: int) -> Table:
        """The table without the row on ``line``."""
        return replace(self, rows=tuple(row for row in self.rows if row.line != line))


def parse(raw: bytes) -> Table:
    """Parse the bytes of a corrections.csv. Empty lines are skipped.

    Raises:
        InvalidCorrections: with the line and a remedy, without the file's name.
    """
    text = _decode(raw)
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep="):  # a hint for Excel, not a row
        text, skipped = rest, 1
    if not text.strip():
        return Table()
    delimiter = max(_DELIMITERS, key=lambda one: _known(text, one))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _header(cells, line)
            else:
                rows.append(Row(line, _cells(columns, cells, line)))
    except csv.Error as error:
        raise InvalidCorrections(
            f"line {reader.line_num + skipped}: {error}. Save it as CSV."
        ) from None
    return Table(columns, tuple(rows), delimiter)


def encode(table: Table) -> bytes:
    """The bytes of a table, readable by spreadsheets: UTF-8 with a byte order mark."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([spreadsheet_cell(row[column]) for column in table.columns])
    return codecs.BOM_UTF8 + buffer.getvalue().encode("utf-8", "replace")


def _decode(raw: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            encoding: str | None = name
            break
    else:
        encoding = detect_encoding(raw)
    try:
        if encoding is not None:
            return raw.decode(encoding)
    except UnicodeDecodeError:
        pass
    raise InvalidCorrections("its encoding is not recognised. Save it as CSV in UTF-8.")


def _known(text: str, delimiter: str) -> int:
    """How many of our columns the first line has if cells are separated like this."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(
        {_name(cell) for cell in next(csv.reader([first], delimiter=delimiter))} & {*COLUMNS}
    )


def _name(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lower()


def _header(cells: Iterable[str], line: int) -> tuple[str, ...]:
    columns = tuple(_name(cell) for cell in cells)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise InvalidCorrections(
            f"line {line}: no column {', '.join(missing)}. The first line must be "
            f"{','.join(COLUMNS)}."
        )
    twice = [column for column in COLUMNS if columns.count(column) > 1]
    if twice:
        raise InvalidCorrections(f"line {line}: column {twice[0]} occurs twice. Keep one.")
    return columns


def _cells(columns: tuple[str, ...], cells: list[str], line: int) -> dict[str, str]:
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        raise InvalidCorrections(
            f"line {line}: more cells than columns ({extra[0][:40]!r}). Put a text that contains "
            "the separator in double quotes."
        )
    return {
        column: from_spreadsheet_cell(cell) for column, cell in zip(columns, cells, strict=False)
    }
