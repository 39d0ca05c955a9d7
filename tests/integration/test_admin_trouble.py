"""The page of what needs a person: everything that gave up, by reason, with its way out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models import trouble
from models.admin_user import Role
from models.audit_log import AuditLog
from models.base import db
from models.event import Event
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import Direction, HeldBecause, MessageStatus
from models.trouble import Kind
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_contractor, make_event, make_message
from tests.statements import statements

PAST = datetime(2026, 1, 1, tzinfo=UTC)
TROUBLE = "/admin/trouble/"
LOST = {
    "status": MessageStatus.HELD,
    "held_because": HeldBecause.UNKNOWN,
    "is_doubtful": True,
    "error_message": "n8n did not answer in time; it may have been sent",
    "attempts": 1,
}
FAILED = {"status": MessageStatus.FAILED, "error_message": "n8n answered 400", "attempts": 1}
STOPPED = {
    "status": MessageStatus.HELD,
    "held_because": HeldBecause.PERSON,
    "error_message": "held by Olu",
}
DEAD_REPLY = {
    "direction": Direction.INBOUND,
    "status": MessageStatus.RECEIVED,
    "message_type": "reply",
    "failures": 5,
    "error_message": "KeyError",
}


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit", ends_at=now + timedelta(hours=5))


def text(event: Event, now: datetime, **columns: Any) -> EventMessage:
    person = make_contractor(first_name="Ana", last_name="Moss")
    return make_message(now, event=event, contractor=person, phone=person.phone, **columns)


def failed_run(event: Event, now: datetime, status: str = "failed") -> MatchingRun:
    Event.update(matching_status="failed").where(Event.id == event.id).execute()
    key = MatchingRun.insert(
        event=event, status=status, error="ZeroDivisionError", finished_at=now
    ).execute()
    return MatchingRun.get_by_id(key)


def test_every_kind_of_dead_work_is_on_the_page_with_its_reason(
    site: AdminSite, event: Event, now: datetime
) -> None:
    for columns in (LOST, FAILED, STOPPED, DEAD_REPLY):
        text(event, now, **columns)
    failed_run(event, now)
    assert trouble.counts(now) == dict.fromkeys(Kind, 1)
    page = site.text(TROUBLE)
    for columns in (LOST, FAILED, STOPPED, DEAD_REPLY):
        assert columns["error_message"][1:] in page
    assert "ZeroDivisionError" in page
    assert page.count("Ana Moss") == 4
    assert "tried once" in page
    assert "tried 5 times" in page
    for do in ("marked_as_sent", "sent_again", "retried", "released", "requested_again"):
        assert f"do={do}" in page
    assert "5 things need a person" in site.text("/admin/")


def test_what_needs_nobody_is_not_on_the_page(site: AdminSite, event: Event, now: datetime) -> None:
    repeated = text(event, now, **FAILED)
    make_message(now, retry_of=repeated, status=MessageStatus.SENT)
    text(event, now - timedelta(days=4), **FAILED)
    off = make_event(now, cancelled_at=now)
    text(off, now, **FAILED)
    text(event, now, status=MessageStatus.SENT)
    text(event, now, **{**DEAD_REPLY, "failures": 4})
    text(event, now, **DEAD_REPLY, handled_at=now)
    assert trouble.counts(now) == dict.fromkeys(Kind, 0)
    assert "Nothing needs you" in site.text(TROUBLE)
    assert "need a person" not in site.text("/admin/")


def test_a_text_whose_new_one_was_cancelled_is_in_trouble_again(
    event: Event, now: datetime
) -> None:
    failed = text(event, now, **FAILED)
    make_message(now, retry_of=failed, status=MessageStatus.CANCELLED)
    assert trouble.counts(now)[Kind.TEXT] == 1


def test_news_of_a_cancelled_event_that_failed_is_in_trouble(now: datetime) -> None:
    off = make_event(now, cancelled_at=now)
    text(off, now, **FAILED, message_type="event_cancelled")
    assert trouble.counts(now)[Kind.TEXT] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"matching_status": "scheduled"},
        {"matching_status": "running"},
        {"top_up_at": PAST},
        {"cancelled_at": PAST},
    ],
)
def test_a_run_that_is_tried_again_or_not_wanted_needs_nobody(
    event: Event, now: datetime, change: dict[str, Any]
) -> None:
    failed_run(event, now)
    Event.update(**change).where(Event.id == event.id).execute()
    assert trouble.counts(now)[Kind.RUN] == 0


def test_only_the_last_run_of_an_event_counts(event: Event, now: datetime) -> None:
    failed_run(event, now)
    last = failed_run(event, now, "abandoned")
    assert [group.rows for group in trouble.groups(now)] == [[last]]
    MatchingRun.insert(event=event, status="completed", finished_at=now).execute()
    assert trouble.groups(now) == []


def test_the_run_of_an_event_is_run_again(site: AdminSite, event: Event, now: datetime) -> None:
    run = failed_run(event, now)
    page = f"/admin/runs/act/?id={run.id}&do=requested_again"
    assert "0 people can be matched" in site.text(page)
    said = site.notes(site.post("/admin/runs/act/", page=page, id=run.id, do="requested_again"))
    assert "Matching runs in a moment." in said
    assert Event.get_by_id(event.id).top_up_at is not None
    assert trouble.counts(now)[Kind.RUN] == 0
    assert AuditLog.select().order_by(AuditLog.id.desc()).get().action == (
        "matching_runs.requested_again"
    )


@pytest.mark.parametrize(
    ("columns", "do", "status"),
    [
        (LOST, "marked_as_sent", "sent"),
        (LOST, "sent_again", "scheduled"),
        (STOPPED, "released", "scheduled"),
        (STOPPED, "cancelled", "cancelled"),
        (FAILED, "retried", "failed"),
    ],
)
def test_all_of_one_reason_are_dealt_with_at_once_and_no_other(
    site: AdminSite,
    event: Event,
    now: datetime,
    columns: dict[str, Any],
    do: str,
    status: str,
) -> None:
    alike = [text(event, now, **columns) for _ in range(7)]
    other = text(event, now, **{**columns, "error_message": "another reason"})
    link = f"{TROUBLE}all/?like={alike[-1].id}&do={do}"
    assert link in site.text(TROUBLE)
    question = site.text(link)
    assert "7 texts will" in question
    assert columns["error_message"][1:] in question
    data = {"csrf_token": site.token(link), "like": alike[-1].id, "do": do}
    site.client.post(f"{TROUBLE}all/", data=data)
    site.client.post(f"{TROUBLE}all/", data=data)
    rows = {row.id: row.status for row in EventMessage.select()}
    assert {rows[row.id] for row in alike} == {status}
    assert rows[other.id] == other.status
    assert len(rows) == (15 if do == "retried" else 8)
    entries = AuditLog.select().where(AuditLog.action == f"event_messages.{do}")
    assert sorted(entry.subject_id for entry in entries) == [row.id for row in alike]


def test_dead_replies_are_all_tried_again(site: AdminSite, event: Event, now: datetime) -> None:
    replies = [text(event, now, **DEAD_REPLY) for _ in range(3)]
    link = f"{TROUBLE}all/?like={replies[-1].id}&do=retried"
    assert "3 replies" in site.text(link)
    site.post(f"{TROUBLE}all/", page=link, like=replies[0].id, do="retried")
    assert {row.failures for row in EventMessage.select()} == {0}


def test_five_of_each_reason_are_shown_and_the_rest_is_counted(
    site: AdminSite, event: Event, now: datetime
) -> None:
    for _ in range(8):
        text(event, now, **FAILED)
    page = site.text(TROUBLE)
    assert page.count("Ana Moss") == 5
    assert "and 3 more" in page
    assert "Try all 8 again" in page


def test_what_belongs_to_a_day_that_is_over_offers_nothing_that_would_send(
    site: AdminSite, event: Event, now: datetime
) -> None:
    text(event, now, **LOST, expires_at=now - timedelta(minutes=1))
    page = site.text(TROUBLE)
    assert "do=marked_as_sent" in page
    assert "do=sent_again" not in page


def test_the_page_costs_few_queries_and_reads_no_other_texts(
    site: AdminSite, event: Event, now: datetime
) -> None:
    site.text(TROUBLE)
    for number in range(30):
        for columns in (LOST, FAILED, DEAD_REPLY):
            text(event, now, **{**columns, "error_message": f"reason {number % 10}"})
    with statements() as seen:
        site.text(TROUBLE)
    assert len(seen) <= 8, seen
    db.execute_sql("SET LOCAL enable_seqscan = off")
    sql, params = trouble._in_trouble(now).sql()
    plan = "\n".join(row[0] for row in db.execute_sql(f"EXPLAIN {sql}", params))
    is_narrow = "event_messages_trouble" in plan or "event_messages_status_newest" in plan
    assert is_narrow, plan
    assert "Seq Scan on event_messages" not in plan, plan
    assert "event_messages_unhandled" in plan, plan


def test_viewers_look_at_the_page_and_press_nothing(
    client: FlaskClient, event: Event, now: datetime
) -> None:
    held = text(event, now, **LOST)
    viewer = AdminSite(client)
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    page = viewer.text(TROUBLE)
    assert "Ana Moss" in page
    assert "do=" not in page
    assert viewer.get(f"{TROUBLE}all/?like={held.id}&do=sent_again").status_code == 403
    data = {"csrf_token": viewer.token("/admin/"), "like": held.id, "do": "sent_again"}
    assert client.post(f"{TROUBLE}all/", data=data).status_code == 403
    assert EventMessage.get_by_id(held.id).status == MessageStatus.HELD


@pytest.mark.parametrize(
    ("query", "status"),
    [("like=x&do=retried", 404), ("", 404), ("like=99999&do=retried", 302), ("do=retried", 404)],
)
def test_nonsense_is_answered(site: AdminSite, query: str, status: int) -> None:
    assert site.get(f"{TROUBLE}all/?{query}").status_code == status


def test_doing_it_to_all_needs_the_token(site: AdminSite, event: Event, now: datetime) -> None:
    held = text(event, now, **LOST)
    data = {"like": held.id, "do": "sent_again"}
    assert site.client.post(f"{TROUBLE}all/", data=data).status_code == 400
    assert EventMessage.get_by_id(held.id).status == MessageStatus.HELD
