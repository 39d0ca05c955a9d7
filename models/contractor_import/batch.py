"""Owns the savepoints of an import, so that a row which the database refuses costs itself only."""

from collections.abc import Iterator

from peewee import DataError, IntegrityError

from models.base import db
from models.contractor_import.attendance import Attendance
from models.contractor_import.people import KnownPeople, Task, UnclearPersonError, store_people
from models.contractor_import.report import ImportReport, ImportRow

# A ValueError is the driver's, for text that PostgreSQL could not hold.
_REFUSALS = (DataError, IntegrityError, ValueError)


class Importer:
    """Stores rows inside the caller's transaction and counts into the report.

    Parameters
    ----------
    attendance : Attendance or None
        What to do at the event; None to store contractors only.
    """

    def __init__(
        self, known: KnownPeople, attendance: Attendance | None, report: ImportReport
    ) -> None:
        self._known = known
        self._attendance = attendance
        self._report = report

    def store(self, rows: list[ImportRow]) -> None:
        """Store the rows in one savepoint; if that fails, one by one, reporting the refused."""
        tasks = list(self._tasks(rows))
        try:
            self._store(tasks)
        except _REFUSALS:
            for task in tasks:
                self._store_alone(task)

    def foresee(self, rows: list[ImportRow]) -> None:
        """Count what `store` would do with the rows, and change nothing."""
        tasks = list(self._tasks(rows))
        for task in tasks:
            known_id = task.known.id if task.known is not None else None
            self._report.count(task.row.line, task.outcome, known_id)
        if self._attendance is not None:
            self._attendance.foresee(tasks, self._report)

    def _tasks(self, rows: list[ImportRow]) -> Iterator[Task]:
        for row in rows:
            try:
                yield self._known.task(row)
            except UnclearPersonError as error:
                self._report.reject(row.line, str(error))

    def _store_alone(self, task: Task) -> None:
        try:
            self._store([task])
        except _REFUSALS as error:
            reason = str(error).strip().partition("\n")[0]
            self._report.reject(task.row.line, f"refused by the database: {reason}")

    def _store(self, tasks: list[Task]) -> None:
        """Store all of the tasks or, when the database refuses one, none and raise."""
        part = ImportReport()
        with db.atomic():
            ids = store_people(tasks, part)
            if self._attendance is not None:
                self._attendance.record(tasks, ids, part)
        self._report.add(part)
