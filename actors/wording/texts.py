"""Owns the words of the texts that people get; pure, filled in at the moment of sending."""

from dataclasses import dataclass
from typing import Any

from actors.wording import wording
from actors.wording.phrases import one_line, who
from models.message_status import MessageType

MARKET = "They're in a non-competing market, so this is a great chance to share strategies!"
FIRST_TEXT = "{event}. Reply STOP to opt out. If you both say YES we share name, phone and email."

# `match_criteria["geographic"]` where both markets are known and are not the same one.
DISTINCT_MARKETS = (0.5, 0.8, 1.0)


@dataclass(frozen=True)
class Introduction:
    """What one introduction says.

    Attributes
    ----------
    first_name : str
        Of the person who gets the text; may be empty.
    data : dict
        The guide's `personalization_data`.
    geographic : float or None
        The match's geographic factor, 0..1; None when unknown.
    reply_number : int or None
        Which of the person's open introductions this is, when there are several.
    first_text_event : str or None
        The event's name when this is the person's first text there.
    event_name : str
        For words that name the event anyway.
    template : str or None
        The event's own words; None means the guide's.
    """

    first_name: str
    data: dict[str, Any]
    geographic: float | None = None
    reply_number: int | None = None
    first_text_event: str | None = None
    event_name: str = ""
    template: str | None = None


def introduction(facts: Introduction) -> str:
    """Return the text of an introduction, without what is not known."""
    reason = one_line(facts.data.get("match_reason")).rstrip(".")
    event = one_line(facts.first_text_event).rstrip(".")

    def peer(fact: str) -> str:
        return one_line(facts.data.get(f"peer_{fact}"))

    phrases = {
        "first_name": one_line(facts.first_name),
        "event": one_line(facts.event_name),
        "peer": who(peer("name"), peer("company"), peer("location")),
        "because": f" - you're {reason}" if reason else "",
        "market": MARKET if _are_markets_distinct(facts) else "",
        "number": f" {facts.reply_number}" if facts.reply_number else "",
        "first_text": FIRST_TEXT.format(event=event) if facts.first_text_event else "",
    }
    text = wording.word(MessageType.INTRODUCTION, phrases, facts.template)
    # No words of an event's own may keep the way out from anybody.
    return text if phrases["first_text"] in text else f"{text}\n\n{phrases['first_text']}"


def _are_markets_distinct(facts: Introduction) -> bool:
    return bool(one_line(facts.data.get("peer_location"))) and facts.geographic in DISTINCT_MARKETS
