"""Conversations from the first answer to the last text: who said what when, and what was sent."""

import logging
from typing import NamedTuple

import pytest

from models.config import Config
from tests.talk import Day


class Dialogue(NamedTuple):
    """One conversation: `said` are (minute after lunch began, who, words).

    `told` are the kinds of texts that each of those, and the rest of the time until `until`, were
    followed by, as "Ana yes_noted"; `state` is where each match ends.
    """

    name: str
    said: list[tuple[int, str, str]]
    told: list[list[str]]
    state: dict[str, str]
    until: int = 0
    names: str = "Ana Ben"
    pairs: str = "Ana-Ben"


EXCHANGE = ["Ana contact_exchange", "Ben contact_exchange"]

DIALOGUES = [
    Dialogue(
        "both yes",
        [(7, "Ana", "YES"), (8, "Ben", "yes")],
        [["Ana yes_noted"], EXCHANGE, []],
        {"Ana-Ben": "connected"},
        until=25,
    ),
    Dialogue(
        "the second yes comes from who was introduced first",
        [(7, "Ben", "YES"), (30, "Ana", "YES")],
        [["Ben yes_noted"], ["Ana yes_reminder", *EXCHANGE], []],
        {"Ana-Ben": "connected"},
        until=31,
    ),
    Dialogue(
        "one yes and silence is followed by one reminder",
        [(7, "Ana", "YES")],
        [["Ana yes_noted"], ["Ben yes_reminder"]],
        {"Ana-Ben": "open"},
        until=200,
    ),
    Dialogue(
        "the same yes again says nothing new",
        [(7, "Ana", "YES"), (8, "Ana", "YES")],
        [["Ana yes_noted"], [], []],
        {"Ana-Ben": "open"},
        until=9,
    ),
    Dialogue(
        "later waits for the break, where a yes connects",
        [(7, "Ana", "LATER"), (9, "Ben", "YES"), (116, "Ana", "YES")],
        [["Ana later_noted"], ["Ben yes_noted"], ["Ana break_prompt", *EXCHANGE], []],
        {"Ana-Ben": "connected"},
        until=118,
    ),
    Dialogue(
        "later with somebody silent asks both at the break, once",
        [(7, "Ana", "LATER")],
        [["Ana later_noted"], ["Ana break_prompt", "Ben break_prompt"]],
        {"Ana-Ben": "open"},
        until=300,
    ),
    Dialogue(
        "different later times: the later one is proposed to both",
        [(7, "Ana", "LATER"), (117, "Ben", "LATER")],
        [
            ["Ana later_noted"],
            ["Ana break_prompt", "Ben break_prompt", "Ben later_noted"],
            ["Ana break_prompt", "Ben break_prompt"],
        ],
        {"Ana-Ben": "open"},
        until=236,
    ),
    Dialogue(
        "later when no break is left waits for the end of the day",
        [(250, "Ana", "LATER")],
        [["Ana later_noted"], ["Ana break_prompt", "Ben break_prompt"]],
        {"Ana-Ben": "open"},
        until=300,
    ),
    Dialogue(
        "later in the last half hour says that no time is left",
        [(280, "Ana", "LATER"), (282, "Ana", "YES"), (283, "Ben", "YES")],
        [["Ana no_break_left"], ["Ana yes_noted"], EXCHANGE, []],
        {"Ana-Ben": "connected"},
        until=284,
    ),
    Dialogue(
        "skip at the break closes it, and the other one hears nothing",
        [(7, "Ana", "LATER"), (116, "Ana", "SKIP")],
        [["Ana later_noted"], ["Ana break_prompt", "Ben break_prompt", "Ana no_noted"], []],
        {"Ana-Ben": "declined"},
        until=300,
    ),
    Dialogue(
        "no is acknowledged, and the yes of who does not know of it as well",
        [(7, "Ana", "NO"), (8, "Ben", "YES"), (9, "Ben", "YES"), (10, "Ana", "YES")],
        [["Ana no_noted"], ["Ben yes_noted"], [], [], []],
        {"Ana-Ben": "declined"},
        until=60,
    ),
    Dialogue(
        "later to somebody who has said no is answered like any other, and nothing follows",
        [(7, "Ana", "NO"), (8, "Ben", "LATER"), (9, "Ben", "later"), (120, "Ben", "YES")],
        [["Ana no_noted"], ["Ben later_noted"], [], ["Ben yes_noted"], []],
        {"Ana-Ben": "declined"},
        until=300,
    ),
    Dialogue(
        "no takes the reminder of the other one along",
        [(7, "Ana", "YES"), (10, "Ben", "NO")],
        [["Ana yes_noted"], ["Ben no_noted"], []],
        {"Ana-Ben": "declined"},
        until=60,
    ),
    Dialogue(
        "no makes room for the next best",
        [(20, "Ana", "NO")],
        [
            [
                "Ana no_noted",
                *("Ana peer_match_introduction", "Cleo peer_match_introduction"),
                *("Ben peer_match_introduction", "Cleo peer_match_introduction"),
            ],
            [],
        ],
        {"Ana-Ben": "declined"},
        until=25,
        names="Ana Ben Cleo",
    ),
    Dialogue(
        "whom one knows already is closed as well",
        [(7, "Ben", "we met already")],
        [["Ben met_already_noted"], []],
        {"Ana-Ben": "met_already"},
        until=60,
    ),
    Dialogue(
        "more is told before a yes",
        [(7, "Ana", "tell me more"), (8, "Ana", "YES")],
        [["Ana more_details"], ["Ana yes_noted"], []],
        {"Ana-Ben": "open"},
        until=9,
    ),
    Dialogue(
        "a bare yes with two open asks once which",
        [(7, "Ana", "YES"), (8, "Ana", "2"), (9, "Cleo", "YES")],
        [
            ["Ana which_introduction"],
            ["Ana yes_noted"],
            ["Cleo contact_exchange", "Ana contact_exchange"],
            [],
        ],
        {"Ana-Ben": "open", "Ana-Cleo": "connected"},
        until=10,
        names="Ana Ben Cleo",
        pairs="Ana-Ben Ana-Cleo",
    ),
    Dialogue(
        "which is asked once, then a person looks",
        [(7, "Ana", "YES"), (8, "Ana", "YES")],
        [["Ana which_introduction"], [], []],
        {"Ana-Ben": "open", "Ana-Cleo": "open"},
        until=10,
        names="Ana Ben Cleo",
        pairs="Ana-Ben Ana-Cleo",
    ),
    Dialogue(
        "all means all, in one word of thanks",
        [(7, "Ana", "yes all")],
        [["Ana yes_noted"], []],
        {"Ana-Ben": "open", "Ana-Cleo": "open"},
        until=8,
        names="Ana Ben Cleo",
        pairs="Ana-Ben Ana-Cleo",
    ),
    Dialogue(
        "what is not understood is asked back about once",
        [(7, "Ana", "purple monkeys"), (8, "Ana", "dishwasher"), (9, "Ana", "YES")],
        [["Ana not_understood"], [], ["Ana yes_noted"], []],
        {"Ana-Ben": "open"},
        until=10,
    ),
    Dialogue(
        "did you meet, how was it, and the morning after",
        [(7, "Ana", "YES"), (8, "Ben", "YES"), (40, "Ana", "YES"), (41, "Ben", "NO"),
         (170, "Ana", "9")],
        [
            ["Ana yes_noted"],
            EXCHANGE,
            ["Ana attendance_question", "Ben attendance_question", "Ana attended_noted"],
            ["Ben not_attended_noted"],
            ["Ana rating_request", "Ana rating_noted"],
            ["Ana wrap_up", "Ben wrap_up"],
        ],
        {"Ana-Ben": "connected"},
        until=22 * 60,
    ),
    Dialogue(
        "a numbered yes is about an introduction, whatever was asked since",
        [(7, "Ana", "yes 1"), (8, "Ben", "YES"), (35, "Ana", "YES 2"), (36, "Ana", "yes")],
        [
            ["Ana yes_noted"],
            EXCHANGE,
            ["Ana attendance_question", "Ben attendance_question", "Ana yes_noted"],
            ["Ana attended_noted"],
            [],
        ],
        {"Ana-Ben": "connected", "Ana-Cleo": "open"},
        until=37,
        names="Ana Ben Cleo",
        pairs="Ana-Ben Ana-Cleo",
    ),
    Dialogue(
        "thanks need no answer",
        [(7, "Ana", "YES"), (8, "Ben", "YES"), (9, "Ana", "Thanks!!")],
        [["Ana yes_noted"], EXCHANGE, [], []],
        {"Ana-Ben": "connected"},
        until=10,
    ),
]  # fmt: skip


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: one.name)
def test_dialogue(config: Config, dialogue: Dialogue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    day = Day(config, dialogue.names, dialogue.pairs)
    told = []
    for minute, who, words in dialogue.said:
        day.at(minute)
        day.say(who, words)
        told.append([f"{name} {kind}" for name, kind in day.told()])
    day.at(dialogue.until)
    told.append([f"{name} {kind}" for name, kind in day.told()])
    assert [sorted(step) for step in told] == [sorted(step) for step in dialogue.told]
    assert {pair: day.state(pair) for pair in dialogue.state} == dialogue.state
    assert day.given_away() == []
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "reply handled" in logged
    for person in day.people.values():
        assert person.phone not in logged
        assert person.email not in logged
