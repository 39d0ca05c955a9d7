"""Owns importing contractors from a CSV file, as a whole or not at all.

The caller opens the one transaction that the import is: an admin's view or a command.
"""

from collections.abc import Callable
from datetime import datetime

from models import schedule
from models.base import db
from models.contractor_import.attendance import Attendance
from models.contractor_import.batch import Importer
from models.contractor_import.people import KnownPeople
from models.contractor_import.report import ImportReport, ParsedFile, RowProblem
from models.contractor_import.rows import read_rows
from models.contractor_import.text import ImportFileError

__all__ = ["ImportFileError", "ImportReport", "ParsedFile", "RowProblem", "read_rows", "store"]

ROWS_AT_ONCE = 500
LOCK_KEY = 0x696D706F  # "impo"
NO_EVENT = "consent and check-in belong to an event; no event was given, so they were not used"


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
    if not db.in_transaction():
        raise RuntimeError("an import needs a transaction round it")
    # Contractors have no unique phone, so two imports at once would store a person twice.
    db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
    # The batch changes the event's row before it reads the pool. Holding it here means that the
    # batch sees these people, or this sees that the batch has begun.
    event = None if event_id is None else schedule.lock(event_id)
    report = ImportReport(
        skipped=len(parsed.problems), problems=[*parsed.problems], notes=[*parsed.notes]
    )
    if event is None and any(row.consent is not None or row.checked_in for row in parsed.rows):
        report.notes.append(RowProblem(1, NO_EVENT))
    source = f"import: {file_name}"[:255]
    attendance = event and Attendance(event, check_in=check_in, source=source, now=now)
    importer = Importer(KnownPeople(parsed.rows), attendance, report)
    for start in range(0, len(parsed.rows), ROWS_AT_ONCE):
        batch = parsed.rows[start : start + ROWS_AT_ONCE]
        importer.store(batch)
        if progress is not None:
            progress(len(batch))
    if event is not None and (report.checked_in or report.opted_in or report.updated):
        schedule.request_top_up(event, now=now)
    report.problems.sort(key=lambda problem: problem.line)
    report.notes.sort(key=lambda note: note.line)
    return report
