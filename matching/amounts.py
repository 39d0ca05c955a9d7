"""Sizes as people type them: yearly revenue in millions of dollars, teams in people."""

# ruff: noqa: SIM905 - lists of words are easier to read and extend as text.

import re
import unicodedata
from decimal import Decimal
from numbers import Integral, Real
from typing import Final

from matching.errors import UnusableValue

_SCALE: Final = {
    name: Decimal(scale)
    for scale, names in (
        (10**3, "k thousand thousands grand"),
        (10**6, "m mm mil mill mio million millions"),
        (10**9, "b bn bil billion billions"),
    )
    for name in names.split()
}
_KIND: Final = {
    **dict.fromkeys(_SCALE, "U"),
    **dict.fromkeys("under below less fewer up < upto".split(), "<"),
    **dict.fromkeys("over above more greater least plus > +".split(), ">"),
    **dict.fromkeys("- _ to and through thru".split(), "-"),
    **dict.fromkeys(
        "a about about annual annually approx approximately around at between circa dollar dollars "
        "employee employees from full in member members of or our people per person persons "
        "revenue roughly sales staff than team time us usd we year yearly yr".split(),
        "",
    ),
}
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|\.\d+|[a-z]+|\S")
_NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}")
_SHAPE: Final = re.compile(r"([<>]-?)?N-?U?(-N-?U?)?(-?[<>])?")
_ABSENT: Final = frozenset(("", "nan", "none", "null"))
_LONGEST_TEXT: Final = 100
_MOST: Final = Decimal(10**15)
_LEAST_BARE_DOLLARS: Final = 1000


def read_revenue(value: object) -> tuple[bool, float | None]:
    """Say whether a revenue was given, and its size in $M when it can be read.

    A range becomes its midpoint, "under x" x/2, "over x" 1.5x. A bare number is dollars, but below
    1,000 it is taken as unreadable: nobody earns $5 a year, and "5" may well mean millions.

    Raises
    ------
    UnusableValue
        A number that is NaN, infinite, negative or absurdly large, or neither number nor text.
    """
    if value is None:
        return False, None
    if isinstance(value, str):
        if value.strip().lower() in _ABSENT:
            return False, None
        amount = read_amount(value, least_bare=_LEAST_BARE_DOLLARS)
    else:
        amount = _scaled(_plain_number(value), None, None, _LEAST_BARE_DOLLARS)
    if amount is None:
        return True, None
    return amount > 0, float(amount / 10**6) if amount else None


def read_team(value: object) -> float | None:
    """Read a team size in people; None when not given, zero, or text that cannot be understood.

    Raises
    ------
    UnusableValue
        As for `read_revenue`.
    """
    if value is None:
        return None
    amount = read_amount(value, least_bare=0) if isinstance(value, str) else _plain_number(value)
    return float(amount) if amount else None


def read_amount(text: str, *, least_bare: int) -> Decimal | None:
    """Read an amount or a range, in single units, or None where the meaning is not certain.

    Each token is reduced to a letter: N number, U unit, ``<`` and ``>`` open ends, ``-`` a join,
    nothing for words without weight. Only texts whose letters have a known shape are read, so a
    stray year or a second sentence makes the text unreadable rather than wrong.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    shape = ""
    numbers: list[tuple[Decimal, str | None]] = []
    for token in _TOKEN.findall(_tidy(text)):
        number = _number(token)
        kind = "N" if number is not None else _KIND.get(token, "?")
        shape += kind
        if number is not None:
            numbers.append((number, None))
        elif kind == "U" and numbers:
            numbers[-1] = (numbers[-1][0], token)
    found = _SHAPE.fullmatch(shape)
    if not found:
        return None
    before, second, after = found.groups()
    if second:
        amount = None if before or after else _midpoint(numbers, least_bare)
    else:
        amount = _open_end(numbers[0], before, after, least_bare)
    return amount if amount is not None and amount <= _MOST else None


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("[\u2010-\u2015\u2212]", "-", text).replace("\u2265", ">").replace("\u2264", "<")
    return re.sub(r"[$~/=]|\.(?!\d)", " ", text)


def _number(token: str) -> Decimal | None:
    if _NUMBER.fullmatch(token):
        return Decimal(token.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(token):
        return Decimal(token.replace(",", "."))
    return None


def _midpoint(numbers: list[tuple[Decimal, str | None]], least_bare: int) -> Decimal | None:
    (first, first_unit), (last, last_unit) = numbers
    low = _scaled(first, first_unit, last_unit, least_bare)
    high = _scaled(last, last_unit, first_unit, least_bare)
    if low is None or high is None:
        return None
    if low > high and first_unit is None:
        low = first * 1000  # "500-1M" means half a million to one million
    return (low + high) / 2 if low <= high else None


def _open_end(
    number: tuple[Decimal, str | None], before: str | None, after: str | None, least_bare: int
) -> Decimal | None:
    amount = _scaled(*number, None, least_bare)
    if amount is None or (before and after):
        return None
    side = (before or "") + (after or "")
    return amount / 2 if "<" in side else amount * Decimal("1.5") if ">" in side else amount


def _scaled(
    value: Decimal, unit: str | None, borrowed: str | None, least_bare: int
) -> Decimal | None:
    unit = unit or (borrowed if value < 1000 else None)
    if unit:
        return value * _SCALE[unit]
    return None if 0 < value < least_bare else value


def _plain_number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        raise UnusableValue(f"expected a number or text, not {type(value).__name__}")
    amount = _as_decimal(value)
    if not amount.is_finite() or amount < 0 or amount > _MOST:
        raise UnusableValue(f"{amount:.6g} is not a size that a business can have")
    return amount


def _as_decimal(value: Real | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return Decimal(int(value)) if isinstance(value, Integral) else Decimal(float(value))
