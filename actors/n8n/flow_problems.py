"""Owns what the flows in `n8n/` call their problems, and the words that people read for them."""

import json
from typing import Any

_OF_CODES = {
    401: "is GHL_TOKEN in n8n right?",
    403: "is GHL_TOKEN in n8n right?",
    404: "are GHL_API_URL and GHL_LOCATION_ID in n8n right?",
    429: "too many requests",
}
_WORDS = {
    "signature": "our signature does not fit: is WEBHOOK_SECRET the same here and in n8n?",
    "clock": "n8n's clock and ours are more than five minutes apart",
    "crypto": "n8n may not check signatures: set NODE_FUNCTION_ALLOW_BUILTIN=crypto there",
    "variables": "n8n lacks a variable or may not read it: see docs/n8n.md",
    "table": "n8n can not use its table: run “Make the table” there, look at its credential",
    "form": "the flow in n8n does not know this form of a text: is it the newest?",
    "under_way": "n8n is still sending this text",
    "ghl_away": "n8n can not reach GoHighLevel",
    "ghl_unknown": "GoHighLevel broke off, so nobody knows if it texted",
}
_REFUSED = "ghl_refused"
# What stays as it is until somebody mends it.
TO_MEND = {"signature", "clock", "crypto", "variables", "table", "form"}


def problem_of(answer: bytes) -> str | None:
    """Return the problem that an answer names, or None where it names none that is known."""
    name = read_object(answer).get("problem")
    return name if isinstance(name, str) and (name in _WORDS or name == _REFUSED) else None


def words_for(problem: str, code: int) -> str:
    """Return a problem in words, without a full stop; `code` is the HTTP status it came with."""
    if problem != _REFUSED:
        return _WORDS[problem]
    why = _OF_CODES.get(code)
    return f"GoHighLevel refused it: {why}" if why else "GoHighLevel refused it"


def read_object(answer: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer, also as the only one of a list; else an empty one."""
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, dict) else {}
