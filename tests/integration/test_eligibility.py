"""Who may be matched: every condition, one at a time."""

from datetime import datetime

from models.eligibility import (
    Standing,
    eligible_contractors,
    pool_counts,
    registered_contractors,
    standing,
)
from models.opt_out import lift, opt_out
from tests.factories import make_attendee, make_contractor, make_event


def test_only_those_checked_in_opted_in_and_reachable_are_eligible(now: datetime) -> None:
    event = make_event(now)
    fine = make_attendee(event)
    make_attendee(event, check_in_time=None)
    make_attendee(event, sms_opt_in=False)
    make_attendee(event, make_contractor(phone=None))
    make_attendee(event, make_contractor(phone="not a phone"))
    make_attendee(make_event(now))

    assert [person.id for person in eligible_contractors(event.id)] == [fine.contractor_id]
    assert len(registered_contractors(event.id)) == 2
    counts = pool_counts(event.id)
    assert (counts.registered, counts.checked_in, counts.eligible) == (5, 4, 1)


def test_an_opt_out_excludes_until_start_lifts_it(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event).contractor
    opt_out(person.phone, now=now, source="STOP")
    assert eligible_contractors(event.id) == []
    assert pool_counts(event.id).eligible == 0
    lift(person.phone, now=now, source="START")
    assert [found.id for found in eligible_contractors(event.id)] == [person.id]


def test_everybody_stands_somewhere_once_by_the_first_reason(now: datetime) -> None:
    event = make_event(now)
    make_attendee(event)
    make_attendee(event, make_contractor(focus_areas=[], services_offered=[]))
    make_attendee(event, make_contractor(focus_areas=[]), check_in_time=None)
    make_attendee(event, sms_opt_in=False, check_in_time=None)
    make_attendee(event, make_contractor(phone=None), sms_opt_in=False)
    make_attendee(event, make_contractor(phone="not a phone"))
    opt_out(make_attendee(event, check_in_time=None).contractor.phone, now=now, source="STOP")
    make_attendee(make_event(now))
    found = standing(event.id)
    assert found == Standing(
        eligible=2, unconsented=2, unreachable=1, opted_out=1, absent=1, checked_in=4, thin=1
    )
    assert (found.textable, found.registered) == (3, 7)
    counts = pool_counts(event.id)
    assert (counts.registered, counts.checked_in, counts.eligible) == (7, 4, 2)
    assert standing(make_event(now).id) == Standing()
