"""Owns the signed question that texts nobody, and what n8n's answer to it tells."""

from actors.n8n.flow_problems import TO_MEND, problem_of, read_object, words_for
from models.n8n_check import Answer, Finding

QUESTION = {"ping": True}
_GATEWAY_CODES = (502, 503, 504)


def judge(code: int, body: bytes) -> Answer:
    """Return what is known of n8n once it has answered the question.

    Only the flow in `n8n/`, or one that knows the question too, can say that all is well. One that
    does not know it is no fault: it has got neither a phone nor words, so that it can text nobody.
    """
    known = read_object(body)
    if 200 <= code < 300 and known.get("pong") is True:
        return Answer(Finding.FINE, drops_repeats=known.get("drops_repeats") is True)
    problem = problem_of(body)
    if problem in TO_MEND:
        return Answer(Finding.FLOW, words_for(problem, code))
    if code == 404:
        return Answer(Finding.NOT_REGISTERED)
    if code in (401, 403):
        return Answer(Finding.TOKEN, "" if code == 403 else "n8n refuses us (401)")
    if 300 <= code < 400:
        return Answer(Finding.UNREACHABLE, f"its address leads elsewhere ({code})")
    if code in _GATEWAY_CODES:
        return Answer(Finding.UNREACHABLE, f"what stands before n8n answered {code}")
    return Answer(Finding.UNKNOWN_FLOW, f"n8n answered {code}" if code >= 500 else "")
