"""Owns what counts as a phone number: any way of writing it in, E.164 out, or nothing."""

import re
import unicodedata

import phonenumbers

E164 = r"\+[1-9][0-9]{6,14}"
NORTH_AMERICA = 1
_MAX_LENGTH = 60
_EXTENSION = re.compile(r"[\s,;]*(?:extension|ext|x|#)[\s.:#]*\d{1,7}\W*$", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:mobile|cell(?:ular)?|phone|tel(?:ephone)?|work|office|home|main|direct|text|sms"
    r"|[mcwhopt](?=[:.]))\b[.:]?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


def normalize(text: str, region: str = "US") -> str | None:
    """Return the number as E.164, or None when there is not exactly one usable number.

    Extensions and labels such as "cell" are dropped. Numbers need the right length, not an
    assigned exchange, so the fictional 555 ones pass. Any other letter makes it junk: reading
    letters as keys would turn a half-typed number into somebody else's.

    Parameters
    ----------
    region : str
        The country whose numbers may lack a country code, as ISO 3166 has it.
    """
    cleaned = _clean(text)
    if cleaned is None:
        return None
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException:
        return None
    if not _is_dialable(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _clean(text: str) -> str | None:
    """Leave digits, a plus and punctuation; None when something else remains."""
    if len(text) > _MAX_LENGTH:
        return None
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter) not in ("Cc", "Cf")
    )
    plain = _EXTENSION.sub("", _LABEL.sub(" ", plain)).strip(" '\"=").removesuffix(".0")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if any(letter.isalpha() or letter in ",;/@" for letter in plain):
        return None
    # Only abroad is 00 dialled before a country code; no number here begins with it.
    return re.sub(r"^00(?=[1-9])", "+", plain)


def _is_dialable(number: phonenumbers.PhoneNumber) -> bool:
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    if number.country_code != NORTH_AMERICA:
        return True
    digits = str(number.national_number)
    return len(digits) == 10 and digits[0] not in "01" and digits[3] not in "01"
