"""Owns what an import does at its event: registers, checks in, takes and withdraws consent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.attendee import EventAttendee
from models.contractor_import.people import KEYS_AT_ONCE, Task
from models.contractor_import.report import ImportReport, RowProblem
from models.event import Event
from models.opt_out import opted_out_of

CHECK_IN_METHOD = "import"
OPTED_OUT = "this phone has opted out and only START lifts that; the yes was not used"


@dataclass(frozen=True)
class Terms:
    """What an import does at an event.

    Attributes
    ----------
    event_id : int or None
        The event to register everybody at; without one, consent and check-in are not used.
    check_in : bool
        Check everybody in, whatever the file's own column says.
    source : str or None
        Where people agreed to texts, stored with each consent; without it nobody is opted in.
    """

    event_id: int | None = None
    check_in: bool = False
    source: str | None = None


@dataclass(frozen=True)
class Attendance:
    """How one import treats the people at one event."""

    event: Event
    terms: Terms
    now: datetime

    def record(self, tasks: list[Task], ids: dict[int, int], report: ImportReport) -> None:
        """Register the rows' people, by their contractor ids, and do what the rows say.

        Who is checked in or opted in already keeps the time and source of that.
        """
        if not tasks:
            return
        inserted = (
            EventAttendee.insert_many(
                [{"event": self.event.id, "contractor": each} for each in ids.values()]
            )
            .on_conflict_ignore()
            .returning(EventAttendee.id)
            .execute()
        )
        report.registered += len(list(inserted))
        present, willing, refusing = self._sorted(tasks, report)
        report.checked_in += self._update(
            [ids[task.row.line] for task in present],
            EventAttendee.check_in_time.is_null(),
            check_in_time=self.now,
            check_in_method=CHECK_IN_METHOD,
        )
        report.opted_in += self._update(
            [ids[task.row.line] for task in willing],
            ~EventAttendee.sms_opt_in,
            sms_opt_in=True,
            sms_consent_at=self.now,
            sms_consent_source=self.terms.source,
        )
        report.withdrawn += self._update(
            [ids[task.row.line] for task in refusing], EventAttendee.sms_opt_in, sms_opt_in=False
        )

    def foresee(self, tasks: list[Task], report: ImportReport) -> None:
        """Count what `record` would do, and change nothing."""
        ids = [task.known.id for task in tasks if task.known is not None]
        there = {
            row.contractor_id: row
            for start in range(0, len(ids), KEYS_AT_ONCE)
            for row in EventAttendee.select().where(
                (EventAttendee.event == self.event.id)
                & EventAttendee.contractor.in_(ids[start : start + KEYS_AT_ONCE])
            )
        }

        def now(task: Task) -> EventAttendee | None:
            return there.get(task.known.id) if task.known is not None else None

        present, willing, refusing = self._sorted(tasks, report)
        report.registered += sum(now(task) is None for task in tasks)
        for task in present:
            row = now(task)
            report.checked_in += row is None or row.check_in_time is None
        for task in willing:
            row = now(task)
            report.opted_in += row is None or not row.sms_opt_in
        for task in refusing:
            row = now(task)
            report.withdrawn += row is not None and bool(row.sms_opt_in)

    def _sorted(
        self, tasks: list[Task], report: ImportReport
    ) -> tuple[list[Task], list[Task], list[Task]]:
        """Return who is checked in, who consents and who withdraws."""
        present = [task for task in tasks if self.terms.check_in or task.row.checked_in]
        willing = list(_willing(tasks, report)) if self.terms.source else []
        return present, willing, [task for task in tasks if task.row.consent is False]

    def _update(self, contractor_ids: list[int], condition: Any, **columns: Any) -> int:
        """Set columns for those attendees who meet the condition; return how many did."""
        if not contractor_ids:
            return 0
        changed: int = (
            EventAttendee.update(**columns)
            .where(
                (EventAttendee.event == self.event.id)
                & EventAttendee.contractor.in_(contractor_ids)
                & condition
            )
            .execute()
        )
        return changed


def _willing(tasks: list[Task], report: ImportReport) -> Iterator[Task]:
    """Yield who said yes and has not opted out, with this phone or with the one it replaces."""
    saying_yes = [task for task in tasks if task.row.consent]
    opted_out = _opted_out({phone for task in saying_yes for phone in task.phones})
    for task in saying_yes:
        if task.phones.isdisjoint(opted_out):
            yield task
        else:
            report.notes.append(RowProblem(task.row.line, OPTED_OUT))


def _opted_out(phones: set[str]) -> set[str]:
    listed = sorted(phones)
    return {
        phone
        for start in range(0, len(listed), KEYS_AT_ONCE)
        for phone in opted_out_of(listed[start : start + KEYS_AT_ONCE])
    }
