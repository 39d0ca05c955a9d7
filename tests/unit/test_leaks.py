"""The search for people in logs finds them, however a line spells or quotes them."""

import json
import logging

import pytest

from models.logs import FieldFormatter, JsonFormatter
from tests.leaks import Personal, leaks

OF = Personal(
    phones=frozenset({"5125550177"}),
    names=frozenset({"Zoe", "Peña", "O'Dell", "zoe@example.com", "Late Roofs 7"}),
    texts=frozenset({'She said: "Lasagne, please." 👋', "Where can I park?"}),
)


@pytest.mark.parametrize(
    "planted",
    [
        "+15125550177", "(512) 555-0177", "512.555.0177", "%2B1%20512%20555%200177",
        '{"phone": "\\u002b15125550177"}', "said Zoe today", "who=Peña", "who=O'Dell",
        "zoe@example.com", "at Late Roofs 7", 'She said: "Lasagne, please." 👋',
        json.dumps('She said: "Lasagne, please." 👋'), "text='Where can I park?'",
    ],
)  # fmt: skip
def test_what_is_planted_is_found(planted: str) -> None:
    assert leaks("10:15 INFO actors.sending.delivery all is well\n", OF) == []
    assert len(leaks(f"10:15 INFO actors.sending.delivery {planted}\n", OF)) == 1


def test_what_only_looks_alike_is_not() -> None:
    line = "Zoes Penarol parked 512 5550 request_id=0a1b2c3d-1234-4321-9876-512555012345"
    assert leaks(line, OF) == []


@pytest.mark.parametrize("form", [FieldFormatter(), JsonFormatter()])
def test_a_name_and_a_text_in_a_field_are_found_in_either_form(form: logging.Formatter) -> None:
    fields = {"name": "x", "msg": "told", "who": "Zoe", "body": 'She said: "Lasagne, please." 👋'}
    line = form.format(logging.makeLogRecord(fields))
    assert leaks(line, OF) == ['She said: "Lasagne, please." 👋', "Zoe"]
