"""Owns what providers report about texts we sent: kept on the row, applied where it may be."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from actors.conversation.consent import REPORTED_SOURCE, phones_of, stop
from actors.sending import doubt
from models import inbound, receipts
from models.base import LARGEST_INTEGER, db
from models.message import EventMessage
from models.message_status import Direction, MessageStatus

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeliveryReport:
    """One report about one part of one text; `status` is the provider's word, lower case."""

    status: str
    message_id: int | None = None
    part: int = 1
    ghl_message_id: str | None = None
    error: str | None = None
    timestamp: str | None = None


class Recorded(StrEnum):
    """What became of a report."""

    APPLIED = "applied"
    KEPT = "kept"
    REPEAT = "repeat"
    UNKNOWN = "unknown"


def record(report: DeliveryReport, *, now: datetime) -> Recorded:
    """Keep a report on its text and let the status follow where its life allows it.

    The report of a text that is being sent is only kept: whoever records the sending applies
    it. A report that comes after the last word on a text is kept and logged.
    """
    with db.atomic():
        message = _lock(report)
        result = Recorded.UNKNOWN if message is None else _keep(message, report, now)
        if message is not None and result is Recorded.KEPT and _apply(message, report, now):
            result = Recorded.APPLIED
    _tell(report, message, result)
    return result


def _lock(report: DeliveryReport) -> EventMessage | None:
    if report.message_id is not None:
        if not 0 < report.message_id <= LARGEST_INTEGER:
            return None
        wanted = EventMessage.id == report.message_id
    elif report.ghl_message_id:
        wanted = EventMessage.ghl_message_id == report.ghl_message_id
    else:
        return None
    texts = (
        EventMessage.select()
        .where(wanted & (EventMessage.direction == Direction.OUTBOUND))
        .order_by(EventMessage.id.desc())
    )
    # Phones before texts and those by id, as a STOP does that may come at the same moment: this
    # one's turn is not before that of the others, which it will cancel.
    if report.status == "opt_out" and (found := texts.first()) is not None:
        phones = phones_of(found.phone, found.contractor)
        for phone in phones:
            inbound.lock_phone(phone)
        inbound.lock_texts(phones, found.contractor)
    message: EventMessage | None = texts.for_update().first()
    # What is reported of an erased person's text is nothing to keep.
    is_erased = message is not None and message.contractor_id and message.contractor.erased_at
    return None if is_erased else message


def _keep(message: EventMessage, report: DeliveryReport, now: datetime) -> Recorded:
    entry = {**asdict(report), "received_at": now.isoformat()}
    kept = receipts.add(message.delivery_report, entry)
    if kept is None:
        return Recorded.REPEAT
    message.delivery_report = kept
    columns: dict[str, Any] = {"delivery_report": kept}
    if report.ghl_message_id and report.part == 1 and not message.ghl_message_id:
        columns["ghl_message_id"] = report.ghl_message_id
    EventMessage.update(**columns).where(EventMessage.id == message.id).execute()
    return Recorded.KEPT


def _apply(message: EventMessage, report: DeliveryReport, now: datetime) -> bool:
    if report.status == "opt_out":
        phones = phones_of(message.phone, message.contractor)
        stop(phones, message.contractor, now=now, source=REPORTED_SOURCE)
    status = MessageStatus(message.status)
    if status is MessageStatus.HELD:
        return doubt.settle(message, now)
    parts = doubt.parts_of(message)
    if status is MessageStatus.FAILED:
        return doubt.note_arrived(message)
    return status is MessageStatus.SENT and doubt.follow(message.id, message.delivery_report, parts)


def _tell(report: DeliveryReport, message: EventMessage | None, result: Recorded) -> None:
    fields = {
        "message_id": message.id if message is not None else report.message_id,
        "ghl_message_id": report.ghl_message_id,
        "reported": report.status,
        "result": result.value,
        "status": message.status if message is not None else None,
    }
    is_expected = result is Recorded.APPLIED or report.status not in receipts.DECISIVE
    log.log(logging.INFO if is_expected else logging.WARNING, "delivery report", extra=fields)
