"""What an organiser reads when a real n8n is set up wrongly, and that nobody is texted then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Verdict
from models import clock, n8n_check
from models.base import db
from models.config import Config
from models.n8n_check import Answer, Finding
from tests.admin_site import signed_in
from tests.faults import plans
from tests.n8n.house import OUTBOUND, House
from tests.n8n.test_texts_out import PATIENT_SECONDS, new_key, post
from web import create_app

OTHER_SECRET = "whsec_" + "b3RoZXIgc2VjcmV0IGZvciB0ZXN0cywgMzIgYnl0ZXMh"


def ask(house: House, config: Config, *, late: timedelta = timedelta(0)) -> Answer:
    patient = replace(config, http_timeout_seconds=PATIENT_SECONDS)
    return N8nGateway(patient).ask(datetime.now(UTC) - late)


def test_the_question_is_answered_only_with_the_right_token_and_signature(house: House) -> None:
    before, kept = len(house.ghl.requests), house.kept()
    config = house.config
    assert ask(house, config) == Answer(Finding.FINE, drops_repeats=True)
    assert ask(house, replace(config, n8n_webhook_token="wrong")).finding is Finding.TOKEN
    assert ask(house, replace(config, n8n_webhook_token="")).finding is Finding.TOKEN
    wrong = ask(house, replace(config, webhook_secret=OTHER_SECRET))
    assert (wrong.finding, "WEBHOOK_SECRET" in wrong.words) == (Finding.FLOW, True)
    assert ask(house, replace(config, webhook_secret="")).finding is Finding.FLOW
    late = ask(house, config, late=timedelta(minutes=6))
    assert (late.finding, "clock" in late.words) == (Finding.FLOW, True)
    away = replace(config, n8n_webhook_url=config.n8n_webhook_url + "s")
    assert ask(house, away).finding is Finding.NOT_REGISTERED
    assert (len(house.ghl.requests), house.kept()) == (before, kept)


def test_a_wrong_token_or_secret_sends_nothing_and_says_what_to_do(house: House) -> None:
    before = len(house.ghl.requests)
    for change, words in (
        ({"n8n_webhook_token": "wrong"}, "is N8N_WEBHOOK_TOKEN right?"),
        ({"webhook_secret": OTHER_SECRET}, "is WEBHOOK_SECRET the same"),
    ):
        outcome = post(house, "+12125550501", new_key(), config=replace(house.config, **change))
        assert (outcome.verdict, outcome.alarm) == (Verdict.NOT_ACCEPTED, True)
        assert words in outcome.reason
    assert len(house.ghl.requests) == before


def test_a_workflow_that_is_not_active_is_named_and_nothing_is_lost(house: House) -> None:
    house.n8n.activate(OUTBOUND, active=False)
    try:
        with house.cursor() as cursor:
            planned = plans.notes(cursor, 6, due_in=0)
        with house.models():
            n8n_check.request(clock.now())
        assert house.eventually(lambda: finding(house) == Finding.NOT_REGISTERED, 30)
        # After five that failed, no other tries it.
        assert house.eventually(
            lambda: any("404" in (r.reason or "") for r in house.rows(planned.text_ids)), 30
        )
        page = desk(house, planned.event_id)
        assert "Activate “Peer Matching: texts out” in n8n" in page
        assert "Is the workflow active" in page or "is the workflow active" in page
    finally:
        house.n8n.activate(OUTBOUND, active=True)
    house.drain(120)
    rows = house.rows(planned.text_ids)
    assert [(row.status, len(house.ghl.on(row.phone))) for row in rows] == [("sent", 1)] * 6


def finding(house: House) -> str:
    found = house.query("SELECT state FROM service_states WHERE name = 'n8n_check'")
    return str(found[0][0]) if found else ""


def desk(house: House, event_id: int) -> str:
    app = create_app(house.config)
    try:
        with db.connection_context():
            site = signed_in(app.test_client(), clock.now(), email=f"{new_key()}@example.com")
            return site.text(f"/admin/events/desk/?id={event_id}")
    finally:
        db.close_all()
