"""Owns which introductions the numbers of a reply name; pure.

A number counts only where such a number stands ("yes 2", "2 please"), so that a time, a table or
a head count beside a yes names nobody. Marks of phrases are in capitals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actors.understanding.patterns import word_set

NUMBER_WORDS = {
    name: value
    for value, names in enumerate(
        (
            "one first 1st uno primero primera",
            "two second 2nd dos segundo segunda",
            "three third 3rd tres tercero tercera",
            "four fourth 4th cuatro",
            "five fifth 5th cinco",
            "six 6th seis",
            "seven 7th siete",
            "eight 8th ocho",
            "nine 9th nueve",
            "ten 10th diez",
        ),
        start=1,
    )
    for name in names.split()
}
ORDINALS = word_set(
    "first second third fourth fifth primero primera segundo segunda tercero tercera"
)
_JOINING = frozenset({"and", "y", "or"})
_EVERYBODY = re.compile(
    r"\b(?:all (?:of )?(?:them|these|those|the above|both|(?:\d|two|three|four)(?: of them)?)"
    r"|both of (?:them|these)"
    r"|everyone|everybody|both|all|ambos|ambas|(?:a )?(?:todos|todas|(?:los|las) (?:dos|tres))"
    r"|the (?:two|three) of them)\b"
)
_EXCEPT = re.compile(r"\bALL (?:but|except|not|menos|excepto)(?: for)?(?: not)?\b")
_RANGE = re.compile(r"\b(\d) (?:to|through|thru) (\d)\b")
_BEFORE_CHOICE = word_set(
    "to for del de number no num nr option intro introduction match person about on and y with "
    "just only the met know do choose pick take want like el la al also plus then please not is "
    "are of or either but meet maybe"
)
_AFTER_CHOICE = word_set(
    "and y or please por thanks is are sounds works looks would seems only now too also already "
    "one but first for then was if i im lets sir today ok cool great not with do"
)
_BARE = word_set(
    "and y or number option intro introduction match person the one please thanks only just with "
    "for to el la al por favor sir is are fine good ok works looks sounds great id ill i like do "
    "lets meet pick choose take want would too also then either contractor maybe"
)


@dataclass(frozen=True)
class Named:
    """The introductions that one clause names.

    Attributes
    ----------
    is_bare : bool
        Whether the clause does nothing but name them.
    is_unsure : bool
        Whether it leaves open which ("1 or 2", "not both").
    excepted : tuple of int
        Those that are not meant, of everybody: "all but 2".
    """

    numbers: tuple[int, ...] = ()
    everybody: bool = False
    is_bare: bool = False
    is_unsure: bool = False
    excepted: tuple[int, ...] = ()

    def means(self, number: int) -> bool:
        """Whether an introduction of this number is among those named."""
        return (self.everybody and number not in self.excepted) or number in self.numbers


def named(said: str) -> Named:
    """Return what a marked clause names."""
    marked = _RANGE.sub(_counted, _EVERYBODY.sub("ALL", said))
    meant, *others = _EXCEPT.split(marked, maxsplit=1)
    words = (f"{meant} ALL" if others else meant).split()
    found = [value for value in _placed(words) if value]
    numbers = tuple(dict.fromkeys(value for value in found if value > 0))
    left_out = tuple(value for value in _placed(" ".join(others).split()) if value > 0)
    is_odd = bool(others) and (not left_out or bool(numbers))
    return Named(
        () if others else numbers,
        everybody=-1 in found,
        is_bare=bool(found) and all(_is_bare(word) for word in (*words, *" ".join(others).split())),
        is_unsure=is_odd
        or "not both" in said
        or (len(numbers) > 1 and "or" in words)
        or "either" in words,
        excepted=left_out,
    )


def _counted(span: re.Match[str]) -> str:
    """Write "1 to 3" out; what does not go up is none."""
    first, last = int(span[1]), int(span[2])
    return " and ".join(map(str, range(first, last + 1))) if first < last else span[0]


def _placed(words: list[str]) -> Iterator[int]:
    """Yield the numbers that stand where a choice does; -1 is everybody."""
    before = ""
    ordinals = ORDINALS & set(words)
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        value = -1 if word == "ALL" else _value(word)
        stands = fits(before, _BEFORE_CHOICE) and fits(after, _AFTER_CHOICE)
        # "first and third": one ordinal stands where another does.
        is_next = word in ORDINALS and {before, after} & _JOINING and len(ordinals) > 1
        if value and stands and (is_next or _is_number(word, before, after)):
            yield value
        before = word


def fits(word: str, allowed: frozenset[str]) -> bool:
    """Whether a number may stand beside this word: an allowed one, a mark, a number or none."""
    return not word or word.isupper() or word in allowed or bool(_value(word))


def _is_number(word: str, before: str, after: str) -> bool:
    """Whether it is meant as one: "the other one" and "tell me more first" mean none."""
    if word in ORDINALS:
        return after == "one" or before in ("the", "el", "la") or not (before or after)
    if word == "one":
        is_named = before in ("number", "to", "for", "about", "and", "option")
        return is_named or (before in ("", "YES") and after in ("", "please"))
    return not (word == "ALL" and before in ("the", "not", "of"))


def _value(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) <= 4 else NUMBER_WORDS.get(word, 0)


def _is_bare(word: str) -> bool:
    return word == "ALL" or word in _BARE or bool(_value(word))
