"""Owns putting phrases into words that hold their names in braces; pure.

Nothing but a known name can stand in braces, so no words that anybody saves reach into the program.
"""

import re
from collections.abc import Mapping

from actors.wording.placeholders import Placeholder

HOLE = re.compile(r"\{([^{}]*)\}")
_GAP = "\0"
_ENDS = ("", *".,;:!?)")


class BrokenWordsError(ValueError):
    """The words hold a lone brace, or a placeholder that their kind of text does not have."""


def fill(template: str, facts: Mapping[str, str], known: Mapping[str, Placeholder]) -> str:
    """Return the template with its phrases.

    A line whose phrases are all empty is left out, and so are the spaces and brackets round an
    empty one.

    Raises
    ------
    BrokenWordsError
    """
    lines: list[str] = []
    for line in template.splitlines():
        filled = _fill_line(line, facts, known)
        is_second_blank = not filled and (not lines or not lines[-1])
        if filled is not None and not is_second_blank:
            lines.append(filled)
    return "\n".join(lines).strip()


def _fill_line(line: str, facts: Mapping[str, str], known: Mapping[str, Placeholder]) -> str | None:
    """Return the line with its phrases; None when it has some, and none of them is known."""
    text = ""
    said: list[bool] = []
    for index, piece in enumerate(HOLE.split(line)):
        if index % 2 == 0:
            if "{" in piece or "}" in piece:
                raise BrokenWordsError
            text = _join(text, re.sub(r"[ \t]+", " ", piece.replace(_GAP, "")))
            continue
        if piece not in known:
            raise BrokenWordsError
        phrase = _phrase(facts.get(piece), known[piece])
        if not known[piece].is_ending:
            said.append(bool(phrase))
        text = _join(text, phrase or _GAP)
    return None if said and not any(said) else _close_gaps(text)


def _phrase(fact: str | None, placeholder: Placeholder) -> str:
    phrase = (fact or "").replace(_GAP, "")
    return phrase if phrase.strip() else placeholder.fallback


def _join(text: str, more: str) -> str:
    return text + (more.lstrip(" ") if text.endswith(" ") else more)


def _close_gaps(text: str) -> str:
    """Close what empty phrases left open; what a phrase itself says stays as it is."""
    if _GAP not in text:
        return text.strip()
    text = re.sub(r"\([ \0]*\0[ \0]*\)", _GAP, text)

    def closed(gap: re.Match[str]) -> str:
        is_before_a_word = text[gap.end() : gap.end() + 1] not in _ENDS
        return " " if " " in gap[0] and is_before_a_word else ""

    return re.sub(r"[ \0]*\0[ \0]*", closed, text).strip()
