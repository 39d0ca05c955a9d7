"""Owns what a reply means where it is said: in the light of what this phone was last asked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from actors.conversation.interpreting import interpret, is_live
from actors.conversation.meetings import Answer
from actors.reply_text import Reply
from actors.understanding.courtesy import is_courtesy, is_thanks
from models import conversation
from models.contractor import Contractor
from models.conversation import Introduced, Question
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.peer_match import MatchState

# When a text left is written down once n8n has answered; a quick reply may be here before.
WRITTEN_DOWN_WITHIN = timedelta(minutes=1)


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
    is_shared : bool
        Whether somebody else was asked on the same phone, too.
    is_after_hand : bool
        Whether an organiser wrote to this phone by hand, or answered it, since the last question.
    also : tuple of Answer
        What the same reply says of other introductions: "1 yes, 2 no".
    """

    message: EventMessage
    person: Contractor
    event: Event
    reply: Reply
    questions: list[Question]
    about: list[Introduced]
    live: list[Introduced]
    known: list[Introduced]
    is_shared: bool = False
    is_after_hand: bool = False
    also: tuple[Answer, ...] = ()

    @property
    def parts(self) -> list["Heard"]:
        """Return the reply once per answer in it."""
        alone = replace(self, also=())
        return [alone, *(replace(alone, reply=one.reply, about=one.about) for one in self.also)]

    @property
    def has_several(self) -> bool:
        """Whether this person's introductions are told apart by numbers."""
        return len(self.known) > 1

    @property
    def asked(self) -> str | None:
        return self.questions[0].asks if self.questions else None


def hear(message: EventMessage, *, now: datetime) -> Heard | None:
    """Return what a stored reply means; None when nobody knows who says it, or at which event."""
    # A reply that waited for us, or for a person, is still about what was asked before it came.
    came_at: datetime = message.created_at
    asked = conversation.recent_questions(
        message.phone, now=min(now, came_at + WRITTEN_DOWN_WITHIN)
    )
    questions = conversation.in_one_breath(asked)
    person, event = _whose(message, questions)
    if person is None or event is None:
        return None
    known = conversation.introduced(person.id, event.id)
    # A day after the last question, whoever says YES is not answering it any more.
    live = [one for one in known if is_live(one)] if questions else []
    text, own_name = message.message_content or "", person.first_name or ""
    (reply, about), *also = interpret(text, questions, live, known, own_name)
    is_shared = any(question.contractor_id not in (None, person.id) for question in asked)
    is_after_hand = bool(asked) and asked[0].message_type in conversation.BY_A_PERSON
    return Heard(
        message, person, event, reply, questions, about, live, known, is_shared, is_after_hand,
        tuple(also),
    )  # fmt: skip


def _whose(
    message: EventMessage, questions: list[Question]
) -> tuple[Contractor | None, Event | None]:
    """Return who says it at which event: those that were asked, else as it was stored."""
    person_id = questions[0].contractor_id if questions else None
    event_id = questions[0].event_id if questions else None
    person, event = message.contractor, message.event
    if person_id not in (None, message.contractor_id):
        person = Contractor.get_or_none(Contractor.id == person_id)
    if event_id not in (None, message.event_id):
        event = Event.get_or_none(Event.id == event_id)
    return person, event


def matches_asked(heard: Heard) -> list[int]:
    """Return the matches that an answer about a meeting or a rating may be about, likeliest first.

    Those that the reply names; else all that the same was asked about in one breath.
    """
    named = [one.match_id for one in heard.about if one.state == MatchState.CONNECTED]
    if named:
        return named
    asked = [question.match_id for question in heard.questions if question.match_id is not None]
    about_meeting = (MessageType.ATTENDANCE_QUESTION, MessageType.RATING_REQUEST)
    if asked and heard.questions[0].message_type in about_meeting:
        return asked
    connected = [one for one in heard.known if one.state == MatchState.CONNECTED]
    return [one.match_id for one in connected[-1:]]


def thanks_for_an_answer(heard: Heard, *, now: datetime) -> bool:
    """Whether it is a word of thanks for an answer of ours: a yes to nobody, whoever is open."""
    message = heard.message
    # What a person wrote may have asked something, and then an OK is the answer.
    is_polite = is_thanks if heard.is_after_hand else is_courtesy
    is_courteous = is_polite(message.message_content or "")
    return is_courteous and conversation.answered_last(message.phone, now=now)
