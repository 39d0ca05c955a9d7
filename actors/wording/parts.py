"""Owns how a long text is cut into parts, and how many SMS segments a part takes; pure."""

import re
import unicodedata
from typing import NamedTuple

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

_FOREIGN = re.compile(f"[^{re.escape(''.join(sorted(GSM_BASIC | GSM_EXTENDED)))}]+")
_EXTENDED = re.compile(f"[{re.escape(''.join(sorted(GSM_EXTENDED)))}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
# What a character of two units becomes where units are counted; no text in GSM-7 holds the first.
_FIRST_UNIT = "\x1b"
_TWO_UNITS = f"{_FIRST_UNIT} "
_SENTENCE_END = re.compile(r"""[.!?…]+["')\]]*(?=\s)|[。！？]|(?=\n)""")
_SPACE = re.compile(r"\s")
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Size(NamedTuple):
    """How a text travels: in so many parts, billed as so many SMS segments."""

    parts: int
    segments: int


def size(text: str, limit: int) -> Size:
    """Return how long a text is that is cut where it has more than `limit` characters."""
    pieces = split(text, limit)
    return Size(len(pieces), sum(segments(piece) for piece in pieces))


def split(text: str, limit: int) -> list[str]:
    """Cut a text that is longer than `limit` characters; what is not stays as it is.

    Each part ends with the last sentence that fits, else with the last word, else in the middle
    of a word that is too long itself. White space at a cut is dropped.
    """
    if len(text) <= limit:
        return [text]
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        end = _end_of_part(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def segments(text: str) -> int:
    """Return how many SMS segments carry this text, as a provider counts and bills them.

    In GSM-7 where every character has a place in it, extension characters counting two; else in
    UTF-16, where most emoji count two.
    """
    if _FOREIGN.search(text) is None:
        return _pack(_EXTENDED.sub(_TWO_UNITS, text), GSM_ALONE, GSM_JOINED)
    units = _ASTRAL.sub(_TWO_UNITS, text.replace(_FIRST_UNIT, " "))
    return _pack(units, UCS2_ALONE, UCS2_JOINED)


def foreign(text: str) -> list[str]:
    """Return each different run of characters that GSM-7 lacks, such as an emoji.

    A single one of them makes every segment of the text a short one.
    """
    return list(dict.fromkeys(_FOREIGN.findall(text)))


def _end_of_part(text: str, limit: int) -> int:
    """Return where the first part ends, at least 1; `text` is longer and starts with no space."""
    # One character more, to see whether a word ends exactly at the limit.
    window = text[: limit + 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(window) if found.end() <= limit]
    if not ends:
        ends = [found.start() for found in _SPACE.finditer(window)]
    return ends[-1] if ends and ends[-1] else _hard_end(text, limit)


def _hard_end(text: str, limit: int) -> int:
    """Return the last place within the limit that does not cut a character from its accents."""
    for end in range(limit, max(0, limit - 20), -1):
        if not _belongs_to_the_one_before(text[end]) and text[end - 1] != _JOINER:
            return end
    return limit


def _belongs_to_the_one_before(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or ord(character) in _SKIN_TONES
    )


def _pack(units: str, alone: int, joined: int) -> int:
    """Count segments, a character standing for each unit; one of two units is never cut in half."""
    if len(units) <= alone:
        return 1 if units else 0
    count = start = 0
    while start < len(units):
        end = start + joined
        start = end - (units[end - 1 : end] == _FIRST_UNIT)
        count += 1
    return count
