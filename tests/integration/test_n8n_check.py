"""n8n is asked a signed question that texts nobody; the desk says what it answered."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from actors.broker import ORCHESTRATION_QUEUE
from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Outcome, Verdict
from actors.planning.checking_n8n import N8nChecks, check
from models import n8n_check, service_state
from models.audit_log import AuditLog
from models.config import Config
from models.embedded import free_port
from models.event import Event
from models.n8n_check import Answer, Finding
from tests.admin_site import AdminSite
from tests.conftest import WEBHOOK_SECRET, settings
from tests.desk_day import make_day
from tests.fakes import FakeGateway, SetClock
from tests.integration.test_desk_control import press
from tests.integration.test_desk_page import desk, section
from tests.integration.test_n8n import post
from tests.integration.test_planner import wake_ups
from tests.sink import Answer as SinkAnswer
from tests.sink import Sink

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FINE = Answer(Finding.FINE, drops_repeats=True)


def ask(url: str, now: datetime, **changes: str) -> Answer:
    return N8nGateway(settings(N8N_WEBHOOK_URL=url, **changes)).ask(now)


def test_the_question_is_signed_and_has_neither_phone_nor_words(now: datetime) -> None:
    with Sink() as sink:
        assert ask(sink.url, now) == FINE
    question = sink.questions[0]
    assert Webhook(WEBHOOK_SECRET).verify(question.raw, question.headers) == {"ping": True}
    assert question.headers["authorization"] == "Bearer n8n-token-for-tests"
    assert sink.requests == []


@pytest.mark.parametrize(
    ("code", "body", "finding", "words"),
    [
        (200, {"pong": True}, Finding.FINE, ""),
        (200, [{"pong": True}], Finding.FINE, ""),
        (200, {"pong": "true"}, Finding.UNKNOWN_FLOW, ""),
        (200, None, Finding.UNKNOWN_FLOW, ""),
        (200, {"ghl_message_id": "a"}, Finding.UNKNOWN_FLOW, ""),
        (500, {"message": "Error in workflow", "pong": True}, Finding.UNKNOWN_FLOW, ""),
        (400, {"problem": "other"}, Finding.UNKNOWN_FLOW, ""),
        (404, {"message": "not registered"}, Finding.NOT_REGISTERED, ""),
        (403, None, Finding.TOKEN, ""),
        (401, {"problem": "signature"}, Finding.FLOW, "WEBHOOK_SECRET"),
        (401, {"problem": "clock"}, Finding.FLOW, "five minutes"),
        (425, {"problem": "table"}, Finding.FLOW, "Make the table"),
        (302, None, Finding.UNREACHABLE, "leads elsewhere"),
        (502, None, Finding.UNREACHABLE, "502"),
    ],
)
def test_each_answer_to_the_question_has_one_meaning(
    now: datetime, code: int, body: Any, finding: Finding, words: str
) -> None:
    with Sink(lambda _request: SinkAnswer(code, body)) as sink:
        sink.knows_the_question = False
        found = ask(sink.url, now)
    assert found.finding is finding
    assert words in found.words


def test_an_n8n_that_is_not_there_is_unreachable(now: datetime) -> None:
    found = ask(f"http://127.0.0.1:{free_port()}/webhook", now)
    assert found == Answer(Finding.UNREACHABLE, "n8n refused the connection")


@pytest.mark.parametrize(
    ("code", "body", "verdict", "words", "alarm"),
    [
        (401, {"problem": "signature"}, Verdict.NOT_ACCEPTED, "WEBHOOK_SECRET", True),
        (425, {"problem": "table"}, Verdict.NOT_ACCEPTED, "Make the table", True),
        (425, {"problem": "under_way"}, Verdict.NOT_ACCEPTED, "still sending", False),
        (401, {"problem": "ghl_refused"}, Verdict.NOT_ACCEPTED, "GHL_TOKEN in n8n", True),
        (429, {"problem": "ghl_refused"}, Verdict.NOT_ACCEPTED, "too many", False),
        (422, {"problem": "ghl_refused"}, Verdict.REJECTED, "GoHighLevel refused it", False),
        (502, {"problem": "ghl_unknown"}, Verdict.UNKNOWN, "nobody knows", False),
        (401, {"problem": "+15125550100"}, Verdict.NOT_ACCEPTED, "N8N_WEBHOOK_TOKEN", True),
    ],
)
def test_what_the_flow_says_of_a_text_is_told_in_our_words_only(
    now: datetime, code: int, body: Any, verdict: Verdict, words: str, alarm: bool
) -> None:
    with Sink(lambda _request: SinkAnswer(code, body)) as sink:
        outcome: Outcome = post(sink.url, now, N8N_DROPS_REPEATS="1")
    assert (outcome.verdict, outcome.alarm) == (verdict, alarm)
    assert words in outcome.reason
    assert "+1512" not in outcome.reason


def answered(now: datetime, answer: Answer = FINE) -> n8n_check.Check:
    n8n_check.keep(answer, now=now)
    return n8n_check.read()


def test_n8n_is_asked_more_often_the_nearer_introductions_are(now: datetime) -> None:
    known = answered(now)
    for ahead, after in ((HOUR, MINUTE), (5 * HOUR, 15 * MINUTE)):
        assert not known.is_due(now + after - SECOND, now + ahead)
        assert known.is_due(now + after, now + ahead)
    assert not known.is_due(now + 9 * HOUR, now + 40 * HOUR)
    assert not known.is_due(now + 9 * HOUR, None)
    assert n8n_check.Check().is_due(now, now + HOUR), "it was never asked"


def test_a_flow_that_does_not_know_the_question_is_seldom_asked(now: datetime) -> None:
    known = answered(now, Answer(Finding.UNKNOWN_FLOW))
    assert not known.is_due(now + HOUR, now + 2 * HOUR)
    assert known.is_due(now + 6 * HOUR, now + 7 * HOUR)


def test_nobody_asks_again_while_an_answer_may_still_come(now: datetime) -> None:
    n8n_check.request(now)
    assert n8n_check.read().is_requested(now)
    n8n_check.note_asked(now + SECOND)
    known = n8n_check.read()
    assert known.is_awaited(now + 2 * SECOND)
    assert not known.is_requested(now + 2 * SECOND)
    assert not known.is_due(now + 2 * SECOND, now + HOUR)
    assert known.is_due(now + 30 * SECOND, now + HOUR), "whoever asked has died"
    n8n_check.keep(FINE, now=now + 3 * SECOND)
    known = n8n_check.read()
    assert (known.answer, known.answered_at) == (FINE, now + 3 * SECOND)
    assert not known.is_awaited(now + 4 * SECOND)


def test_introductions_of_a_cancelled_or_past_event_are_not_ahead(now: datetime) -> None:
    event = make_day(now)
    assert n8n_check.next_introductions_at(now) == event.introductions_at
    assert n8n_check.next_introductions_at(event.introductions_at) is None
    Event.update(cancelled_at=now).execute()
    assert n8n_check.next_introductions_at(now) is None


def test_the_planner_has_it_asked_once_when_somebody_wants_to_know(now: datetime) -> None:
    checks = N8nChecks()
    checks.look(now)
    assert wake_ups(ORCHESTRATION_QUEUE, checks=True) == []
    n8n_check.request(now)
    for seconds in range(1, 4):
        checks.look(now + seconds * SECOND)
    assert len(wake_ups(ORCHESTRATION_QUEUE, checks=True)) == 1


def test_the_planner_has_it_asked_by_itself_before_introductions(now: datetime) -> None:
    make_day(now)
    checks = N8nChecks()
    for seconds in range(0, 90, 5):
        checks.look(now + seconds * SECOND)
        if seconds == 5:
            n8n_check.keep(FINE, now=now + seconds * SECOND)
    assert len(wake_ups(ORCHESTRATION_QUEUE, checks=True)) == 2


def test_a_worker_asks_and_keeps_what_it_hears(now: datetime) -> None:
    class Deaf(FakeGateway):
        def ask(self, now: datetime) -> Answer:
            return Answer(Finding.UNREACHABLE, "n8n refused the connection")

    check(now=SetClock(now), gateway=Deaf())
    assert n8n_check.read().answer == Answer(Finding.UNREACHABLE, "n8n refused the connection")
    check(now=SetClock(now + SECOND), gateway=FakeGateway())
    row = service_state.read(service_state.N8N_CHECK)
    assert row is not None
    assert (row.state, row.message, row.since) == ("fine", None, now + SECOND)


def readiness(site: AdminSite, event: Event) -> str:
    return section(site.text(desk(event)), "readiness")


def test_the_desk_says_what_to_do(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    assert "n8n was not asked yet." in readiness(site, event)
    for answer, words in (
        (Answer(Finding.UNREACHABLE, "n8n refused the connection"), "Start it, or correct"),
        (Answer(Finding.NOT_REGISTERED), "Activate “Peer Matching: texts out” in n8n"),
        (Answer(Finding.TOKEN), "n8n refuses our token (403)."),
        (Answer(Finding.FLOW, "n8n lacks a variable"), "n8n lacks a variable."),
        (Answer(Finding.UNKNOWN_FLOW), "its flow does not know our question"),
        (FINE, "set N8N_DROPS_REPEATS=1."),
    ):
        n8n_check.keep(answer, now=now)
        said = readiness(site, event)
        assert words in said
        assert "n8n was asked at" in said
    assert "token, signature and table are right." in readiness(site, event)


def test_a_flow_that_is_not_ours_is_not_called_broken_but_must_drop_repeats(
    site: AdminSite, now: datetime, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_day(now)
    n8n_check.keep(Answer(Finding.UNKNOWN_FLOW), now=now)
    said = readiness(site, event)
    assert "is-bad" not in said.split("n8n answers")[0].rsplit("<li>", 1)[1]
    assert "people may be texted twice" not in said
    drops = settings(N8N_DROPS_REPEATS="1", DATABASE_URL=config.database_url)
    monkeypatch.setitem(site.client.application.config, "PEER_CONFIG", drops)
    assert "Unless it drops repeats, people may be texted twice." in readiness(site, event)


def test_an_organiser_has_n8n_checked_from_the_desk(site: AdminSite, now: datetime) -> None:
    event = make_day(now)
    live = desk(event).replace("desk/", "desk/live/")
    before = site.get(live).headers["ETag"]
    assert "Nobody is texted." in site.text(f"/admin/events/desk/act/?id={event.id}&do=n8n_checked")
    assert "n8n is being asked." in press(site, event, "n8n_checked")
    assert n8n_check.read().is_requested(now)
    assert AuditLog.select().order_by(AuditLog.id.desc()).get().action == "events.n8n_checked"
    assert "n8n is being asked." in readiness(site, event)
    asked = site.get(live).headers["ETag"]
    n8n_check.keep(FINE, now=now)
    assert len({before, asked, site.get(live).headers["ETag"]}) == 3
