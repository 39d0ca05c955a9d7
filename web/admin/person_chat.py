"""Owns the page of one person: everything we ever wrote to each other, and their matches."""

from typing import NamedTuple

from flask import request
from flask_admin import expose
from markupsafe import Markup

from models.contractor import Contractor
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from models.opt_out import has_opted_out
from models.peer_match import EventPeerMatch
from models.person_texts import MOST_TEXTS, matches_of, moment_of, texts_with
from web.admin.by_hand import writable_events
from web.admin.labels import answer_words, code_label, tone
from web.admin.present import time_tag, zone_of
from web.admin.steps import SteeredView

_NOT_WRITTEN = "This text is written when it leaves."
_QUIET = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.RESPONDED)


class Bubble(NamedTuple):
    """One text as the chat shows it; `status` is empty where there is nothing to say."""

    text_id: int
    is_theirs: bool
    words: str
    is_written: bool
    kind: str
    event: str
    time: Markup
    status: str
    tone: str
    trouble: str


class Pairing(NamedTuple):
    """One of the person's matches, seen from their side."""

    match: EventPeerMatch
    peer: Contractor
    answer: str
    peer_answer: str


class PersonChatView(SteeredView):
    """The contractors' view with a page of the conversation with one."""

    @expose("/conversation/")
    def conversation(self) -> str:
        """Show the last texts, the newest last, and the person's matches."""
        row = self.get_one(request.args.get("id", ""))
        texts = texts_with(row)
        return self.render(
            "desk/person_chat.html",
            model=row,
            bubbles=[_bubble(text) for text in texts],
            is_cut=len(texts) == MOST_TEXTS,
            most=MOST_TEXTS,
            pairings=[_pairing(match, row) for match in matches_of(row)],
            has_opted_out=bool(row.phone) and has_opted_out(row.phone),
            writable=writable_events(row) if self.may_change() else [],
        )


def _bubble(text: EventMessage) -> Bubble:
    is_theirs = text.direction == Direction.INBOUND
    status = MessageStatus(text.status)
    moment = text.created_at if is_theirs else moment_of(text)
    return Bubble(
        text.id,
        is_theirs,
        text.message_content or ("" if is_theirs else _NOT_WRITTEN),
        bool(text.message_content) or is_theirs,
        "" if is_theirs else code_label(text.message_type),
        text.event.name if text.event_id else "",
        time_tag(moment, zone_of(text)),
        "" if is_theirs else code_label(status),
        tone(status),
        "" if status in _QUIET else text.error_message or "",
    )


def _pairing(match: EventPeerMatch, person: Contractor) -> Pairing:
    is_first = match.contractor1_id == person.id
    mine, theirs = match.contractor1_response, match.contractor2_response
    if not is_first:
        mine, theirs = theirs, mine
    peer = match.contractor2 if is_first else match.contractor1
    return Pairing(match, peer, answer_words(mine), answer_words(theirs))
