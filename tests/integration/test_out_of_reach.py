"""What did not even reach n8n is soon tried again: perhaps only one host can not."""

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.sending.delivery import deliver
from models.message import EventMessage
from tests.conftest import settings
from tests.factories import make_message
from tests.fakes import FakeGateway, SetClock


@pytest.mark.parametrize(("has_left", "seconds"), [(False, 4), (True, 60)])
def test_the_pause_grows_less_where_there_was_no_connection(
    clock: SetClock, has_left: bool, seconds: float
) -> None:
    text = make_message(
        clock(),
        message_type="note",
        message_content="hello",
        phone="+15125550100",
        attempts=7,
    )
    answer = Outcome(Verdict.NOT_ACCEPTED, "n8n could not take it", has_left=has_left)
    deliver(text.id, now=clock, gateway=FakeGateway([answer]), config=settings())
    pause = EventMessage.get_by_id(text.id).due - clock()
    assert seconds * 0.8 <= pause.total_seconds() <= seconds * 1.2
