"""Owns the form of the phrases that replies are made of; pure.

A phrase is matched against one clause: words in lower case, one space between them, no
apostrophes. What it matches is replaced by its mark, in capitals, so that a later phrase does not
see it: "not interested" comes before "interested", and "not now" before "not".
"""

import re

Phrase = tuple[str, re.Pattern[str]]


def phrases(*table: tuple[str, tuple[str, ...]]) -> tuple[Phrase, ...]:
    """Compile marks and their patterns, in their order; the mark "" means nothing at all."""
    return tuple((mark, re.compile(pattern)) for mark, patterns in table for pattern in patterns)


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text that is a list of them."""
    return frozenset(words.split())
