"""Whatever happens to a text, in whatever order: it is on a phone once, and its row tells why.

Hypothesis plays senders that die or come back late, a planner, n8n, a provider, an organiser and
the person who gets the text; after each step the rows and the phones are looked at.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from actors.control import event_cancelling, steering
from actors.control.steering import Scope
from actors.conversation import consent, delivery_reports
from actors.conversation.delivery_reports import DeliveryReport
from actors.n8n.outcomes import Outcome
from actors.n8n.payload import build_payload, webhook_id
from actors.planning import text_wake_ups
from actors.planning.rescue import rescue
from actors.sending import breaker, lateness, probing
from actors.sending.delivery import deliver
from actors.sending.preparing import prepare
from actors.sending.recording import record, record_broken, release
from models import inbound, schedule
from models.agenda_item import EventAgendaItem
from models.base import db
from models.claiming import Claim
from models.config import Config
from models.message import EventMessage
from models.message_status import (
    MOVES,
    UNDER_WAY,
    WAITING,
    HeldBecause,
    MessageStatus,
    MessageType,
)
from models.peer_match import EventPeerMatch
from tests.life import ENDINGS, Day, Flow, SenderDied, plan_another
from tests.lives import live

FINAL = {status for status, targets in MOVES.items() if not targets}
OVER = (MessageStatus.FAILED, MessageStatus.CANCELLED)
ONE_OF_ROWS = st.integers(0, 7)
ENDING = st.sampled_from([*ENDINGS, *5 * ["accepted"], "answer lost"])
# What is drawn happens for these numbers of 0 to 7.
RARE = {
    "event_is_held": {0},
    "event_is_released": range(8),
    "event_is_cancelled": {0, 1},
    "lunch_moves": range(4),
    "match_is_cancelled": {0},
    "our_code_breaks_on_it": range(4),
    "stop_comes": {0, 1},
}
PRESSED_IN = {
    "cancel": WAITING,
    "hold": WAITING,
    "release": [MessageStatus.HELD],
    "send_again": [MessageStatus.HELD],
    "mark_as_sent": [MessageStatus.HELD],
    "retry": [MessageStatus.FAILED],
}
PRESSED = st.sampled_from([*PRESSED_IN, *3 * ["send_again", "mark_as_sent", "release", "retry"]])


class MessageLife(RuleBasedStateMachine):
    def __init__(self, config: Config, now: datetime) -> None:
        super().__init__()
        self.atomic = db.atomic()
        self.transaction = self.atomic.__enter__()
        breaker.forget()
        self.now = now
        self.flow = Flow()
        self.settings = config
        self.day = Day.begin(self.now)
        self.planner = text_wake_ups.TextWakeUps(self.settings, delay_slots=16_000)
        self.claims: list[Claim] = []
        self.answers: list[tuple[Claim, Outcome]] = []
        self.stopped: set[int] = set()
        self.known: dict[int, EventMessage] = {row.id: row for row in self.rows()}

    def teardown(self) -> None:
        self.transaction.rollback()
        self.atomic.__exit__(None, None, None)

    def rows(self) -> list[EventMessage]:
        # Asked thousands of times; Peewee takes longer to word it than PostgreSQL to answer it.
        return list(EventMessage.raw("SELECT * FROM event_messages ORDER BY id"))

    def row(self, number: int, *statuses: MessageStatus) -> EventMessage:
        """Return one of the rows, of those in these statuses if there are any."""
        rows = self.rows()
        fitting = [row for row in rows if row.status in statuses] or rows
        return fitting[number % len(fitting)]

    # Time and the planner

    @rule(seconds=st.sampled_from([0.05, 1, 5, 5, 5, 30, 70, 70, 70, 1500]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(rescues=st.booleans(), ending=ENDING)
    def the_planner_looks(self, rescues: bool, ending: str) -> None:
        lateness.expire(now=self.now, config=self.settings)
        self.planner.send(self.now, time.monotonic())
        if rescues:
            rescue(now=self.now, config=self.settings)
        if breaker.take_probe(self.now):
            self.flow.ending = ending
            probing.probe(now=lambda: self.now, gateway=self.flow, config=self.settings)

    # Senders, step by step, so that everything else may happen in between

    @rule(number=ONE_OF_ROWS, ending=ENDING, moves=st.integers(1, 6))
    def a_sender_goes_on(self, number: int, ending: str, moves: int) -> None:
        for _ in range(moves):
            if self.answers:
                self.write_down(number)
            elif self.claims:
                self.post(number, ending)
            else:
                self.claim(number)

    @rule(number=ONE_OF_ROWS, ending=ENDING, posts=st.booleans())
    def another_sender_goes_on(self, number: int, ending: str, posts: bool) -> None:
        if posts and self.claims:
            self.post(number, ending)
        else:
            self.claim(number)

    @precondition(lambda self: self.answers)
    @rule(number=ONE_OF_ROWS)
    def an_answer_takes_too_long(self, number: int) -> None:
        """Its text is taken away and claimed by another, before it comes after all."""
        self.now += timedelta(seconds=self.settings.lease_seconds + 1)
        rescue(now=self.now, config=self.settings)
        for other in range(number, number + 3):
            self.claim(other)
        self.write_down(number)

    @precondition(lambda self: self.claims or self.answers)
    @rule()
    def all_senders_die(self) -> None:
        self.claims, self.answers = [], []

    def claim(self, number: int) -> None:
        if not any(row.status in UNDER_WAY for row in self.rows()):
            plan_another(self.now)
        row = self.row(number, *WAITING)
        self.wait_for(row, number)
        with db.atomic():
            found = prepare(row.id, now=self.now, config=self.settings, is_probe=False)
        if isinstance(found, Claim):
            self.may_be_claimed(row, found)
            self.claims.append(found)
        elif found is not None and not self.claims and not self.answers and number % 2:
            # Whoever has the other text to this person is dead.
            self.now += timedelta(seconds=self.settings.lease_seconds + 1)
            rescue(now=self.now, config=self.settings)

    def wait_for(self, row: EventMessage, number: int) -> None:
        """Let its time come, mostly; some wake-ups are early."""
        if number and row.due is not None and row.status in WAITING:
            self.now = max(self.now, row.due)

    def may_be_claimed(self, row: EventMessage, claim: Claim) -> None:
        assert row.status in WAITING
        assert row.due <= self.now
        assert row.contractor_id not in self.stopped
        is_off = row.event_id and row.event.cancelled_at is not None
        assert not is_off or row.message_type == MessageType.EVENT_CANCELLED
        assert row.match_id is None or row.match.cancelled_at is None
        assert claim.part == row.parts_sent + 1
        assert self.settings.n8n_drops_repeats or not row.is_doubtful

    def post(self, number: int, ending: str) -> None:
        claim = self.claims.pop(number % len(self.claims))
        most = self.settings.lease_seconds - self.settings.http_timeout_seconds - 1
        if self.now - claim.text.read_at > timedelta(seconds=most):
            release(claim, now=self.now)
            return
        self.flow.ending = ending
        payload = build_payload(claim, now=claim.text.read_at)
        self.answers.append((claim, self.flow.send(payload, webhook_id(claim), self.now)))

    def write_down(self, number: int) -> None:
        claim, outcome = self.answers.pop(number % len(self.answers))
        with db.atomic():
            record(claim, outcome, now=self.now, config=self.settings)
        breaker.note(outcome, self.now)

    @rule(number=ONE_OF_ROWS, ending=ENDING, dies=st.booleans())
    def it_is_delivered_at_once(self, number: int, ending: str, dies: bool) -> None:
        self.flow.ending, self.flow.dies = ending, dies
        try:
            row = self.row(number, *WAITING)
            self.wait_for(row, number)
            deliver(row.id, now=lambda: self.now, gateway=self.flow, config=self.settings)
        except SenderDied:
            pass
        finally:
            self.flow.dies = False

    def our_code_breaks_on_it(self, number: int) -> None:
        with db.atomic():
            record_broken(self.row(number).id, KeyError(), now=self.now)

    # People

    @rule(number=ONE_OF_ROWS, button=PRESSED)
    def a_button_is_pressed(self, number: int, button: str) -> None:
        row = self.row(number, *PRESSED_IN[button])
        scope = Scope(message_id=row.id)
        done = {
            "cancel": lambda: steering.cancel_texts(scope, reason="cancelled", now=self.now),
            "hold": lambda: steering.hold_texts(scope, reason="held", now=self.now),
            "release": lambda: steering.release_texts(scope, now=self.now),
            "send_again": lambda: steering.send_again(row.id, now=self.now),
            "mark_as_sent": lambda: steering.mark_as_sent(row.id, now=self.now),
            "retry": lambda: steering.retry(row.id, now=self.now),
        }[button]()
        if not _may_press(button, row):
            assert not done
            assert EventMessage.get_by_id(row.id).__data__ == row.__data__
        if done and button == "send_again":
            self.flow.excused[self.first(row.id), row.parts_sent + 1] += 1

    @rule(what=st.sampled_from(sorted(RARE)), number=ONE_OF_ROWS)
    def something_rare_happens(self, what: str, number: int) -> None:
        # Of several that were drawn, so that what ends everything does not end every example.
        if number in RARE[what]:
            getattr(self, what)(number)

    def event_is_held(self, _: int) -> None:
        steering.hold_texts(Scope(event_id=self.day.event.id), reason="held", now=self.now)

    def event_is_released(self, _: int) -> None:
        steering.release_texts(Scope(event_id=self.day.event.id), now=self.now)

    def lunch_moves(self, number: int) -> None:
        move = timedelta(minutes=(-10, -2, 3, 20)[number % 4])
        EventAgendaItem.update(
            start_time=EventAgendaItem.start_time + move, end_time=EventAgendaItem.end_time + move
        ).where(EventAgendaItem.id == self.day.lunch.id).execute()
        with db.atomic():
            schedule.sync(self.day.event.id, now=self.now)

    def stop_comes(self, number: int) -> None:
        person = self.day.people[number % 2]
        with db.atomic():
            inbound.lock_phone(person.phone)
            consent.stop([person.phone], person, now=self.now)
        self.stopped.add(person.id)

    def match_is_cancelled(self, _: int) -> None:
        steering.cancel_match(self.day.match_id, reason="cancelled", now=self.now)

    def event_is_cancelled(self, number: int) -> None:
        tell = number == 0
        event_cancelling.cancel_event(self.day.event.id, tell_introduced=tell, now=self.now)

    @precondition(lambda self: not self.claims and not self.answers)
    @rule()
    def the_flow_is_exchanged(self) -> None:
        """Setting and flow change together, while nothing is being sent."""
        if any(row.status == MessageStatus.SENDING for row in self.rows()):
            return
        self.flow.drops_repeats = not self.flow.drops_repeats
        self.settings = replace(self.settings, n8n_drops_repeats=self.flow.drops_repeats)

    @precondition(lambda self: self.flow.texted)
    @rule(number=ONE_OF_ROWS, status=st.sampled_from(["sent", "delivered", "failed"]))
    def the_provider_reports(self, number: int, status: str) -> None:
        texted = sorted(self.flow.texted)
        message_id, part = texted[number % len(texted)]
        delivery_reports.record(DeliveryReport(status, message_id, part), now=self.now)
        if status == "failed":
            # It did not arrive after all, so a person may send it once more.
            for each in range(1, 5):
                self.flow.excused[self.first(message_id), each] += 1

    # What must be so after each step

    @invariant()
    def rows_are_sound(self) -> None:
        rows = self.rows()
        for row in rows:
            _is_sound(row)
            if row.id in self.known:
                _may_follow(self.known[row.id], row)
        live = [
            (row.match_id, row.contractor_id)
            for row in rows
            if row.match_id and row.status not in OVER
        ]
        assert len(live) == len(set(live)), "one live introduction for a match and person"
        self.known = {row.id: row for row in rows}

    @invariant()
    def whoever_sends_a_text_has_it_until_the_lease_is_over(self) -> None:
        for claim in (*self.claims, *(claim for claim, _ in self.answers)):
            if self.now <= claim.text.read_at + timedelta(seconds=self.settings.lease_seconds):
                row = EventMessage.get_by_id(claim.text.id)
                assert (row.status, str(row.claim_token)) == (MessageStatus.SENDING, claim.token)

    @invariant()
    def nobody_is_texted_twice(self) -> None:
        for text, times in self.flow.on_phones.items():
            assert times <= 1 + self.flow.excused[text], text

    def first(self, message_id: int) -> int:
        before = self.known[message_id].retry_of_id
        return self.first(before) if before else message_id


def _may_press(button: str, row: EventMessage) -> bool:
    is_held = row.status == MessageStatus.HELD
    by_a_person = row.held_because == HeldBecause.PERSON
    return {
        "cancel": is_held or row.status in WAITING,
        "hold": row.status in WAITING,
        "release": is_held and by_a_person,
        "send_again": is_held and (row.is_doubtful or not by_a_person),
        "mark_as_sent": is_held and (row.is_doubtful or not by_a_person),
        "retry": row.status == MessageStatus.FAILED and not row.is_doubtful,
    }[button]


def _is_sound(row: EventMessage) -> None:
    status = row.status
    assert (row.lease_until is not None) == (status == MessageStatus.SENDING), "lease"
    assert row.claim_token is not None or status != MessageStatus.SENDING, "token"
    assert (row.wake_at is not None) == (status == MessageStatus.QUEUED), "wake-up"
    assert (row.held_because is not None) == (status == MessageStatus.HELD), "held because"
    assert row.error_message or status not in (*OVER, MessageStatus.HELD), "reason"
    assert not (row.is_doubtful and status == MessageStatus.FAILED), "doubt never fails"
    assert 0 <= row.parts_sent <= len(row.part_texts or [""])
    if status in (MessageStatus.SENT, MessageStatus.DELIVERED):
        assert row.actual_send_time is not None
        assert not row.is_doubtful
    if row.message_type == MessageType.INTRODUCTION and status == MessageStatus.SENT:
        assert EventPeerMatch.get_by_id(row.match_id).introduction_sent_time is not None


def _may_follow(before: EventMessage, after: EventMessage) -> None:
    was, status = MessageStatus(before.status), after.status
    if was in FINAL:
        assert status == was, "a final status never changes"
    if was in (MessageStatus.SENT, MessageStatus.DELIVERED):
        assert status == was or status in MOVES[was]
    if status != MessageStatus.FAILED:
        assert after.parts_sent >= before.parts_sent
    assert after.send_key == before.send_key
    assert after.attempts >= before.attempts or was == MessageStatus.SENDING


def test_a_text_lives_through_everything_and_arrives_once_at_most(
    config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_wake_ups, "send_at", lambda *_: None)
    fitting = replace(config, n8n_drops_repeats=True, text_limit_characters=160)
    live(partial(MessageLife, fitting, now), monkeypatch, examples=60, steps=60)
