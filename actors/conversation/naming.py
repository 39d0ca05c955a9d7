"""Owns when a reply names an introduction although a meeting was asked about since; pure."""

import re
from collections.abc import Sequence

from actors.reply_text import Reply, understand

ABOUT_MEETING = ("attendance", "rating")
# The words that our introductions teach, with their number, whatever was asked since.
_TAUGHT = re.compile(
    r"\W*(?:yes|no|later|skip|more|tell me more)\W*(?:(?:to|for|about)\W+)?(\d+)\W*", re.IGNORECASE
)


# A name behind a bare YES may be an address, or whom they met.
_TAUGHT_WITH_NAME = re.compile(
    r"\W*(?:yes|no|later|skip|more|tell me more)\W+(?:to|for|about)\W+\d+\W*", re.IGNORECASE
)


def is_taught_with_name(numbered: str) -> bool:
    """Whether it is in the words that introductions teach, with a name in place of the number."""
    return _TAUGHT_WITH_NAME.fullmatch(numbered) is not None


def names_introductions(text: str, asked: str, numbers: Sequence[int]) -> bool:
    """Whether a reply is about these introductions, which can still be answered.

    After a request for a rating only in the words that introductions teach: any other number is
    out of ten.

    Parameters
    ----------
    asked : {"attendance", "rating"}
        What was asked since.
    """
    taught = _TAUGHT.fullmatch(text)
    if taught is not None:
        return int(taught[1]) in numbers
    reply = understand(text, asked=asked, open_numbers=numbers)
    return asked == "attendance" and are_written(reply, text)


def is_taught(text: str) -> bool:
    """Whether it is in the very words that introductions teach, number and all, as "YES 2"."""
    return _TAUGHT.fullmatch(text) is not None


def are_written(reply: Reply, text: str) -> bool:
    """Whether it names its choices by number: "both" may well be the people who were met."""
    return bool({str(number) for number in reply.choices} & set(re.findall(r"\d+", text)))
