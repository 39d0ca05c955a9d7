"""Owns what YES, NO, LATER, "met already" and "tell me more" lead to, for one match or several."""

from collections.abc import Callable
from datetime import datetime

from actors.conversation.connecting import connect, may_connect
from actors.conversation.details import tell_more
from actors.conversation.hearing import Heard
from actors.conversation.match_states import Move, after
from actors.pairing import refill
from actors.reply_text import Intent
from actors.sending.answers import plan_answer
from actors.wording.phrases import at_place, clock_time, first_name, listed, number_of
from models import breaks, conversation, match_moves, schedule, steering
from models.event_text import kinds_off
from models.match_moves import Seen
from models.message_status import MessageType
from models.peer_match import CLOSED_STATES, MatchState
from models.rehearsal_day import hour_of

INTENTS = (Intent.YES, Intent.NO, Intent.LATER, Intent.MET_ALREADY, Intent.MORE)
REPEATED = "nothing: it was said before"
CLOSED = "the two will not be introduced"
ANSWERED = "the introduction was answered"
CLOSING = (Intent.NO, Intent.MET_ALREADY)
_SETTLED = (*CLOSED_STATES, MatchState.CONNECTED)
REMINDERS = (MessageType.YES_REMINDER, MessageType.REVEALING_REMINDER)

Moved = list[tuple[Seen, Move]]


def answer(heard: Heard, *, now: datetime) -> str:
    """Do what was asked for about the matches that it is about; return it in words."""
    if heard.reply.intent is Intent.MORE:
        return tell_more(heard, now)
    if heard.reply.intent in CLOSING:
        # Whoever plans a run has the event before any match.
        schedule.lock(heard.event.id)
    match_moves.lock(one.match_id for one in heard.about)
    moved = _move(heard, now)
    if not moved:
        return REPEATED
    return _FOLLOWING[heard.reply.intent](heard, moved, now)


def _move(heard: Heard, now: datetime) -> Moved:
    """Write down where the answer takes each match: its texts first, and only then its row.

    Whoever records that a text left has them in that order too.
    """
    moved = []
    for seen in match_moves.see_all((one.match_id for one in heard.about), heard.person.id):
        move = after(
            heard.reply.intent,
            seen.state,
            mine=seen.mine,
            theirs=seen.theirs,
            may_connect=may_connect(seen),
        )
        if move is None and _was_asked_again(heard, seen):
            is_closed = seen.state in CLOSED_STATES
            move = Move(seen.state if is_closed else MatchState.LATER, Intent.LATER)
        if move is not None:
            moved.append((seen, move))
    if moved:
        _withdraw(heard, moved)
        conversation.note_answered(_answered(heard, moved), now=now)
    return [
        (seen, move)
        for seen, move in moved
        if match_moves.answer(seen, state=move.state, response=move.response, now=now)
    ]


def _was_asked_again(heard: Heard, seen: Seen) -> bool:
    """Whether a LATER answers a question that came after this person's last one."""
    if heard.reply.intent is not Intent.LATER or seen.state is MatchState.CONNECTED:
        return False
    answered_at = seen.of(seen.side, "responded_at")
    asked = [q.asked_at for q in heard.questions if q.match_id == seen.match.id]
    return answered_at is not None and any(at > answered_at for at in asked)


def _withdraw(heard: Heard, moved: Moved) -> None:
    """Cancel what would still ask: both of them when it is settled, else whoever answered."""
    settled = [seen.match.id for seen, move in moved if move.state in _SETTLED]
    standing = [seen.match.id for seen, move in moved if move.state not in _SETTLED]
    intent = heard.reply.intent
    # Whoever asks for a later time may mean the very break that is about to be proposed.
    kinds = REMINDERS if intent is Intent.LATER else (*REMINDERS, MessageType.BREAK_PROMPT)
    steering.cancel(
        conversation.waiting_for(settled) | conversation.asking(standing, heard.person.id, kinds),
        reason=CLOSED if intent in CLOSING else ANSWERED,
    )


def _answered(heard: Heard, moved: Moved) -> list[int]:
    """Return the questions that were answered: those about these matches."""
    matches = {seen.match.id for seen, _ in moved}
    return [question.message_id for question in heard.questions if question.match_id in matches]


def _after_yes(heard: Heard, moved: Moved, now: datetime) -> str:
    connected = [seen for seen, move in moved if move.state is MatchState.CONNECTED]
    for seen in connected:
        connect(seen, heard.event, now=now)
    waiting = [seen for seen, move in moved if move.state is not MatchState.CONNECTED]
    if waiting:
        _say(heard, MessageType.YES_NOTED, waiting, {}, now)
    return "exchanged contacts" if connected else "noted the yes"


def _after_later(heard: Heard, moved: Moved, now: datetime) -> str:
    people = [seen for seen, _ in moved]
    slots = breaks.later_slots(heard.event, after=now)
    if not slots or MessageType.BREAK_PROMPT in kinds_off(heard.event.id):
        only = heard.about[0] if len(heard.about) == 1 else None
        number = number_of(only.number, has_several=heard.has_several) if only else ""
        _say(heard, MessageType.NO_BREAK_LEFT, people, {"number": number}, now)
        return "said that no break is left"
    slot = slots[0]
    starts = clock_time(hour_of(heard.event, slot.starts_at), heard.event.zone)
    when = (
        f"shortly before the day ends, around {starts}"
        if slot.item_id is None
        else f"at the {starts} break"
    )
    facts = {"when": when, "place": at_place(slot.place)}
    _say(heard, MessageType.LATER_NOTED, people, facts, now)
    return "moved to a later time"


def _after_no(heard: Heard, moved: Moved, now: datetime) -> str:
    is_no = heard.reply.intent is Intent.NO
    kind = MessageType.NO_NOTED if is_no else MessageType.MET_ALREADY_NOTED
    _say(heard, kind, [seen for seen, _ in moved], {}, now)
    refill.request(heard.event, now=now)
    return "noted the no" if is_no else "noted that they know each other"


def _say(
    heard: Heard, kind: MessageType, people: list[Seen], facts: dict[str, str], now: datetime
) -> None:
    facts = {"peers": listed(first_name(seen.peer) for seen in people), **facts}
    only = people[0].match.id if len(people) == 1 else None
    plan_answer(heard.message, heard.person, kind, facts, now=now, match_id=only)


_FOLLOWING: dict[Intent, Callable[[Heard, Moved, datetime], str]] = {
    Intent.YES: _after_yes,
    Intent.LATER: _after_later,
    Intent.NO: _after_no,
    Intent.MET_ALREADY: _after_no,
}
