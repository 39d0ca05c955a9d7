"""Owns what can be done to many people at once: check in, record a consent, put out of texts."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_login import current_user
from peewee import fn

from actors.conversation import consent
from models.attendee import EventAttendee
from models.base import db
from models.check_in import check_in_all, consent_all
from models.contractor import Contractor
from models.eligibility import has_phone, is_opted_out
from models.message import EventMessage
from models.message_status import Direction
from models.steering import CANCELLABLE
from web.admin.bulk import Bulk, Question
from web.admin.deeds import record_deed, record_deeds
from web.admin.message_actions import texts

METHOD = "admin"


def people(number: int) -> str:
    """Return `1 person` or `2 people`."""
    return f"{number:,} person" if number == 1 else f"{number:,} people"


def check_in() -> Bulk:
    """Return how many are checked in at once."""
    return Bulk("checked_in", "Check in", _ask_check_in, _check_in)


def opt_in() -> Bulk:
    """Return how the consent of many is recorded at once."""
    return Bulk(
        "consented", "Record consent", _ask_consent, _consent,
        note="Where did they agree?",
        hint="Such as “paper form at registration, Nov 23”. It is kept with your name.",
    )  # fmt: skip


def opt_out(of: str) -> Bulk:
    """Return how many are put on the opt-out list at once; `of`: contractors or attendees."""
    contractor_ids = _of_attendees if of == "attendees" else list
    return Bulk(
        "opted_out", "Opt out",
        lambda ids: _ask_opt_out(contractor_ids(ids)),
        lambda ids, note, now: _opt_out(contractor_ids(ids), note, now),
        note="Why?",
        hint="Such as “asked at the desk”. It is kept with your name.",
        is_grave=True,
    )  # fmt: skip


def _ask_check_in(ids: list[int]) -> Question:
    new = _count(EventAttendee.id.in_(ids) & EventAttendee.check_in_time.is_null())
    here = _count(EventAttendee.id.in_(ids)) - new
    return Question(
        new,
        f"Check {people(new)} in?",
        [
            f"{people(new)} will count as here from now on.",
            f"Not touched: {people(here)} checked in before." if here else "",
            "Where matching has run already, those who take texts are matched in a top-up.",
        ],
    )


def _check_in(ids: list[int], _note: str, now: datetime) -> str:
    done = _by_event(
        ids,
        "checked_in",
        lambda event_id, theirs: check_in_all(event_id, theirs, method=METHOD, now=now),
        now,
    )
    return f"Checked in: {people(done)}."


def _ask_consent(ids: list[int]) -> Question:
    chosen = EventAttendee.id.in_(ids)
    open_ = chosen & ~EventAttendee.sms_opt_in
    out = _count(open_ & is_opted_out())
    mute = _count(open_ & ~is_opted_out() & ~has_phone())
    new = _count(open_) - out - mute
    had = _count(chosen) - _count(open_)
    left = [
        f"{people(out)} who sent STOP (only START from the phone lifts it)" if out else "",
        f"{people(mute)} without a phone" if mute else "",
        f"{people(had)} who agreed before" if had else "",
    ]
    told = ", ".join(words for words in left if words)
    return Question(
        new,
        f"Did {people(new)} agree to texts?",
        [
            f"{people(new)} may be texted from now on.",
            f"Not touched: {told}." if told else "",
        ],
    )


def _consent(ids: list[int], note: str, now: datetime) -> str:
    source = f"{note} (recorded by {current_user.name})"[:255]
    done = _by_event(
        ids,
        "consented",
        lambda event_id, theirs: consent_all(event_id, theirs, source=source, now=now),
        now,
    )
    return f"Consent recorded: {people(done)}."


def _by_event(
    ids: list[int], deed: str, do: Callable[[int, list[int]], list[int]], now: datetime
) -> int:
    """Do it event by event, each in a transaction of its own; return to how many."""
    theirs: dict[int, list[int]] = defaultdict(list)
    rows = EventAttendee.select(EventAttendee.id, EventAttendee.event)
    for row in rows.where(EventAttendee.id.in_(ids)):
        theirs[row.event_id].append(row.id)
    done = 0
    for event_id in sorted(theirs):
        with db.atomic():
            changed = do(event_id, theirs[event_id])
            record_deeds(EventAttendee, changed, deed, {"at_once": len(changed)}, now=now)
        done += len(changed)
    return done


def _count(condition: Any) -> int:
    people_of = EventAttendee.select(fn.COUNT(EventAttendee.id)).join(Contractor)
    number: int = people_of.where(condition).scalar()
    return number


def _of_attendees(ids: list[int]) -> list[int]:
    rows = EventAttendee.select(EventAttendee.contractor).where(EventAttendee.id.in_(ids))
    return sorted({row.contractor_id for row in rows})


def _ask_opt_out(ids: list[int]) -> Question:
    chosen = Contractor.id.in_(ids)
    phones = list(_reached(ids).values())
    everybody = Contractor.select().where(chosen).count()
    out = Contractor.select().where(chosen & is_opted_out()).count()
    mute = everybody - out - len(phones)
    left = [
        f"{people(out)} who opted out before" if out else "",
        f"{people(mute)} without a phone" if mute else "",
    ]
    told = ", ".join(words for words in left if words)
    return Question(
        len(phones),
        f"Put {people(len(phones))} on the opt-out list?",
        [
            f"{people(len(phones))} will get no texts any more, at no event, as after a STOP.",
            "Only START from the phone itself lifts it.",
            f"Waiting for them, and cancelled for good: {texts(_waiting(phones))}.",
            f"Not touched: {told}." if told else "",
        ],
    )


def _reached(ids: list[int]) -> dict[int, str]:
    """Return by person the phone of each of these who can be texted so far."""
    rows = Contractor.select(Contractor.id, Contractor.phone).where(
        Contractor.id.in_(ids) & has_phone() & ~is_opted_out()
    )
    return {person.id: person.phone for person in rows.order_by(Contractor.id)}


def _waiting(phones: list[str]) -> int:
    theirs = Contractor.select(Contractor.id).where(Contractor.phone.in_(phones))
    number: int = (
        EventMessage.select()
        .where(
            (EventMessage.phone.in_(phones) | EventMessage.contractor.in_(theirs))
            & (EventMessage.direction == Direction.OUTBOUND)
            & EventMessage.status.in_(CANCELLABLE)
        )
        .count()
    )
    return number


def _opt_out(ids: list[int], note: str, now: datetime) -> str:
    source = f"{note} (by {current_user.name})"
    ours: set[str] = set()
    done = cancelled = 0
    for contractor_id, phone in _reached(ids).items():
        # As a STOP does: one person, one transaction, which holds the phone.
        with db.atomic():
            number = consent.opt_out_by_hand(contractor_id, source=source, now=now)
            if number is None and phone in ours:
                # Two who share a phone are out together.
                number = 0
            if number is not None:
                row = Contractor(id=contractor_id)
                record_deed(row, "opted_out", {"texts": number}, now=now)
        if number is not None:
            ours.add(phone)
            done, cancelled = done + 1, cancelled + number
    return f"Opted out: {people(done)}. Cancelled: {texts(cancelled)}."
