"""Several who answer one reply at once, or while its sender says STOP: one text, or none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from actors.conversation import inbox_answers
from actors.conversation.consent import phones_of, stop
from models import inbound
from models.attendee import EventAttendee
from models.base import db
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from models.opt_out import SmsOptOut
from tests.factories import make_attendee, make_event, make_message


def reply(now: datetime, attendee: EventAttendee | None = None) -> EventMessage:
    attendee = attendee or make_attendee(make_event(now))
    return make_message(
        now, event=attendee.event, contractor=attendee.contractor, handled_at=now,
        phone=attendee.contractor.phone, message_type="reply", direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED, inbox_reason="We asked back once.",
    )  # fmt: skip


def planned() -> list[EventMessage]:
    return list(EventMessage.select().where(EventMessage.direction == Direction.OUTBOUND))


@pytest.mark.commits
def test_eight_who_answer_at_once_send_one_text(now: datetime) -> None:
    key = reply(now).id

    def press(number: int) -> int | None:
        with db.connection_context():
            return inbox_answers.answer(key, f"Hi from {number}.", now=now)

    with ThreadPoolExecutor(8) as threads:
        done = [result for result in threads.map(press, range(8)) if result is not None]
    assert done == [text.id for text in planned()]
    assert len(done) == 1


@pytest.mark.commits
def test_a_stop_at_the_same_moment_leaves_nothing_to_be_sent(now: datetime) -> None:
    attendee = make_attendee(make_event(now))
    person = attendee.contractor

    def answer(key: int) -> str:
        with db.connection_context():
            try:
                inbox_answers.answer(key, "Hi.", now=now)
            except inbox_answers.NotAllowed:
                return "refused"
            return "planned"

    def obey_stop(_key: int) -> str:
        with db.connection_context(), db.atomic():
            phones = phones_of(person.phone, person)
            inbound.lock_phone(phones[0])
            stop(phones, person, now=now)
        return "stopped"

    for turn in range(40):
        EventMessage.delete().execute()
        SmsOptOut.delete().execute()
        key = reply(now, attendee).id
        acts = (answer, obey_stop) if turn % 2 else (obey_stop, answer)
        with ThreadPoolExecutor(2) as threads:
            jobs = [threads.submit(act, key) for act in acts]
            results = [job.result() for job in jobs]
        expected = [MessageStatus.CANCELLED] if "planned" in results else []
        assert [text.status for text in planned()] == expected, results
