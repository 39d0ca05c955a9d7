"""Owns understanding a reply: first the wish for no more texts, then what was meant; pure."""

import re
from collections.abc import Sequence

from actors.understanding import cleaning, unwilling
from actors.understanding.intents import UNCLEAR, Intent, Reply
from actors.understanding.meaning import meaning
from actors.understanding.stop_sentences import NO_WISH
from actors.understanding.stop_text import wants_no_texts
from actors.understanding.words import said_in

__all__ = ["Intent", "Reply", "understand"]

START_WORDS = frozenset({"start", "unstop"})
STOP_LINES = frozenset({"stop", "stopall", "unsubscribe", "optout"})
HELP_WORDS = frozenset({"help", "info", "ayuda"})
# What stays, of somebody who says beside it that they are no party to this.
REFUSING = (Intent.NO, Intent.NOT_ATTENDED)
QUESTIONS = frozenset({"introduction", "break_prompt", "attendance", "rating"})

_STOP_SIGNS = "\N{OCTAGONAL SIGN}\N{VARIATION SELECTOR-16} \n"
_SHOUTED = re.compile(r"(?<![\w-])(?:STOP|UNSUBSCRIBE|OPT[ -]?OUT)(?!\w)(?!(?i: by\b| sign))")


def understand(text: str, *, asked: str | None = None, open_numbers: Sequence[int] = ()) -> Reply:
    """Return what a reply means.

    Any wish for no more texts is a STOP, whatever was asked. START and HELP count only as a
    single word, because START gives consent: a sentence that contains it does not, nor a YES.

    Parameters
    ----------
    asked : {"introduction", "break_prompt", "attendance", "rating"} or None
        What was last asked of this person.
    open_numbers : sequence of int
        The introductions that a number may point at.

    Raises
    ------
    ValueError
        When `asked` is none of these.
    """
    if asked is not None and asked not in QUESTIONS:
        raise ValueError(f"nobody asks {asked!r}")
    typed = cleaning.plain(text)
    if any(cleaning.words(line) in STOP_LINES for line in typed.split("\n")):
        # Whatever stands around it: a quotation of ours has no such line.
        return Reply(Intent.STOP)
    if cleaning.is_reaction(typed):
        return UNCLEAR
    written = cleaning.own_words(typed)
    lines = [line for line in map(cleaning.words, cleaning.without_signature(written)) if line]
    if wants_no_texts(lines) or _is_shouted(written) or _is_stop_sign(written):
        return Reply(Intent.STOP)
    alone = " ".join(lines)
    if alone in START_WORDS:
        return Reply(Intent.START)
    if alone in HELP_WORDS:
        return Reply(Intent.HELP)
    reply = meaning(said_in(written), asked, tuple(dict.fromkeys(open_numbers)))
    is_unwilling = reply.intent not in REFUSING and unwilling.why_in(written) is not None
    return UNCLEAR if is_unwilling else reply


def _is_shouted(written: str) -> bool:
    """Whether STOP stands in capitals within a text otherwise written in small letters."""
    has_small_letters = any(letter.islower() for letter in written)
    return has_small_letters and bool(_SHOUTED.search(NO_WISH.sub("", written)))


def _is_stop_sign(written: str) -> bool:
    return bool(written) and not written.strip(_STOP_SIGNS)
