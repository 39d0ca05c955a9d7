"""Learned weights on the organiser's page: proposed from answers, used, taken back."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from actors.pairing import learning
from actors.pairing.learning import propose
from actors.pairing.pool import rules_of
from actors.wording.percents import rounded, weights_in
from matching.profile import CRITERIA, DEFAULT_WEIGHTS
from models.admin_user import Role
from models.audit_log import AuditLog
from models.event import Event, MatchingStatus
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_match


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit <b>", matching_status=MatchingStatus.COMPLETED)


def answered(event: Event, n: int) -> None:
    """Let people like whom they are like in size, and nothing else."""
    people = [make_contractor(job_title="Owner") for _ in range(n + 1)]
    for person in people:
        make_attendee(event, person)
    for place, (first, second) in enumerate(zip(people, people[1:], strict=False)):
        is_alike = place % 2 == 0
        factors = [(place % 3) / 2, (place % 5) / 4, float(is_alike), (place % 7) / 6, 0.5]
        columns = {"contractor1_response": "yes", "contractor2_response": "yes"}
        if not is_alike:
            columns["contractor2_response"] = "no"
        make_match(
            event,
            first,
            second,
            match_criteria=dict(zip(CRITERIA, factors, strict=True)),
            state="connected" if is_alike else "declined",
            **columns,
        )


def address(event: Event) -> str:
    return f"/admin/events/weights/?id={event.id}"


def test_too_few_answers_say_how_many_are_missing(site: AdminSite, event: Event) -> None:
    answered(event, 12)
    page = site.text(address(event))
    assert "12 of at least 50 introductions have been answered" in page
    assert "Use the learned weights" not in page


def test_what_people_like_is_proposed_and_used_with_one_click(
    site: AdminSite, event: Event, now: datetime
) -> None:
    answered(event, 60)
    proposal = propose(event)
    assert proposal.is_better
    assert proposal.learned.weights["businessScale"] > 0.4
    assert [past.name for past in proposal.past] == [event.name]
    page = site.text(address(event))
    assert "60 answered introductions" in page
    assert "The learned weights tell better who gets on." in page
    wanted = ",".join(str(round(100 * w)) for w in rounded(proposal.learned.weights).values())
    assert f'value="{wanted}"' in page
    note = site.notes(site.post("/admin/events/weights/", page=address(event), id=event.id,
                                weights=wanted))  # fmt: skip
    assert "uses the learned weights from now on" in note
    changed = Event.get_by_id(event.id)
    assert changed.weights == rounded(proposal.learned.weights)
    assert rules_of(changed).weights == changed.weights
    assert AuditLog.select().where(AuditLog.action == "events.weights_changed").count() == 1


def test_the_usual_weights_come_back(site: AdminSite, event: Event) -> None:
    answered(event, 60)
    mine = weights_in("20,20,20,20,20")
    Event.update(weights=mine).where(Event.id == event.id).execute()
    note = site.notes(site.post("/admin/events/weights/", page=address(event), id=event.id,
                                weights="usual"))  # fmt: skip
    assert "usual weights" in note
    assert Event.get_by_id(event.id).weights is None


@pytest.mark.parametrize("text", ["", "100", "50,20,10,10,5", "-5,40,40,20,5", "a,b,c,d,e"])
def test_what_is_no_set_of_weights_changes_nothing(
    site: AdminSite, event: Event, text: str
) -> None:
    answered(event, 60)
    site.post("/admin/events/weights/", page=address(event), id=event.id, weights=text)
    assert Event.get_by_id(event.id).weights is None


def test_a_viewer_sees_the_proposal_and_no_button(
    client: FlaskClient, event: Event, now: datetime
) -> None:
    answered(event, 60)
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    page = site.text(address(event))
    assert "answered introductions" in page
    assert "Use the learned weights" not in page


def test_names_are_never_markup(site: AdminSite, event: Event) -> None:
    answered(event, 60)
    assert "Summit <b>" not in site.get(address(event)).text


def test_whole_percents_add_up() -> None:
    thirds = dict.fromkeys(CRITERIA, 0.2) | {"focusAreas": 0.334, "geographic": 0.066}
    assert sum(round(100 * weight) for weight in rounded(thirds).values()) == 100
    assert rounded(DEFAULT_WEIGHTS) == dict(DEFAULT_WEIGHTS)


def test_a_big_past_event_is_left_out(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(event, 60)
    monkeypatch.setattr(learning, "MOST_PEOPLE", 10)
    assert propose(event).past == []
