"""Which replies a phone of the simulator offers: by the kind of its last text, with its numbers."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "web/static/simulator/answers.js"
ASK = """async ([address, said]) => {
  const { offers } = await import(address);
  return offers(said).rows.map((row) => row.answers.map((answer) => answer.says));
}"""
INTRODUCED = ["YES", "LATER", "NO", "TELL ME MORE"]
ONE_TO_TEN = [str(rating) for rating in range(1, 11)]


def text(about: str, words: str = "", part: int = 1, parts: int = 1) -> dict[str, Any]:
    return {"kind": "text", "about": about, "text": words, "part": part, "parts": parts}


def said(words: str) -> dict[str, Any]:
    return {"kind": "reply", "text": words}


def numbered(number: int) -> list[str]:
    return [f"{word} {number}" for word in INTRODUCED]


def introduction(number: int) -> dict[str, Any]:
    return text("peer-introduction", f"Reply YES {number} to get an intro, or LATER {number} if")


TALKS = {
    "nothing arrived": ([], []),
    "an introduction": ([text("peer-introduction", "Reply YES to get")], [INTRODUCED]),
    "three introductions": (
        [introduction(1), introduction(2), introduction(3)],
        [numbered(1), numbered(2), numbered(3)],
    ),
    "a long introduction in two parts": (
        [
            text("peer-introduction", "Reply YES", 1, 2),
            text("peer-introduction", "2 to get an intro", 2, 2),
        ],
        [numbered(2)],
    ),
    "one of two was answered": (
        [introduction(1), introduction(2), said("YES 1"), text("yes-noted", "Great")],
        [numbered(2)],
    ),
    "something else was not understood before": (
        [
            *(introduction(1), introduction(2)),
            *(said("Can somebody call me?"), text("not-understood", "Sorry")),
            *(said("YES 1"), text("yes-noted", "Great")),
        ],
        [numbered(2)],
    ),
    "an answer that nobody took yet": ([introduction(1), said("YES 1")], [numbered(1)]),
    "both were answered at once": (
        [introduction(1), introduction(2), said("NO 1 and 2"), text("no-noted")],
        [],
    ),
    "all were answered without a number": (
        [introduction(1), introduction(2), said("not now, later"), text("later-noted")],
        [],
    ),
    "more was asked for": (
        [introduction(1), introduction(2), said("TELL ME MORE 1"), text("more-details", "YES 1")],
        [["YES 1", "LATER 1", "NO 1"], numbered(2)],
    ),
    "which one was meant": (
        [
            introduction(1),
            introduction(2),
            said("YES"),
            text("which-introduction", "1 Zeek from Zeek 3 Co, 2 Ann\nReply 1, 2 or ALL."),
        ],
        [["1", "2", "ALL"]],
    ),
    "the break": (
        [introduction(1), said("LATER"), text("later-noted"), text("break-prompt", "YES 1 or")],
        [["YES 1", "SKIP 1", "TELL ME MORE 1"]],
    ),
    "a reminder": ([text("yes-reminder", "Reply YES, LATER for")], [INTRODUCED]),
    "no break is left": ([text("no-break-left", "reply YES 3, and")], [["YES 3", "NO 3"]]),
    "did they meet": ([introduction(1), text("attendance-question")], [["YES", "NO"]]),
    "how was it": ([text("rating-request", "from 1 to 10")], [ONE_TO_TEN]),
    "a rating settles no introduction": (
        [introduction(8), text("rating-request"), said("8"), text("rating-noted")],
        [numbered(8)],
    ),
    "it was not understood": (
        [text("rating-request"), said("good"), text("not-understood", "YES or SKIP")],
        [ONE_TO_TEN],
    ),
    "help was asked for": (
        [introduction(1), said("HELP"), text("help-reply")],
        [numbered(1)],
    ),
    "a refill after a no": (
        [introduction(1), said("NO 1"), text("no-noted"), introduction(2)],
        [numbered(2)],
    ),
    "the event was cancelled": ([introduction(1), text("event-cancelled")], []),
    "a text that says no kind": ([text("")], []),
}


@pytest.mark.browser
@pytest.mark.parametrize("talk", TALKS)
def test_offers_what_the_last_text_asks_for(page: Page, talk: str) -> None:
    script = base64.b64encode(SCRIPT.read_bytes()).decode()
    entries, offered = TALKS[talk]
    assert page.evaluate(ASK, [f"data:text/javascript;base64,{script}", entries]) == offered
