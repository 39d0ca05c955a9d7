"""Owns what a reply means; pure, from the words alone."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from actors.stop_sentences import NO_WISH
from actors.stop_text import wants_no_texts

START_WORDS = frozenset({"start", "unstop"})
HELP_WORDS = frozenset({"help", "info", "ayuda"})

_LONGEST = 4000
_STOP_SIGNS = "\N{OCTAGONAL SIGN}\N{VARIATION SELECTOR-16} \n"
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
_SHOUTED = re.compile(r"(?<![\w-])(?:STOP|UNSUBSCRIBE|OPT[ -]?OUT)(?!\w)(?!(?i: by\b| sign))")
_CLAUSE_MARK = re.compile(
    r"\s[-\u2013\u2014]+\s|[\u2013\u2014]|[.,:()|/]+(?=\s|$)|[!?;\u2026\xa1\xbf]|\.{2,}"
)


class Intent(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNCLEAR = "unclear"
    YES = "yes"
    NO = "no"
    LATER = "later"
    MORE = "more"
    MET_ALREADY = "met_already"
    RATING = "rating"
    ATTENDED = "attended"
    NOT_ATTENDED = "not_attended"
    WHICH = "which"


@dataclass(frozen=True)
class Reply:
    """What somebody meant."""

    intent: Intent
    choices: tuple[int, ...] = ()
    rating: int | None = None


def understand(text: str, *, asked=None, open_numbers=()) -> Reply:
    """Return what a reply means.

    Any wish for no more texts is a STOP. START and HELP count only as a single word, because
    START gives consent: a sentence that contains it does not.
    """
    plain = _plain(text)
    if _REACTION.fullmatch(plain):
        return Reply(Intent.UNCLEAR)
    written = _own_words(plain)
    lines = [line for line in map(_words, _without_signature(written)) if line]
    if wants_no_texts(lines) or _is_shouted(written) or _is_stop_sign(written):
        return Reply(Intent.STOP)
    said = " ".join(lines)
    if said in START_WORDS:
        return Reply(Intent.START)
    if said in HELP_WORDS:
        return Reply(Intent.HELP)
    return _scratch(said, asked, tuple(open_numbers))


def _scratch(said, asked, numbers):
    words = {
        "yes": Intent.YES,
        "no": Intent.NO,
        "skip": Intent.NO,
        "later": Intent.LATER,
        "tell me more": Intent.MORE,
        "we met already": Intent.MET_ALREADY,
    }
    m = re.fullmatch(r"(.*?) ?((?:\d+(?: and )?)*|all)", said)
    body, tail = m.group(1), m.group(2)
    if asked == "attendance" and said in ("yes", "no"):
        return Reply(Intent.ATTENDED if said == "yes" else Intent.NOT_ATTENDED)
    if asked == "rating" and said.isdigit() and 1 <= int(said) <= 10:
        return Reply(Intent.RATING, rating=int(said))
    if body in words or (not body and tail and numbers):
        intent = words.get(body, Intent.YES)
        named = (
            numbers
            if tail == "all"
            else tuple(int(n) for n in re.findall(r"\d+", tail) if int(n) in numbers)
        )
        if tail and not named:
            return Reply(Intent.UNCLEAR)
        if intent is Intent.YES and not named and len(numbers) > 1:
            return Reply(Intent.WHICH)
        return Reply(intent, named)
    return Reply(Intent.UNCLEAR)


def _plain(text: str) -> str:
    """Return the text without accents, invisible marks and typographic variants."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_QUOTES)
    plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", plain)
        if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )


def _own_words(plain: str) -> str:
    """Leave what the person wrote, without quoted texts: ours say "Reply STOP" themselves.

    When nothing else is left, the quotation is what the person wanted to say.
    """
    unquoted = _QUOTED_REST.sub("", _QUOTED_LINE.sub("", plain))
    candidates = (_OUR_OWN_WORDS.sub("", unquoted), unquoted, plain)
    return next((text for text in candidates if text.strip()), "")


def _without_signature(written: str) -> list[str]:
    lines: list[str] = []
    for line in written.strip().split("\n"):
        if lines and _SIGNATURE.match(line.strip()):
            break
        lines.append(line)
    return lines


def _words(line: str) -> str:
    """Return lower-case words with "." between clauses; other marks are spaces.

    A letter drawn out ("stoooop") counts once.
    """
    marked = _CLAUSE_MARK.sub(" \0 ", line.lower())
    spaced = re.sub(r"[^\w\0]|_", " ", marked).replace("\0", ".")
    spaced = re.sub(r"([a-z])\1{2,}", r"\1", spaced)
    return re.sub(r"\s+", " ", spaced).strip(" .")


def _is_shouted(written: str) -> bool:
    """Whether STOP stands in capitals within a text otherwise written in small letters."""
    has_small_letters = any(letter.islower() for letter in written)
    return has_small_letters and bool(_SHOUTED.search(NO_WISH.sub("", written)))


def _is_stop_sign(written: str) -> bool:
    return bool(written) and not written.strip(_STOP_SIGNS)
