"""What one reply costs the database: each person, event and match is read once."""

import pytest

from actors.conversation.replies import handle
from models.config import Config
from tests.statements import is_counted, statements
from tests.talk import Day

MOST = {"YES": 17, "LATER": 19, "NO": 18, "Tell me more": 12, "purple monkey": 12}


@pytest.mark.parametrize(("text", "most"), MOST.items(), ids=MOST)
def test_a_reply_costs_few_statements(
    text: str, most: int, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Day(config, "Ana Ben Cleo", "Ana-Ben", refills=False)
    message_id = day.receive(day.people["Ana"].phone, text)
    with statements() as seen:
        handle(message_id, now=day.clock(), config=config)
    assert day.row(message_id).handled_at is not None
    asked = [sql for sql in seen if is_counted(sql)]
    assert len(asked) <= most, "\n".join(asked)


def test_a_yes_to_several_costs_little_more_than_to_one(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Day(config, "Ana Ben Cleo Dan", "Ana-Ben Ana-Cleo Ana-Dan", refills=False)
    message_id = day.receive(day.people["Ana"].phone, "YES to all")
    with statements() as seen:
        handle(message_id, now=day.clock(), config=config)
    assert [day.match(pair).contractor1_response for pair in day.matches] == ["yes"] * 3
    asked = [sql for sql in seen if is_counted(sql)]
    assert len(asked) <= MOST["YES"] + 2 * 2, "\n".join(asked)
