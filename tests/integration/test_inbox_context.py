"""Who answers from the inbox sees what a question back of ours was about."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.config import Config
from tests.admin_site import AdminSite, signed_in
from tests.talk import Day

LOST = "Can somebody call me? I lost my badge"
AGAIN = "It is the blue one"


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.ORGANISER, name="Olu")


def test_what_was_asked_back_about_is_shown(site: AdminSite, config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    day.say("Ana", LOST)
    day.say("Ana", "hello?")
    reply = day.say("Ana", AGAIN)
    inbox, answer = site.text("/admin/inbox/"), site.text(f"/admin/inbox/answer/?id={reply}")
    for page in (inbox, answer):
        assert page.rindex(LOST) < page.rindex("quite catch that") < page.index(AGAIN)


def test_what_was_said_and_answered_long_before_is_not(site: AdminSite, config: Config) -> None:
    day = Day(config, "Ana Ben", "Ana-Ben", refills=False)
    day.say("Ana", "Tell me more please")
    day.say("Ana", "NO")
    day.say("Ana", AGAIN)
    page = site.text("/admin/inbox/")
    assert AGAIN in page
    assert "Tell me more please" not in page
