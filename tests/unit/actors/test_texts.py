"""The words of an introduction: the guide's, and nothing that is not known."""

import re
from typing import Any

import pytest

from actors.wording.texts import Introduction, introduction

GUIDE = """Hey Ana! 👋

🤝 Find Your Peer: I found someone perfect for you to meet!

Zeek Test from Zeek Co (Houston, TX) - you're both focused on controlling lead flow.

They're in a non-competing market, so this is a great chance to share strategies!

Reply YES to get an intro, or LATER if you want to connect during a break."""

DATA = {
    "peer_name": "Zeek Test",
    "peer_company": "Zeek Co",
    "peer_location": "Houston, TX",
    "match_reason": "both focused on controlling lead flow",
    "match_score": 0.73,
}


def say(data: dict[str, Any], **facts: Any) -> str:
    return introduction(Introduction(first_name="Ana", data=data, **{"geographic": 1.0, **facts}))


def test_with_everything_known_it_is_the_guides_template_word_for_word() -> None:
    assert say(DATA) == GUIDE


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("peer_company", "Zeek Test (Houston, TX) - you're both focused on"),
        ("peer_location", "Zeek Test from Zeek Co - you're both focused on"),
        ("match_reason", "Zeek Test from Zeek Co (Houston, TX).\n"),
        ("peer_name", "Another contractor here from Zeek Co (Houston, TX) - you're"),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "   "])
def test_what_is_missing_drops_its_phrase(missing: str, sentence: str, empty: str | None) -> None:
    text = say({**DATA, missing: empty})
    assert sentence in text
    assert not re.search(r"  |\(\)|undefined|None|null| \.", text)


def test_nothing_known_at_all_still_reads_well() -> None:
    text = introduction(Introduction(first_name="", data={}))
    assert text.startswith("Hey there! 👋\n\n")
    assert "Another contractor here.\n\nReply YES to get" in text


@pytest.mark.parametrize(
    ("geographic", "is_said"),
    [
        (1.0, True),
        (0.8, True),
        (0.5, True),
        (0.7, False),
        (0.4, False),
        (0.2, False),
        (None, False),
    ],
)
def test_a_market_is_called_non_competing_only_when_both_are_known_and_distinct(
    geographic: float | None, is_said: bool
) -> None:
    assert ("non-competing" in say(DATA, geographic=geographic)) is is_said


def test_several_open_introductions_are_told_apart_by_number() -> None:
    text = say(DATA, geographic=1.0, reply_number=2)
    assert "Reply YES 2 to get an intro, or LATER 2 if you want" in text


def test_the_first_text_at_an_event_ends_with_the_way_out() -> None:
    text = say(DATA, geographic=1.0, first_text_event="Summit 2026.")
    assert text.endswith(
        "\n\nSummit 2026. Reply STOP to opt out. "
        "If you both say YES we share name, phone and email."
    )


def test_line_breaks_and_doubled_spaces_in_data_are_folded() -> None:
    text = say({**DATA, "peer_company": "Zeek\n\n  Co"})
    assert "from Zeek Co (Houston" in text
