"""Owns finding what a person wrote themselves within a text, clause by clause; pure."""

import re
import unicodedata
from dataclasses import dataclass

from actors.understanding.patterns import word_set
from actors.understanding.typos import mended

_LONGEST = 4000
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u201c": '"', "\u201d": '"'})
_REACTION = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to"
    r'|removed an? .{1,12} from|.{1,3} to|le gusto|le encanto)\s*"[^"]*"?\s*',
    re.IGNORECASE | re.DOTALL,
)
_QUOTED_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
_QUOTED_REST = re.compile(
    r"^(?:-{2,} ?original message|on .{4,80} wrote:|from: |_{5,}).*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_OUR_OWN_WORDS = re.compile(r"reply stop to (?:opt out|unsubscribe|end|stop)\b\.?", re.IGNORECASE)
_SIGNATURE = re.compile(r"--|sent (?:from|via)\b|get outlook\b|enviado desde\b", re.IGNORECASE)
_CLAUSE_MARK = re.compile(
    r"\s[-\u2013\u2014]+\s|[\u2013\u2014]|(?<![.,:()|/])[.,:()|/]+(?=\s|$)|[!?;\u2026\xa1\xbf]|\.{2,}"
)
_QUOTATION = re.compile(r'"[^"]{6,}"')
_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]{1,64}@[^\s@]{1,64}|(?<!\d)[+(]{0,2}\d[\d(). -]{5,18}\d{4}(?!\d)"
)
_COMPANY = re.compile(
    r"\b(?:llc|inc|ltd|corp|co|company|builders?|roofing|construction|homes|hvac|plumbing|electric"
    r"|contract(?:ing|ors?)|remodel(?:ing|ers?)|services|group|& sons|exteriors|renovations?"
    r"|owner|president|ceo|manager)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"[A-Z][\w'.&-]*,?(?: +[A-Z&][\w'.&-]*,?){1,4}")
_OPENINGS = word_set(
    "yes no not nope maybe later sure who what i im please more tell we already both all just only "
    "and but if lets ok okay met love happy skip pass never great"
)
# What dictation writes for marks, and a number for what it hears.
_DICTATED = (
    (re.compile(r"\b(?:period|full stop|comma|exclamation (?:point|mark)|new line)\b"), ","),
    (re.compile(r"\bquestion mark\b"), "?"),
    (re.compile(r"\bnumber won\b"), "number 1"),
    (re.compile(r"\bnumber too?\b"), "number 2"),
    (re.compile(r"\bnumber for\b"), "number 4"),
    (re.compile(r"#\s*(?=\d)|(?<=to )no\. ?(?=\d)|(?<=for )no\. ?(?=\d)"), " number "),
    (re.compile(r"\bno\.? (?=\d+ (?:is|sounds?|looks?|works?|seems?)\b)"), "number "),
    (re.compile(r"(?<!\S)-(?=\d)"), " minus "),
    # "Yeah, no" is a no.
    (re.compile(r"^\s*(?:yeah|yea|ya),? (?=(?:no|nah)\b(?! (?:prob|worr|doubt|rush)))"), ""),
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),
    (re.compile(r"(?<![\d-])(\d{1,2}) ?[-\u2013] ?(?=\d{1,2}(?![\d-]))"), r"\1 to "),
    (re.compile(r"[&+]"), " and "),
    (re.compile(r"'"), ""),
)
_BREAK = re.compile(
    r'(?<!\d)\.|\.(?!\d)|[,!;:()\u2026\u2013\u2014|/\n\xa1\xbf"*~]|\s-+\s|(?<!-)-+(?=\s|$)|(\?)'
)
_WORD = re.compile(r"\d+(?:\.\d+)?[^\W\d_]*|[^\W\d_]+|\d")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_ISH = re.compile(r"^(\d+)(?:ish|\.0+)$")


@dataclass(frozen=True)
class Clause:
    """A few words between two marks: lower case, typing mistakes mended."""

    words: str
    is_question: bool


def plain(text: str) -> str:
    """Return the text without accents, invisible marks and typographic variants."""
    typed = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_QUOTES)
    typed = typed.replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST]
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", typed)
        if not unicodedata.combining(letter) and unicodedata.category(letter) not in ("Cf", "Me")
    )


def is_reaction(typed: str) -> bool:
    """Whether it is a phone's report of a thumb put on one of our texts, not an answer."""
    return bool(_REACTION.fullmatch(typed))


def own_words(typed: str) -> str:
    """Leave what the person wrote, without quoted texts: ours say "Reply STOP" themselves.

    When nothing else is left, the quotation is what the person wanted to say.
    """
    unquoted = _QUOTED_REST.sub("", _QUOTED_LINE.sub("", typed))
    candidates = (_OUR_OWN_WORDS.sub("", unquoted), unquoted, typed)
    return next((text for text in candidates if text.strip()), "")


def without_signature(written: str) -> list[str]:
    """Return the lines above what a phone or a person puts under every text."""
    lines: list[str] = []
    for line in written.strip().split("\n"):
        if lines and _SIGNATURE.match(line.strip()):
            break
        lines.append(line)
    return lines


def words(line: str) -> str:
    """Return lower-case words with "." between clauses; other marks are spaces.

    A letter drawn out ("stoooop") counts once.
    """
    marked = _CLAUSE_MARK.sub(" \0 ", line.lower())
    spaced = re.sub(r"[^\w\0]|_", " ", marked).replace("\0", ".")
    spaced = _DRAWN_OUT.sub(r"\1", spaced)
    return re.sub(r"\s+", " ", spaced).strip(" .")


def clauses(written: str) -> list[Clause]:
    """Return the clauses of somebody's own words, without who and where they say they are."""
    first, *rest = without_signature(written)
    text = "\n".join([first, *(line for line in rest if not _is_about_the_sender(line))])
    text = _ADDRESS.sub(" ", text)
    unquoted = _QUOTATION.sub(" ", text)
    text = (unquoted if _WORD.search(unquoted) else text).lower()
    for pattern, meant in _DICTATED:
        text = pattern.sub(meant, text)
    *pieces, last = _BREAK.split(text)
    marked = [*zip(pieces[::2], pieces[1::2], strict=True), (last, None)]
    found = [Clause(_mended_words(words), mark == "?") for words, mark in marked if words.strip()]
    return [clause for clause in found if clause.words]


def _is_about_the_sender(line: str) -> bool:
    """Whether a line is an address, a name or a firm ("All Pro Builders"), not a sentence."""
    rest = _ADDRESS.sub("", line).strip(" |,:-")
    if not rest or not _NAMES.fullmatch(rest):
        return not rest
    opening = rest.replace("'", "").split(" ")[0].strip(".,!?").lower()
    return opening not in _OPENINGS or bool(_COMPANY.search(rest))


def _mended_words(piece: str) -> str:
    typed = _WORD.findall(_DRAWN_OUT.sub(r"\1", re.sub(r"\bl8r\b", "later", piece)))
    return " ".join(mended(_ISH.sub(r"\1", word)) for word in typed)
