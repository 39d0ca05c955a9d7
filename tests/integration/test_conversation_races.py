"""Both people of a match, and whoever else decides about it, at the very same moment."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from actors.control import steering
from actors.conversation.follow_up import follow_up, follow_up_due
from actors.conversation.replies import handle
from actors.sending.delivery import deliver
from models import conversation, delivery
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.event import Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from tests.factories import make_agenda_item, make_event
from tests.fakes import FakeGateway
from tests.introduced import Introduced, at_once, introduce, received, says, two_who_attend

pytestmark = pytest.mark.commits
TIMES = 200
FEWER = 25
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
CONTACTS = "contact_exchange"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(6) as threads:
        yield threads


@pytest.fixture
def event(now: datetime) -> Event:
    event = make_event(
        now,
        matching_status=MatchingStatus.COMPLETED,
        starts_at=now - timedelta(hours=2),
        ends_at=now + timedelta(hours=5),
    )
    make_agenda_item(event, now - timedelta(minutes=5))
    return event


@pytest.fixture(autouse=True)
def _no_deadlock(_database: None) -> Iterator[None]:
    before = _deadlocks()
    yield
    assert _deadlocks() == before, "somebody waited for somebody who waited for them"


def _deadlocks() -> int:
    db.execute_sql("SELECT pg_stat_force_next_flush()")
    return int(db.execute_sql(DEADLOCKS).fetchone()[0])


def pairs(event: Event, times: int, now: datetime) -> list[Introduced]:
    return [introduce(event, *two_who_attend(event), now=now) for _ in range(times)]


def send_all(gateway: FakeGateway, now: datetime, config: Config) -> None:
    for row in EventMessage.select().where(EventMessage.status == MessageStatus.SCHEDULED):
        deliver(row.id, now=lambda: now, gateway=gateway, config=config)


def test_two_yes_at_the_same_instant_make_one_connection_and_two_texts(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for pair in pairs(event, TIMES, now):
        at_once(
            pool,
            lambda pair=pair: says(pair.first, "YES", now=now, config=config),
            lambda pair=pair: says(pair.second, "YES", now=now, config=config),
        )
        match = pair.now_is()
        assert (match.state, match.connection_made) == ("connected", True)
        contacts = pair.texts(CONTACTS)
        assert sorted(text.contractor_id for text in contacts) == [pair.first.id, pair.second.id]
        assert len(pair.texts("yes_noted")) == 1, "whoever was first is thanked, the other is not"
    replies = EventMessage.select().where(EventMessage.direction == "inbound")
    assert all(reply.handled_at and not reply.error_message for reply in replies)


def test_yes_against_no_ends_declined_and_gives_nothing_away(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for pair in pairs(event, FEWER, now):
        at_once(
            pool,
            lambda pair=pair: says(pair.first, "YES", now=now, config=config),
            lambda pair=pair: says(pair.second, "NO", now=now, config=config),
        )
        assert pair.now_is().state == "declined"
        assert pair.texts(CONTACTS) == []
        assert len(pair.texts("no_noted")) == 1


def test_yes_against_the_stop_of_the_other_lets_no_contacts_leave(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    gateway = FakeGateway()
    for pair in pairs(event, FEWER, now):
        says(pair.second, "YES", now=now, config=config)
        at_once(
            pool,
            lambda pair=pair: says(pair.first, "YES", now=now, config=config),
            lambda pair=pair: says(pair.second, "STOP", now=now, config=config),
        )
        assert has_opted_out(pair.second.phone)
        send_all(gateway, now, config)
        assert {text.status for text in pair.texts(CONTACTS)} <= {"cancelled"}
    stopped = EventMessage.select().where(EventMessage.message_content == "STOP")
    phones = {reply.phone for reply in stopped}
    assert len(phones) == FEWER
    assert not phones & {post["phone"] for _, post in gateway.posts}
    assert not any(phone in text for text in gateway.texts for phone in phones)


def test_later_of_both_at_once_postpones_and_tells_each_once(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for pair in pairs(event, FEWER, now):
        at_once(
            pool,
            lambda pair=pair: says(pair.first, "LATER", now=now, config=config),
            lambda pair=pair: says(pair.second, "LATER", now=now, config=config),
        )
        match = pair.now_is()
        assert (match.state, match.contractor1_response, match.contractor2_response) == (
            *("later", "later", "later"),
        )
        told = [text.contractor_id for text in pair.texts("later_noted")]
        assert sorted(told) == [pair.first.id, pair.second.id]


def test_one_reply_handled_by_two_workers_is_answered_once(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for pair in pairs(event, FEWER, now):
        reply = received(pair.first, "YES", now=now)
        work = lambda reply=reply: handle(reply, now=now, config=config)  # noqa: E731
        at_once(pool, work, work, work)
        assert len(pair.texts("yes_noted")) == 1
        assert EventMessage.get_by_id(reply).handled_at is not None


def test_a_burst_of_one_phone_is_handled_in_order(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for pair in pairs(event, 10, now):
        words = ("LATER", "YES", "tell me more", "NO", "YES", "YES")
        burst = [received(pair.first, text, now=now) for text in words]
        at_once(
            pool,
            *(
                lambda reply=reply: handle(reply, now=now, config=config)
                for reply in reversed(burst)
            ),
        )
        for reply in burst:
            # What was left to somebody else who was just done, the planner wakes again.
            handle(reply, now=now, config=config)
        assert pair.now_is().state == "declined"
        mine = (EventMessage.contractor == pair.first.id) & (
            EventMessage.message_category == "reply"
        )
        is_ours = EventMessage.direction == "outbound"
        answers = EventMessage.select().where(mine & is_ours).order_by(EventMessage.id)
        assert [text.message_type for text in answers] == [
            *("later_noted", "yes_noted", "more_details", "no_noted")
        ]
        handled = EventMessage.select().where(EventMessage.id.in_(burst))
        assert all(reply.handled_at == now for reply in handled)


def test_follow_up_run_twice_at_once_plans_each_text_once(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    made = pairs(event, 10, now)
    for pair in made:
        says(pair.first, "YES", now=now, config=config)
        says(pair.second, "YES", now=now, config=config)
    later = now + timedelta(minutes=21)
    work = lambda: follow_up_due(now=later, config=config)  # noqa: E731
    at_once(pool, work, work, work)
    for pair in made:
        asked = Counter(text.contractor_id for text in pair.texts("attendance_question"))
        assert asked == {pair.first.id: 1, pair.second.id: 1}


def test_wrap_up_of_two_matches_followed_up_at_once_is_planned_once(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for _ in range(10):
        (ana, ben), (cleo, _) = two_who_attend(event), two_who_attend(event)
        made = [
            introduce(event, ana, peer, now=now, reply_number=number)
            for number, peer in ((1, ben), (2, cleo))
        ]
        for pair in made:
            EventPeerMatch.update(state="connected", connected_at=now, follow_up_at=now).where(
                EventPeerMatch.id == pair.match.id
            ).execute()
        morning = (now + timedelta(days=1)).replace(hour=9, minute=1)

        def look(pair: Introduced, morning: datetime = morning) -> None:
            with db.atomic():
                follow_up(pair.match.id, now=morning, config=config)

        at_once(pool, *(lambda pair=pair: look(pair) for pair in made))
        is_wrap_up = EventMessage.message_type == "wrap_up"
        mine = EventMessage.select().where(is_wrap_up & (EventMessage.contractor == ana.id))
        assert len(mine) == 1


def test_yes_against_an_organiser_who_cancels_the_match_gives_nothing_away(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    gateway = FakeGateway()
    for pair in pairs(event, FEWER, now):
        says(pair.second, "YES", now=now, config=config)
        at_once(
            pool,
            lambda pair=pair: says(pair.first, "YES", now=now, config=config),
            lambda pair=pair: steering.cancel_match(pair.match.id, reason="why", now=now),
        )
        send_all(gateway, now, config)
        assert pair.now_is().cancelled_at is not None
        assert {text.status for text in pair.texts(CONTACTS)} <= {"cancelled"}


def test_reply_while_its_introduction_is_being_written_down_waits_for_nobody(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    (pair,) = pairs(event, 1, now)
    text = pair.texts("peer_match_introduction")[0]
    EventMessage.update(status="sending").where(EventMessage.id == text.id).execute()
    with db.atomic():
        # Whoever records it has the text, and wants the match next.
        EventMessage.update(status="sent").where(EventMessage.id == text.id).execute()
        (reply,) = at_once(pool, lambda: says(pair.first, "YES", now=now, config=config))
        delivery.note_introduced(text, content="Hey!", now=now)
    assert EventMessage.get_by_id(reply).action_taken == "noted the yes"
    assert pair.now_is().introduction_message == "Hey!"


def test_answer_that_withdraws_texts_has_them_before_their_match(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    """Of two matches at once too: whoever cancels all texts goes by their ids."""
    (ana, ben), (cleo, _) = two_who_attend(event), two_who_attend(event)
    made = [
        introduce(event, ana, peer, now=now, reply_number=number)
        for number, peer in ((1, ben), (2, cleo))
    ]
    first, last = [_prompt(pair, ana, now) for pair in reversed(made)]
    with db.atomic():
        EventMessage.select().where(EventMessage.id == first).for_update().execute()
        answering = pool.submit(
            at_once, pool, lambda: says(ana, "no to all", now=now, config=config)
        )
        while not db.execute_sql(WAITING_FOR_A_LOCK).fetchone()[0]:
            assert not answering.done(), "the answer did not wait for the text"
        EventMessage.select().where(EventMessage.id == last).for_update(
            "FOR UPDATE NOWAIT"
        ).execute()
        EventPeerMatch.select().where(
            EventPeerMatch.id.in_([pair.match.id for pair in made])
        ).for_update("FOR UPDATE NOWAIT").execute()
    answering.result(timeout=20)
    assert [pair.now_is().state for pair in made] == ["declined", "declined"]


def _prompt(pair: Introduced, person: Contractor, now: datetime) -> int:
    """Let a text about this match wait; return its id."""
    return EventMessage.insert(
        event=pair.match.event_id, contractor=person, match=pair.match, phone=person.phone,
        message_type="break_prompt", message_category="follow_up", message_content="Hi.",
        scheduled_time=now + timedelta(minutes=5),
    ).execute()  # fmt: skip


def test_answers_and_an_organiser_who_cancels_all_texts_do_not_lock_each_other_out(
    event: Event, now: datetime, config: Config, pool: ThreadPoolExecutor
) -> None:
    for _ in range(10):
        (ana, ben), (cleo, _) = two_who_attend(event), two_who_attend(event)
        made = [
            introduce(event, ana, peer, now=now, reply_number=number)
            for number, peer in ((1, ben), (2, cleo))
        ]
        for pair in reversed(made):
            for person in (pair.first, pair.second):
                _prompt(pair, person, now)
        at_once(
            pool,
            lambda ana=ana: says(ana, "no to all", now=now, config=config),
            lambda: steering.cancel_texts(steering.Scope(event_id=event.id), reason="why", now=now),
            lambda ben=ben: says(ben, "STOP", now=now, config=config),
            lambda cleo=cleo: says(cleo, "YES", now=now, config=config),
        )
        assert [pair.now_is().state for pair in made] == ["declined", "declined"]
        waiting = conversation.waiting_for([pair.match.id for pair in made])
        assert not EventMessage.select().where(waiting & (EventMessage.status == "scheduled"))
