"""Owns what an import does at its event: registers, checks in, takes and withdraws consent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.attendee import EventAttendee
from models.contractor_import.people import Task
from models.contractor_import.report import ImportReport, RowProblem
from models.event import Event
from models.opt_out import SmsOptOut

CHECK_IN_METHOD = "import"
OPTED_OUT = "this phone has opted out and only START lifts that; the yes was not used"


@dataclass(frozen=True)
class Attendance:
    """How one import treats the people at one event.

    Attributes
    ----------
    check_in : bool
        Check everybody in, whatever the file says.
    source : str
        Stored with each consent.
    """

    event: Event
    check_in: bool
    source: str
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
        present = [task for task in tasks if self.check_in or task.row.checked_in]
        willing = list(_willing(tasks, report))
        refusing = [task for task in tasks if task.row.consent is False]
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
            sms_consent_source=self.source,
        )
        report.withdrawn += self._update(
            [ids[task.row.line] for task in refusing], EventAttendee.sms_opt_in, sms_opt_in=False
        )

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
    rows = SmsOptOut.select(SmsOptOut.phone).where(
        SmsOptOut.phone.in_(sorted(phones)) & SmsOptOut.lifted_at.is_null()
    )
    return {row.phone for row in rows} if phones else set()
