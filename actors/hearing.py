"""Owns what a reply means where it is said: in the light of what this phone was last asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actors.reply_text import Intent, Reply, understand
from models import conversation
from models.contractor import Contractor
from models.conversation import ABOUT_ALL, Introduced, Question
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import MatchState

LIVE = (MatchState.OPEN, MatchState.LATER)
UNANSWERED = (None, Intent.LATER.value)


@dataclass(frozen=True)
class Heard:
    """A reply, whose it is, and what it is about.

    Attributes
    ----------
    questions : list of Question
        What it answers: the newest question and those asked in the same breath; may be empty.
    about : list of Introduced
        The introductions that it names or means.
    live : list of Introduced
        Those that can still be answered.
    known : list of Introduced
        Every introduction this person got at the event.
    """

    message: EventMessage
    person: Contractor
    event: Event
    reply: Reply
    questions: list[Question]
    about: list[Introduced]
    live: list[Introduced]
    known: list[Introduced]

    @property
    def has_several(self) -> bool:
        """Whether this person's introductions are told apart by numbers."""
        return len(self.known) > 1

    @property
    def asked(self) -> str | None:
        return self.questions[0].asks if self.questions else None


def hear(message: EventMessage, *, now: datetime) -> Heard | None:
    """Return what a stored reply means; None when nobody knows who says it, or at which event."""
    asked = conversation.recent_questions(message.phone, now=now)
    questions = conversation.in_one_breath(asked)
    person_id = questions[0].contractor_id if questions else None
    event_id = questions[0].event_id if questions else None
    person = Contractor.get_or_none(Contractor.id == (person_id or message.contractor_id))
    event = Event.get_or_none(Event.id == (event_id or message.event_id))
    if person is None or event is None:
        return None
    known = conversation.introduced(person.id, event.id)
    live = [one for one in known if one.state in LIVE]
    reply, about = _interpret(message.message_content or "", questions, live)
    return Heard(message, person, event, reply, questions, about, live, known)


def _interpret(
    text: str, questions: list[Question], live: list[Introduced]
) -> tuple[Reply, list[Introduced]]:
    """Read it as being about what was asked alone, else what is unanswered, else what is open."""
    asked = questions[0].asks if questions else None
    unanswered = [one for one in live if one.response in UNANSWERED]
    reply = Reply(Intent.UNCLEAR)
    for candidates in (_asked_about(questions, live), unanswered, live):
        if candidates:
            numbers = [one.number for one in candidates]
            reply = understand(text, asked=asked, open_numbers=numbers)
            if reply.intent is not Intent.UNCLEAR:
                return reply, _chosen(reply, candidates)
    return (reply if live else understand(text, asked=asked)), []


def _asked_about(questions: list[Question], live: list[Introduced]) -> list[Introduced]:
    """Return the introductions that the last question was about, if it was not about all."""
    if not questions or questions[0].message_type in ABOUT_ALL:
        return []
    wanted = {question.match_id for question in questions}
    return [one for one in live if one.match_id in wanted]


def _chosen(reply: Reply, candidates: Sequence[Introduced]) -> list[Introduced]:
    if reply.choices:
        return [one for one in candidates if one.number in reply.choices]
    return list(candidates)


def latest_match_asked(heard: Heard) -> int | None:
    """Return the match that a question about a meeting or a rating was about."""
    asked = [question for question in heard.questions if question.match_id is not None]
    about_meeting = (MessageType.ATTENDANCE_QUESTION, MessageType.RATING_REQUEST)
    if asked and asked[0].message_type in about_meeting:
        return asked[0].match_id
    connected = [one for one in heard.known if one.state == MatchState.CONNECTED]
    return connected[-1].match_id if connected else None
