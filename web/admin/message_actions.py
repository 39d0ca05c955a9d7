"""Owns what a person may do to one text, and the words that say so."""

from datetime import datetime

from flask_login import current_user

from actors.control import steering
from actors.control.steering import Scope
from models import inbound
from models.message import EventMessage
from models.message_status import (
    KEPT_BY_A_PERSON,
    WAITING,
    Direction,
    HeldBecause,
    MessageStatus,
)
from models.retries import may_be_planned_anew
from web.admin.leaving import still_waits
from web.admin.present import local_time, record_label, zone_of
from web.admin.steps import Step


def steps_of_text(text: EventMessage, now: datetime) -> list[Step]:
    """Return what can be done with one text as it is, the usual thing first."""
    status = MessageStatus(text.status)
    if text.direction == Direction.INBOUND:
        is_given_up = text.handled_at is None and text.failures >= inbound.MOST_FAILURES
        return [_retry_reply(text)] if is_given_up else []
    if status in WAITING:
        return [_hold(text), _cancel(text)]
    if status is MessageStatus.FAILED:
        return [_retry(text, now)] if _may_retry(text, now) else []
    if status is not MessageStatus.HELD:
        return []
    is_over = text.expires_at is not None and text.expires_at <= now
    if is_in_doubt(text):
        again = [] if is_over else [_send_again(text, now)]
        return [_mark_as_sent(text), *again, _cancel(text)]
    if text.held_because == HeldBecause.APPROVAL:
        return [_hold(text), _cancel(text)]
    return [*([] if is_over else [_release(text, now)]), _cancel(text)]


def is_in_doubt(text: EventMessage) -> bool:
    """Whether a held text may have been sent; rows of earlier versions do not say why."""
    return text.held_because not in KEPT_BY_A_PERSON or text.is_doubtful


def _may_retry(text: EventMessage, now: datetime) -> bool:
    wanted = (EventMessage.id == text.id) & may_be_planned_anew(now)
    return bool(EventMessage.select().where(wanted).exists())


def by(deed: str) -> str:
    """Return the reason that the row keeps, such as `held by Olu`."""
    return f"{deed} by {current_user.name}"


def texts(number: int) -> str:
    """Return `1 text` or `2 texts`."""
    return f"{number:,} text" if number == 1 else f"{number:,} texts"


def _hold(text: EventMessage) -> Step:
    effect = [f"1 text, planned for {_when(text, text.due)}, waits until somebody releases it."]
    if text.held_because == HeldBecause.APPROVAL:
        effect.append(
            "Approving the rest does not let it go. Released, it waits for approval again."
        )
    if text.expires_at:
        effect.append(f"After {_when(text, text.expires_at)} it can not be released any more.")
    return Step(
        "held",
        "Hold",
        f"Hold the text to {person(text)}?",
        effect,
        lambda now: steering.hold_texts(_one(text), reason=by("held"), now=now) or None,
        lambda _: "Held. It waits until somebody releases it.",
        quote=text.message_content or "",
    )


def _cancel(text: EventMessage) -> Step:
    effect = ["1 text will never be sent. This can not be undone."]
    if text.status == MessageStatus.HELD and is_in_doubt(text):
        effect = ["1 text will not be tried again. It may have arrived all the same."]
    return Step(
        "cancelled",
        "Cancel",
        f"Cancel the text to {person(text)}?",
        effect,
        lambda now: steering.cancel_texts(_one(text), reason=by("cancelled"), now=now) or None,
        lambda _: "Cancelled. It will not be sent.",
        is_grave=True,
        quote=text.message_content or "",
    )


def _release(text: EventMessage, now: datetime) -> Step:
    leaves = "at once" if text.due is None or text.due <= now else f"at {_when(text, text.due)}"
    return Step(
        "released",
        "Release",
        f"Release the text to {person(text)}?",
        lambda: _waits(text, now) or [f"1 text leaves {leaves}."],
        lambda now: steering.release_texts(_one(text), now=now) or None,
        lambda _: f"Released. {_leaves(text, now)}",
        quote=text.message_content or "",
    )


def _mark_as_sent(text: EventMessage) -> Step:
    return Step(
        "marked_as_sent",
        "Mark as sent",
        f"Did {person(text)} get this text?",
        ["1 text counts as sent from now on. Nothing is sent."],
        lambda now: int(steering.mark_as_sent(text.id, now=now)) or None,
        lambda _: "Marked as sent.",
        quote=text.message_content or "",
    )


def _send_again(text: EventMessage, now: datetime) -> Step:
    number = len(text.part_texts or [""])
    part = f" It goes on with part {text.parts_sent + 1} of {number}." if text.parts_sent else ""
    return Step(
        "sent_again",
        "Send again",
        f"Send this text to {person(text)} again?",
        lambda: [
            f"1 text is sent at once.{part}",
            *_waits(text, now),
            f"{person(text)} may get it a second time: nobody knows what became of the first.",
            "Look in GoHighLevel first, and wait a minute after the first attempt.",
        ],
        lambda now: int(steering.send_again(text.id, now=now)) or None,
        lambda _: "It is sent again in a moment.",
        is_grave=True,
        quote=text.message_content or "",
    )


def _retry(text: EventMessage, now: datetime) -> Step:
    return Step(
        "retried",
        "Try again",
        f"Try to text {person(text)} again?",
        lambda: [
            "1 new text is planned.",
            _leaves(text, now),
            "The failed one stays as it is, as history.",
        ],
        lambda now: int(steering.retry(text.id, now=now) is not None) or None,
        lambda _: f"A new text is planned. {_leaves(text, now)}",
        quote=text.message_content or "",
    )


def _waits(text: EventMessage, now: datetime) -> list[str]:
    return still_waits(EventMessage.id == text.id, now=now, is_one=True)


def _leaves(text: EventMessage, now: datetime) -> str:
    """Return how a text leaves that is let go at this moment."""
    return " ".join(_waits(text, now)) or "It leaves in its turn."


def _retry_reply(text: EventMessage) -> Step:
    return Step(
        "retried",
        "Try again",
        f"Handle the reply of {person(text)} again?",
        [f"1 reply that could not be handled {text.failures} times is looked at anew."],
        lambda now: int(steering.retry_reply(text.id, now=now)) or None,
        lambda _: "The reply is looked at again in a moment.",
        quote=text.message_content or "",
    )


def person(text: EventMessage) -> str:
    """Return whom a text goes to or comes from, as a person would say it."""
    return record_label(text.contractor) if text.contractor_id else text.phone or "nobody"


def _one(text: EventMessage) -> Scope:
    return Scope(message_id=text.id)


def _when(text: EventMessage, moment: datetime | None) -> str:
    return local_time(moment, zone_of(text)) if moment else "no time"
