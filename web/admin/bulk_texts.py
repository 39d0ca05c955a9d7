"""Owns what can be done to many texts or matches at once: what each one's own button does."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, Model

from actors.control import steering
from models import clock
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import Direction, MessageCategory, MessageStatus
from models.peer_match import EventPeerMatch
from models.reach import reach_of
from models.retries import may_be_planned_anew
from models.steering import is_compliance
from web.admin.bulk import Bulk, Question
from web.admin.deeds import record_deed
from web.admin.leaving import still_waits
from web.admin.message_actions import by, steps_of_text, texts
from web.admin.planned_actions import out_of_reach

_RETRIED = "retried"


def matches(number: int) -> str:
    """Return `1 match` or `2 matches`."""
    return f"{number:,} match" if number == 1 else f"{number:,} matches"


def bulk_of_texts() -> tuple[Bulk, ...]:
    """Return what can be done to many texts."""
    return (
        _of_texts("held", "Hold", "{} will wait until released."),
        _of_texts("released", "Release", "{} will leave, each at its time, or now if it is past."),
        _of_texts(
            _RETRIED,
            "Try again",
            "{} that failed will be planned anew; the failed ones stay, as history.",
        ),
        _of_texts("cancelled", "Cancel", "{} will never be sent. This can not be undone."),
    )


def bulk_of_matches() -> tuple[Bulk, ...]:
    """Return what can be done to many matches."""
    return (
        Bulk("texts_retried", "Try failed texts again", _ask_retry, _retry),
        Bulk("cancelled", "Cancel matches", _ask_cancel, _cancel, is_grave=True),
    )


def _of_texts(code: str, label: str, effect: str) -> Bulk:
    def ask(ids: list[int]) -> Question:
        now = clock.now()
        able = _able(ids, code, now)
        left = len(ids) - len(able)
        return Question(
            len(able),
            f"{label} {texts(len(able))}?",
            [
                effect.format(texts(len(able))),
                *(_doubts(able) if code == "cancelled" else []),
                *(_waits(able, now) if code in ("released", _RETRIED) else []),
                f"Not touched: {texts(left)} for which this is not possible as they are, such as "
                "those that left or are of no use any more." if left else "",
            ],
        )  # fmt: skip

    def do(ids: list[int], _note: str, now: datetime) -> str:
        done = _each(EventMessage, ids, code, lambda row: _take(row, code, now), now)
        return f"{label}: {texts(done)} done.{_rest(len(ids) - done)}"

    # “Cancel” alone could mean the ticks.
    is_grave = code == "cancelled"
    return Bulk(code, f"{label} texts" if is_grave else label, ask, do, is_grave=is_grave)


def _able(ids: list[int], code: str, now: datetime) -> list[EventMessage]:
    """Return those of these texts to which it can be done; one query, however many they are."""
    wanted = EventMessage.id.in_(ids)
    if code == _RETRIED:
        return _texts(wanted & _may_be_retried(now))
    rows = _texts(wanted & (EventMessage.status != MessageStatus.FAILED))
    return [row for row in rows if _step(row, code, now) is not None]


def _may_be_retried(now: datetime) -> Any:
    """Return the SQL of what has the button of a failed text, as `steps_of_text` gives it."""
    return may_be_planned_anew(now) & ~is_compliance()


def _step(text: EventMessage, code: str, now: datetime) -> Any:
    # Answers to STOP, START and HELP are owed; each has its own page with its own button.
    if text.message_category == MessageCategory.COMPLIANCE or text.direction == Direction.INBOUND:
        return None
    return next((step for step in steps_of_text(text, now) if step.code == code), None)


def _take(text: EventMessage, code: str, now: datetime) -> int | None:
    step = _step(text, code, now)
    return None if step is None else step.do(now)


def _doubts(rows: Sequence[EventMessage]) -> list[str]:
    doubtful = sum(row.status == MessageStatus.HELD and row.is_doubtful for row in rows)
    return [f"Of these, {texts(doubtful)} may have arrived all the same."] if doubtful else []


def _waits(rows: Sequence[EventMessage], now: datetime) -> list[str]:
    return still_waits(EventMessage.id.in_([row.id for row in rows]), now=now) if rows else []


def _texts(wanted: Any) -> list[EventMessage]:
    """Return texts with whom they are for and their event, which their buttons name."""
    return list(
        EventMessage.select(EventMessage, Contractor, Event)
        .join_from(EventMessage, Contractor, JOIN.LEFT_OUTER)
        .join_from(EventMessage, Event, JOIN.LEFT_OUTER)
        .where(wanted)
        .order_by(EventMessage.id)
    )


def _each(
    model: type[Model],
    ids: Sequence[int],
    code: str,
    do: Callable[[Any], int | None],
    now: datetime,
) -> int:
    """Do it to one after the other, each in a transaction of its own; return to how many."""
    done = 0
    for key in ids:
        with db.atomic():
            row = model.get_or_none(model.id == key)
            changed = None if row is None else do(row)
            if changed is not None:
                record_deed(row, code, {"texts": changed}, now=now)
                done += 1
    return done


def _rest(left: int) -> str:
    return f" Left as they were: {left:,}." if left else ""


def _ask_cancel(ids: list[int]) -> Question:
    stand = EventPeerMatch.id.in_(ids) & EventPeerMatch.cancelled_at.is_null()
    able = EventPeerMatch.select().where(stand).count()
    found = reach_of(EventMessage.match.in_(EventPeerMatch.select(EventPeerMatch.id).where(stand)))
    doubt = f"Of these, {texts(found.unknown)} may have been sent already."
    return Question(
        able,
        f"Cancel {matches(able)}?",
        [
            f"{matches(able)} will be over; the two are not matched again at this event.",
            f"Waiting for them, and taken back for good: {texts(found.cancellable)}.",
            doubt if found.unknown else "",
            *out_of_reach(found),
            "This can not be undone.",
            f"Not touched: {matches(len(ids) - able)} cancelled before." if able < len(ids) else "",
        ],
    )


def _cancel(ids: list[int], _note: str, now: datetime) -> str:
    def cancel(match: EventPeerMatch) -> int | None:
        if match.cancelled_at is not None:
            return None
        number = steering.cancel_match(match.id, reason=by("cancelled"), now=now)
        is_ours = EventPeerMatch.get_by_id(match.id).cancelled_at == now
        return number if is_ours or number else None

    done = _each(EventPeerMatch, ids, "cancelled", cancel, now)
    return f"Cancelled: {matches(done)}.{_rest(len(ids) - done)}"


def _failed_of(match_ids: Sequence[int], now: datetime) -> list[EventMessage]:
    """Return the failed texts of matches that stand, which can be tried again."""
    return _texts(EventMessage.match.in_(list(match_ids)) & _may_be_retried(now))


def _ask_retry(ids: list[int]) -> Question:
    now = clock.now()
    failed = _failed_of(ids, now)
    able = len(failed)
    return Question(
        able,
        f"Try {texts(able)} again?",
        [
            f"{texts(able)} of {matches(len(ids))} will be planned anew.",
            *_waits(failed, now),
            "The failed ones stay as they are, as history.",
            "None of these has a text that can be tried again." if not able else "",
        ],
    )


def _retry(ids: list[int], _note: str, now: datetime) -> str:
    failed = [row.id for row in _failed_of(ids, now)]
    done = _each(EventMessage, failed, _RETRIED, lambda row: _take(row, _RETRIED, now), now)
    return f"Tried again: {texts(done)}.{_rest(len(failed) - done)}"
