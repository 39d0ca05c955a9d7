"""Owns which phrases each kind of text can be filled in with, and what they mean; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.message_status import MessageType


@dataclass(frozen=True)
class Placeholder:
    """One phrase that a text is filled in with.

    Attributes
    ----------
    description, example : str
        For whoever writes the words.
    is_needed : bool
        Whether a text without it would not do what it is for.
    is_ending : bool
        Whether it only ends a word, so that it says nothing about whether its line is needed.
    fallback : str
        What stands in when the phrase is not known.
    """

    name: str
    description: str
    example: str
    is_needed: bool = False
    is_ending: bool = False
    fallback: str = ""


FIRST_NAME = Placeholder("first_name", "Who gets the text.", "Ana", fallback="there")
EVENT = Placeholder("event", "The event's name.", "Summit 2026", fallback="the event")
PEER = Placeholder(
    "peer",
    "The other person, with company and place.",
    "Zeek Test from Zeek Co (Houston, TX)",
    fallback="another contractor here",
)
SUBJECT = replace(PEER, is_needed=True, fallback="Another contractor here")
PEER_FIRST_NAME = Placeholder(
    "peer_first_name", "The other person's first name.", "Zeek", fallback="your peer"
)
PEERS = Placeholder(
    "peers", "The first names of those meant.", "Zeek and Sarah", fallback="your peer"
)
NUMBER = Placeholder(
    "number",
    "Right behind YES, NO, LATER or SKIP: which introduction, when several are open.",
    " 2",
    is_ending=True,
)
BECAUSE = Placeholder(
    "because",
    "Right behind the person: why the two fit.",
    " - you're both focused on controlling lead flow",
)
MARKET = Placeholder(
    "market",
    "Says that they do not compete; empty when they may.",
    "They're in a non-competing market, so this is a great chance to share strategies!",
)
FIRST_TEXT = Placeholder(
    "first_text",
    "In the first text to a person: how to opt out, and what is shared.",
    "Summit 2026. Reply STOP to opt out. If you both say YES we share name, phone and email.",
    is_needed=True,
)
CHOICES = Placeholder(
    "choices",
    "The open introductions.",
    "1 Zeek from Zeek Co, 2 Ana from Moss Builders",
    is_needed=True,
)
NUMBERS = Placeholder("numbers", "Their numbers.", "1, 2", is_needed=True)
OPTIONS = Placeholder(
    "options",
    "What would answer the last question.",
    "YES to meet Zeek, LATER for a break, or NO",
    is_needed=True,
    fallback="in other words",
)
LATER_WHEN = Placeholder("when", "When we come back to it.", "at the 3:00 PM break")
DETAILS = Placeholder(
    "details",
    "What may be told before both agreed, one fact a line.",
    "Owner at Zeek Co, Houston, TX\nYou both work on: lead flow, hiring\nTeam of 12",
    is_needed=True,
    fallback="I don't know much more yet, so it's a good thing to ask in person.",
)
CONTACTS = Placeholder(
    "contacts",
    "The other person's name, company, phone and e-mail, one a line.",
    "Zeek Test\nZeek Co\n(713) 555-0123\nzeek@zeekco.example",
    is_needed=True,
)
MEETING = Placeholder(
    "meeting",
    "Where and when to meet; empty when the agenda has no spot.",
    "You could meet at the networking lounge at 3:00 PM.",
)
PLACE = Placeholder("place", "Where to meet; may be empty.", "at the networking lounge")
PROMPT_WHEN = Placeholder("when", "When to meet; may be empty.", "at the 3:00 PM break")
CONNECTIONS = Placeholder(
    "connections",
    "Whom the person connected with, one a line.",
    "Zeek Test, Zeek Co, (713) 555-0123\nSarah Lee, Lee Roofing, (512) 555-0188",
    is_needed=True,
)
OUTLOOK = Placeholder(
    "outlook",
    "What may still come; empty when the event is over.",
    "If I find someone for you to meet at Summit 2026, you'll hear from me here.",
)
SORRY = Placeholder(
    "sorry", "After a low rating, a kind word; else empty.", "I'm sorry it wasn't more useful."
)
COUNT = Placeholder("count", "How many they are.", "2")


def _needed(placeholder: Placeholder) -> Placeholder:
    return replace(placeholder, is_needed=True)


_OWN: Mapping[MessageType, tuple[Placeholder, ...]] = {
    MessageType.INTRODUCTION: (SUBJECT, BECAUSE, MARKET, NUMBER, FIRST_TEXT),
    MessageType.WHICH_INTRODUCTION: (CHOICES, NUMBERS),
    MessageType.NOT_UNDERSTOOD: (OPTIONS,),
    MessageType.NOTHING_OPEN: (OUTLOOK,),
    MessageType.YES_NOTED: (PEERS,),
    MessageType.NO_NOTED: (PEERS,),
    MessageType.MET_ALREADY_NOTED: (PEERS,),
    MessageType.LATER_NOTED: (PEERS, LATER_WHEN),
    MessageType.NO_BREAK_LEFT: (PEERS, NUMBER),
    MessageType.MORE_DETAILS: (DETAILS, PEER_FIRST_NAME, NUMBER),
    MessageType.CONTACT_EXCHANGE: (CONTACTS, PEER_FIRST_NAME, MEETING),
    MessageType.YES_REMINDER: (_needed(PEER), PEER_FIRST_NAME, NUMBER),
    MessageType.REVEALING_REMINDER: (_needed(PEER), PEER_FIRST_NAME, NUMBER),
    MessageType.BREAK_PROMPT: (PEER_FIRST_NAME, PEER, PLACE, NUMBER, PROMPT_WHEN),
    MessageType.ATTENDANCE_QUESTION: (_needed(PEER_FIRST_NAME),),
    MessageType.ATTENDED_NOTED: (PEER_FIRST_NAME,),
    MessageType.NOT_ATTENDED_NOTED: (PEER_FIRST_NAME,),
    MessageType.RATING_REQUEST: (_needed(PEER_FIRST_NAME),),
    MessageType.RATING_NOTED: (PEER_FIRST_NAME, SORRY),
    MessageType.WRAP_UP: (CONNECTIONS, COUNT),
}
PLACEHOLDERS: Mapping[MessageType, tuple[Placeholder, ...]] = {
    kind: (FIRST_NAME, EVENT, *own) for kind, own in _OWN.items()
}
