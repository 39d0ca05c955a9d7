"""The day on which conversations are tested: a clock, phones, people introduced at lunch.

Minutes count from lunch. Everything runs as it does in workers, but by this clock: replies are
received and handled, matches followed up, runs started and texts delivered when they are due.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from actors.conversation.follow_up import follow_up_due
from actors.conversation.receiving import Inbound, receive
from actors.conversation.replies import handle
from actors.pairing.batch_matching import run_matching
from actors.pairing.introductions import schedule_introductions
from actors.sending.delivery import deliver
from models.agenda_item import EventAgendaItem, ItemType
from models.config import Config
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.matching_run import RunKind
from models.message import EventMessage
from models.message_status import WAITING, Direction
from models.peer_match import EventPeerMatch
from tests.factories import make_agenda_item, make_attendee, make_contractor, make_event, make_match
from tests.fakes import FakeGateway, SetClock

LUNCH = datetime(2026, 11, 12, 12, tzinfo=UTC)
_keys = count(1)


class Day:
    """An event with people who are introduced to each other five minutes into lunch.

    Parameters
    ----------
    names : str
        The first names of who is there, such as "Ana Ben Cleo".
    pairs : str
        Who is introduced to whom, such as "Ana-Ben Ana-Cleo".
    """

    def __init__(self, config: Config, names: str, pairs: str, **columns: Any) -> None:
        self.config = config
        self.clock = SetClock(LUNCH)
        self.gateway = FakeGateway()
        columns = {
            "name": "Contractor Summit",
            "matching_status": MatchingStatus.COMPLETED,
            "starts_at": LUNCH - timedelta(hours=3),
            "ends_at": LUNCH + timedelta(hours=5),
            "introductions_at": LUNCH + timedelta(minutes=5),
            **columns,
        }
        self.event: Event = make_event(LUNCH, **columns)
        make_agenda_item(self.event, LUNCH)
        self.breaks = [self._break(120), self._break(240)]
        self.people = {name: self._person(name) for name in names.split()}
        self.matches = {pair: self._match(*pair.split("-")) for pair in pairs.split()}
        ids = [match.id for match in self.matches.values()]
        schedule_introductions(self.event, ids, now=LUNCH)
        self._told = 0
        self.at(6)
        self.told()

    def introduce(self, pair: str, *, at: float) -> None:
        """Match two people, to be introduced so many minutes after lunch began."""
        self.matches[pair] = self._match(*pair.split("-"))
        leave_at = LUNCH + timedelta(minutes=at)
        schedule_introductions(self.event, [self.matches[pair].id], now=LUNCH, leave_at=leave_at)

    def at(self, minute: float) -> None:
        """Let the day go on until so many minutes after lunch began."""
        until = LUNCH + timedelta(minutes=minute)
        while (due := self._next_due()) is not None and due <= until:
            self.clock.advance(seconds=max(0.0, (due - self.clock()).total_seconds()))
            self._work()
        self.clock.advance(seconds=max(0.0, (until - self.clock()).total_seconds()))
        self._work()

    def say(self, name: str, text: str, *, key: str | None = None) -> int:
        """Let somebody write; return where it is stored. It is handled at once."""
        message_id = self.receive(self.people[name].phone, text, key=key)
        handle(message_id, now=self.clock(), config=self.config)
        self._work()
        return message_id

    def receive(self, phone: str, text: str, *, key: str | None = None) -> int:
        """Let a phone write; return where it is stored."""
        reply = Inbound(
            phone=phone,
            text=text,
            key=key or f"talk-{next(_keys)}",
            ghl_contact_id=None,
            ghl_location_id=None,
            ghl_message_id=None,
            raw_payload={},
        )
        return receive(reply, now=self.clock()).message_id

    def told(self) -> list[tuple[str, str]]:
        """Return (who, kind of text) of what left since this was last asked, in order."""
        posts = self.gateway.posts[self._told :]
        self._told = len(self.gateway.posts)
        return [(self._name(post["phone"]), self._kind(post["message_id"])) for _, post in posts]

    def last_text(self, name: str) -> str:
        """Return what somebody's phone showed last."""
        phone = self.people[name].phone
        texts = [post["message"] for _, post in self.gateway.posts if post["phone"] == phone]
        return texts[-1]

    def given_away(self) -> list[str]:
        """Return the texts that name a phone or an e-mail of somebody who had not agreed to it."""
        return [
            post["message"]
            for _, post in self.gateway.posts
            for person in self.people.values()
            if person.phone != post["phone"]
            and (person.phone in post["message"] or person.email in post["message"])
            and not self._had_agreed(person, EventMessage.get_by_id(post["message_id"]))
        ]

    def _had_agreed(self, person: Contractor, text: EventMessage) -> bool:
        both = {person.id, text.contractor_id}
        return any(
            {match.contractor1_id, match.contractor2_id} == both
            and match.connected_at is not None
            and match.connected_at <= text.actual_send_time
            for match in EventPeerMatch.select()
        )

    def match(self, pair: str) -> EventPeerMatch:
        return EventPeerMatch.get_by_id(self.matches[pair].id)

    def state(self, pair: str) -> str:
        return str(self.match(pair).state)

    def row(self, message_id: int) -> EventMessage:
        return EventMessage.get_by_id(message_id)

    def _work(self) -> None:
        """Do all that is due now."""
        now = self.clock()
        event = Event.get_by_id(self.event.id)
        if event.top_up_at is not None and event.top_up_at <= now:
            run_matching(event.id, event.top_up_at, RunKind.TOP_UP, now=self.clock)
        follow_up_due(now=now, config=self.config)
        for _ in range(3):
            due = list(self._waiting().where(EventMessage.due_at() <= now))
            for message in due:
                deliver(message.id, now=self.clock, gateway=self.gateway, config=self.config)
            if not due:
                break

    def _next_due(self) -> datetime | None:
        """Return when something is to be done next, after now."""
        now = self.clock()
        followed = EventPeerMatch.select(EventPeerMatch.follow_up_at).where(
            EventPeerMatch.follow_up_at > now
        )
        moments = [
            *(row.due for row in self._waiting() if row.due > now),
            *(row.follow_up_at for row in followed),
            Event.get_by_id(self.event.id).top_up_at,
        ]
        return min((moment for moment in moments if moment and moment > now), default=None)

    def _waiting(self) -> Any:
        return (
            EventMessage.select()
            .where(
                (EventMessage.direction == Direction.OUTBOUND) & EventMessage.status.in_(WAITING)
            )
            .order_by(EventMessage.due_at(), EventMessage.id)
        )

    def _break(self, minute: int) -> EventAgendaItem:
        start = LUNCH + timedelta(minutes=minute)
        item = make_agenda_item(self.event, start, ItemType.BREAK, hours=0.25)
        EventAgendaItem.update(location="networking lounge").where(
            EventAgendaItem.id == item.id
        ).execute()
        return item

    def _person(self, name: str) -> Contractor:
        contractor = make_contractor(first_name=name, company_name=f"{name} & Co")
        make_attendee(self.event, contractor)
        return contractor

    def _match(self, first: str, second: str) -> EventPeerMatch:
        return make_match(self.event, self.people[first], self.people[second])

    def _name(self, phone: str) -> str:
        return next(name for name, person in self.people.items() if person.phone == phone)

    def _kind(self, message_id: int) -> str:
        return str(EventMessage.get_by_id(message_id).message_type)
