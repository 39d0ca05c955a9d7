"""Owns the table in an imported file: its heading line, its records, what each column may hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from models import phone as phones
from models.contractor_import import cells
from models.contractor_import.cells import UnreadableError
from models.contractor_import.columns import (
    IGNORED,
    Columns,
    field_of,
    headings_of,
    known_headings,
)
from models.contractor_import.text import (
    TOP_RECORDS,
    ImportFileError,
    Record,
    decode,
    records,
    split_lines,
)

SAMPLES = 3
MOST_COLUMNS = 100
_GUESSED_FROM = 30


@dataclass(frozen=True)
class Sheet:
    """A file as a table.

    Attributes
    ----------
    header : tuple of str
        The headings; all empty when the first line is a person's.
    line : int
        Where they stand; 0 when they do not.
    records : list of Record
        What stands below.
    is_recognised : bool
        Whether the headings name a column to know people by.
    """

    header: tuple[str, ...]
    line: int
    records: list[Record]
    is_recognised: bool

    @property
    def headings(self) -> list[str]:
        """What each column is called, whether or not the file says it."""
        return headings_of(self.header)

    def samples(self, place: int) -> list[str]:
        """Return the first different cells of a column that say something."""
        found: dict[str, None] = {}
        for record in self.records:
            text = cells.tidy(record.cells[place]) if place < len(record.cells) else ""
            if text:
                found.setdefault(text)
            if len(found) == SAMPLES:
                break
        return list(found)


def read_sheet(
    data: bytes, *, has_header: bool | None = None, most_rows: int | None = None
) -> Sheet:
    """Read the bytes of a file as a table, whatever its headings are called.

    Parameters
    ----------
    has_header : bool or None
        Whether unknown words in the first line are headings; None to go by their looks.

    Raises
    ------
    ImportFileError
        When the file is empty, not text, or too long.
    """
    most = None if most_rows is None else most_rows + TOP_RECORDS + 1
    found = list(islice(records(split_lines(decode(data)), known_headings), most))
    sheet = _with_header(found, has_header)
    if most_rows is not None and len(sheet.records) > most_rows:
        raise ImportFileError(f"The file has more than {most_rows:,} rows. Split it up.")
    if len(sheet.header) > MOST_COLUMNS:
        raise ImportFileError(f"The file has more than {MOST_COLUMNS} columns.")
    return sheet


def guess(sheet: Sheet) -> list[str]:
    """Return what each column probably holds: by its heading, else phones and e-mails by looks."""
    found = [field_of(heading) or IGNORED for heading in sheet.header]
    for place, name in enumerate(found):
        if name == IGNORED:
            found[place] = _looks_like(_column(sheet, place), found)
    return found


def identifies_people(sheet: Sheet, chosen: Sequence[str]) -> bool:
    """Whether there is a name, a phone or an e-mail among what the columns hold."""
    return Columns(sheet.header, chosen).identifies_people


def _with_header(found: list[Record], has_header: bool | None) -> Sheet:
    """Take the first record with known headings; a title or two may stand above it."""
    for index, record in enumerate(found[:TOP_RECORDS]):
        columns = Columns(record.cells)
        if columns.identifies_people and (not index or len(columns.taken) > 1):
            return Sheet(record.cells, record.line, found[index + 1 :], is_recognised=True)
    top = next((index for index, record in enumerate(found) if record.broken is None), None)
    if top is None:
        return Sheet((), 0, found, is_recognised=False)
    if has_header is None:
        has_header = not any(_is_contact(cell) for cell in found[top].cells)
    if has_header:
        rest = [*found[:top], *found[top + 1 :]]
        return Sheet(found[top].cells, found[top].line, rest, is_recognised=False)
    width = max(len(record.cells) for record in found[:_GUESSED_FROM])
    return Sheet(("",) * width, 0, found, is_recognised=False)


def _column(sheet: Sheet, place: int) -> list[str]:
    top = (record.cells for record in sheet.records[:_GUESSED_FROM])
    found = (cells.filled(record[place]) for record in top if place < len(record))
    return [cell for cell in found if cell]


def _looks_like(column: Sequence[str], found: Iterable[str]) -> str:
    """Return `email` or `phone` when nearly all cells are one and no other column is it."""
    for name, is_one in (("email", _is_email), ("phone", _is_phone)):
        if name not in found and sum(map(is_one, column)) > 0.8 * max(1, len(column)):
            return name
    return IGNORED


def _is_contact(cell: str) -> bool:
    return _is_email(cell) or _is_phone(cell)


def _is_email(cell: str) -> bool:
    try:
        return bool(cells.email(cell))
    except UnreadableError:
        return False


def _is_phone(cell: str) -> bool:
    # An amount or a year is a phone somewhere; ten digits are what people here have.
    return sum(map(str.isdigit, cell)) >= 10 and phones.normalize(cell) is not None
