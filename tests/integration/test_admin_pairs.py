"""The pages on which an organiser rules about pairs and gives somebody another partner."""

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from actors.pairing.introductions import schedule_introductions
from actors.pairing.not_made import NotMade
from models.admin_user import Role
from models.audit_log import AuditLog
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.pair_rule import EventPairRule, Rule, set_rule
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_match

PAIRS = "/admin/events/pairs/"
RULE = f"{PAIRS}rule/"
REMOVE = f"{PAIRS}remove/"
SWAP = "/admin/matches/swap/"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        name="Summit <b>",
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        max_matches=1,
    )


@pytest.fixture
def people(event: Event) -> list[Contractor]:
    names = ("Ana", "Bo", "Cora", "Dan")
    return [
        make_attendee(event, make_contractor(first_name=name, last_name="Lee")).contractor
        for name in names
    ]


def asks(event: Event, one: Contractor, other: Contractor, rule: str) -> str:
    return f"{RULE}?id={event.id}&first={one.id}&second={other.id}&rule={rule}"


def press(site: AdminSite, page: str, action: str, **changed: Any) -> Any:
    """Press the button of a page that asks, with the hidden fields that it holds."""
    text = site.text(page)
    fields = dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', text))
    fields.pop("csrf_token", None)
    return site.post(action, page=page, **{**fields, **changed})


def matched(event: Event, one: Contractor, other: Contractor, now: datetime) -> EventPeerMatch:
    match = make_match(event, one, other)
    schedule_introductions(event, [match.id], now=now)
    return match


def test_a_pair_is_forbidden_after_a_question_in_numbers(
    site: AdminSite, event: Event, people: list[Contractor]
) -> None:
    ana, bo = people[:2]
    page = asks(event, bo, ana, "forbid")
    said = site.text(page)
    assert "Never introduce Ana Lee and Bo Lee at Summit" in said
    assert re.search(r"Their score is \d\.\d\d; a pair needs 0\.60 to be chosen\.", said)
    assert "matching the 4 people who are here now" in said.lower()
    answer = press(site, page, RULE, reason=f"They fell out {EVIL}")
    assert "Ana Lee and Bo Lee are never introduced here." in site.notes(answer)
    rule = EventPairRule.get()
    assert (rule.contractor1_id, rule.contractor2_id, rule.rule) == (ana.id, bo.id, "forbid")
    assert rule.made_by == "The organiser"
    line = AuditLog.get(AuditLog.action == "events.pair_forbidden")
    assert (line.actor, line.subject_id) == ("organiser@example.com", event.id)
    assert line.detail == {"contractors": [ana.id, bo.id], "texts": 0}
    listed = site.get(f"{PAIRS}?id={event.id}").text
    assert "They fell out &lt;script&gt;" in listed
    assert EVIL not in listed
    assert "Summit <b>" not in listed
    assert "Ruled by The organiser" in listed


def test_once_the_day_is_over_the_page_says_so(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    page = site.text(f"{PAIRS}?id={event.id}")
    assert "No rules about pairs yet" in page
    assert "See what it means" in page
    Event.update(ends_at=now).where(Event.id == event.id).execute()
    page = site.text(f"{PAIRS}?id={event.id}")
    assert "The day is over: nobody is matched here any more, so rules" in page
    assert "See what it means" not in page


def test_forbidding_offers_to_cancel_their_match_and_has_no_default(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    match = matched(event, *people[:2], now)
    page = asks(event, *people[:2], "forbid")
    assert "Takes back 2 texts for good" in site.text(page)
    refused = press(site, page, RULE)
    assert "Choose what becomes of their match." in refused.text
    assert EventPairRule.select().count() == 0
    answer = press(site, page, RULE, match="cancel")
    assert "Their match is cancelled, and with it 2 texts." in site.notes(answer)
    assert EventPeerMatch.get_by_id(match.id).cancelled_at is not None
    assert {text.status for text in EventMessage.select()} == {"cancelled"}
    assert AuditLog.select().where(AuditLog.action == "event_peer_matches.cancelled").count() == 1
    assert "Were matched here, and the match was cancelled." in site.text(f"{PAIRS}?id={event.id}")


def test_their_match_may_stay(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    match = matched(event, *people[:2], now)
    press(site, asks(event, *people[:2], "forbid"), RULE, match="keep")
    assert EventPairRule.select().count() == 1
    assert EventPeerMatch.get_by_id(match.id).cancelled_at is None
    assert {text.status for text in EventMessage.select()} == {"scheduled"}


def test_a_match_that_was_made_meanwhile_is_asked_about_first(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    page = asks(event, *people[:2], "forbid")
    was = re.search(r'name="was" type="hidden" value="([^"]*)"', site.text(page))
    assert was is not None
    matched(event, *people[:2], now)
    answer = press(site, page, RULE, was=was[1], match="cancel")
    assert answer.status_code == 302
    assert "They are matched already" in site.text(answer.headers["Location"])
    assert EventPairRule.select().count() == 0
    assert {text.status for text in EventMessage.select()} == {"scheduled"}


def test_requiring_warns_and_leaves_the_choice_to_the_person(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    ana, bo, cora, _ = people
    Contractor.update(company_name="One Roof", service_area="Reno, NV", focus_areas=[]).where(
        Contractor.id.in_([ana.id, bo.id])
    ).execute()
    make_match(make_event(now, name="Last year"), ana, bo, state="declined")
    make_attendee(event, make_contractor(first_name="Gone", last_name="Lee"), check_in_time=None)
    matched(event, ana, cora, now)
    page = asks(event, ana, bo, "require")
    said = site.text(page)
    assert "Introduce Ana Lee and Bo Lee at Summit" in said
    for words in (
        "Ana Lee has no place left: 1 introduction stands or is required already.",
        "They work for the same company.",
        "They work in the same market, so they may compete",
        "Their score is below what the event asks of a pair.",
        "They were introduced at Last year, and one of them said no.",
    ):
        assert words in said, words
    answer = press(site, page, RULE)
    assert "are required. The next matching makes the pair" in site.notes(answer)
    assert EventPairRule.get().rule == "require"
    assert AuditLog.select().where(AuditLog.action == "events.pair_required").count() == 1
    gone = Contractor.get(Contractor.first_name == "Gone")
    said = site.text(asks(event, bo, gone, "require"))
    assert "Gone Lee is not checked in: until then the pair can not be made." in said


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({}, "are matched here already."),
        ({"state": "declined"}, "one of them said no. The same two are not matched a second time"),
        ({"state": "connected"}, "matched here already"),
    ],
)
def test_who_is_matched_here_is_not_required(
    site: AdminSite, event: Event, people: list[Contractor], made: dict[str, str], said: str
) -> None:
    make_match(event, *people[:2], **made)
    answer = site.get(asks(event, *people[:2], "require"))
    assert said in site.notes(answer)
    assert EventPairRule.select().count() == 0


def test_what_can_not_be_meant_is_said(
    site: AdminSite, event: Event, people: list[Contractor]
) -> None:
    ana, bo = people[:2]
    Contractor.update(phone=ana.phone).where(Contractor.id == bo.id).execute()
    wrong = {
        asks(event, ana, ana, "forbid"): "Choose two different people.",
        asks(event, ana, bo, "marry"): "Choose whether they are never introduced, or for sure.",
        f"{RULE}?id={event.id}&first={ana.id}&rule=forbid": "Choose both people from the list.",
        asks(event, ana, bo, "require"): "share a phone",
    }
    for page, words in wrong.items():
        assert words in site.notes(site.get(page)), page
    assert site.get(f"{RULE}?id={event.id}&first=1&second=99999&rule=forbid").status_code == 404


def test_a_run_says_which_required_pair_it_could_not_make(
    site: AdminSite, event: Event, people: list[Contractor]
) -> None:
    ana, bo, cora, dan = people
    lines = [
        NotMade(ana.id, bo.id, bo.id, "is not checked in"),
        NotMade(cora.id, dan.id, None, "they share a phone"),
    ]
    run = MatchingRun.insert(
        event=event, status="completed", not_made=[asdict(line) for line in lines]
    ).execute()
    page = site.text(f"/admin/runs/details/?id={run}")
    said = "Required but not possible: "
    assert f"{said}Ana Lee and Bo Lee, because Bo Lee is not checked in." in page
    assert f"{said}Cora Lee and Dan Lee, because they share a phone." in page


def test_a_rule_is_taken_back(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    pair = (people[0].id, people[1].id)
    set_rule(event.id, pair, Rule.REQUIRE, reason="Old friends", made_by="Olu", now=now)
    page = f"{REMOVE}?id={event.id}&first={pair[0]}&second={pair[1]}&rule=require"
    said = site.text(page)
    assert "Leave Ana Lee and Bo Lee to the matching again?" in said
    assert "introduced for sure at this event, as Olu ruled" in said
    assert "Old friends" in said
    answer = press(site, page, REMOVE)
    assert "matching decides again" in site.notes(answer)
    assert EventPairRule.select().count() == 0
    assert AuditLog.select().where(AuditLog.action == "events.pair_rule_removed").count() == 1
    assert "somebody was faster" in site.notes(site.get(page))


def test_viewers_look_at_the_pairs_and_change_nothing(
    client: FlaskClient, event: Event, people: list[Contractor], now: datetime
) -> None:
    match = matched(event, *people[:2], now)
    set_rule(event.id, (people[0].id, people[1].id), Rule.FORBID, reason=None, made_by="O", now=now)
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    page = site.text(f"{PAIRS}?id={event.id}")
    assert "Remove" not in page
    assert "See what it means" not in page
    details = site.text(f"/admin/matches/details/?id={match.id}")
    assert "Other partner" not in details
    for address in (
        asks(event, people[0], people[2], "forbid"),
        f"{SWAP}?id={match.id}&stays={people[0].id}",
        f"{SWAP}do/?id={match.id}&stays={people[0].id}&partner={people[2].id}",
    ):
        assert site.get(address).status_code == 403
    data = {"id": event.id, "csrf_token": site.token("/admin/")}
    for address in (RULE, REMOVE, f"{SWAP}do/"):
        assert client.post(address, data=data).status_code == 403


def test_a_button_without_its_token_changes_nothing(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    match = matched(event, *people[:2], now)
    ana, bo, cora, _ = people
    rule = {"id": event.id, "first": ana.id, "second": bo.id, "rule": "forbid", "match": "keep"}
    swap = {"id": match.id, "stays": ana.id, "partner": cora.id, "was": ""}
    for address, data in ((RULE, rule), (REMOVE, rule), (f"{SWAP}do/", swap)):
        assert site.client.post(address, data=data).status_code == 400, address
    assert EventPairRule.select().count() == 0
    assert EventPeerMatch.select().count() == 1


def test_the_finder_knows_the_event_s_people_only(
    site: AdminSite, event: Event, people: list[Contractor]
) -> None:
    make_contractor(first_name="Ana", last_name="Stranger")
    lookup = f"/admin/events/ajax/lookup/?name=person&event={event.id}"
    found = site.client.get(f"{lookup}&query=ana").json
    assert [key for key, _ in found] == [people[0].id]
    assert len(site.client.get(f"{lookup}&query=").json) == 4
    assert site.client.get("/admin/events/ajax/lookup/?name=person&query=ana").json == []


def test_a_partner_is_swapped_after_a_question_in_numbers(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    ana, bo, cora, dan = people
    match = matched(event, ana, bo, now)
    matched(event, cora, dan, now)
    details = site.text(f"/admin/matches/details/?id={match.id}")
    assert "Other partner for Ana Lee" in details
    assert "Other partner for Bo Lee" in details
    page = f"{SWAP}?id={match.id}&stays={ana.id}"
    said = site.text(page)
    assert "Instead of Bo Lee (0.80)" in said
    assert said.count('<rect class="bar-track"') == 5 * 2
    assert "Cora Lee has no place left and gives up Dan Lee, who meets Bo Lee instead" in said
    assert re.search(r"The event's total score \w+ by 0\.\d\d, from 1\.60 to \d\.\d\d\.", said)
    asked = f"{SWAP}do/?id={match.id}&stays={ana.id}&partner={cora.id}"
    question = site.text(asked)
    assert "Introduce Ana Lee to Cora Lee instead?" in question
    assert "Takes back 4 texts, and plans 4 texts for the same time instead." in question
    answer = press(site, asked, f"{SWAP}do/")
    new = EventPeerMatch.get(EventPeerMatch.contractor2 == cora.id)
    assert answer.headers["Location"].endswith(f"/admin/matches/details/?id={new.id}")
    assert "4 texts taken back, 4 texts planned" in site.notes(answer)
    line = AuditLog.get(AuditLog.action == "event_peer_matches.partner_swapped")
    assert line.subject_id == match.id
    assert line.detail["texts_planned"] == 4


def test_a_text_that_left_meanwhile_is_said_and_nothing_changes(
    site: AdminSite, event: Event, people: list[Contractor], now: datetime
) -> None:
    ana, bo, cora, _ = people
    match = matched(event, ana, bo, now)
    asked = f"{SWAP}do/?id={match.id}&stays={ana.id}&partner={cora.id}"
    text = site.text(asked)
    fields = dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', text))
    EventMessage.update(status="sending").where(EventMessage.contractor == bo).execute()
    answer = site.post(
        f"{SWAP}do/", page="/admin/", **{**fields, "csrf_token": fields["csrf_token"]}
    )
    assert "Nothing was changed. A text of this match has left or is leaving" in site.notes(answer)
    assert EventPeerMatch.select().count() == 1
    assert AuditLog.select().where(AuditLog.action.contains("swapped")).count() == 0
    details = site.text(f"/admin/matches/details/?id={match.id}")
    assert "Other partner" not in details


def test_what_if_leads_to_ruling_about_its_pairs(
    site: AdminSite, event: Event, people: list[Contractor]
) -> None:
    page = site.text(f"/admin/events/what-if/result/?id={event.id}")
    links = re.findall(r'href="(/admin/events/pairs/rule/[^"]+)"', page)
    assert len(links) == 4
    assert "Never introduce" in site.text(links[0])


def test_the_pairs_page_asks_as_many_questions_for_many_rules_as_for_few(
    site: AdminSite, event: Event, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = [make_attendee(event).contractor for _ in range(60)]
    asked: list[str] = []
    execute = db.execute_sql
    monkeypatch.setattr(
        db, "execute_sql", lambda sql, *given: asked.append(sql) or execute(sql, *given)
    )
    used = []
    for start, stop in ((0, 5), (5, 59)):
        for number in range(start, stop):
            pair = (everybody[number].id, everybody[number + 1].id)
            set_rule(event.id, pair, Rule.REQUIRE, reason=None, made_by="Olu", now=now)
        asked.clear()
        site.text(f"{PAIRS}?id={event.id}")
        used.append(len(asked))
    assert used[0] == used[1] <= 12
