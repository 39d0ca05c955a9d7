"""Owns what becomes of introductions that wait for approval when nobody has to give it any more."""

from datetime import datetime

from actors.sending import lateness
from models import approval, usefulness
from models.base import db
from models.config import Config
from models.message import EventMessage

NOT_APPROVED = "nobody approved it while it was of use"


def settle(*, now: datetime, config: Config, limit: int = 500) -> int:
    """Let go what waits no longer, give up what is of no use any more; return how many.

    One that nobody approved fails with that reason, and is planned anew, to be approved, for the
    event's next break.
    """
    with db.atomic():
        due = approval.lock_due(now=now, config=config, limit=limit)
        if due:
            approval.let_go([text.id for text in due])
        late = [text for text in due if _is_late(text, now, config)]
        for awaits in (True, False):
            texts = [text for text in late if text.event.awaits_approval is awaits]
            if texts:
                reason = NOT_APPROVED if awaits else lateness.too_late(now)
                lateness.give_up(texts, reason, now=now)
    return len(due)


def _is_late(text: EventMessage, now: datetime, config: Config) -> bool:
    latest = usefulness.latest(text, config)
    return latest is not None and now >= latest
