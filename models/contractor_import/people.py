"""Owns whom an imported row is about, and storing the contractors themselves."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from peewee import fn

from models.base import db
from models.contractor import Contractor
from models.contractor_import.report import ImportReport, ImportRow, Outcome
from models.contractor_import.rows import identity

KEYS_AT_ONCE = 1000
_EMPTY: dict[str, Any] = {
    "first_name": "", "last_name": "", "email": None, "phone": None, "company_name": None,
    "job_title": None, "focus_areas": [], "services_offered": [], "service_area": None,
    "revenue_tier": None, "annual_revenue": None, "team_size": None, "timezone": None,
    "ghl_contact_id": None,
}  # fmt: skip


class Task(NamedTuple):
    """One row and whom it is about; None when they are new."""

    row: ImportRow
    known: Contractor | None

    @property
    def phones(self) -> set[str]:
        """The phone that the row gives and the one that it replaces."""
        before = self.known.phone if self.known else None
        return {phone for phone in (self.row.values.get("phone"), before) if phone}

    @property
    def changes(self) -> dict[str, Any]:
        """The filled cells that differ from what is stored."""
        return {
            name: value
            for name, value in self.row.values.items()
            if getattr(self.known, name, None) != value
        }

    @property
    def outcome(self) -> Outcome:
        """What becomes of the row when it is stored."""
        if self.known is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


class UnclearPersonError(Exception):
    """A row can not be told to be about one contractor; the message says why."""


class KnownPeople:
    """The stored contractors that a file's rows may be about, loaded at once.

    Parameters
    ----------
    lines : dict or None
        By contractor id, which line was about them in a part of the file that is stored already.
    """

    def __init__(self, rows: list[ImportRow], lines: dict[int, int] | None = None) -> None:
        self._by_key: dict[tuple[str, ...], list[Contractor]] = {}
        self._lines: dict[int, int] = dict(lines or {})
        people = {
            person.id: person
            for condition in _conditions([key for row in rows for key in identity(row.values)])
            for person in Contractor.select().where(condition)
        }
        for _, person in sorted(people.items()):
            for key in identity(person.__data__):
                self._by_key.setdefault(key, []).append(person)

    def task(self, row: ImportRow) -> Task:
        """Return the row with whom it is about.

        Raises
        ------
        UnclearPersonError
            When that can not be told, or it is somebody new without a name.
        """
        known = self.find(row)
        # Nobody can be introduced without a name; one who is known by phone or e-mail has one.
        if known is None and not (row.values.keys() & {"first_name", "last_name"}):
            raise UnclearPersonError("no name, and nobody is known by this phone or e-mail")
        return Task(row, known)

    def find(self, row: ImportRow) -> Contractor | None:
        """Return the contractor with the row's phone or e-mail; the oldest, when several are.

        Raises
        ------
        UnclearPersonError
            When they are two people, or another row was about the same one.
        """
        found = [self._by_key[key] for key in identity(row.values) if key in self._by_key]
        if not found:
            return None
        shared = set.intersection(*({person.id for person in people} for people in found))
        if not shared:
            first, second = (people[0].id for people in found)
            raise UnclearPersonError(
                f"the phone is contractor {first}'s and the e-mail is contractor {second}'s"
            )
        person = next(person for person in found[0] if person.id in shared)
        line = self._lines.setdefault(person.id, row.line)
        if line != row.line:
            raise UnclearPersonError(
                f"duplicate: the same person as line {line} (contractor {person.id})"
            )
        return person


def store_people(tasks: list[Task], report: ImportReport) -> dict[int, int]:
    """Insert who is new and update who has changed; return contractor ids by line."""
    new = [task.row for task in tasks if task.known is None]
    ids = dict(zip((row.line for row in new), _reserve_ids(len(new)), strict=True))
    if new:
        Contractor.insert_many(
            [{**_EMPTY, **row.values, "id": ids[row.line]} for row in new]
        ).execute()
    for task in tasks:
        changes = task.changes
        if task.known is not None:
            ids[task.row.line] = task.known.id
            if changes:
                Contractor.update(**changes).where(Contractor.id == task.known.id).execute()
        report.count(task.row.line, task.outcome, ids[task.row.line])
    return ids


def _conditions(keys: list[tuple[str, ...]]) -> Iterator[Any]:
    """Yield conditions that find the contractors with these keys, a bounded number at a time."""
    for kind, column in (("phone", Contractor.phone), ("email", fn.LOWER(Contractor.email))):
        values = sorted({key[1] for key in keys if key[0] == kind})
        for start in range(0, len(values), KEYS_AT_ONCE):
            yield column.in_(values[start : start + KEYS_AT_ONCE])
    if any(key[0] == "name" for key in keys):
        yield (fn.COALESCE(Contractor.phone, "") == "") & (fn.COALESCE(Contractor.email, "") == "")


def _reserve_ids(count: int) -> list[int]:
    """Take ids ahead of inserting, so that no order of returned rows has to be relied on."""
    if not count:
        return []
    sequence = "SELECT nextval(pg_get_serial_sequence('contractors', 'id'))"
    cursor = db.execute_sql(f"{sequence} FROM generate_series(1, %s)", (count,))
    return [row[0] for row in cursor.fetchall()]
