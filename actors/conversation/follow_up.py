"""Owns following matches up: what comes next is planned when its time is near.

What comes next follows from the match and the agenda as they are then, so whoever moves a break
or a meeting moves the text as well.
"""

import logging
from datetime import datetime, timedelta

import dramatiq

from actors.broker import FOLLOW_UP_QUEUE, broker
from actors.conversation import follow_up_words
from actors.conversation.connecting import may_connect
from actors.conversation.follow_up_situation import Situation, Step, zone_of
from actors.conversation.follow_up_steps import steps
from actors.runtime import current
from actors.sending.answers import plan_once
from actors.understanding import unwilling
from models import breaks, clock, conversation, inbox, match_moves
from models.base import db
from models.config import Config
from models.conversation import introduced_at
from models.event import Event
from models.event_text import kinds_off
from models.match_moves import Seen
from models.message_status import MessageType
from models.peer_match import CLOSED_STATES, EventPeerMatch, MatchState

BATCH = 200
LOOK_EVERY = timedelta(minutes=1)
AFTER_A_FAILURE = timedelta(minutes=1)

log = logging.getLogger(__name__)


def follow_up_due(*, now: datetime, config: Config) -> int:
    """Look at every match at which it is time to; return how many.

    One that our own code breaks on is logged and looked at again a minute later.
    """
    ahead = now + timedelta(seconds=config.horizon_seconds)
    match_ids = match_moves.due_for_follow_up(ahead, limit=BATCH)
    for match_id in match_ids:
        try:
            with db.atomic():
                follow_up(match_id, now=now, config=config)
        except Exception:
            log.exception("a match could not be followed up", extra={"match_id": match_id})
            with db.atomic():
                match_moves.look_again(match_id, now + AFTER_A_FAILURE)
    return len(match_ids)


def follow_up(match_id: int, *, now: datetime, config: Config) -> int:
    """Plan what is due for one match and say when to look again; return how many texts.

    The caller opens the transaction. What was planned before is not planned again, nor what came
    due so long ago that it is of no use.
    """
    match_moves.lock([match_id])
    match = match_moves.with_event(match_id)
    ahead = now + timedelta(seconds=config.horizon_seconds)
    if match is None or match.follow_up_at is None or match.follow_up_at > ahead:
        # Another worker has looked meanwhile.
        return 0
    event: Event = match.event
    is_off = match.cancelled_at is not None or event.cancelled_at is not None
    if is_off or match.is_with_erased or match.state in CLOSED_STATES:
        match_moves.look_again(match_id, None)
        return 0
    situation = _situation(match, event, now, config)
    to_come = _to_come(situation, now)
    due = [step for step in to_come if step.due <= ahead]
    phones = {1: match.contractor1.phone, 2: match.contractor2.phone}
    kept = {
        side
        for side in {step.side for step in due}
        if phones[side] and inbox.is_waiting(phones[side], unwilling.REASONS)
    }
    planned = sum(_plan(match, event, step, now) for step in due if step.side not in kept)
    is_kept = any(step.side in kept for step in due)
    if planned and not is_kept and match.state == MatchState.LATER:
        match_moves.propose_again(match, now=now)
    coming = min((step.due for step in to_come if step.due > ahead), default=None)
    next_look = _next_look(situation, coming, now)
    if is_kept:
        # It is of use again once a person has read what they wrote.
        soon = now + breaks.scaled(LOOK_EVERY, event)
        next_look = soon if next_look is None else min(next_look, soon)
    match_moves.look_again(match_id, next_look)
    return planned


def _next_look(at: Situation, coming: datetime | None, now: datetime) -> datetime | None:
    """Return when to look again: soon, since breaks move; less soon at what is far ahead.

    None when only an answer can make something of it; an answer has it looked at anyway.
    """
    is_connected = at.match.state == MatchState.CONNECTED
    is_asked = at.match.state == MatchState.OPEN and all(at.introduced_at.values())
    if coming is None and (is_connected or is_asked or at.event.is_over(now)):
        return None
    soon = now + breaks.scaled(LOOK_EVERY, at.event)
    if coming is None:
        return soon
    return min(coming, max(soon, now + (coming - now) / 4) if is_connected else soon)


def _situation(match: EventPeerMatch, event: Event, now: datetime, config: Config) -> Situation:
    people = {1: match.contractor1, 2: match.contractor2}
    has_slots = match.state == MatchState.LATER and match.later_at is not None
    return Situation(
        match=match,
        event=event,
        zones={side: zone_of(person, event) for side, person in people.items()},
        introduced_at={side: introduced_at(match.id, one.id) for side, one in people.items()},
        slots=_next_slot(event, match.later_at, now) if has_slots else [],
        off=kinds_off(event.id),
        quiet=config.quiet_hours,
    )


def _to_come(at: Situation, now: datetime) -> list[Step]:
    """Return what was not planned before and is still of use."""
    wanted = [step for step in steps(at) if step.until > now]
    ids = {1: at.match.contractor1_id, 2: at.match.contractor2_id}
    done = conversation.occasions(ids.values(), {step.occasion for step in wanted})
    return [step for step in wanted if (ids[step.side], step.occasion) not in done]


def _next_slot(event: Event, later_at: datetime, now: datetime) -> list[breaks.Slot]:
    """Return the first slot after the wish for a later time that is not over yet."""
    slots = breaks.later_slots(event, after=later_at)
    return [slot for slot in slots if slot.until > now][:1]


def _plan(match: EventPeerMatch, event: Event, step: Step, now: datetime) -> bool:
    seen = Seen(match, match.contractor1, match.contractor2, 1)
    if step.side == 2:
        seen = seen.seen_by_peer()
    if not seen.me.phone or not may_connect(seen):
        return False
    return plan_once(
        seen.me,
        step.kind,
        follow_up_words.content(seen, event, step),
        occasion=step.occasion,
        event_id=event.id,
        match_id=None if step.kind is MessageType.WRAP_UP else match.id,
        now=max(step.due, now),
        expires_at=step.until,
    )


@dramatiq.actor(
    broker=broker, queue_name=FOLLOW_UP_QUEUE, max_retries=0, max_age=60_000, time_limit=60_000
)
def plan_follow_ups() -> None:
    """Look at the matches that are due; the planner asks again while there are any."""
    follow_up_due(now=clock.now(), config=current().config)
