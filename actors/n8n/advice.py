"""Owns what to do about what n8n answered, in the words of the desk and of alerts."""

from models.n8n_check import Answer, Finding

_TO_DO = {
    Finding.NOT_REGISTERED: (
        "n8n knows no active workflow at our address (404). Activate “Peer Matching: texts out” in "
        "n8n, and see that N8N_WEBHOOK_URL is its production address."
    ),
    Finding.TOKEN: (
        "n8n refuses our token (403). N8N_WEBHOOK_TOKEN here and the credential “Peer Matching "
        "token” in n8n have to be the same."
    ),
    Finding.UNKNOWN_FLOW: (
        "n8n answers, but its flow does not know our question, so token and signature are not "
        "proven. Nobody was texted."
    ),
}
_REFUSES = (
    "See that N8N_WEBHOOK_TOKEN and WEBHOOK_SECRET are the same here and in n8n, and that both "
    "clocks are right."
)


def advice(answer: Answer) -> str:
    """Return what an answer shows and what to do about it, in whole sentences."""
    if answer.finding is Finding.UNREACHABLE:
        return f"n8n can not be reached: {answer.words}. Start it, or correct N8N_WEBHOOK_URL."
    if answer.finding is Finding.TOKEN and answer.words:
        return f"{answer.words}. {_REFUSES}"
    return _TO_DO.get(answer.finding) or _sentence(answer.words)


def _sentence(words: str) -> str:
    """Return words as a sentence; n8n has no capital, and a question no full stop."""
    said = words if words.startswith("n8n") else f"{words[:1].upper()}{words[1:]}"
    return said if said.endswith("?") else f"{said}."
