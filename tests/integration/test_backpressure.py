"""What is in Redis stays little, however much waits and however slow n8n is."""

from datetime import datetime, timedelta

from actors.broker import MESSAGES_QUEUE
from actors.planner import Planner
from models import outbox
from models.base import db
from models.message import EventMessage
from tests.conftest import settings
from tests.integration.test_planner import planner, status_of, text, wake_ups

SECOND = timedelta(seconds=1)


def flood(now: datetime, number: int) -> None:
    db.execute_sql(
        """
        INSERT INTO event_messages (message_type, scheduled_time, message_content, phone)
        SELECT 'note', %s, 'hello', '+15125550100' FROM generate_series(1, %s)
        """,
        (now, number),
    )


def test_many_looks_far_ahead_queue_no_more_than_the_slots_allow(now: datetime) -> None:
    for second in range(200):
        text(now + second * SECOND)
    looks = Planner(
        settings(MESSAGES_PER_SECOND="1000", HORIZON_SECONDS="300"), leader="test", delay_slots=400
    )
    for second in range(5):
        looks.tick(now + second * SECOND / 10)
    assert outbox.outstanding(now).queued == 100
    assert len(wake_ups(MESSAGES_QUEUE)) == 100


def test_room_is_used_again_once_texts_have_left(now: datetime) -> None:
    for second in range(20):
        text(now + second * SECOND / 4)
    looks = Planner(settings(MESSAGES_PER_SECOND="1000"), leader="test", delay_slots=40)
    looks.tick(now)
    assert outbox.outstanding(now).queued == 10
    db.execute_sql("UPDATE event_messages SET status = 'sent' WHERE status = 'queued'")
    looks.tick(now + SECOND)
    assert outbox.outstanding(now).queued == 10


def test_while_texts_do_not_leave_the_rest_stay_rows(now: datetime) -> None:
    flood(now, 1000)
    looks = planner(MESSAGES_PER_SECOND="10")
    for second in range(30):
        looks.tick(now + second * SECOND / 2)
    known = outbox.outstanding(now + 15 * SECOND)
    assert known.queued <= 2 * 10 + 4 + 2 * 10 + 1, "two seconds late, two ahead, four in hand"


def test_they_go_on_once_texts_leave_again_and_urgent_ones_first(now: datetime) -> None:
    flood(now, 1000)
    looks = planner(MESSAGES_PER_SECOND="10")
    for second in range(10):
        looks.tick(now + second * SECOND)
    answer = text(now + 9 * SECOND, message_category="compliance")
    looks.tick(now + 10 * SECOND)
    assert status_of(answer) == "scheduled"
    EventMessage.update(status="sent").where(EventMessage.status == "queued").execute()
    at = now + 11 * SECOND
    looks.tick(at)
    assert EventMessage.get_by_id(answer.id).wake_at == at
