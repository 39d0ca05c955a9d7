"""Owns which questions about texts an index answers."""

from typing import Any

from peewee import EnclosedNodeList

from models.message_status import HeldBecause, MessageStatus, MessageType

OVER = [MessageStatus.FAILED.value, MessageStatus.CANCELLED.value]


def declare_indexes(table: Any) -> None:
    """Declare the indexes of `EventMessage`; called once, where it is defined."""
    _declare_waiting(table)
    _declare_unique(table)
    scheduled = _status_is(table, MessageStatus.SCHEDULED)
    _add(
        table,
        "turns",
        table.event,
        EnclosedNodeList([table.urgency()]),
        table.due_at(),
        where=scheduled,
    )
    in_trouble = table.status.in_([MessageStatus.FAILED.value, MessageStatus.HELD.value])
    _add(table, "trouble", table.id, where=in_trouble)
    _add(table, "payloads", table.created_at, where=table.raw_payload.is_null(False))
    is_for_the_inbox = table.inbox_reason.is_null(False) & table.inbox_done_at.is_null()
    _add(table, "inbox", table.id, where=is_for_the_inbox)
    # Not those whose reports were pruned: what is left of them would be read at each pruning.
    has_reports = table.delivery_report["reports"].is_null(False)
    _add(table, "reports", table.created_at, where=has_reports)
    provider_id = table.ghl_message_id
    _add(table, "ghl_message_id", provider_id, where=provider_id.is_null(False))
    _declare_lists(table)


def _declare_lists(table: Any) -> None:
    """What the list of texts is read by, so that a page costs the same however many there are."""
    newest = (table.created_at, table.id)
    _add(table, "newest", *newest)
    _add(table, "event_newest", table.event, *newest)
    _add(table, "status_newest", table.status, *newest)
    _add(table, "by_plan", table.scheduled_time, table.id)
    _add(table, "by_departure", table.actual_send_time, table.id)


def _declare_waiting(table: Any) -> None:
    """One partial index for each thing that somebody waits for, so that none reads the rest."""
    received = _status_is(table, MessageStatus.RECEIVED)
    _add(table, "due", table.due_at(), where=_status_is(table, MessageStatus.SCHEDULED))
    _add(table, "queued", table.wake_at, where=_status_is(table, MessageStatus.QUEUED))
    _add(table, "sending", table.lease_until, where=_status_is(table, MessageStatus.SENDING))
    _add(table, "unhandled", table.created_at, where=received & table.handled_at.is_null())
    for_approval = table.held_because == HeldBecause.APPROVAL.value
    held = _status_is(table, MessageStatus.HELD)
    _add(table, "approval", table.event, table.scheduled_time, where=held & for_approval)


def _declare_unique(table: Any) -> None:
    """What must not be there twice; a text that failed or was cancelled may be planned anew."""
    stands = table.status.not_in(OVER)
    is_introduction = table.message_type == MessageType.INTRODUCTION.value
    is_notice = table.message_type == MessageType.EVENT_CANCELLED.value
    _add(table, "one_introduction", table.match, table.contractor, table.message_type,
         unique=True, where=is_introduction & stands)  # fmt: skip
    _add(table, "one_notice", table.event, table.contractor, table.message_type,
         unique=True, where=is_notice & stands)  # fmt: skip
    # Whatever became of the first: only a person's retry may say it once more.
    is_first = table.occasion.is_null(False) & table.retry_of.is_null()
    _add(table, "one_occasion", table.contractor, table.occasion, unique=True, where=is_first)
    is_named = table.inbound_key.is_null(False)
    _add(table, "one_inbound", table.inbound_key, unique=True, where=is_named)
    _add(table, "send_key", table.send_key, unique=True)


def _status_is(table: Any, status: MessageStatus) -> Any:
    return table.status == status.value


def _add(table: Any, name: str, *columns: Any, unique: bool = False, where: Any = None) -> None:
    index = table.index(*columns, name=f"event_messages_{name}", unique=unique, where=where)
    table.add_index(index)
