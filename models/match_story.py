"""Owns the whole story of one match: what was sent, said, asked and agreed, in order of time."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from peewee import JOIN

from models.contractor import Contractor
from models.matching_run import MatchingRun, RunKind
from models.message import EventMessage
from models.message_status import Direction, MessageStatus, MessageType
from models.peer_match import EventPeerMatch, with_people

MOST_TEXTS = 500
_LAST = datetime.max.replace(tzinfo=UTC)


class Tone(StrEnum):
    """What a moment means: `busy` is yet to come, `theirs` is what one of the two wrote."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Moment:
    """One thing that happened to a match, or will.

    Attributes
    ----------
    at : datetime or None
        None when nobody kept the moment.
    who : Contractor or None
        Whom it was said to or who did it; None when it is about both.
    what : str
        In words, without a full stop.
    quote : str
        What somebody wrote.
    text_id : int or None
        The text that it is about.
    """

    at: datetime | None
    who: Contractor | None
    what: str
    tone: Tone
    quote: str = ""
    text_id: int | None = None


_TEXTS = {
    MessageType.INTRODUCTION: "Introduction",
    MessageType.YES_REMINDER: "Reminder",
    MessageType.REVEALING_REMINDER: "Reminder that tells of the yes",
    MessageType.BREAK_PROMPT: "Question before the break",
    MessageType.CONTACT_EXCHANGE: "Contacts",
    MessageType.ATTENDANCE_QUESTION: "Question whether they met",
    MessageType.RATING_REQUEST: "Rating request",
    MessageType.MORE_DETAILS: "More about the other one",
    MessageType.WHICH_INTRODUCTION: "Question which one",
    MessageType.NOT_UNDERSTOOD: "Question what was meant",
    MessageType.YES_NOTED: "Answer to the yes",
    MessageType.NO_NOTED: "Answer to the no",
    MessageType.MET_ALREADY_NOTED: "Answer to “we know each other”",
    MessageType.LATER_NOTED: "Answer to later",
    MessageType.NO_BREAK_LEFT: "Word that no break is left",
    MessageType.ATTENDED_NOTED: "Answer to “we met”",
    MessageType.NOT_ATTENDED_NOTED: "Answer to “we did not meet”",
    MessageType.RATING_NOTED: "Thanks for the rating",
    MessageType.WRAP_UP: "Wrap-up",
    MessageType.REPLY: "Answer of the organiser",
}
_ENDINGS = {
    MessageStatus.SCHEDULED: ("planned", Tone.BUSY),
    MessageStatus.QUEUED: ("planned", Tone.BUSY),
    MessageStatus.SENDING: ("being sent", Tone.BUSY),
    MessageStatus.SENT: ("sent", Tone.GOOD),
    MessageStatus.DELIVERED: ("delivered", Tone.GOOD),
    MessageStatus.RESPONDED: ("sent and answered", Tone.GOOD),
    MessageStatus.FAILED: ("failed", Tone.BAD),
    MessageStatus.CANCELLED: ("cancelled", Tone.IDLE),
    MessageStatus.HELD: ("held", Tone.WARN),
}
_ANSWERS = {
    "yes": ("Counts as a yes", Tone.GOOD),
    "no": ("Counts as a no", Tone.IDLE),
    "later": ("Counts as later", Tone.WARN),
    "met_already": ("They know each other already", Tone.IDLE),
}


def tell(match_id: int) -> list[Moment]:
    """Return what happened to a match, the oldest first, in two queries.

    Its first 500 texts. A reply is told when it was about this match alone; what several matches
    took from one reply shows as the answer that was noted.
    """
    match: EventPeerMatch = with_run().where(EventPeerMatch.id == match_id).get()
    return moments(match, texts_of([match_id]).get(match_id, []))


def texts_of(match_ids: Collection[int]) -> dict[int, list[EventMessage]]:
    """Return the texts of some matches, of each the oldest first; one query."""
    rows = (
        EventMessage.select()
        .where(EventMessage.match.in_(list(match_ids)))
        .order_by(EventMessage.id)
        .limit(MOST_TEXTS * max(1, len(match_ids)))
    )
    found: dict[int, list[EventMessage]] = defaultdict(list)
    for text in rows:
        found[text.match_id].append(text)
    return found


def moments(match: EventPeerMatch, texts: list[EventMessage]) -> list[Moment]:
    """Return what happened to a match that has its people and run loaded, the oldest first."""
    people = {match.contractor1_id: match.contractor1, match.contractor2_id: match.contractor2}
    # What happened in one moment reads as it was caused: they write, it counts, we answer.
    theirs = [text for text in texts if text.direction == Direction.INBOUND]
    ours = [text for text in texts if text.direction == Direction.OUTBOUND]
    found = [_made(match), *(_text(text, people.get(text.contractor_id)) for text in theirs)]
    found += [moment for side in (1, 2) for moment in _of_side(match, side, texts)]
    found += _of_both(match)
    found += [_text(text, people.get(text.contractor_id)) for text in ours]
    return sorted(found, key=lambda moment: moment.at or _LAST)


def with_run(**people: Any) -> Any:
    """Return the query of matches with all that is told of them loaded; see `with_people`."""
    return with_people(MatchingRun, **people).join_from(
        EventPeerMatch, MatchingRun, JOIN.LEFT_OUTER, attr="run"
    )


def _made(match: EventPeerMatch) -> Moment:
    by = f" by run {match.run_id}" if match.run_id else ""
    if match.run_id and match.run.kind == RunKind.TOP_UP:
        by = f" by top-up run {match.run_id}"
    return Moment(match.created_at, None, f"Matched{by}, score {match.match_score}", Tone.GOOD)


def _text(text: EventMessage, who: Contractor | None) -> Moment:
    if text.direction == Direction.INBOUND:
        quote = text.message_content or ""
        return Moment(text.created_at, who, "Wrote", Tone.THEIRS, quote, text.id)
    ending, tone = _ENDINGS[MessageStatus(text.status)]
    kind = MessageType(text.message_type) if text.message_type in set(MessageType) else None
    name = _TEXTS.get(kind) if kind else None
    what = f"{name or _sentence(text.message_type)} {ending}"
    is_trouble = tone in (Tone.BAD, Tone.WARN, Tone.IDLE)
    if is_trouble and text.error_message:
        what += f": {text.error_message}"
    at = text.actual_send_time or text.due or text.created_at
    return Moment(at, who, what, tone, text_id=text.id)


def _of_side(match: EventPeerMatch, side: int, texts: list[EventMessage]) -> list[Moment]:
    """Return what the match keeps of one of its people."""

    def kept(what: str) -> Any:
        return getattr(match, f"contractor{side}_{what}")

    who = getattr(match, f"contractor{side}")
    moments = []
    if kept("response"):
        what, tone = _ANSWERS.get(kept("response"), (f"Answered {kept('response')}", Tone.IDLE))
        moments.append(Moment(kept("responded_at"), who, what, tone))
    if kept("met") is not None:
        what = "Says that they met" if kept("met") else "Says that they did not meet"
        tone = Tone.GOOD if kept("met") else Tone.WARN
        moments.append(Moment(kept("met_at"), who, what, tone))
    rating = getattr(match, f"feedback_contractor{side}")
    if rating:
        rated = [
            text.created_at
            for text in texts
            if text.contractor_id == who.id
            and text.direction == Direction.INBOUND
            and text.pcr_score is not None
        ]
        is_poor = rating.isdecimal() and int(rating) <= 3
        what = f"Rated it {rating} of 10" if rating.isdecimal() else f"Said of it: {rating}"
        moments.append(
            Moment(max(rated, default=None), who, what, Tone.BAD if is_poor else Tone.GOOD)
        )
    return moments


def _of_both(match: EventPeerMatch) -> list[Moment]:
    moments = []
    if match.later_at:
        moments.append(Moment(match.later_at, None, "Put off to a break", Tone.WARN))
    if match.connected_at:
        moments.append(Moment(match.connected_at, None, "Connected: both said yes", Tone.GOOD))
    if match.meeting_time:
        place = f" at {match.meeting_location}" if match.meeting_location else ""
        moments.append(Moment(match.meeting_time, None, f"Time to meet{place}", Tone.BUSY))
    if match.cancelled_at:
        moments.append(Moment(match.cancelled_at, None, "Match cancelled", Tone.BAD))
    return moments


def _sentence(code: str) -> str:
    words = code.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"
