"""The world in which the test of conversations lets them live: three people and their phones."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from actors.n8n.outcomes import Outcome, Verdict
from models.agenda_item import ItemType
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import UNSOLICITED, MessageCategory
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch, MatchState
from tests.factories import make_agenda_item, make_attendee, make_contractor, make_event
from tests.introduced import Introduced, introduce

# What may become of a request: whether it reached the phone, and what we hear of it.
ENDINGS = {
    "accepted": (True, Outcome(Verdict.ACCEPTED)),
    "answer lost": (True, Outcome(Verdict.UNKNOWN, "n8n did not answer in time")),
    "refused": (False, Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")),
    "rejected": (False, Outcome(Verdict.REJECTED, "n8n answered 400")),
}


class Phones:
    """A flow that looks, at the moment a text reaches a phone, whether it may be there.

    Each person has two introductions already.
    """

    def __init__(
        self, people: list[Contractor], event: Event, per_hour: int, now: datetime
    ) -> None:
        self.ending = "accepted"
        self.reached: Counter[int] = Counter()
        self.occasions: Counter[tuple[int, str]] = Counter()
        self._people = people
        self._per_hour = per_hour
        self._hour = timedelta(hours=1) / event.time_scale
        self._unsolicited = {person.id: [now, now] for person in people}

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        reaches, outcome = ENDINGS[self.ending]
        if not reaches:
            return outcome
        row = EventMessage.get_by_id(payload["send_via_ghl"]["message_id"])
        self._may_be_there(row, payload["send_via_ghl"], now)
        if outcome.verdict is Verdict.ACCEPTED:
            return replace(outcome, ghl_message_id=f"ghl-{webhook_id}")
        return outcome

    def probe(self) -> bool:
        return True

    def _may_be_there(self, row: EventMessage, post: dict[str, Any], now: datetime) -> None:
        self.reached[row.id] += 1
        assert self.reached[row.id] == 1, "a text is on a phone once"
        if row.message_category != MessageCategory.COMPLIANCE:
            assert not has_opted_out(post["phone"]), "nobody is texted after their STOP"
        if row.occasion:
            self.occasions[row.contractor_id, row.occasion] += 1
            assert self.occasions[row.contractor_id, row.occasion] == 1, row.occasion
        for other in self._people:
            if other.phone != post["phone"] and (
                other.phone in post["message"] or other.email in post["message"]
            ):
                self._may_be_given(row, other)
        if row.message_type in UNSOLICITED and self.ending == "accepted":
            lately = [at for at in self._unsolicited[row.contractor_id] if at > now - self._hour]
            assert len(lately) < self._per_hour, "more unsolicited texts than the hour allows"
            self._unsolicited[row.contractor_id] = [*lately, now]

    def _may_be_given(self, row: EventMessage, other: Contractor) -> None:
        low, high = sorted((row.contractor_id, other.id))
        match = EventPeerMatch.get(contractor1=low, contractor2=high)
        assert match.state == MatchState.CONNECTED, "contacts before both agreed"
        assert match.cancelled_at is None or row.match_id is None
        assert not has_opted_out(other.phone), "contacts of somebody who had left"


class Talkers:
    """An event whose introductions are out: each of three people was told of the other two."""

    def __init__(self, now: datetime) -> None:
        self.event: Event = make_event(
            now,
            matching_status=MatchingStatus.COMPLETED,
            starts_at=now - timedelta(hours=3),
            ends_at=now + timedelta(hours=5),
            refills=False,
        )
        make_agenda_item(self.event, now - timedelta(minutes=5))
        for hours in (1, 3):
            start = now + timedelta(hours=hours)
            make_agenda_item(self.event, start, ItemType.BREAK, hours=0.25)
        self.people = [make_contractor(first_name=name) for name in ("Ana", "Ben", "Cleo")]
        for person in self.people:
            make_attendee(self.event, person)
        ana, ben, cleo = self.people
        pairs = ((ana, ben), (ana, cleo), (ben, cleo))
        self.matches: list[Introduced] = [
            introduce(self.event, *pair, now=now, reply_number=None) for pair in pairs
        ]
        numbers: Counter[int] = Counter()
        for row in EventMessage.select().order_by(EventMessage.id):
            numbers[row.contractor_id] += 1
            EventMessage.update(reply_number=numbers[row.contractor_id]).where(
                EventMessage.id == row.id
            ).execute()
