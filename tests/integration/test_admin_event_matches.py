"""The page of an event's matches: the pair, why, how well, and how far each has come."""

import json
import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from actors.pairing.introductions import schedule_introductions
from models.admin_user import Role
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_contractor, make_event, make_match, make_message

PAGE = "/admin/events/matches/"
FACTORS = {
    "focusAreas": 0.5, "geographic": 1.0, "businessScale": 0.8, "industry": 0.25, "jobTitle": 0.0,
}  # fmt: skip


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now, name="Summit <b>", introductions_at=now, ends_at=now + timedelta(hours=5)
    )


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now, Role.VIEWER)


def person(name: str, **columns: str) -> Contractor:
    return make_contractor(first_name=name, last_name="Lee", **columns)


def rows(page: str) -> list[str]:
    """Return the lines of the page as plain words."""
    lines = re.findall(r'<li class="pair-line">(.*?)</li>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_a_line_tells_the_pair_the_reason_the_factors_the_states_and_the_story(
    site: AdminSite, event: Event, now: datetime
) -> None:
    match = make_match(event, person("Ana"), person("Bo"), match_criteria=FACTORS)
    schedule_introductions(event, [match.id], now=now)
    ana, bo = EventMessage.select().order_by(EventMessage.contractor)
    EventMessage.update(status="responded", actual_send_time=now).where(
        EventMessage.id == ana.id
    ).execute()
    EventMessage.update(status="failed", error_message="+15125550123 is no mobile").where(
        EventMessage.id == bo.id
    ).execute()
    EventPeerMatch.update(contractor1_response="yes", contractor1_responded_at=now).execute()
    page = site.text(f"{PAGE}?id={event.id}")
    (line,) = rows(page)
    assert line.startswith("0.80 Ana Lee and Bo Lee Both focused on controlling lead flow")
    for words in (
        "Focus areas 0.50",
        "Distance apart 1.00",
        "Business scale 0.80",
        "Job title 0.00",
    ):
        assert words in line, words
    assert "Waiting for answers Ana Said yes Bo Text failed" in line
    clock = f"{now:%I:%M %p}".lstrip("0")
    story = line.partition("Text failed ")[2]
    assert story == (
        f"{clock} Matched {clock} Ana: counts as a yes "
        f"{clock} Ana: introduction sent and answered {clock} Bo: introduction failed"
    )
    assert "no mobile" not in page
    assert page.count('<rect class="bar-track"') == 5
    assert f"/admin/matches/details/?id={match.id}" in page


def test_what_happens_to_both_at_one_time_is_said_once(
    site: AdminSite, event: Event, now: datetime
) -> None:
    match = make_match(event, person("Ana"), person("Bo"))
    schedule_introductions(event, [match.id], now=now)
    assert "Both: introduction planned" in rows(site.text(f"{PAGE}?id={event.id}"))[0]


def test_states_are_counted_and_narrow_the_list(
    site: AdminSite, event: Event, now: datetime
) -> None:
    states = {"Open": "open", "Con": "connected", "Dec": "declined"}
    for name, state in states.items():
        make_match(event, person(name), person("Peer"), state=state)
    make_match(event, person("Off"), person("Peer"), state="connected", cancelled_at=now)
    make_match(make_event(now), person("Else"), person("Peer"))
    page = site.text(f"{PAGE}?id={event.id}")
    tabs = re.findall(r">([A-Z][a-z ]+ \d)</a>", page)
    assert tabs == ["All 4", "Waiting for answers 1", "Connected 1", "Declined 1", "Cancelled 1"]
    assert "Else Lee" not in page
    for state, name in {**{v: k for k, v in states.items()}, "cancelled": "Off"}.items():
        (line,) = rows(site.text(f"{PAGE}?id={event.id}&state={state}"))
        assert f"{name} Lee" in line
    assert site.get(f"{PAGE}?id={event.id}&state=odd").status_code == 404


def test_every_word_of_a_search_is_part_of_a_name_or_company(site: AdminSite, event: Event) -> None:
    make_match(event, person("Ana"), person("Bo", company_name="North Roofing"))
    make_match(event, person("Cora"), person("Dan"))
    for words, names in (
        ("ana+north", ["Ana"]),
        ("LEE", ["Ana", "Cora"]),
        ("%25", []),
        ("ana+dan", []),
    ):
        page = site.text(f"{PAGE}?id={event.id}&q={words}")
        assert [name for name in ("Ana", "Cora") if f"{name} Lee" in page] == names, words
    assert "No match fits." in site.text(f"{PAGE}?id={event.id}&q=nobody")


def test_the_best_come_first_unless_the_weakest_are_asked_for(
    site: AdminSite, event: Event
) -> None:
    for score in ("0.70", "0.90", "0.60"):
        make_match(event, person("Ana"), person("Bo"), match_score=score)
    address = f"{PAGE}?id={event.id}"
    assert [line[:4] for line in rows(site.text(address))] == ["0.90", "0.70", "0.60"]
    weakest = rows(site.text(f"{address}&order=weakest"))
    assert [line[:4] for line in weakest] == ["0.60", "0.70", "0.90"]
    assert site.get(f"{address}&order=odd").status_code == 404


def test_an_event_without_matches_says_what_to_do(site: AdminSite, event: Event) -> None:
    page = site.text(f"{PAGE}?id={event.id}")
    assert "No matches yet" in page
    assert f"/admin/events/what-if/?id={event.id}" in page
    for wrong in ("-1", "x", "9999999"):
        assert site.get(f"{PAGE}?id={event.id}&page={wrong}").status_code == 404
    assert f"{PAGE}?id={event.id}" in site.text(f"/admin/events/desk/?id={event.id}")


def test_names_are_never_markup(site: AdminSite, event: Event) -> None:
    evil = "<script>alert(1)</script>"
    make_match(event, person(evil), person("Bo"), match_reason=evil)
    answer = site.get(f"{PAGE}?id={event.id}&q=%3Cscript%3E").text
    assert evil not in answer
    assert "&lt;script&gt;alert(1)" in answer
    assert "Summit <b>" not in answer


_MANY = """
    INSERT INTO contractors (id, first_name, last_name)
    SELECT 100000 + n, 'Person', n::text FROM generate_series(1, 6000) n;
    INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score,
        match_reason, match_criteria)
    SELECT %(event)s, 99999 + 2 * n, 100000 + 2 * n, 0.60 + (n %% 40) / 100.0, 'both here',
        %(factors)s FROM generate_series(1, 3000) n;
    INSERT INTO event_messages (event_id, contractor_id, match_id, message_type, scheduled_time)
    SELECT m.event_id, unnest(ARRAY[m.contractor1_id, m.contractor2_id]), m.id,
        'peer_match_introduction', now() FROM event_peer_matches m
    WHERE m.event_id = %(event)s AND m.contractor1_id > 100000;
"""


def test_three_thousand_matches_take_as_many_queries_as_ten(
    site: AdminSite, event: Event, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        match = make_match(event, person("Ana"), person("Bo"))
        make_message(now, event=event, contractor=match.contractor1, match=match)
    asked: list[str] = []
    execute = db.execute_sql
    monkeypatch.setattr(
        db, "execute_sql", lambda sql, *given: asked.append(sql) or execute(sql, *given)
    )
    site.text(f"{PAGE}?id={event.id}")
    few = len(asked)
    values = {"event": event.id, "factors": json.dumps(FACTORS)}
    execute(_MANY, values)
    asked.clear()
    page = site.text(f"{PAGE}?id={event.id}")
    assert len(asked) == few <= 12
    assert "1–25 of 3,010" in page
    last = site.text(f"{PAGE}?id={event.id}&page=120")
    assert "3,001–3,010 of 3,010" in last
    assert len(rows(last)) == 10
