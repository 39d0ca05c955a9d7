"""Trying other settings of matching on the organiser's page, and using them."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.pairing import matching_preview
from actors.pairing.pool import match_people, rules_of
from actors.pairing.preview_texts import introductions
from actors.wording import parts, texts
from actors.wording.percents import FACTORS
from models.admin_user import Role
from models.audit_log import AuditLog
from models.base import db
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from models.tables import ALL_TABLES
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message
from tests.population import population

PAGE = "/admin/events/what-if/"
RESULT = f"{PAGE}result/"
USE = f"{PAGE}use/"
USUAL = dict(zip(FACTORS, ("35", "25", "20", "15", "5"), strict=True))
OTHER = dict(zip(FACTORS, ("60", "10", "10", "10", "10"), strict=True))


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit <b>")


def fill(event: Event, people: int = 24, *, absent: int = 0) -> None:
    """Invented people, of whom the last `absent` are not here."""
    for number, person in enumerate(population(people, 3)):
        known = make_contractor(**{key: value for key, value in person.items() if key != "id"})
        make_attendee(
            event, known, **({"check_in_time": None} if number >= people - absent else {})
        )


def address(event: Event, page: str = PAGE, **typed: Any) -> str:
    return f"{page}?id={event.id}" + "".join(f"&{key}={value}" for key, value in typed.items())


def numbers() -> dict[str, int]:
    return {model._meta.table_name: model.select().count() for model in ALL_TABLES}


def figures(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<dd>([^\n]*?)</dd>", page)]


@pytest.mark.parametrize("scope", matching_preview.SCOPES)
def test_the_page_says_what_the_preview_says(site: AdminSite, event: Event, scope: str) -> None:
    fill(event, 30, absent=10)
    weights = {name: int(part) / 100 for name, part in OTHER.items()}
    found = matching_preview.preview(
        event.id, scope=scope, weights=weights, min_score=0.5, max_matches=2
    )
    page = site.text(address(event, RESULT, scope=scope, min_score="0.50", max_matches=2, **OTHER))
    assert figures(page)[0].startswith(f"{found['covered']} of {found['people']} ")
    assert figures(page)[1:3] == [str(found["matches"]), f"{found['total_score']:.2f}"]
    assert f"{found['compared']['total_score']:.2f} by today's weights" in page
    assert f"({found['current_settings']['total_score']:.2f})" in page
    assert f"{found['compared']['shared']} are the same" in page
    assert figures(page)[3].startswith(f"{2 * found['matches']} in {found['sms']['segments']} SMS")
    for low, pairs in found["score_distribution"].items():
        assert f"{low} to {float(low) + 0.04:.2f}: {pairs}" in page
    for person in found["unmatched"][:20]:
        assert f"{person['name']}</a> <span>{person['reason']}</span>" in page
    shown = page.count('class="trial-pair"')
    assert shown == min(10, found["matches"])
    assert page.count('<rect class="bar-track"') == 5 * shown


def test_the_event_s_own_settings_are_what_the_page_opens_with(
    site: AdminSite, event: Event
) -> None:
    fill(event)
    Event.update(min_score="0.55", max_matches=2).where(Event.id == event.id).execute()
    page = site.text(address(event))
    assert re.search(r'name="min_score"[^>]*value="0.55"', page)
    assert re.search(r'name="max_matches"[^>]*value="2"', page)
    assert "These are today's settings." in page
    found = matching_preview.preview(event.id)
    assert figures(page)[0].startswith(f"{found['covered']} of 24 eligible")
    assert "style=" not in page


def test_before_anybody_is_here_the_page_opens_with_everybody(
    site: AdminSite, event: Event
) -> None:
    fill(event, 12, absent=12)
    assert "of 12 who may be texted" in site.text(address(event))
    empty = site.text(address(event, scope="checked_in"))
    assert "Nobody who can be matched is here yet" in empty
    assert "Try everybody registered" in empty


def test_an_event_without_people_says_what_to_do(site: AdminSite, event: Event) -> None:
    page = site.text(address(event))
    assert "Nobody is registered yet" in page
    assert f"/admin/attendees/?event={event.id}" in page
    make_attendee(event, sms_opt_in=False)
    assert "1 person has not agreed" in site.text(address(event))
    make_attendee(event)
    assert "Only one person may be texted" in site.text(address(event, scope="registered"))


def test_what_is_made_already_stays_and_is_said(site: AdminSite, event: Event) -> None:
    fill(event, 6)
    make_match(event, *(make_attendee(event).contractor for _ in range(2)))
    page = site.text(address(event, RESULT))
    assert "1 match is made already and stays. This is what would come on top." in page


def test_a_score_that_nobody_reaches_says_what_helps(site: AdminSite, event: Event) -> None:
    fill(event, 6)
    page = site.text(address(event, RESULT, min_score="1.00"))
    assert "No pair reaches this score" in page
    assert "6 people get nobody" in page


def test_people_at_their_limit_are_not_told_to_lower_the_score(
    site: AdminSite, event: Event
) -> None:
    first, second = (make_attendee(event).contractor for _ in range(2))
    make_match(event, first, second)
    page = site.text(address(event, RESULT, max_matches=1))
    assert "Everybody has as many introductions as they can take" in page
    assert "1 match for each person at the most" in page
    assert "2 people get nobody new" in page
    assert "owest score, or" not in page
    assert "No further pair" in site.text(address(event, RESULT, max_matches=2))
    fill(event, 4)
    page = site.text(address(event, RESULT, max_matches=1, min_score="1.00"))
    assert "2 people have as many introductions as they can take. For the others, lower" in page


def test_once_the_day_is_over_it_says_so_and_uses_nothing(
    site: AdminSite, event: Event, now: datetime
) -> None:
    fill(event, 4)
    assert "Use these settings" in site.text(address(event))
    Event.update(ends_at=now).where(Event.id == event.id).execute()
    page = site.text(address(event))
    assert "The day is over: nobody is matched here any more." in page
    assert "Use these settings" not in page
    assert "The day is over" in site.notes(site.get(address(event, USE, max_matches=2)))


def test_one_person_s_partners_are_found_by_name_or_company(site: AdminSite, event: Event) -> None:
    fill(event, 24)
    name = matching_preview.preview(event.id)["top_pairs"][0]["contractor1_name"]
    found = matching_preview.preview(event.id, who=name.upper(), max_matches=2)
    (person,) = (one for one in found["asked"] if one["name"] == name)
    scores = [partner["match_score"] for partner in person["partners"]]
    assert 1 <= len(scores) <= 2
    assert scores == sorted(scores, reverse=True)
    page = site.text(address(event, RESULT, who=name.upper(), max_matches=2))
    shown = page.split("would meet</h3>")[1].split("</section>")[0]
    for partner in person["partners"]:
        assert f"{partner['name']}</a> ({partner['match_score']:.2f})" in shown
    assert "would meet" not in site.text(address(event, RESULT))
    assert "has that name or company" in site.text(address(event, RESULT, who="Nobody <b>"))


def test_nothing_is_stored(site: AdminSite, event: Event) -> None:
    fill(event)
    before = numbers()
    row = Event.get_by_id(event.id).__data__
    for page in (PAGE, RESULT):
        site.text(address(event, page, min_score="0.30", max_matches=5, **OTHER))
    site.text(address(event, USE, min_score="0.30", **OTHER))
    assert numbers() == before
    assert Event.get_by_id(event.id).__data__ == row
    assert EventPeerMatch.select().count() == MatchingRun.select().count() == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({**USUAL, "geographic": "20"}, "The weights add up to 95 %, not 100 %: 5 are missing."),
        ({**USUAL, "geographic": "40"}, "The weights add up to 115 %, not 100 %: 15 too many."),
        ({**USUAL, "industry": "-5"}, "Industry: type a whole number from 0 to 100."),
        ({**USUAL, "industry": ""}, "Industry: type a whole number"),
        ({**USUAL, "industry": "٣"}, "Industry: type a whole number"),
        ({**USUAL, "industry": "9999999999"}, "Industry: type a whole number"),
        ({"min_score": "1.01"}, "Lowest score: type a number from 0 to 1"),
        ({"min_score": "NaN"}, "Lowest score: type a number from 0 to 1"),
        ({"min_score": "0.605"}, "Lowest score: type a number from 0 to 1"),
        ({"max_matches": "0"}, "Matches per person: type a whole number from 1 to 20."),
        ({"max_matches": "21"}, "Matches per person: type a whole number"),
        ({"scope": "everyone"}, "Choose who is matched"),
    ],
)
def test_what_can_not_be_meant_is_said_and_stays_typed(
    site: AdminSite, event: Event, typed: dict[str, str], said: str
) -> None:
    fill(event, 4)
    page = site.text(address(event, **typed))
    assert said in page
    for name, value in typed.items():
        if name != "scope":
            assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    assert said in site.text(address(event, RESULT, **typed))
    refused = site.get(address(event, USE, **typed))
    assert refused.status_code == 302
    assert said in site.text(refused.headers["Location"])
    assert Event.get_by_id(event.id).weights is None


@pytest.mark.parametrize("score", ["0", "1", "0,65", ".65", "0.6"])
def test_a_score_may_be_written_in_any_usual_way(site: AdminSite, event: Event, score: str) -> None:
    fill(event, 4)
    assert "note-bad" not in site.text(address(event, min_score=score))


def test_settings_are_used_after_a_question_that_names_them(site: AdminSite, event: Event) -> None:
    fill(event)
    make_match(event, *(make_attendee(event).contractor for _ in range(2)))
    wanted = {**OTHER, "min_score": "0.55", "max_matches": "2"}
    page = site.text(address(event, USE, **wanted)).replace("\u00a0", " ")
    assert '<th scope="row">Focus areas</th><td>35 %</td><td><b>60 %</b></td>' in page
    assert '<th scope="row">Lowest score (0 to 1)</th><td>0.60</td><td><b>0.55</b></td>' in page
    assert "The match that is made already stays" in page
    answer = use(site, event, wanted)
    assert "uses these settings" in site.notes(answer)
    changed = Event.get_by_id(event.id)
    assert changed.weights == {name: int(part) / 100 for name, part in OTHER.items()}
    assert (changed.min_score, changed.max_matches) == (Decimal("0.55"), 2)
    assert EventPeerMatch.select().count() == 1
    line = AuditLog.get(AuditLog.action == "events.matching_settings_changed")
    assert (line.actor, line.subject_id) == ("organiser@example.com", event.id)
    assert line.detail["Focus areas"].replace("\u00a0", " ") == "35 % → 60 %"
    assert "These are today's settings." in site.text(address(event, **wanted))


def use(site: AdminSite, event: Event, wanted: dict[str, str], **changed: str) -> Any:
    """Press the button on the page that asks."""
    page = address(event, USE, **wanted)
    fields = dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', site.text(page)))
    fields.pop("csrf_token", None)
    return site.post(USE, page=page, **{**fields, **changed})


def test_the_usual_weights_are_kept_as_usual(site: AdminSite, event: Event) -> None:
    mine = {name: int(part) / 100 for name, part in OTHER.items()}
    Event.update(weights=mine).where(Event.id == event.id).execute()
    use(site, event, USUAL)
    assert Event.get_by_id(event.id).weights is None


def test_a_page_that_is_stale_changes_nothing(site: AdminSite, event: Event) -> None:
    answer = use(site, event, {"max_matches": "2"}, was="35,25,20,15,5;0.10;3")
    assert "somebody was faster" in site.notes(answer)
    assert Event.get_by_id(event.id).max_matches == 3


def test_the_same_settings_and_a_cancelled_event_are_not_changed(
    site: AdminSite, event: Event, now: datetime
) -> None:
    assert "has these settings already" in site.notes(site.get(address(event, USE)))
    Event.update(cancelled_at=now).where(Event.id == event.id).execute()
    refused = site.get(address(event, USE, max_matches=2))
    assert "was cancelled" in site.notes(refused)
    assert "Use these settings" not in site.text(address(event))


def test_a_viewer_tries_and_does_not_use(client: FlaskClient, event: Event, now: datetime) -> None:
    fill(event, 8)
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    page = site.text(address(event, max_matches=2))
    assert "of 8 eligible" in page
    assert "Use these settings" not in page
    assert site.get(address(event, USE, max_matches=2)).status_code == 403
    data = {"csrf_token": site.token("/admin/"), "id": event.id, "max_matches": 2}
    assert client.post(USE, data=data).status_code == 403
    assert Event.get_by_id(event.id).max_matches == 3


def test_using_needs_the_token(site: AdminSite, event: Event) -> None:
    data = {"id": event.id, "max_matches": 2, "was": "35,25,20,15,5;0.60;3"}
    assert site.client.post(USE, data=data).status_code == 400
    assert Event.get_by_id(event.id).max_matches == 3
    assert AuditLog.select().where(AuditLog.action.contains("settings")).count() == 0


@pytest.mark.parametrize("page", [PAGE, RESULT, USE])
def test_an_event_that_is_not_there_is_not_found(site: AdminSite, page: str) -> None:
    assert site.get(f"{page}?id=4242").status_code == 404
    assert site.get(page).status_code == 404


def test_names_are_never_markup(site: AdminSite, event: Event) -> None:
    for _ in range(12):
        evil = "<script>alert(1)</script>"
        make_attendee(event, make_contractor(first_name=evil, last_name=evil, company_name=evil))
    make_attendee(event, make_contractor(first_name="<i>", focus_areas=[]))
    for page in (PAGE, RESULT, USE):
        answer = site.get(address(event, page, min_score="0.70", industry="<u>")).text
        assert "<script>alert" not in answer
        assert "Summit <b>" not in answer
        assert "<i>" not in answer
    for page in (PAGE, RESULT):
        shown = site.get(address(event, page, min_score="0.30")).text
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert" not in shown


def test_the_links_of_the_event_lead_there(site: AdminSite, event: Event) -> None:
    for page in ("details", "desk"):
        assert address(event) in site.text(f"/admin/events/{page}/?id={event.id}")


def test_the_number_of_queries_does_not_grow_with_the_people(
    site: AdminSite, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = db.execute_sql
    monkeypatch.setattr(
        db, "execute_sql", lambda sql, *args: (asked.append(sql), execute(sql, *args))[1]
    )
    used = []
    for people in (4, 40):
        fill(event, people)
        asked.clear()
        site.text(address(event, max_matches=2, who="a"))
        used.append(len(asked))
    assert used[0] == used[1] <= 12


def test_the_texts_of_a_trial_read_as_those_that_would_be_sent(event: Event, now: datetime) -> None:
    first, second, third = (make_attendee(event).contractor for _ in range(3))
    old = make_match(event, first, second)
    make_message(now, event=event, contractor=first, match=old, reply_number=4, status="sent")
    make_message(now, event=event, contractor=second, match=old, reply_number=1)
    found = matching_preview.preview(event.id, min_score=0.1)
    assert found["matches"] == 2
    people = {person.id: person for person in (first, second, third)}
    met = [(first.id, second.id, True)]
    pairs = match_people(people, rules_of(event, {"min_score": 0.1}), met).pairs
    said = list(introductions(event, pairs, people))
    # Who gets each text: both sides of first and third, then both of second and third.
    assert [each.reply_number for each in said] == [5, 1, 2, 2]
    assert [each.first_text_event for each in said] == [None, event.name, None, None]
    words = [texts.introduction(each) for each in said]
    assert found["sms"] == {"texts": 4, "segments": sum(map(parts.segments, words))}
    assert EventMessage.select().count() == 2
