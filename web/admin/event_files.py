"""Owns the files of an event's exports: CSV, several of them in a ZIP, or one Excel workbook.

Each is written a thousand rows at a time to a file without a name, which is at its end then.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter

from models import event_export
from models.event import Event
from models.event_export import Sheet
from web.admin.present import export_value
from web.csv_cells import MARK, csv_line
from web.downloads import nameless_file

# What a cell of Excel holds, and the characters that its files can not.
_LONGEST = 32_767
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_csv(event: Event, sheet: Sheet) -> IO[bytes]:
    """Return the sheet as a CSV file; needs an open transaction."""
    file = nameless_file()
    file.writelines(_csv(event, sheet))
    file.seek(0, io.SEEK_END)
    return file


def write_zip(event: Event, sheets: Iterable[Sheet]) -> IO[bytes]:
    """Return the sheets as CSV files in a ZIP; needs an open transaction."""
    file = nameless_file()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            with archive.open(f"{sheet.name.lower().replace(' ', '-')}.csv", "w") as inside:
                inside.writelines(_csv(event, sheet))
    file.seek(0, io.SEEK_END)
    return file


def write_workbook(event: Event, sheets: Iterable[Sheet]) -> IO[bytes]:
    """Return the sheets as one Excel workbook; needs an open transaction."""
    file, zone = nameless_file(), event.zone
    # Rows go to files of their own first; a folder, so that none of them outlives an error.
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder}
        book = xlsxwriter.Workbook(file, options)
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            page.set_column(0, len(sheet.columns) - 1, 18)
            for column, heading in enumerate(sheet.headings):
                page.write_string(0, column, heading, bold)
            for number, row in enumerate(event_export.rows(sheet, event.id), start=1):
                for column, value in enumerate(row):
                    _write(page, number, column, value, zone, moment)
        about = book.add_worksheet("About")
        for number, (name, value) in enumerate(_about(event)):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, value)
        book.close()
    file.seek(0, io.SEEK_END)
    return file


def _about(event: Event) -> list[tuple[str, str]]:
    return [
        ("Event", event.name),
        ("Date", event.date.isoformat()),
        ("Place", event.location or ""),
        ("Times are in", event.timezone),
    ]


def _csv(event: Event, sheet: Sheet) -> Iterator[bytes]:
    zone = event.zone
    yield (MARK + csv_line(sheet.headings)).encode()
    for row in event_export.rows(sheet, event.id):
        yield csv_line(export_value(value, zone) for value in row).encode()


def _write(page: Any, row: int, column: int, value: Any, zone: ZoneInfo, moment: Any) -> None:
    """Write one cell with a type of its own: a text is a text, whatever it begins with."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, column, float(value))
    elif isinstance(value, datetime):
        local = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
        page.write_datetime(row, column, local, moment)
    else:
        text = _UNPRINTABLE.sub("", str(export_value(value, zone)))
        page.write_string(row, column, text[:_LONGEST])
