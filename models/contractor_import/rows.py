"""Owns reading an imported file of contractors into good rows, bad rows and notes."""

from collections.abc import Callable, Sequence
from typing import Any

from models import phone as phones
from models.contractor_import import cells
from models.contractor_import.cells import MAX_TEXT_LENGTH, UnreadableError
from models.contractor_import.columns import Columns
from models.contractor_import.report import ImportRow, ParsedFile, RowProblem
from models.contractor_import.sheet import Sheet, read_sheet
from models.contractor_import.text import ImportFileError, Record

_MAX_HEADINGS_SHOWN = 8
_PLAIN = ("company_name", "job_title", "revenue_tier", "ghl_contact_id")
_LISTS = ("focus_areas", "services_offered")
_CHECKED: dict[str, Callable[[str], Any]] = {"team_size": cells.team_size, "timezone": cells.zone}
_UNLIMITED = "service_area"
_KEYS = {"phone": "phone", "email": "e-mail", "name": "name and company"}


class _BadRowError(Exception):
    """The row can not be imported; the message says why, `field` which of its cells it is."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


def read_rows(data: bytes) -> ParsedFile:
    """Read the bytes of a CSV file by its headings; touches no database.

    Raises
    ------
    ImportFileError
        When the file as a whole can not be used: empty, not text, or without a header.
    """
    sheet = read_sheet(data)
    if not sheet.is_recognised:
        shown = [cells.tidy(cell)[:40] for cell in sheet.header[:_MAX_HEADINGS_SHOWN] if cell]
        raise ImportFileError(
            "No header: the first line has to name the columns, with at least one of name, "
            f"first_name, last_name, phone and email. It says: {', '.join(shown) or 'nothing'}."
        )
    return parse(sheet)


def parse(sheet: Sheet, chosen: Sequence[str] | None = None) -> ParsedFile:
    """Turn the records into good rows, bad rows and notes.

    Parameters
    ----------
    chosen : sequence of str or None
        What each column holds; None to go by the headings.
    """
    columns = Columns(sheet.header, chosen)
    parsed = ParsedFile(columns=columns.taken, ignored=columns.ignored)
    seen: dict[tuple[str, ...], int] = {}
    for record in sheet.records:
        reader = _RowReader(columns, record)
        try:
            row = reader.read()
            _refuse_repeat(row, seen)
        except _BadRowError as error:
            parsed.problems.append(reader.problem(str(error), error.field))
        else:
            parsed.rows.append(row)
            parsed.notes += [reader.problem(note, field) for field, note in reader.notes]
    return parsed


def identity(values: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return what makes two rows one person: phone, e-mail, or lacking both name and company."""
    keys: list[tuple[str, ...]] = []
    if values.get("phone"):
        keys.append(("phone", values["phone"]))
    if values.get("email"):
        keys.append(("email", values["email"].lower()))
    if not keys:
        parts = (values.get(part) or "" for part in ("first_name", "last_name", "company_name"))
        keys.append(("name", *(part.lower() for part in parts)))
    return keys


def _refuse_repeat(row: ImportRow, seen: dict[tuple[str, ...], int]) -> None:
    keys = identity(row.values)
    for key in keys:
        if key in seen:
            reason = f"duplicate: the same {_KEYS[key[0]]} as line {seen[key]}"
            raise _BadRowError(reason, key[0])
    seen.update(dict.fromkeys(keys, row.line))


class _RowReader:
    """Reads one record; `notes` says of which fields the cells were left out and why."""

    def __init__(self, columns: Columns, record: Record) -> None:
        self.notes: list[tuple[str, str]] = []
        self._columns = columns
        self._record = record
        self._given: dict[str, str] = {}

    def read(self) -> ImportRow:
        record, width = self._record, self._columns.width
        if record.broken:
            raise _BadRowError(record.broken)
        if any(cell.strip() for cell in record.cells[width:]):
            raise _BadRowError(
                f"{len(record.cells)} cells, but the header has {width}; "
                "a comma inside a cell needs quotation marks"
            )
        self._given = self._columns.cells(record.cells)
        values = self._values()
        if not any(values.get(name) for name in ("first_name", "last_name", "phone", "email")):
            raise _BadRowError("no name, no phone and no e-mail")
        return ImportRow(record.line, values, self._consent(), self._flag("checked_in"))

    def problem(self, reason: str, field: str) -> RowProblem:
        """Return what is wrong, with the column that it is about."""
        heading, place = self._columns.where(field, self._record.cells) or ("", None)
        return RowProblem(self._record.line, reason, heading, place)

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = self._name() | self._revenue()
        values |= {name: cells.filled(self._cell(name)) for name in _PLAIN if name not in values}
        values |= {name: cells.items(self._cell(name)) for name in _LISTS}
        values |= {name: self._optional(name, read) for name, read in _CHECKED.items()}
        values |= {"email": self._email(), "phone": self._phone(), _UNLIMITED: self._area()}
        for name, value in values.items():
            if isinstance(value, str) and len(value) > MAX_TEXT_LENGTH and name != _UNLIMITED:
                raise _BadRowError(f"longer than {MAX_TEXT_LENGTH} characters", name)
        return {name: value for name, value in values.items() if value not in ("", None, [])}

    def _cell(self, name: str) -> str:
        return self._given.get(name, "")

    def _name(self) -> dict[str, str]:
        first, last = (cells.name_part(self._cell(part)) for part in ("first_name", "last_name"))
        if not first and not last:
            first, last = cells.split_name(self._cell("name"))
        return {"first_name": first, "last_name": last}

    def _email(self) -> str:
        try:
            return cells.email(self._cell("email"))
        except UnreadableError as error:
            raise _BadRowError(str(error), "email") from error

    def _phone(self) -> str | None:
        if not cells.filled(self._cell("phone")):
            return None
        number = phones.normalize(self._cell("phone"))
        if number is None:
            raise _BadRowError("the phone number is not readable", "phone")
        return number

    def _area(self) -> str:
        area, state = cells.filled(self._cell(_UNLIMITED)), cells.filled(self._cell("state"))
        if state.casefold() in area.casefold().replace(",", " ").split():
            return area
        return f"{area}, {state}" if area and state else area or state

    def _revenue(self) -> dict[str, Any]:
        """A range in the column for an amount is a tier, when no tier is given."""
        written = cells.filled(self._cell("annual_revenue"))
        try:
            return {"annual_revenue": cells.revenue(written) if written else None}
        except UnreadableError as error:
            if not cells.filled(self._cell("revenue_tier")):
                return {"revenue_tier": written}
            self.notes.append(("annual_revenue", f"left out: {error}"))
            return {}

    def _optional(self, name: str, read: Callable[[str], Any]) -> Any:
        if not cells.filled(self._cell(name)):
            return None
        try:
            return read(self._cell(name))
        except UnreadableError as error:
            self.notes.append((name, f"left out: {error}"))
            return None

    def _consent(self) -> bool | None:
        """Consent needs a readable yes and nothing against it."""
        before = len(self.notes)
        yes, out = self._flag("sms_opt_in"), self._flag("sms_opt_out")
        if out or len(self.notes) > before:
            return False if out else None
        return yes

    def _flag(self, name: str) -> bool | None:
        try:
            return cells.flag(self._cell(name))
        except UnreadableError as error:
            self.notes.append((name, f"{error}, so it was not taken as a yes"))
            return None
