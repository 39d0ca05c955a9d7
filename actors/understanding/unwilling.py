"""Owns the phrases of people who are no party to this, and why a person should read them; pure.

They are no wish for no more texts, and no answer: nobody is asked back about them.
"""

import re

from actors.understanding import cleaning
from actors.understanding.patterns import phrases

WRONG_NUMBER = "Says that it is the wrong number."
NOT_SHARED = "Does not want the number shared."
WHERE_FROM = "Asks where we have the number from."
NOT_THERE = "Says that they are not there."
NEVER_SIGNED_UP = "Says that they did not sign up."
SPAM = "Thinks that it is spam."
REASONS = (WRONG_NUMBER, NOT_SHARED, WHERE_FROM, NOT_THERE, NEVER_SIGNED_UP, SPAM)
# Who says this wants to be introduced to nobody, whatever they said before.
TAKE_BACK_YES = (WRONG_NUMBER, NOT_SHARED)
# What is said of a text that does not leave for this.
WAITS = "the person wrote something that an organiser has yet to read"

_ANYBODY = r"(?:wrong|incorrect) (?:number|person|guy|phone|contact)"
_NUMBER = r"(?:number|phone|cell|contact|info|information|details|email|digits|numero|telefono)"
_NOT = r"(?:(?<!why )dont|(?<!why )do not|never|not|rather not|wouldnt)"
_WISH = r"(?:(?:want|like|wish)(?: you| u| anyone| them)?(?: to)?|you|u|ever|please|just) "
_SHARE = r"(?:shar|giv|send|text|forward|pass|hand|show|sell|distribut|post)(?:e|ing)?"
_SOMEBODY = r"(?:him|her|them|anyone|anybody|people|others)"
_EVENT = r"(?:event|conference|summit|show|expo|convention|venue|meeting|thing)"
_SOME_EVENT = rf"(?:the|this|that|your|any|an) (?:\w+ )?{_EVENT}"
_SURELY = r"(?:even |actually |really |physically |currently )?"
_FOR_GOOD = r"(?! (?:yet|until|till?|right|now|for|to|at the moment|before|either)\b)"

_IS_WRONG = (
    rf"^(?:sorry |hi |hello |hey |oh |ok |but |no |yes |think |its |this is )*{_ANYBODY}\b",
    (
        r"\b(?:you|u|youve|this|that|its|thats|it) (?:\w+ )?"
        rf"(?:is |have |got |reached |texted |texting )?(?:the |a )?{_ANYBODY}\b"
    ),
    r"\b(?:numero|persona) equivocad[oa]\b|\bse equivoc\w+ de (?:numero|persona)\b",
)
_ASKS_WHERE_FROM = (
    rf"\bwho (?:gave|sold|sent) (?:you|u|y all|them) (?:my|this) (?:\w+ )?{_NUMBER}\b",
    (
        r"\b(?:how|where)d? (?:(?:did|do|have) )?(?:you|u|they|y all) (?:guys )?"
        rf"(?:get|have|got|find|come by) (?:my|this) (?:\w+ )?{_NUMBER}\b"
    ),
    rf"\bquien (?:te|le|les) (?:dio|paso) mi {_NUMBER}\b|\b(?:como|donde) \w+ mi {_NUMBER}\b",
)
_IS_NOT_SHARED = (
    (
        rf"\b{_NOT} (?:{_WISH}){{0,3}}{_SHARE}(?: out| away)?(?: to)?(?: {_SOMEBODY})?"
        rf" my (?:\w+ )?{_NUMBER}\b"
    ),
    (
        rf"\b{_NOT} (?:want|like|need) my (?:\w+ )?{_NUMBER} (?:\w+ )?"
        r"(?:shared|given|sent|out|passed|sold)\b"
    ),
    rf"\bkeep my (?:\w+ )?{_NUMBER} private\b",
    rf"\bno (?:me )?(?:compart\w+|den?|des|pasen?|pases) mi {_NUMBER}\b",
)
_IS_NOT_THERE = (
    (
        rf"(?:\bim|\bi am|^were|\bwe are) (?:actually |sorry )?not {_SURELY}"
        rf"(?:(?:at|in|attending|going to|coming to|part of) {_SOME_EVENT}"
        rf"|there|here|attending)\b{_FOR_GOOD}"
    ),
    rf"^(?:sorry )?not {_SURELY}(?:at|attending) {_SOME_EVENT}\b{_FOR_GOOD}",
    rf"\b(?:didnt|did not) (?:go to|come to|attend) {_SOME_EVENT}\b",
    (
        r"\bno estoy (?:en (?:el|la|ese|este|su) (?:evento|conferencia|reunion)|ahi|alli|aqui)\b"
        r"(?! (?:todavia|aun|ahora|ahorita)\b)"
    ),
)
_DID_NOT_SIGN_UP = (
    r"\b(?:didnt|did not|never) (?:sign(?:ed)? up|register(?:ed)?|subscribed?|enroll(?:ed)?)\b",
    r"\b(?:didnt|did not|never) (?:agreed?|consent(?:ed)?)\b",
    r"\b(?:didnt|did not|never) ask(?:ed)? (?:for|to get) (?:this|these|it|that|any)\b",
)
_IS_SPAM = (
    (
        r"\b(?:is|its|thats|like|be|this|it) (?:this |that |it )?(?:just |all |some |a )*"
        r"(?:spam|scam)\b(?! \w)"
    ),
    r"^(?:spam|scam)$|\b(?:es|esto es) (?:un |una )?(?:spam|estafa|fraude)\b",
)
_PHRASES = phrases(
    (WRONG_NUMBER, _IS_WRONG),
    (WHERE_FROM, _ASKS_WHERE_FROM),
    (NOT_SHARED, _IS_NOT_SHARED),
    (NOT_THERE, _IS_NOT_THERE),
    (NEVER_SIGNED_UP, _DID_NOT_SIGN_UP),
    (SPAM, _IS_SPAM),
)
_CORRECTED = re.compile(r"\bi (?:meant|mean)\b")


def why(text: str) -> str | None:
    """Return why a person should read a reply of somebody who is no party to this, or None."""
    typed = cleaning.plain(text)
    if cleaning.is_reaction(typed):
        return None
    return why_in(cleaning.own_words(typed))


def why_in(written: str) -> str | None:
    """Return the same of somebody's own words."""
    said = [clause.words for clause in cleaning.clauses(written)]
    if any(_CORRECTED.search(words) for words in said):
        return None
    return next(
        (reason for reason, phrase in _PHRASES if any(phrase.search(words) for words in said)),
        None,
    )
