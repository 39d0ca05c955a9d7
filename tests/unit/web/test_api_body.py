"""What a JSON body may hold, field by field."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from web.json_body import BOOLEAN, NUMBER, NUMBERS, TEXT, WHOLE, Kind, one_of, read_body


def _read(body: str, **fields: Kind) -> dict[str, Any]:
    with Flask(__name__).test_request_context(
        data=body, content_type="application/json", method="POST"
    ):
        return read_body(**fields)


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (BOOLEAN, ["true", "false"]),
        (WHOLE, ["0", "-3", "2147483647"]),
        (NUMBER, ["0", "0.6", "-1e3"]),
        (NUMBERS, ["{}", '{"a": 1, "b": 0.5}']),
        (TEXT, ['"x"', '"Zoë 🙂"', '"' + "x" * 255 + '"']),
        (one_of("a", "b"), ['"a"', '"b"']),
    ],
)
def test_good_values_are_returned(kind: Kind, good: list[str]) -> None:
    for value in good:
        assert set(_read(f'{{"field": {value}}}', field=kind)) == {"field"}


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (BOOLEAN, ["0", "1", '"true"', "[]"]),
        (WHOLE, ["true", "1.0", '"1"', "2147483648", "-2147483648", "[1]"]),
        (NUMBER, ["true", '"0.6"', "1e999", "{}"]),
        (NUMBERS, ["[]", '{"a": true}', '{"a": "1"}', '{"a": 1e999}', '{"a": null}', "1"]),
        (TEXT, ['""', '"  "', "1", '"a\\u0000b"', '"\\ud800"', '"' + "x" * 256 + '"', "[]"]),
        (one_of("a", "b"), ['"c"', "1", '["a"]', '{"a": 1}']),
    ],
)
def test_bad_values_are_refused_by_name(kind: Kind, bad: list[str]) -> None:
    for value in bad:
        with pytest.raises(BadRequest, match="field must be"):
            _read(f'{{"field": {value}}}', field=kind)


def test_null_is_the_same_as_left_out() -> None:
    assert _read('{"field": null}', field=WHOLE) == _read("{}", field=WHOLE) == {}


def test_empty_body_has_no_fields() -> None:
    assert _read("", field=WHOLE) == {}


def test_unknown_field_is_named_with_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="'filed'; known fields: field, other"):
        _read('{"filed": 1}', field=WHOLE, other=WHOLE)
