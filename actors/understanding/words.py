"""Owns what the words and signs of a reply say, before anybody asks what was meant; pure."""

import re
from dataclasses import dataclass

from actors.understanding.agreement import AGREEMENT
from actors.understanding.cleaning import Clause, clauses
from actors.understanding.encounters import ENCOUNTERS
from actors.understanding.numbers import Named, named
from actors.understanding.ratings import fraction, ratings
from actors.understanding.refusals import IDIOMS, REFUSALS
from actors.understanding.requests import REQUESTS

_PHRASES = (*IDIOMS, *ENCOUNTERS, *REFUSALS, *REQUESTS, *AGREEMENT)
_YES_SIGNS = frozenset("👍👌✅🙌✔☑🤝💯🙋")
_NO_SIGNS = frozenset("👎❌🚫🙅✖")
_DOUBT_SIGNS = frozenset("🙄🤷")
_QUESTION = re.compile(
    r"(?:and |but |so |hi |ok )?(?:is|are|am|do|does|did|when|wheres?|hows?|whats?|which"
    r"|why|who|whos|should|was|were|has|have|will|would|can|could)\b(?! not\b)"
)
_REQUEST = re.compile(
    r"(?:can|could|will|would) (?:you|we) .*"
    r"\b(?:connect|introduce|intro|set|send|share|make|give)\b"
)
_AGREED = re.compile(r"\b(?:YES|OK|PRAISE|GOING)\b")
_MARK = re.compile(r"\b[A-Z]{2,}\b")
_NO_KIND = frozenset({"DENIED", "DOUBT", "ACK"})


@dataclass(frozen=True)
class Said:
    """What a reply says, clause by clause.

    Attributes
    ----------
    marks : frozenset of str
        What the phrases say: "YES", "NO", "LATER", ….
    named : tuple of Named
        The introductions named, per clause that says something.
    refuses_then_names : bool
        A no in one clause and bare numbers in another: "No, 2" refuses two or wants it.
    rating : float or None
        Out of ten and perhaps out of range, when given as "n/10", "n/5" or "n out of".
    numbers : tuple of float
        The bare numbers that a rating could be.
    """

    marks: frozenset[str]
    named: tuple[Named, ...]
    refuses_then_names: bool
    rating: float | None
    numbers: tuple[float, ...]


def said_in(written: str) -> Said:
    """Return what somebody's own words say."""
    rest, rating = fraction(written)
    lines = [(_marked(clause), clause) for clause in clauses(rest)]
    words_marks = {mark for line, _ in lines for mark in _MARK.findall(line)}
    found = [(line, named(line)) for line, _ in lines]
    placed = tuple(
        names for line, names in found if names.is_bare or set(_MARK.findall(line)) - _NO_KIND
    )
    refuses = any("NO" in line.split() for line, _ in lines)
    return Said(
        marks=frozenset(_with_signs(words_marks, written)),
        named=placed,
        refuses_then_names=refuses and any(names.is_bare for names in placed),
        rating=rating,
        numbers=tuple(value for line, _ in lines for value in ratings(line)),
    )


def _marked(clause: Clause) -> str:
    """Return the clause with its phrases replaced by what they say, in capitals."""
    said = clause.words
    for mark, pattern in _PHRASES:
        if pattern.search(said):
            said = " ".join(pattern.sub(f" {mark} ", said).split())
    is_question = clause.is_question or _QUESTION.match(clause.words)
    if is_question and not _is_agreeable(clause, said):
        said = " ".join(_AGREED.sub("", said).split())
    return said


def _is_agreeable(clause: Clause, said: str) -> bool:
    """Whether a question still agrees: "can you connect us?", not "sounds good?"."""
    if _QUESTION.match(clause.words):
        return bool(_REQUEST.match(clause.words)) or said == "YES"
    return len([word for word in said.split() if word != "please"]) > 1


def is_question(written: str) -> bool:
    """Whether a part of it asks something, with or without its mark."""
    return any(clause.is_question or _QUESTION.match(clause.words) for clause in clauses(written))


def _with_signs(marks: set[str], written: str) -> set[str]:
    """Add what emoji say; a thumb up next to words only underlines them."""
    signs = set(written)
    with_signs = set(marks)
    if signs & _DOUBT_SIGNS:
        with_signs.add("DOUBT")
    if signs & _NO_SIGNS:
        with_signs.add("NO")
    if signs & _YES_SIGNS and not marks - _NO_KIND:
        with_signs.add("YES")
    return with_signs
