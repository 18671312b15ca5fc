"""The plain table as an Excel workbook: numbers are numbers, and no text is a formula."""

from __future__ import annotations

import io
from importlib.util import find_spec

from autograder.errors import MissingExtra
from autograder.exports.tables import Table
from autograder.sanitize import visible_name


def workbook(table: Table) -> bytes:
    """The bytes of an .xlsx file whose first row, the headings, stays in view.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    if find_spec("openpyxl") is None:
        raise MissingExtra("export --to xlsx", "xlsx", ["openpyxl"])
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Grades"
    for r, row in enumerate(table, 1):
        for c, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(r, c)
            if isinstance(value, str):
                cell.value = visible_name(value)
                cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
            else:
                cell.value = round(value, 2)
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 28
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
