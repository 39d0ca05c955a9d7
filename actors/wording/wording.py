"""Owns how a text is worded, in the usual words or an event's own, and which of those may be; pure.

Phrases that are composed already go in where their names stand in braces.
"""

import difflib
import re
from collections.abc import Mapping

from actors.wording.filling import HOLE, BrokenWordsError, fill
from actors.wording.placeholders import PLACEHOLDERS, Placeholder
from actors.wording.usual_words import USUAL
from models.message_status import MessageType

__all__ = ["LONGEST", "PLACEHOLDERS", "Placeholder", "check", "examples", "preview", "word"]

LONGEST = 1_600
# Without these words nobody knows how to answer.
_ANSWERS: Mapping[MessageType, tuple[str, ...]] = {
    MessageType.INTRODUCTION: ("YES",),
    MessageType.NO_BREAK_LEFT: ("YES",),
    MessageType.YES_REMINDER: ("YES",),
    MessageType.REVEALING_REMINDER: ("YES",),
    MessageType.BREAK_PROMPT: ("YES", "SKIP"),
    MessageType.ATTENDANCE_QUESTION: ("YES", "NO"),
}
# Whoever sends one of these back has opted out at the carrier.
_OPTS_OUT = re.compile(r"\b(STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT)\b")
_BRACES = (
    "There is a brace too many or too few; a placeholder has one on each side, "
    "such as {first_name}."
)


def word(kind: MessageType, facts: Mapping[str, str], template: str | None = None) -> str:
    """Return what one person reads.

    A line whose phrases are all empty is left out, and so are the spaces and brackets round an
    empty one. Own words that are broken, or come to nothing, give way to the usual ones.

    Parameters
    ----------
    facts : mapping
        The phrases by placeholder; one that is missing or empty is not known.
    template : str or None
        The event's own words; None or nothing means the usual ones.
    """
    known = {placeholder.name: placeholder for placeholder in PLACEHOLDERS[kind]}
    if template and template.strip():
        try:
            text = fill(template, facts, known)
        except BrokenWordsError:
            text = ""
        if text:
            return text
    return fill(USUAL[kind], facts, known)


def check(kind: MessageType, template: str) -> list[str]:
    """Return what is wrong with an event's own words, each in a sentence; nothing when they do."""
    if not template.strip():
        return ["There are no words yet."]
    problems = []
    if len(template) > LONGEST:
        problems.append(
            f"That is {len(template):,} characters; a text has at most {LONGEST:,} of them."
        )
    known = {placeholder.name: placeholder for placeholder in PLACEHOLDERS[kind]}
    written = dict.fromkeys(HOLE.findall(template))
    words = HOLE.sub(" ", template)
    if "{" in words or "}" in words:
        problems.append(_BRACES)
    problems += [_unknown(name, known) for name in written if name not in known]
    problems += [
        f"{{{name}}} is missing, and this text needs it: {placeholder.description}"
        for name, placeholder in known.items()
        if placeholder.is_needed and name not in written
    ]
    problems += [
        f"Say how to answer: the word {answer} is missing."
        for answer in _ANSWERS.get(kind, ())
        if not re.search(rf"\b{answer}\b", words, re.IGNORECASE)
    ]
    problems += [
        f"Leave out {found}: carriers take it for an opt-out when somebody sends it back."
        for found in dict.fromkeys(_OPTS_OUT.findall(words))
    ]
    return problems


def examples(kind: MessageType) -> dict[str, str]:
    """Return phrases to show a text with."""
    return {placeholder.name: placeholder.example for placeholder in PLACEHOLDERS[kind]}


def preview(kind: MessageType, template: str | None = None) -> str:
    """Return the words, own or usual, filled in with examples; nothing while they are broken."""
    known = {placeholder.name: placeholder for placeholder in PLACEHOLDERS[kind]}
    try:
        return fill(template or USUAL[kind], examples(kind), known)
    except BrokenWordsError:
        return ""


def _unknown(name: str, known: Mapping[str, Placeholder]) -> str:
    close = difflib.get_close_matches(name.strip().lower(), known, n=1)
    hint = f" Did you mean {{{close[0]}}}?" if close else ""
    return f"{{{name}}} is no placeholder of this text.{hint}"
