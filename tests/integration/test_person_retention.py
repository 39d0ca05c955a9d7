"""People are erased by themselves only where the settings say so, and only long after all of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.people.person_retention import erase_outdated
from actors.people.retention import Retention
from models import opt_out, retention
from models.audit_log import AuditLog
from models.base import db
from models.contractor import Contractor
from tests.conftest import settings
from tests.factories import make_attendee, make_contractor, make_event, make_message

DAYS = 365
LONG_AGO = timedelta(days=400)


def of_old(now: datetime, **columns: Any) -> Contractor:
    """Somebody whose only event is long ago."""
    person = make_contractor(created_at=now - LONG_AGO, **columns)
    make_attendee(make_event(now, date=(now - LONG_AGO).date()), person)
    return person


def is_erased(person: Contractor) -> bool:
    return Contractor.get_by_id(person.id).erased_at is not None


def test_only_those_go_who_were_nowhere_since(now: datetime) -> None:
    gone = [of_old(now) for _ in range(2)]
    nowhere = make_contractor(created_at=now - LONG_AGO)
    back, texted, new = of_old(now), of_old(now), make_contractor()
    make_attendee(make_event(now, date=(now - timedelta(days=DAYS)).date()), back)
    make_message(now, contractor=texted, direction="inbound", status="received")
    assert erase_outdated(now=now, days=DAYS) == 3
    assert [is_erased(each) for each in (*gone, nowhere)] == [True] * 3
    assert [is_erased(each) for each in (back, texted, new)] == [False] * 3
    detail = AuditLog.get(AuditLog.subject_id == gone[0].id).detail
    assert detail["person_retention_days"] == DAYS
    assert erase_outdated(now=now, days=DAYS) == 0


def test_a_few_at_once_the_lowest_ids_first(now: datetime) -> None:
    people = [of_old(now) for _ in range(3)]
    assert erase_outdated(now=now, days=DAYS, limit=2) == 2
    assert [is_erased(each) for each in people] == [True, True, False]


def test_whoever_can_not_go_now_keeps_nobody_else(now: datetime) -> None:
    busy, other = of_old(now), of_old(now)
    make_message(now, contractor=busy, status="sending", created_at=now - LONG_AGO)
    assert erase_outdated(now=now, days=DAYS) == 1
    assert (is_erased(busy), is_erased(other)) == (False, True)


def test_without_a_key_who_opted_out_is_passed_over(now: datetime) -> None:
    out, other = of_old(now), of_old(now)
    opt_out.opt_out(out.phone, now=now, source="STOP reply")
    db.execute_sql("SELECT set_config('peer_matching.erasure_key', '', true)")
    before = now - timedelta(days=DAYS)
    assert retention.outdated_people(before=before, limit=9) == [other.id]


def test_a_worker_is_asked_every_ten_minutes_and_only_where_it_is_wanted(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr("actors.people.retention.erase_old_people.send", lambda: asked.append(True))
    kept = Retention(90)
    wanted = Retention(90, DAYS)
    for minute in range(25):
        kept.look(now + timedelta(minutes=minute))
    assert asked == []
    for minute in range(25):
        wanted.look(now + timedelta(minutes=minute))
    assert len(asked) == 3


def test_the_setting_is_off_unless_it_is_set() -> None:
    assert settings().person_retention_days is None
    assert settings(PERSON_RETENTION_DAYS="730").person_retention_days == 730
