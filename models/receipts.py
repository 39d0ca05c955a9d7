"""Owns what the provider's reports on the parts of one text come to; pure.

The column keeps the decisive report at its top level, all of them under `reports`, and the last
word on each part under `parts`.
"""

from typing import Any

DELIVERED = ("delivered", "read")
FAILED = ("failed", "undelivered", "opt_out")
DECISIVE = DELIVERED + FAILED
# Each of these says that the provider has the text, so that it must not be sent again.
ACCEPTED = ("sent", *DELIVERED)
MOST_KEPT = 20


def add(kept: dict[str, Any] | None, entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return what to keep once this report has come; None when it came before."""
    kept = kept or {}
    earlier: list[dict[str, Any]] = kept.get("reports", [])
    if any(_identity(known) == _identity(entry) for known in earlier):
        return None
    parts = _parts(kept)
    number = str(entry["part"])
    if parts.get(number) not in DECISIVE:
        parts[number] = entry["status"]
    # One part's failure is the failure of the text, whatever is said of the others.
    is_news = entry["status"] in FAILED and entry["part"] != kept.get("part", 1)
    is_decided = kept.get("status") in DECISIVE and not is_news
    top = kept if is_decided else entry
    return {**top, "parts": parts, "reports": [*earlier, entry][-MOST_KEPT:]}


def parts_accepted(kept: dict[str, Any] | None, parts: int) -> int:
    """Return the last part that the provider surely has, 0 when none is reported."""
    known = _parts(kept or {})
    return max((n for n in range(1, parts + 1) if known.get(str(n)) in ACCEPTED), default=0)


def first_failed(kept: dict[str, Any] | None, parts: int) -> int | None:
    """Return the first part that the provider could not deliver."""
    known = _parts(kept or {})
    return next((n for n in range(1, parts + 1) if known.get(str(n)) in FAILED), None)


def verdict(kept: dict[str, Any] | None, parts: int) -> str | None:
    """Return how a text of so many parts ended: delivered with all of them, failed with any."""
    known = _parts(kept or {})
    failed = first_failed(kept, parts)
    if failed is not None:
        return known[str(failed)]
    return "delivered" if all(known.get(str(n)) in DELIVERED for n in range(1, parts + 1)) else None


def _parts(kept: dict[str, Any]) -> dict[str, str]:
    if "parts" in kept:
        return dict(kept["parts"])
    return {str(kept.get("part", 1)): kept["status"]} if kept.get("status") else {}


def _identity(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry.get("part"), entry.get("ghl_message_id"), entry.get("status")
