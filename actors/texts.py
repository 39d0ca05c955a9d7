"""Owns the words of the texts that people get; pure, filled in at the moment of sending."""

import re
from dataclasses import dataclass
from typing import Any

OPENING = "Hey {first_name}! 👋"
FOUND = "🤝 Find Your Peer: I found someone perfect for you to meet!"
MARKET = "They're in a non-competing market, so this is a great chance to share strategies!"
ANSWER = (
    "Reply YES{number} to get an intro, or LATER{number} if you want to connect during a break."
)
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
    """

    first_name: str
    data: dict[str, Any]
    geographic: float | None = None
    reply_number: int | None = None
    first_text_event: str | None = None


def introduction(facts: Introduction) -> str:
    """Return the text of an introduction: the guide's words, without what is not known."""
    number = f" {facts.reply_number}" if facts.reply_number else ""
    paragraphs = [
        OPENING.format(first_name=_clean(facts.first_name) or "there"),
        FOUND,
        _who_and_why(facts.data),
    ]
    if _are_markets_distinct(facts):
        paragraphs.append(MARKET)
    paragraphs.append(ANSWER.format(number=number))
    if facts.first_text_event:
        paragraphs.append(FIRST_TEXT.format(event=_clean(facts.first_text_event).rstrip(".")))
    return "\n\n".join(paragraphs)


def _who_and_why(data: dict[str, Any]) -> str:
    sentence = _clean(data.get("peer_name")) or "Another contractor here"
    company = _clean(data.get("peer_company"))
    place = _clean(data.get("peer_location"))
    reason = _clean(data.get("match_reason")).rstrip(".")
    if company:
        sentence += f" from {company}"
    if place:
        sentence += f" ({place})"
    if reason:
        sentence += f" - you're {reason}"
    return f"{sentence}."


def _are_markets_distinct(facts: Introduction) -> bool:
    return bool(_clean(facts.data.get("peer_location"))) and facts.geographic in DISTINCT_MARKETS


def _clean(value: Any) -> str:
    """Return the value as one line without doubled spaces; nothing for what is missing."""
    if value is None:
        return ""
    return re.sub(r"\s+", " ", str(value)).strip()
