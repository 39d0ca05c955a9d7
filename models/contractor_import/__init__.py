"""Owns importing contractors from a CSV file: as a whole or not at all, or part by part.

The caller opens the transactions: an actor or a command.
"""

from collections.abc import Callable
from datetime import datetime

from models import schedule
from models.base import db
from models.contractor_import.attendance import Attendance, Terms
from models.contractor_import.batch import Importer
from models.contractor_import.people import KnownPeople
from models.contractor_import.report import ImportReport, ImportRow, ParsedFile, RowProblem
from models.contractor_import.rows import parse, read_rows
from models.contractor_import.sheet import Sheet, read_sheet
from models.contractor_import.text import ImportFileError
from models.event import Event

__all__ = [
    "ImportFileError", "ImportReport", "ParsedFile", "RowProblem", "Sheet", "Terms",
    "file_notes", "forecast", "parse", "read_rows", "read_sheet", "store", "store_part",
]  # fmt: skip

ROWS_AT_ONCE = 500
LOCK_KEY = 0x696D706F  # "impo"
NO_EVENT = "consent and check-in belong to an event; no event was given, so they were not used"
NO_SOURCE = "it was not said where people agreed to texts, so no yes was used"


def store(
    parsed: ParsedFile,
    *,
    event_id: int | None,
    check_in: bool,
    now: datetime,
    file_name: str = "upload",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Store the good rows of a file; needs an open transaction, which makes it all or nothing.

    A contractor who is known by phone or e-mail gets the cells that are filled. Consent comes
    from a yes and goes with a no; an empty cell changes nothing, and no import lifts an opt-out.
    Who becomes eligible after the batch asks for a top-up.

    Parameters
    ----------
    event_id : int or None
        The event to register everybody at; without one, consent and check-in are not used.
    check_in : bool
        Check everybody in, whatever the file's own column says.
    file_name : str
        Kept as the source of each consent.
    progress : callable
        Called with how many more rows have been dealt with.

    Raises
    ------
    RuntimeError
        When no transaction is open.
    peewee.DoesNotExist
        When there is no such event.
    """
    terms = Terms(event_id, check_in, source_of(file_name))
    event = _lock(terms)
    report = _begin(parsed, terms)
    importer = Importer(KnownPeople(parsed.rows), _attendance(event, terms, now), report)
    for start in range(0, len(parsed.rows), ROWS_AT_ONCE):
        batch = parsed.rows[start : start + ROWS_AT_ONCE]
        importer.store(batch)
        if progress is not None:
            progress(len(batch))
    _ask_for_top_up(event, report, now)
    return _in_order(report)


def store_part(
    rows: list[ImportRow], terms: Terms, *, lines: dict[int, int], now: datetime
) -> ImportReport:
    """Store some of a file's good rows, as `store` does; needs an open transaction.

    Parameters
    ----------
    lines : dict
        By contractor id, which line was about them in the parts that are stored already.

    Raises
    ------
    RuntimeError
        When no transaction is open.
    peewee.DoesNotExist
        When there is no such event.
    """
    event = _lock(terms)
    report = ImportReport()
    Importer(KnownPeople(rows, lines), _attendance(event, terms, now), report).store(rows)
    _ask_for_top_up(event, report, now)
    return report


def forecast(parsed: ParsedFile, terms: Terms, *, now: datetime) -> ImportReport:
    """Return what storing a file would report, as things stand now; changes nothing."""
    event = None if terms.event_id is None else Event.get_by_id(terms.event_id)
    report = _begin(parsed, terms)
    known = KnownPeople(parsed.rows)
    Importer(known, _attendance(event, terms, now), report).foresee(parsed.rows)
    return _in_order(report)


def source_of(file_name: str, place: str = "") -> str:
    """Return what is stored with a consent: the file and, where it is known, where it was given."""
    return f"import: {file_name}{f'; {place}' if place else ''}"[:255]


def file_notes(parsed: ParsedFile, terms: Terms) -> list[RowProblem]:
    """Return what of the file as a whole is not used, and why."""
    if terms.event_id is None:
        is_used = any(row.consent is not None or row.checked_in for row in parsed.rows)
        return [RowProblem(1, NO_EVENT)] if is_used else []
    is_lacking = not terms.source and any(row.consent for row in parsed.rows)
    return [RowProblem(1, NO_SOURCE)] if is_lacking else []


def _lock(terms: Terms) -> Event | None:
    if not db.in_transaction():
        raise RuntimeError("an import needs a transaction round it")
    # Contractors have no unique phone, so two imports at once would store a person twice.
    db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
    # The batch changes the event's row before it reads the pool. Holding it here means that the
    # batch sees these people, or this sees that the batch has begun.
    return None if terms.event_id is None else schedule.lock(terms.event_id)


def _begin(parsed: ParsedFile, terms: Terms) -> ImportReport:
    notes = [*parsed.notes, *file_notes(parsed, terms)]
    return ImportReport(skipped=len(parsed.problems), problems=[*parsed.problems], notes=notes)


def _attendance(event: Event | None, terms: Terms, now: datetime) -> Attendance | None:
    return None if event is None else Attendance(event, terms, now)


def _ask_for_top_up(event: Event | None, report: ImportReport, now: datetime) -> None:
    if event is not None and (report.checked_in or report.opted_in or report.updated):
        schedule.request_top_up(event, now=now)


def _in_order(report: ImportReport) -> ImportReport:
    report.problems.sort(key=lambda problem: problem.line)
    report.notes.sort(key=lambda note: note.line)
    return report
