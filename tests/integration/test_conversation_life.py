"""Whatever three people say, in whatever order, and whatever breaks: nobody's number goes astray.

Hypothesis plays the people, time, the workers, n8n and an organiser. The phones look at each text
as it arrives (`tests/talkers.py`); after each step the matches are looked at.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from actors.control import steering
from actors.conversation.follow_up import follow_up_due
from actors.conversation.replies import handle
from actors.sending import breaker, lateness
from actors.sending.delivery import deliver
from models.base import db
from models.config import Config
from models.message import EventMessage
from models.message_status import WAITING, Direction, MessageType
from models.opt_out import has_opted_out
from models.peer_match import CLOSED_STATES, EventPeerMatch, MatchState
from tests.introduced import received
from tests.lives import live
from tests.talkers import ENDINGS, Phones, Talkers

SETTLED = (*CLOSED_STATES, MatchState.CONNECTED)
PER_HOUR = 2
WORDS = st.sampled_from(
    [
        *4 * ["YES", "yes all", "yes 1", "yes 2"],
        *2 * ["LATER", "2", "NO", "START", "tell me more"],
        *("SKIP", "no 1", "later 2", "we met already", "7", "2", "purple", "thanks"),
    ]
)
SOMEBODY = st.integers(0, 2)
ENDING = st.sampled_from([*6 * ["accepted"], *ENDINGS])
MINUTES = st.sampled_from([0, 0.1, 1, 5, 16, 16, 21, 40, 60, 125, 600])


class ConversationLife(RuleBasedStateMachine):
    def __init__(self, config: Config, now: datetime) -> None:
        super().__init__()
        self.atomic = db.atomic()
        self.transaction = self.atomic.__enter__()
        breaker.forget()
        self.now = now
        self.settings = config
        self.talkers = Talkers(now)
        self.phones = Phones(self.talkers.people, self.talkers.event, PER_HOUR, now)
        self.unhandled: list[int] = []
        self.known = self.matches()

    def teardown(self) -> None:
        self.transaction.rollback()
        self.atomic.__exit__(None, None, None)

    def matches(self) -> dict[int, EventPeerMatch]:
        return {match.id: match for match in EventPeerMatch.select()}

    # People

    @rule(who=SOMEBODY, text=WORDS, waits=st.booleans())
    def somebody_writes(self, who: int, text: str, waits: bool) -> None:
        self.unhandled.append(received(self.talkers.people[who], text, now=self.now))
        if not waits:
            self.a_worker_answers(0)

    @rule(who=SOMEBODY, other=SOMEBODY, number=st.integers(1, 2))
    def two_agree(self, who: int, other: int, number: int) -> None:
        for person in (who, other):
            text = f"yes {number}" if person == who else "yes all"
            self.unhandled.append(received(self.talkers.people[person], text, now=self.now))
        self.a_worker_answers(0)
        if number == 1 and who != other:
            return
        self.somebody_leaves_or_comes_back(other, is_back=True)
        self.a_worker_answers(0)

    @precondition(lambda self: self.unhandled)
    @rule(number=st.integers(0, 3))
    def a_worker_answers(self, number: int) -> None:
        """Begin with any of them: what the phone said before it is answered first."""
        while self.unhandled:
            message_id = self.unhandled.pop(number % len(self.unhandled))
            handle(message_id, now=self.now, config=self.settings)
            row = EventMessage.get_by_id(message_id)
            assert (row.handled_at, row.error_message) != (None, None)
            assert row.error_message is None, "our own code broke on it"

    @rule(who=SOMEBODY, is_back=st.booleans())
    def somebody_leaves_or_comes_back(self, who: int, is_back: bool) -> None:
        person = self.talkers.people[who]
        text = "START" if is_back and has_opted_out(person.phone) else "STOP"
        self.unhandled.append(received(person, text, now=self.now))

    @rule(number=SOMEBODY, is_rare=st.integers(0, 3))
    def the_organiser_cancels_a_match(self, number: int, is_rare: int) -> None:
        if is_rare == 0:
            match_id = self.talkers.matches[number].match.id
            steering.cancel_match(match_id, reason="cancelled", now=self.now)

    # Time and workers

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(minutes=MINUTES)
    def follow_ups_are_planned(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        follow_up_due(now=self.now, config=self.settings)

    @rule(ending=ENDING, most=st.integers(1, 8))
    def texts_leave(self, ending: str, most: int) -> None:
        lateness.expire(now=self.now, config=self.settings)
        self.phones.ending = ending
        due = EventMessage.status.in_(WAITING) & (EventMessage.due_at() <= self.now)
        for row in EventMessage.select().where(due).order_by(EventMessage.due_at()).limit(most):
            deliver(row.id, now=lambda: self.now, gateway=self.phones, config=self.settings)
        breaker.forget()

    @rule(most=st.integers(1, 4))
    def all_goes_on(self, most: int) -> None:
        self.follow_ups_are_planned(0)
        self.texts_leave("accepted", 8 * most)

    # What must be so after each step

    @invariant()
    def what_is_settled_stays_so(self) -> None:
        now_are = self.matches()
        for match in now_are.values():
            before = self.known[match.id]
            if before.state in SETTLED or before.cancelled_at is not None:
                assert match.state == before.state
            if match.state == MatchState.CONNECTED and before.state != MatchState.CONNECTED:
                self.may_be_connected(match)
            _is_sound(match)
        self.known = now_are

    def may_be_connected(self, match: EventPeerMatch) -> None:
        for person in (match.contractor1, match.contractor2):
            said = EventMessage.select().where(
                (EventMessage.contractor == person) & (EventMessage.direction == Direction.INBOUND)
            )
            may_mean_yes = {"YES", "yes all", "yes 1", "yes 2", "2"}
            assert may_mean_yes & {row.message_content for row in said}, "without a yes"
        # A STOP of the one who did not speak last was there before the second yes.
        opted_out = [
            has_opted_out(person.phone) for person in (match.contractor1, match.contractor2)
        ]
        assert not all(opted_out)

    @invariant()
    def texts_are_planned_for_those_they_are_for(self) -> None:
        texts = EventMessage.select(
            EventMessage.match,
            EventMessage.contractor,
            EventMessage.message_type,
            EventMessage.occasion,
            EventMessage.phone,
            EventMessage.status.in_(WAITING) & (EventMessage.message_category != "compliance"),
        ).where(EventMessage.direction == Direction.OUTBOUND)
        contacts, occasions, waiting = [], [], set()
        for match_id, person, kind, occasion, phone, waits in texts.tuples():
            if kind == MessageType.CONTACT_EXCHANGE:
                contacts.append((match_id, person))
            if occasion:
                occasions.append((person, occasion))
            if waits:
                waiting.add(phone)
        connected = [
            (match.id, person)
            for match in self.matches().values()
            if match.state == MatchState.CONNECTED
            for person in (match.contractor1_id, match.contractor2_id)
        ]
        assert sorted(contacts) == sorted(connected), "for both, where both agreed"
        assert len(occasions) == len(set(occasions)), "each occasion once"
        assert not [phone for phone in waiting if has_opted_out(phone)], "after a STOP"


def _is_sound(match: EventPeerMatch) -> None:
    answers = (match.contractor1_response, match.contractor2_response)
    is_connected = match.state == MatchState.CONNECTED
    assert match.connection_made == is_connected == (match.connected_at is not None)
    if is_connected:
        assert answers == ("yes", "yes")
    if match.state == MatchState.DECLINED:
        assert "no" in answers
    if match.state == MatchState.MET_ALREADY:
        assert "met_already" in answers
    if match.state == MatchState.LATER:
        assert "later" in answers
        assert match.later_at is not None
    if match.state == MatchState.OPEN:
        assert not {"no", "met_already"} & set(answers)


def test_conversations_live_through_everything_and_give_nobody_away(
    config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    limits: dict[str, Any] = {"unsolicited_per_hour": PER_HOUR, "text_limit_characters": 1600}
    live(
        partial(ConversationLife, replace(config, **limits), noon),
        monkeypatch,
        examples=25,
        steps=30,
    )
