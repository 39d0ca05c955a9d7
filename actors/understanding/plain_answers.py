"""Owns whether a reply that names people is an answer about them and nothing else; pure.

A name may be an address ("Sorry, Ben"), or what is asked about ("Is Ben good?"). So it stands for
an introduction only where every word of the reply belongs to an answer.
"""

import re

from actors.understanding.patterns import word_set

_ANSWERS = word_set(
    "yes y yep yeah yup ya sure ok okay absolutely definitely si sí no nope nah later skip pass"
)
_BESIDE = word_set(
    "and e or o to a with for about con para please pls por favor the i i'd i'll we id like would"
    " want wanna love meet meeting talk connect intro introduction introductions an both all"
    " everyone everybody everything but except not only just also too"
)
# Beside an answer they are polite; beside a name alone they may be all that is meant.
_THANKS = word_set("thanks thank you thx gracias")
_REFUSES, _RESTRICTS = word_set("no nope nah"), word_set("only just")
_WEAK = word_set("ok okay sure")
_ALL_BUT = re.compile(r"\b(?:all|everyone|everybody)\s+but\b", re.IGNORECASE)
_YES_FIRST = re.compile(
    r"\W*(?:yes|yep|yeah|yup|sure|absolutely|definitely|s[ií]|i'?d love|i would love)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(r"\?|\b(?:but|pero|who|what|why|where|which|how)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


def is_plain_answer(numbered: str, *, was_asked_whom: bool) -> bool:
    """Whether a reply with numbers in place of names only answers.

    Parameters
    ----------
    was_asked_whom : bool
        Whether the question was whom they would like to meet: then a name alone answers it.
    """
    # Below the first line a name is a signature.
    if "?" in numbered or "\n" in numbered.strip():
        return False
    words = _words(numbered)
    if is_torn(numbered) or ("but" in words and _ALL_BUT.search(numbered) is None):
        return False
    if words & _THANKS and not words & _ANSWERS - _WEAK:
        return False
    if words & _ANSWERS:
        return words <= _ANSWERS | _BESIDE | _THANKS
    return was_asked_whom and words <= _BESIDE


def is_torn(numbered: str) -> bool:
    """Whether it may refuse whom it names as well as everybody else: "No, only Ben"."""
    words = _words(numbered)
    return bool(words & _REFUSES and words & _RESTRICTS)


def _words(numbered: str) -> set[str]:
    said = {word.replace("\u2019", "'") for word in _WORD.findall(numbered.lower())}
    return {word for word in said if not word.isdecimal()}


def says_yes_first(text: str) -> bool:
    """Whether a reply that is more than an answer begins with a yes, and takes no turn."""
    return _YES_FIRST.match(text) is not None and _TURNS.search(text) is None
