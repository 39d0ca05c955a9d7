"""Owns reading a JSON request body: an object of known fields, each of its kind, or a clear 400."""

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from models.base import LARGEST_INTEGER

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT = 255

Kind = tuple[str, Callable[[Any], bool]]


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        return False
    # PostgreSQL stores neither NUL nor half of a surrogate pair.
    return "\0" not in value and value.encode(errors="replace").decode() == value


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= LARGEST_INTEGER


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _is_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


BOOLEAN: Kind = ("true or false", lambda value: isinstance(value, bool))
WHOLE: Kind = ("a whole number", _is_whole)
NUMBER: Kind = ("a number", _is_number)
NUMBERS: Kind = ("an object of numbers", _is_numbers)
TEXT: Kind = (f"text of 1 to {MAX_TEXT} characters", _is_text)


def one_of(*options: str) -> Kind:
    """Return the kind of a field that takes one of some words."""
    return " or ".join(f'"{option}"' for option in options), lambda value: value in options


def read_body(**fields: Kind) -> dict[str, Any]:
    """Return the fields that the body gives; one that is null or left out is not in the result.

    An empty body is an object without fields.

    Raises
    ------
    BadRequest
        When the body is no JSON object, has an unknown field, or a field is of the wrong kind.
    UnsupportedMediaType
        When there is a body that does not say it is JSON.
    RequestEntityTooLarge
        When the body is larger than `MAX_BODY_BYTES`.
    """
    request.max_content_length = MAX_BODY_BYTES
    raw = request.get_data()
    if not raw:
        return {}
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
    body = _parse(raw)
    unknown = sorted(set(body) - set(fields))
    if unknown:
        known = ", ".join(fields) or "none"
        raise BadRequest(f"Unknown field {unknown[0][:50]!r}; known fields: {known}.")
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        words, is_valid = fields[name]
        if not is_valid(value):
            raise BadRequest(f"{name} must be {words}.")
    return given


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads though JSON has none."""
    raise ValueError(f"{name} is not JSON")
