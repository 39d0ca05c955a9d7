"""Owns whether a text may leave at this moment, and what it says; it is claimed if it may.

The caller opens the transaction. Nothing is posted here, so what breaks here has texted nobody.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from actors.sending import breaker, doubt, lateness, putting_off
from actors.understanding import unwilling
from actors.wording import parts, texts
from models import approval, claiming, delivery, inbox, outbox, usefulness
from models.claiming import Claim, Text
from models.config import Config
from models.message import transition
from models.message_status import FOLLOW_UPS, WAITING, MessageStatus, MessageType


class PeerLeft(NamedTuple):
    """An introduction must not leave, since the other one wants no texts: see `let_go`."""

    event_id: int | None
    read_at: datetime


def prepare(
    message_id: int, *, now: datetime | None, config: Config, is_probe: bool
) -> Claim | PeerLeft | timedelta | None:
    """Claim one text if it is due, wanted and allowed; else write down why it is not.

    Returns
    -------
    Claim, PeerLeft, timedelta or None
        The claim; or that there is nobody to be introduced to; or how long to wait before asking
        again; or None, when there is nothing to do.
    """
    text = _locked_waiting(message_id, now, config)
    if text is None or text.due is None:
        return None
    if text.due > text.read_at:
        return putting_off.until_due(text, text.due - text.read_at)
    if _has_nobody(text):
        return PeerLeft(text.event_id, text.read_at)
    if _is_ended(text, config):
        return None
    if _is_kept_back(text):
        return None
    if text.enough_until is not None:
        putting_off.until_free(text, text.enough_until)
        return None
    if not is_probe and not breaker.admits(text.read_at):
        outbox.put_back([text.id])
        return None
    content = text.content or _words(text)
    if not content.strip():
        lateness.give_up([text], "the text is empty", now=text.read_at, plans_anew=False)
        return None
    if text.others_in_the_air:
        return putting_off.until_the_other_ended(text, config)
    part_texts = _part_texts(text, content, config)
    lease = timedelta(seconds=config.lease_seconds)
    return claiming.take(text, content=content, part_texts=part_texts, lease=lease)


def let_go(message_id: int, *, now: datetime | None, config: Config) -> None:
    """Cancel an introduction to somebody who wants no texts.

    By itself, since whoever got it is to be introduced to somebody else in the same transaction,
    and that locks the event, which comes before its texts.
    """
    text = _locked_waiting(message_id, now, config)
    if text is not None and _has_nobody(text):
        _is_ended(text, config)


def _locked_waiting(message_id: int, now: datetime | None, config: Config) -> Text | None:
    if not claiming.lock(message_id):
        return None
    text = claiming.read(message_id, now=now, per_hour=config.unsolicited_per_hour)
    return text if text.status in WAITING else None


def _is_ended(text: Text, config: Config) -> bool:
    """Whether the way of this text ends here: it is unwanted, too late, or in doubt."""
    status = MessageStatus(text.status)
    reason = delivery.refusal(text) or _not_nudged(text)
    if reason is not None:
        transition(text.id, status, MessageStatus.CANCELLED, error_message=reason, wake_at=None)
        return True
    latest = usefulness.latest(text, config)
    if latest is not None and text.read_at >= latest:
        reason = lateness.too_late(text.read_at, is_paused=text.is_paused)
        lateness.give_up([text], reason, now=text.read_at)
        return True
    may_repeat = config.n8n_drops_repeats or not text.is_doubtful
    if doubt.is_settled(text) or not may_repeat:
        reason = "nobody knows how an earlier attempt ended"
        doubt.hold(text.id, status, reason, now=text.read_at)
        return True
    return False


def _not_nudged(text: Text) -> str | None:
    """Return why a text that nobody asked for stays away from whoever is no party to it."""
    if text.message_type not in FOLLOW_UPS or text.phone is None:
        return None
    return unwilling.WAITS if inbox.is_waiting(text.phone, unwilling.REASONS) else None


def _has_nobody(text: Text) -> bool:
    is_introduction = text.message_type == MessageType.INTRODUCTION
    return is_introduction and delivery.refusal(text) == delivery.PEER_LEFT


def _is_kept_back(text: Text) -> bool:
    """Whether somebody has to act before it leaves: approve it, or end the pause."""
    if text.awaits_approval:
        approval.hold(text.id)
    elif text.is_paused:
        # The planner passes over it until the pause ends.
        outbox.put_back([text.id])
    return text.awaits_approval or text.is_paused


def _part_texts(text: Text, content: str, config: Config) -> list[str]:
    """Return the parts: those of the first attempt, since another limit would cut elsewhere."""
    if text.part_texts:
        return text.part_texts
    return [content] if text.attempts else parts.split(content, config.text_limit_characters)


def _words(text: Text) -> str:
    """Return what an introduction says; it is worded as it leaves, and then stays so."""
    if text.message_type not in claiming.INTRODUCTIONS:
        return ""
    has_several = bool(text.reply_number) and (text.introductions or 0) > 1
    return texts.introduction(
        texts.Introduction(
            first_name=text.first_name or "",
            data=text.data or {},
            geographic=text.geographic,
            reply_number=text.reply_number if has_several else None,
            first_text_event=text.event_name if text.is_first else None,
            event_name=text.event_name or "",
            template=text.template,
        )
    )
