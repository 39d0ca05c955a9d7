"""A name in a reply is consent only where the whole of the reply is an answer."""

from datetime import UTC, datetime

import pytest

from actors.conversation.interpreting import interpret
from actors.reply_text import Intent
from models.conversation import Introduced, Question

NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)
SETTLING = {Intent.YES, Intent.NO, Intent.LATER, Intent.MET_ALREADY}
NO_CONSENT = (
    *("Ben?", "Ben from Ben & Co?", "Ben, do I know you?", "Ben, where are you?"),
    *("Is Ben good?", "is Ben good", "Sorry, Ben", "Thanks Ben", "yes? Ben?"),
    *("Ben? Never heard of him", "Ben hello", "I think Ben is here", "No only Ben"),
    *("What's Ben's number?", "Yes, I'm with Ben now, who else?", "Yes but who is Ben?"),
    *("Ben said yes?", "Ben said yes", "Sounds good, Ben who?", "What will Ben get? Sure"),
    *("Ok thanks Ben", "Ok Ben, I would like to but"),
)
OF_A_STRANGER = ("yes to Dan", "Yes to Dan Miller", "YES TO DAN", "no to dan")


def person(number: int, name: str) -> Introduced:
    return Introduced(number * 10, number, "open", None, name, f"{name} Miller", f"{name} & Co")


def settled(text: str, kind: str, *names: str) -> set[str]:
    """Return who is said yes, no or later to, when one of these kinds was asked last."""
    people = [person(number, name) for number, name in enumerate(names, start=1)]
    questions = [Question(1, kind, None, 7, 3, NOW)]
    return {
        one.peer_first_name
        for reply, about in interpret(text, questions, people, people, "Ana")
        if reply.intent in SETTLING
        for one in about
    }


@pytest.mark.parametrize("kind", ["peer_match_introduction", "which_introduction"])
@pytest.mark.parametrize("text", [*NO_CONSENT, "And Cleo?", "Yes\nBen", "Send me Ben's number"])
def test_a_name_in_other_words_settles_nothing(text: str, kind: str) -> None:
    assert settled(text, kind, "Ben", "Cleo", "Eve") == set()


@pytest.mark.parametrize("text", [*NO_CONSENT, *OF_A_STRANGER, "Ben"])
def test_neither_does_it_where_one_alone_is_open(text: str) -> None:
    assert settled(text, "peer_match_introduction", "Ben") == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("yes to Ben", {"Ben"}),
        ("Yes to Ben, thanks", {"Ben"}),
        ("Yes to both Ben and Cleo", {"Ben", "Cleo"}),
        ("yes to everyone except Ben", {"Cleo", "Eve"}),
    ],
)
def test_an_answer_with_names_settles_those(text: str, wanted: set[str]) -> None:
    assert settled(text, "peer_match_introduction", "Ben", "Cleo", "Eve") == wanted


@pytest.mark.parametrize(("text", "wanted"), [("Ben", {"Ben"}), ("all but Ben", {"Cleo", "Eve"})])
def test_a_name_alone_answers_whom_they_would_like_to_meet(text: str, wanted: set[str]) -> None:
    assert settled(text, "which_introduction", "Ben", "Cleo", "Eve") == wanted
    assert settled(text, "peer_match_introduction", "Ben", "Cleo", "Eve") == set()
