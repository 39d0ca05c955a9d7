"""Owns what becomes of texts whose moment has passed: none leaves late, none is silently lost."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from actors.pairing import introductions
from actors.sending import doubt
from models import schedule, sending_pause, service_state, usefulness
from models.base import db
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.message_status import UNDER_WAY, MessageStatus, MessageType

TOO_LATE = "it would have arrived too late to be of use"


class Late(doubt.Attempted, Protocol):
    """A text that can not leave any more."""

    @property
    def id(self) -> int: ...
    @property
    def event_id(self) -> int | None: ...
    @property
    def message_type(self) -> str: ...


def expire(*, now: datetime, config: Config, limit: int = 500) -> int:
    """Give up the texts that wait and whose moment has passed; return how many there were.

    In bulk and before anything is queued: after an outage each would otherwise cost a turn.
    """
    with db.atomic():
        late = list(
            EventMessage.select()
            .where(
                (EventMessage.status == MessageStatus.SCHEDULED)
                & (EventMessage.due_at() <= now)
                & usefulness.is_past(now, config)
            )
            .order_by(EventMessage.id)
            .limit(limit)
            .for_update(skip_locked=True)
        )
        paused = sending_pause.paused_among(text.event_id for text in late)
        for is_paused in (False, True):
            texts = [text for text in late if (text.event_id in paused) is is_paused]
            if texts:
                give_up(texts, too_late(now, is_paused=is_paused), now=now)
    return len(late)


def too_late(now: datetime, *, is_paused: bool = False) -> str:
    """Return the reason in words, with the pause or n8n's trouble where that is why."""
    if is_paused:
        return f"{TOO_LATE} (sending was paused)"
    n8n = service_state.read(service_state.N8N)
    if n8n is None or n8n.state == service_state.UP:
        return TOO_LATE
    return f"{TOO_LATE} (n8n has been in trouble since {n8n.since:%H:%M} UTC)"


def give_up(texts: Sequence[Late], why: str, *, now: datetime, plans_anew: bool = True) -> None:
    """Let locked texts fail, and plan introductions anew at their event's next break.

    What may be on a phone is held instead. The caller opens the transaction.
    """
    by_plan: dict[tuple[int | None, bool], list[int]] = defaultdict(list)
    for text in texts:
        if doubt.has_left(text):
            _hold(text, why, now)
        else:
            is_introduction = text.message_type == MessageType.INTRODUCTION
            by_plan[text.event_id, is_introduction and plans_anew].append(text.id)
    for (event_id, is_planned_anew), ids in by_plan.items():
        event = Event.get_by_id(event_id) if is_planned_anew and event_id else None
        break_at = _next_break(event, now) if event is not None else None
        reason = why
        if is_planned_anew:
            reason += _ending(event, break_at)
        EventMessage.update(
            status=MessageStatus.FAILED, error_message=reason, wake_at=None, next_attempt_at=None
        ).where(EventMessage.id.in_(ids) & EventMessage.status.in_(UNDER_WAY)).execute()
        if event is not None and break_at is not None:
            introductions.plan_anew(event, ids, leave_at=break_at)


def _hold(text: Late, why: str, now: datetime) -> None:
    status = EventMessage.select(EventMessage.status).where(EventMessage.id == text.id).scalar()
    reason = why if text.is_doubtful else f"{why}, but part of it has been sent"
    doubt.hold(text.id, MessageStatus(status), reason, now=now, is_doubtful=text.is_doubtful)


def _next_break(event: Event, now: datetime) -> datetime | None:
    """Return when the next break of an event that still goes on begins."""
    following = schedule.next_break(event.id, now=now)
    if event.cancelled_at is not None or following is None:
        return None
    begins: datetime = following.start_time
    return begins if begins < event.last_moment else None


def _ending(event: Event | None, break_at: datetime | None) -> str:
    if event is None or break_at is None:
        return "; no break is left for a new one"
    return f"; a new one is planned for the break at {break_at.astimezone(event.zone):%H:%M}"
