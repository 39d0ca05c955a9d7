"""Log lines name ids and hide people."""

import json
import logging
import sys
from datetime import date

from models import log_context
from models.logs import FieldFormatter, JsonFormatter, configure_logging, safe


def record(**extra: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {
            "name": "actors.sending.delivery",
            "levelname": "INFO",
            "msg": "text handed to n8n",
            **extra,
        }
    )


def test_extra_fields_follow_the_text() -> None:
    line = FieldFormatter().format(record(message_id=7, outcome="accepted"))
    assert line.endswith(
        "INFO actors.sending.delivery text handed to n8n message_id=7 outcome=accepted"
    )


def test_what_the_database_quotes_of_a_row_is_withheld() -> None:
    quoted = (
        'duplicate key value violates unique constraint "x"\n'
        "DETAIL:  Failing row contains (1, Ana, +15125550123, Hey Ana! 👋).\n"
    )
    try:
        raise ValueError(quoted)
    except ValueError:
        line = FieldFormatter().format(record(exc_info=sys.exc_info()))
    assert "duplicate key value" in line
    assert "Ana" not in line
    assert "5125550123" not in line


def test_phone_numbers_are_masked_and_ids_and_times_are_not() -> None:
    assert safe("to +1 (512) 555-0123 at 12:05:01, run 41") == "to [number] at 12:05:01, run 41"


def test_phones_are_masked_in_words_and_fields_and_addresses_and_dates_are_not() -> None:
    line = FieldFormatter().format(
        record(
            msg="GET /admin/contractors/?search=%2B15125550123",
            phone="+1 512-555-0123", address="198.51.100.17", day="2026-11-29",
            seconds=0.1234567890123,
        )
    )  # fmt: skip
    assert "5550123" not in line
    assert "555-0123" not in line
    assert "address=198.51.100.17 day=2026-11-29 phone=[number] seconds=0.1234567890123" in line


def test_nobody_asks_peewee_for_the_values_of_its_statements() -> None:
    before = {name: logging.getLogger(name).level for name in ("", "peewee", "urllib3")}
    try:
        configure_logging("DEBUG")
        assert not logging.getLogger("peewee").isEnabledFor(logging.DEBUG)
        assert logging.getLogger("web").isEnabledFor(logging.DEBUG)
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def json_line(**extra: object) -> dict[str, object]:
    line = JsonFormatter().format(record(**extra))
    assert "\n" not in line
    return json.loads(line)


def test_a_json_line_has_the_text_the_fields_and_the_ids_of_the_work() -> None:
    log_context.begin(request_id="0a1b2c3d-1234-4321-9876-512555012345", event_id=41)
    line = json_line(message_id=7, created=0.5, counts={"runs": 2}, day=date(2026, 11, 29))
    assert line == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "INFO",
        "logger": "actors.sending.delivery",
        "message": "text handed to n8n",
        "request_id": "0a1b2c3d-1234-4321-9876-512555012345",
        "event_id": 41,
        "message_id": 7,
        "counts": {"runs": 2},
        "day": "2026-11-29",
    }


def test_no_field_can_pass_for_the_lines_own_parts() -> None:
    assert json_line(time="then", level="FATAL")["level"] == "INFO"


def test_phones_and_rows_are_withheld_from_json_however_deep() -> None:
    quoted = "x\nDETAIL:  Failing row contains (1, Ana, +15125550123)."
    try:
        raise ValueError(quoted)
    except ValueError:
        line = json_line(
            msg="to +1 (512) 555-0123", people=[{"phone": "512-555-0123"}], who=("+15125550123",),
            exc_info=sys.exc_info(),
        )  # fmt: skip
    text = json.dumps(line)
    assert "0123" not in text
    assert "Ana" not in text
    assert "ValueError" in str(line["exception"])
    assert line["people"] == [{"phone": "[number]"}]


def test_a_line_carries_the_ids_in_words_too() -> None:
    log_context.begin(request_id="req-abcdefg", run_id=9)
    line = FieldFormatter().format(record(message_id=7))
    assert line.endswith("text handed to n8n message_id=7 request_id=req-abcdefg run_id=9")
