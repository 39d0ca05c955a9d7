"""Owns putting the number of an introduction where a reply names its person; pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from actors.understanding import cleaning
from actors.understanding.name_words import ALSO_ANSWERS, ALSO_WORDS
from actors.understanding.patterns import word_set
from actors.understanding.strangers import without_strangers

_LEADS = word_set("to with about and y e a con for except but meet met")
_SMALL = re.compile(
    r"(?:\W|\b(?:and|y|please|pls|thanks|yes|no|not|later|only|just|por|favor|or)\b)*", re.I
)
_SUFFIX = re.compile(r",? (?:& co|llc|inc|ltd|corp|co|company|group)\.?$", re.IGNORECASE)
_SOMEBODY_FROM = r"(?:\b(?:the )?(?:guy|lady|woman|man|person|one|contractor|gal) (?:from|at) )?"
_JOINT = re.compile(r",? (?:(?:from|of|at|with) |\()?", re.IGNORECASE)


class Person(NamedTuple):
    """Somebody who was introduced: the number, and what people call them."""

    number: int
    first_name: str
    full_name: str
    company: str | None


class Naming(NamedTuple):
    """A reply with numbers in place of names: "1 or 3" where a name is not clear.

    Attributes
    ----------
    numbers : tuple of int
        Those whose names are clear.
    """

    said: str
    numbers: tuple[int, ...] = ()
    is_clear: bool = True


class _Alias(NamedTuple):
    numbers: tuple[int, ...]
    is_cautious: bool
    needs_lead: bool


class _Found(NamedTuple):
    start: int
    end: int
    numbers: tuple[int, ...]


def with_numbers(text: str, circles: Sequence[Sequence[Person]], own_name: str = "") -> Naming:
    """Return the reply with numbers in place of the names of these people.

    Parameters
    ----------
    circles : sequence of sequences of Person
        Whom a name may mean, the likeliest first: it means nobody further out.
    own_name : str
        The sender's first name, which below a text is a signature.
    """
    typed = cleaning.plain(text)
    known = _known(circles, cleaning.plain(own_name).lower().strip())
    found = _joined(typed, [*_found(typed, known)])
    if not found:
        return Naming(without_strangers(text))
    said, place = "", 0
    for start, end, numbers in found:
        said += typed[place:start].removeprefix("'s") + " or ".join(map(str, numbers))
        place = end
    numbers = tuple(one.numbers[0] for one in found if len(one.numbers) == 1)
    is_clear = all(len(one.numbers) == 1 for one in found)
    return Naming(said + typed[place:].removeprefix("'s"), numbers, is_clear)


def _known(circles: Sequence[Sequence[Person]], own_name: str) -> dict[str, _Alias]:
    known: dict[str, _Alias] = {}
    for circle in circles:
        inner = set(known)
        for person in circle:
            for alias, is_cautious in _names(person):
                if alias in inner:
                    continue
                before = known[alias].numbers if alias in known else ()
                numbers = tuple(sorted({*before, person.number}))
                needs_lead = alias in ALSO_ANSWERS or alias == own_name
                known[alias] = _Alias(numbers, is_cautious or alias in ALSO_WORDS, needs_lead)
    return known


def _names(person: Person) -> Iterator[tuple[str, bool]]:
    """Yield what a person is called, and whether that is a name only where a name stands."""
    first, full, company = (_plain(name) for name in person[1:])
    last = full.removeprefix(first).strip()
    short = _SUFFIX.sub("", company)
    names = {first: False, last: True, full: " " not in full, company: " " not in company}
    names.setdefault(short, " " not in short)
    for name, is_cautious in names.items():
        if len(name) > 1 and not name.isdecimal():
            yield name, is_cautious and name != first


def _plain(name: str | None) -> str:
    return " ".join(cleaning.plain(name or "").lower().split())


def _found(typed: str, known: dict[str, _Alias]) -> Iterator[_Found]:
    if not known:
        return
    longest_first = sorted(known, key=lambda alias: (-len(alias), alias))
    aliases = "|".join(re.escape(alias).replace(r"\ ", r"\s+") for alias in longest_first)
    pattern = re.compile(
        rf"(?<![\w'@-]){_SOMEBODY_FROM}({aliases})(?![\w@-])(?!'(?!s\b))(?!\.\w)", re.IGNORECASE
    )
    rest = _SMALL.fullmatch(pattern.sub(" ", typed)) is not None
    for match in pattern.finditer(typed):
        alias = known[" ".join(match[1].lower().split())]
        before = re.findall(r"[^\W\d_]+", typed[: match.start(1)].lower())
        is_led = bool(before) and before[-1] in _LEADS
        if alias.is_cautious and not (match[1][0].isupper() and (is_led or rest)):
            continue
        if alias.needs_lead and not is_led:
            continue
        yield _Found(match.start(), match.end(), alias.numbers)


def _joined(typed: str, found: list[_Found]) -> list[_Found]:
    """Take "Ben from Miller Homes" for one person, though two may be called Ben."""
    joined: list[_Found] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and _JOINT.fullmatch(typed[last.end : one.start]):
            both = tuple(number for number in last.numbers if number in one.numbers)
            if both:
                joined[-1] = _Found(last.start, one.end, both)
                continue
        joined.append(one)
    return joined
