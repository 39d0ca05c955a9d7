"""What the admin makes of values without a database: settings, cells, cells of an export."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from markupsafe import Markup

from models.config import ConfigError
from tests.conftest import settings
from web.admin import init_admin
from web.admin.guard import parse_id
from web.admin.present import cell, export_value, local_time
from web.auth import hash_password, verify_password

CHICAGO = ZoneInfo("America/Chicago")


def test_without_a_session_key_the_admin_refuses_in_one_line() -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY") as refused:
        init_admin(Flask("empty"), settings(SECRET_KEY=""))
    assert "\n" not in str(refused.value)


def test_a_password_fits_its_own_hash_only() -> None:
    stored = hash_password("correct horse")
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "correct horsf")
    assert not verify_password("not a hash", "correct horse")
    assert not verify_password(None, "nobody has this password")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 23, 18, 5, tzinfo=UTC), "Nov 23, 2026, 12:05 PM CST"),
        (datetime(2026, 7, 1, 5, 0, tzinfo=UTC), "Jul 1, 2026, 12:00 AM CDT"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "Nov 1, 2026, 1:30 AM CDT"),
        (datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "Nov 1, 2026, 1:30 AM CST"),
    ],
)
def test_a_time_is_shown_with_the_zone_that_holds_then(moment: datetime, shown: str) -> None:
    assert local_time(moment, CHICAGO) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        (0, ">0<"),
        (True, "Yes"),
        (False, "No"),
        ("<b>", "&lt;b&gt;"),
        ("x" * 300, "…"),
        (["lead_flow", "<i>"], "Lead flow, &lt;i&gt;"),
        ({"focusAreas": 0.5, "jobTitle": None}, "Focus areas 0.5 · Job title –"),
        ([{"id": 1}], "1 entry"),
    ],
)
def test_cells_are_readable_and_escaped(value: object, shown: str) -> None:
    found = str(Markup("<td>{}</td>").format(cell(value, CHICAGO)))
    assert shown in found


def test_exported_times_carry_their_offset() -> None:
    moment = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
    assert export_value(moment, CHICAGO) == "2026-11-23T12:05:00-06:00"


@pytest.mark.parametrize("text", ["", "abc", "-1", "0", "1.5", "²", "9" * 30, str(2**31), None])
def test_what_can_be_no_id_is_none(text: object) -> None:
    assert parse_id(text) is None
