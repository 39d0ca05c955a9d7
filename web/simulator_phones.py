"""Owns what the simulated phones got and said: kept in Redis, as disposable as a rehearsal."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from actors.broker import broker

PREFIX = "simulator:"
ANSWERS = f"{PREFIX}answers"
LOG = f"{PREFIX}log"
COUNTS = f"{PREFIX}counts"
RUN = f"{PREFIX}run"
EVERYTHING = "all"
MOST_AT_ONCE = 5000
# "event:break-prompt" says what a text is, "event:41" of which event.
KIND = "event:"

# One step, so that of many repeats at the same moment exactly one is a text.
_RECORD = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return redis.call('HGET', KEYS[1], ARGV[1])
end
redis.call('RPUSH', KEYS[2], ARGV[3])
for index = 4, #KEYS do
  redis.call('HINCRBY', KEYS[3], ARGV[index + 1], 1)
  redis.call('SADD', KEYS[index], ARGV[4])
end
return ARGV[2]
"""


@dataclass(frozen=True)
class SimulatedText:
    """One SMS part as the outbound contract delivers it."""

    webhook_id: str
    phone: str
    message: str
    from_name: str
    tags: tuple[str, ...]
    part: int = 1
    parts: int = 1

    @property
    def about(self) -> str:
        """What the contract calls this kind of text, like `break-prompt`; empty without a tag."""
        named = [tag.removeprefix(KIND) for tag in self.tags if tag.startswith(KIND)]
        return next((name for name in named if not name.isdecimal()), "")


@dataclass(frozen=True)
class News:
    """What happened since a cursor; `is_fresh` says that nothing before it counts any more."""

    cursor: str
    is_fresh: bool
    entries: list[dict[str, Any]]


def record_text(text: SimulatedText, *, now: datetime) -> dict[str, str]:
    """Put a text on its phone, once for each webhook id; return the first answer in any case."""
    answer = {
        "ghl_message_id": f"sim-{hashlib.sha256(text.webhook_id.encode()).hexdigest()[:20]}",
        "ghl_contact_id": contact_id(text.phone),
    }
    entry = {
        "kind": "text",
        "id": answer["ghl_message_id"],
        "phone": text.phone,
        "text": text.message,
        "sender": text.from_name,
        "part": text.part,
        "parts": text.parts,
        "about": text.about,
        "at": _moment(now),
    }
    scopes = [EVERYTHING, *{tag for tag in text.tags if tag.removeprefix(KIND).isdecimal()}]
    keys = [ANSWERS, LOG, COUNTS, *(_phones_key(scope) for scope in scopes)]
    values = [text.webhook_id, json.dumps(answer), json.dumps(entry), text.phone, *scopes]
    first: dict[str, str] = json.loads(broker.client.eval(_RECORD, len(keys), *keys, *values))
    return first


def record_reply(phone: str, text: str, *, reply_id: str, now: datetime) -> None:
    """Show a typed reply on its phone."""
    _append(kind="reply", id=reply_id, phone=phone, text=text, at=_moment(now))


def record_reply_outcome(phone: str, *, reply_id: str, is_received: bool, now: datetime) -> None:
    """Say beside a typed reply whether the webhook took it."""
    kind = "received" if is_received else "refused"
    _append(kind=kind, id=reply_id, phone=phone, at=_moment(now))


def news(since: str) -> News:
    """Return what happened since the cursor; from the start when it is of another rehearsal."""
    client = broker.client
    client.set(RUN, secrets.token_hex(6), nx=True)
    run = client.get(RUN).decode()
    length = client.llen(LOG)
    seen_run, _, seen = since.partition(".")
    is_known = seen_run == run and seen.isdecimal() and int(seen) <= length
    start = int(seen) if is_known else 0
    entries = client.lrange(LOG, max(start, length - MOST_AT_ONCE), length - 1) if length else []
    return News(f"{run}.{length}", not is_known, [json.loads(entry) for entry in entries])


def summary(event_id: int | None = None) -> dict[str, int]:
    """Count distinct texts, and the phones that got them; all, or those of one event."""
    scope = EVERYTHING if event_id is None else f"event:{event_id}"
    return {
        "texts": int(broker.client.hget(COUNTS, scope) or 0),
        "phones": broker.client.scard(_phones_key(scope)),
    }


def reset() -> None:
    """Forget everything; pages that are open start again."""
    keys = list(broker.client.scan_iter(f"{PREFIX}*", count=1000))
    if keys:
        broker.client.delete(*keys)


def contact_id(phone: str) -> str:
    """Return the contact that the simulated provider knows this phone as."""
    return f"sim-contact-{phone.removeprefix('+')}"


def _append(**entry: Any) -> None:
    broker.client.rpush(LOG, json.dumps(entry))


def _phones_key(scope: str) -> str:
    return f"{PREFIX}phones:{scope}"


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds")
