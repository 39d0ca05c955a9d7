"""The world in which the test of a text's life lets it live: a clock, a flow, phones, one event."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from actors.n8n.outcomes import Outcome, Verdict
from models.agenda_item import EventAgendaItem, ItemType
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
)

LONG = "One sentence of about forty characters. " * 10
# What may become of a request: whether it reached the phone, and what we hear of it.
ENDINGS = {
    "accepted": (True, Outcome(Verdict.ACCEPTED)),
    "answer lost": (True, Outcome(Verdict.UNKNOWN, "n8n did not answer in time")),
    "request lost": (False, Outcome(Verdict.UNKNOWN, "the connection to n8n broke")),
    "refused": (False, Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")),
    "too many": (False, Outcome(Verdict.NOT_ACCEPTED, "n8n answered 429", too_many=True)),
    "rejected": (False, Outcome(Verdict.REJECTED, "n8n answered 400")),
    "undecidable": (True, Outcome(Verdict.UNDECIDABLE, "n8n answered 409", is_conflict=True)),
}


class SenderDied(Exception):
    """Whoever sent it is gone, whatever became of the request."""


class Flow:
    """An n8n flow and the phones behind it; `drops_repeats` says whether it remembers keys."""

    def __init__(self) -> None:
        self.drops_repeats = True
        self.ending = "accepted"
        self.dies = False
        self.on_phones: Counter[tuple[int, int]] = Counter()
        self.excused: Counter[tuple[int, int]] = Counter()
        self.texted: set[tuple[int, int]] = set()
        self._taken: set[str] = set()

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        """Take one part as told to; the phone gets it unless the flow knows the key."""
        part = payload["send_via_ghl"]
        reaches, outcome = ENDINGS[self.ending]
        if reaches and not (self.drops_repeats and webhook_id in self._taken):
            self.on_phones[first_of(part["message_id"]), part["part"]] += 1
            self.texted.add((part["message_id"], part["part"]))
        if reaches and self.drops_repeats:
            self._taken.add(webhook_id)
        if self.dies:
            raise SenderDied
        if outcome.verdict is Verdict.ACCEPTED:
            return replace(outcome, ghl_message_id=f"ghl-{webhook_id}")
        return outcome

    def probe(self) -> bool:
        return self.ending != "refused"


def first_of(message_id: int) -> int:
    """Return the text that this one repeats, in the end."""
    before = EventMessage.get_by_id(message_id).retry_of_id
    return first_of(before) if before else message_id


@dataclass
class Day:
    """An event whose matching is done: two introductions and an answer in three parts, all due."""

    event: Event
    lunch: EventAgendaItem
    match_id: int
    people: list[Any]

    @classmethod
    def begin(cls, now: datetime) -> "Day":
        lunch_at = now - timedelta(minutes=5)
        event = make_event(now, matching_status=MatchingStatus.COMPLETED, matching_at=now)
        lunch = make_agenda_item(event, lunch_at)
        for hours in (2, 4):
            make_agenda_item(event, now + timedelta(hours=hours), ItemType.BREAK, hours=0.5)
        ends_at = now + timedelta(hours=5)
        make_agenda_item(event, ends_at - timedelta(minutes=5), ItemType.CLOSING, hours=1 / 12)
        leave_at = now
        Event.update(introductions_at=leave_at, starts_at=now, ends_at=ends_at).where(
            Event.id == event.id
        ).execute()
        people = [make_contractor(first_name=name) for name in ("Ana", "Ben")]
        match = make_match(event, *people)
        for person in people:
            make_attendee(event, person)
            make_message(
                leave_at, event=event, contractor=person, match=match, phone=person.phone,
                expires_at=ends_at,
            )  # fmt: skip
        make_message(
            now, event=event, contractor=people[0], phone=people[0].phone, message_content=LONG,
            message_type=MessageType.REPLY, message_category=MessageCategory.REPLY,
        )  # fmt: skip
        return cls(event, lunch, match.id, people)


def plan_another(now: datetime) -> None:
    """Plan one more text in three parts, due now, to a phone that nobody here has."""
    make_message(
        now, phone="+15125559999", message_content=LONG, message_type=MessageType.REPLY,
        message_category=MessageCategory.REPLY,
    )  # fmt: skip
