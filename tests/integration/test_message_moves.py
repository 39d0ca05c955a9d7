"""Moves that the life of a text does not have are refused, whatever the row says."""

from datetime import datetime
from itertools import product

import pytest

from models.message import EventMessage, transition
from models.message_status import MOVES, IllegalMoveError, MessageStatus
from tests.factories import make_message

ILLEGAL = [(a, b) for a, b in product(MessageStatus, MessageStatus) if b not in MOVES[a]]


@pytest.mark.parametrize(("source", "target"), ILLEGAL)
def test_an_illegal_move_is_refused(
    now: datetime, source: MessageStatus, target: MessageStatus
) -> None:
    text = make_message(now, status=source)
    with pytest.raises(IllegalMoveError):
        transition(text.id, source, target)
    assert EventMessage.get_by_id(text.id).status == source
