"""corrections.csv as a table of cells, whichever spreadsheet saved it (`autograder.ingest.tables`).

What we write is UTF-8 with a byte order mark, without which Excel would show
Japanese names as garbage. Columns that are not ours are kept.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.errors import InvalidCorrections
from autograder.ingest.tables import heading, separated_rows
from autograder.sanitize import spreadsheet_cell

COLUMNS = ("student", "exercise", "criterion", "points", "excused", "comment")
REQUIRED = COLUMNS[:3]


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
    try:
        delimiter, found = separated_rows(raw)
    except ValueError as error:
        raise InvalidCorrections(f"{error}.") from None
    if not found:
        return Table()
    (first, names), *others = found
    columns = _header(names, first)
    rows = [Row(line, _cells(columns, cells, line)) for line, cells in others]
    return Table(columns, tuple(rows), delimiter)


def encode(table: Table) -> bytes:
    """The bytes of a table, readable by spreadsheets: UTF-8 with a byte order mark."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([spreadsheet_cell(row[column]) for column in table.columns])
    return codecs.BOM_UTF8 + buffer.getvalue().encode("utf-8", "replace")


def _header(cells: Iterable[str], line: int) -> tuple[str, ...]:
    columns = tuple(heading(cell) for cell in cells)
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
    return dict(zip(columns, cells, strict=False))
