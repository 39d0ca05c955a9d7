"""Owns recognising a person in what was written about them, and taking them out of it; pure.

The patterns are read by PostgreSQL, which finds the rows, and by Python, which rewrites them, so
they hold nothing that the two understand differently.
"""

import re
from dataclasses import dataclass
from typing import Any

ERASED = "[erased]"
# People write phones in many ways; nothing else stands between the digits of one number.
_BETWEEN = "[\\s().\\-/\u00a0]*"
_FEWEST_LETTERS = 2
_FEWEST_IN_A_COMPANY = 4


@dataclass(frozen=True)
class Traits:
    """What a person is recognised by; phones in E.164.

    `has_namesake`: somebody else has the same first and last name, so that the name alone proves
    nothing.
    """

    phones: tuple[str, ...] = ()
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    has_namesake: bool = False


class Redactor:
    """Takes one person out of texts.

    Parameters
    ----------
    is_close : bool
        For texts of people who were told of the person: there a first name, a last name or a
        company means them. Anywhere else only phones, the e-mail address and the whole name do.
    """

    def __init__(self, traits: Traits, *, is_close: bool = False) -> None:
        phones = [_phone(number) for number in traits.phones]
        words = [_word(traits.email)] if traits.email else []
        words += _names(traits, is_close=is_close)
        self.pattern = "|".join([*phones, *words])
        self._finds = re.compile(self.pattern, re.IGNORECASE) if self.pattern else None
        self._phone = re.compile("|".join(phones)) if phones else None

    def finds(self, value: Any) -> bool:
        """Whether the person is named in a text, or anywhere in a JSON value."""
        return self.cleaned(value) != value

    def cleaned(self, value: Any) -> Any:
        """Return the text or JSON value without the person."""
        if isinstance(value, str):
            return self._finds.sub(ERASED, value) if self._finds else value
        if isinstance(value, list):
            return [self.cleaned(item) for item in value]
        if isinstance(value, dict):
            return {self.cleaned(name): self.cleaned(item) for name, item in value.items()}
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_phone = is_number and self._phone is not None and self._phone.fullmatch(str(value))
        return ERASED if is_phone else value


def _names(traits: Traits, *, is_close: bool) -> list[str]:
    first, last = traits.first_name.strip(), traits.last_name.strip()
    found = []
    if first and last and (is_close or not traits.has_namesake):
        found += [_word(f"{first} {last}"), _word(f"{last}, {first}"), _word(f"{last} {first}")]
    if is_close:
        # The company first, since it may begin with a name.
        company = traits.company_name.strip()
        found += [_word(company)] if len(company) >= _FEWEST_IN_A_COMPANY else []
        found += [_word(name) for name in (last, first) if len(name) >= _FEWEST_LETTERS]
    return found


def _word(text: str) -> str:
    """Return the pattern of a whole word or several, however they are spaced."""
    spaced = r"\s+".join(map(re.escape, text.split()))
    return rf"(?<!\w){spaced}(?!\w)"


def _phone(number: str) -> str:
    digits = number.lstrip("+")
    # North Americans leave out the country code.
    country, rest = (digits[:1], digits[1:]) if digits.startswith("1") else ("", digits)
    prefix = rf"(?:\+?{country}{_BETWEEN})?" if country else r"\+?"
    return rf"(?<![0-9]){prefix}\(?{_BETWEEN.join(rest)}(?![0-9])"
