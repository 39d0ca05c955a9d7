"""When one of two sends STOP before they are introduced, the other one meets somebody else."""

from datetime import timedelta

import pytest

from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from tests.talk import LUNCH, Day


def leaving(config: Config, *, refills: bool) -> Day:
    """A day on which Ben sends STOP a minute before he and Ana are introduced."""
    day = Day(config, "Ana Ben Cleo", "", refills=refills)
    Event.update(introductions_at=LUNCH + timedelta(minutes=10)).execute()
    day.introduce("Ana-Ben", at=10)
    day.at(9)
    day.say("Ben", "STOP")
    day.told()
    return day


@pytest.mark.parametrize("refills", [True, False])
def test_it_is_cancelled_with_the_reason_and_the_next_best_comes_instead(
    config: Config, refills: bool
) -> None:
    day = leaving(config, refills=refills)
    day.at(11)
    kind = "peer_match_introduction"
    row = EventMessage.get(
        (EventMessage.match == day.matches["Ana-Ben"].id)
        & (EventMessage.contractor == day.people["Ana"].id)
    )
    assert (row.status, row.error_message) == ("cancelled", "the other person opted out (STOP)")
    assert sorted(day.told()) == ([("Ana", kind), ("Cleo", kind)] if refills else [])
    assert EventPeerMatch.select().count() == (2 if refills else 1)


@pytest.mark.commits
def test_whoever_is_let_go_is_never_forgotten_half_way(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = leaving(config, refills=True)
    with monkeypatch.context() as broken:
        broken.setattr("actors.sending.delivery.let_go", _killed)
        with pytest.raises(_Killed):
            day.at(11)
    kind = "peer_match_introduction"
    for minute in (12, 13):
        day.at(minute)
    assert sorted(day.told()) == [("Ana", kind), ("Cleo", kind)]


class _Killed(BaseException):
    """A process dies here."""


def _killed(*_args: object, **_kwargs: object) -> None:
    raise _Killed
