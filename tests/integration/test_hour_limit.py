"""The few texts an hour that nobody asked for: those that may have arrived count, too."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.sending.delivery import deliver
from models import unsolicited
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import HeldBecause, MessageStatus
from tests.factories import make_attendee, make_contractor, make_event, make_message
from tests.fakes import FakeGateway, SetClock

UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n did not answer in time")


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now)


@pytest.fixture
def ana(event: Event) -> Contractor:
    return make_attendee(event, make_contractor()).contractor


def prompt(event: Event, person: Contractor, at: datetime, **columns: Any) -> EventMessage:
    columns = {"message_type": "break_prompt", "message_category": "follow_up", **columns}
    return make_message(
        at, event=event, contractor=person, phone=person.phone, message_content="Hi", **columns
    )


def test_a_text_held_in_doubt_counts_from_when_it_was_due(
    config: Config, event: Event, ana: Contractor, now: datetime
) -> None:
    few = replace(config, unsolicited_per_hour=1)
    first, second = (prompt(event, ana, now - timedelta(minutes=30)) for _ in range(2))
    deliver(first.id, now=SetClock(now), gateway=FakeGateway([UNKNOWN]), config=few)
    held = EventMessage.get_by_id(first.id)
    assert (held.status, held.actual_send_time) == ("held", None)
    free_at = unsolicited.enough_until(ana.id, event, now=now, per_hour=1)
    assert free_at == now + timedelta(minutes=30)
    gateway = FakeGateway()
    deliver(second.id, now=SetClock(now), gateway=gateway, config=few)
    assert gateway.posts == []
    assert EventMessage.get_by_id(second.id).scheduled_time == free_at
    deliver(second.id, now=SetClock(free_at), gateway=gateway, config=few)
    assert len(gateway.posts) == 1


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({"status": MessageStatus.CANCELLED, "is_doubtful": True}, True),
        ({"status": MessageStatus.HELD, "held_because": HeldBecause.UNKNOWN}, True),
        ({"status": MessageStatus.HELD, "held_because": HeldBecause.PERSON}, False),
        ({"status": MessageStatus.CANCELLED}, False),
        ({"status": MessageStatus.FAILED}, False),
    ],
)
def test_only_what_may_have_arrived_counts(
    event: Event, ana: Contractor, now: datetime, columns: dict[str, Any], counts: bool
) -> None:
    due_at = now - timedelta(minutes=10)
    prompt(event, ana, due_at, **columns)
    free_at = unsolicited.enough_until(ana.id, event, now=now, per_hour=1)
    assert free_at == (due_at + timedelta(hours=1) if counts else None)
