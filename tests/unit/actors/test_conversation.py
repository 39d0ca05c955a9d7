"""The state machine of a match: every answer in every state, seen from either side."""

from itertools import product

import pytest

from actors.conversation.match_states import Move, after
from actors.reply_text import Intent
from models.peer_match import CLOSED_STATES, MatchState

OPEN, LATER, CONNECTED = MatchState.OPEN, MatchState.LATER, MatchState.CONNECTED
RESPONSES = (None, "yes", "later", "no", "met_already")
FINAL = (*CLOSED_STATES, CONNECTED)


def move(intent: Intent, state: MatchState, mine: str | None, theirs: str | None) -> Move | None:
    return after(intent, state, mine=mine, theirs=theirs, may_connect=True)


@pytest.mark.parametrize(
    ("intent", "state", "mine", "theirs", "expected"),
    [
        (Intent.YES, OPEN, None, None, Move(OPEN, "yes")),
        (Intent.YES, OPEN, None, "yes", Move(CONNECTED, "yes")),
        (Intent.YES, LATER, "later", "yes", Move(CONNECTED, "yes")),
        (Intent.YES, LATER, None, "later", Move(LATER, "yes")),
        (Intent.YES, LATER, "later", None, Move(OPEN, "yes")),
        (Intent.YES, OPEN, "yes", None, None),
        (Intent.LATER, OPEN, None, None, Move(LATER, "later")),
        (Intent.LATER, OPEN, "later", None, Move(LATER, "later")),
        (Intent.LATER, LATER, "later", None, None),
        (Intent.LATER, OPEN, "yes", "yes", Move(LATER, "later")),
        (Intent.NO, OPEN, "yes", None, Move(MatchState.DECLINED, "no")),
        (Intent.NO, LATER, None, "later", Move(MatchState.DECLINED, "no")),
        (Intent.MET_ALREADY, OPEN, None, "yes", Move(MatchState.MET_ALREADY, "met_already")),
    ],
)
def test_an_answer_moves_the_match(
    intent: Intent,
    state: MatchState,
    mine: str | None,
    theirs: str | None,
    expected: Move | None,
) -> None:
    assert move(intent, state, mine, theirs) == expected


@pytest.mark.parametrize(("state", "intent"), list(product(FINAL, Intent)))
def test_what_is_closed_or_connected_stays_so(state: MatchState, intent: Intent) -> None:
    for mine, theirs in product(RESPONSES, RESPONSES):
        made = move(intent, state, mine, theirs)
        assert made is None or made.state is state


@pytest.mark.parametrize("state", CLOSED_STATES)
def test_whoever_does_not_know_of_a_no_is_answered_as_if_there_were_none(
    state: MatchState,
) -> None:
    assert move(Intent.YES, state, None, "no") == Move(state, "yes")
    assert move(Intent.NO, state, "later", "no") == Move(state, "no")
    assert move(Intent.MET_ALREADY, state, None, "no") == Move(state, "met_already")
    assert move(Intent.YES, state, "no", "yes") is None, "they said no themselves"
    assert move(Intent.LATER, state, None, "no") == Move(state, "later")
    assert move(Intent.LATER, state, "later", "no") is None, "it is said once"


@pytest.mark.parametrize("state", [OPEN, LATER])
def test_contacts_are_exchanged_only_after_two_yes(state: MatchState) -> None:
    for intent, mine, theirs in product(Intent, RESPONSES, RESPONSES):
        made = move(intent, state, mine, theirs)
        if made is not None and made.state is CONNECTED:
            assert (intent, theirs) == (Intent.YES, "yes")


@pytest.mark.parametrize("state", [OPEN, LATER])
def test_nobody_is_connected_while_one_has_opted_out(state: MatchState) -> None:
    made = after(Intent.YES, state, mine=None, theirs="yes", may_connect=False)
    assert made == Move(OPEN, "yes")


def test_the_same_answer_again_changes_nothing() -> None:
    for state, intent, mine, theirs in product((OPEN, LATER), Intent, RESPONSES, RESPONSES):
        first = move(intent, state, mine, theirs)
        if first is not None:
            assert move(intent, first.state, first.response, theirs) is None


def test_what_is_no_answer_to_an_introduction_moves_nothing() -> None:
    answers = {Intent.YES, Intent.LATER, Intent.NO, Intent.MET_ALREADY}
    for state, intent in product((OPEN, LATER), set(Intent) - answers):
        assert move(intent, state, None, None) is None
