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
_THANKS = word_set("thanks thank you gracias")
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
    said = {word.replace("\u2019", "'") for word in _WORD.findall(numbered.lower())}
    words = {word for word in said if not word.isdecimal()}
    if words & _ANSWERS:
        return words <= _ANSWERS | _BESIDE | _THANKS
    return was_asked_whom and words <= _BESIDE
