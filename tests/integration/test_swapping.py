"""Giving somebody another partner: the whole of it or nothing, and never a text too many."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.pairing import swap_options, swapping
from actors.pairing.introductions import schedule_introductions
from actors.pairing.swapping import Moved, NotPossible
from actors.sending.delivery import deliver
from models import steering
from models.attendee import EventAttendee
from models.config import Config
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun, RunStatus
from models.message import EventMessage
from models.message_status import HeldBecause
from models.opt_out import opt_out
from models.pair_rule import Rule, ordered, set_rule
from models.peer_match import EventPeerMatch
from models.steering import Scope
from tests.factories import make_attendee, make_contractor, make_event, make_match
from tests.fakes import FakeGateway

WHY = "swapped by Olu"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(
        now,
        introductions_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=5),
        max_matches=1,
        matching_status="completed",
    )


def join(event: Event, **columns: Any) -> Contractor:
    return make_attendee(event, make_contractor(**columns)).contractor


def matched(
    event: Event, one: Contractor, other: Contractor, now: datetime, **columns: Any
) -> EventPeerMatch:
    """A match with both of its texts planned."""
    match = make_match(event, one, other, **columns)
    schedule_introductions(event, [match.id], now=now)
    return match


def swap(match: EventPeerMatch, stays: Contractor, partner: Contractor, now: datetime) -> Any:
    room = swapping.begin(match, stays.id, now=now)
    option = swapping.choose(room, partner.id)
    assert option is not None
    was = swapping.stamp(option)
    return swapping.swap(match.id, stays.id, partner.id, was=was, reason=WHY, now=now)


def standing() -> set[tuple[int, int]]:
    rows = EventPeerMatch.select().where(EventPeerMatch.cancelled_at.is_null())
    return {(match.contractor1_id, match.contractor2_id) for match in rows}


def statuses(match_id: int) -> list[str]:
    rows = EventMessage.select().where(EventMessage.match == match_id).order_by(EventMessage.id)
    return [text.status for text in rows]


def test_the_old_match_goes_and_the_new_one_comes_with_its_texts_at_the_same_time(
    event: Event, now: datetime
) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    done = swap(old, ana, cora, now)
    assert standing() == {(ana.id, cora.id)}
    assert (done.cancelled, done.texts_cancelled, done.texts_planned) == ([old.id], 2, 2)
    assert statuses(old.id) == ["cancelled", "cancelled"]
    new = EventPeerMatch.get_by_id(done.made[0])
    assert new.run_id is None
    assert new.match_reason == "both focused on controlling lead flow and hiring sales leadership"
    assert set(new.match_criteria) == {
        "focusAreas", "geographic", "businessScale", "industry", "jobTitle",
    }  # fmt: skip
    texts = list(EventMessage.select().where(EventMessage.match == new))
    assert {text.contractor_id for text in texts} == {ana.id, cora.id}
    assert {text.scheduled_time for text in texts} == {event.introductions_at}
    assert {text.status for text in texts} == {"scheduled"}


def test_the_new_match_scores_as_the_batch_would(event: Event, now: datetime) -> None:
    ana, bo, cora = join(event), join(event), join(event, team_size=400, focus_areas=["hiring"])
    Event.update(min_score="0.10").where(Event.id == event.id).execute()
    old = matched(Event.get_by_id(event.id), ana, bo, now)
    room = swapping.begin(old, ana.id, now=now)
    option = swapping.choose(room, cora.id)
    assert option is not None
    done = swap(old, ana, cora, now)
    new = EventPeerMatch.get_by_id(done.made[0])
    assert float(new.match_score) == option.score.match_score
    assert option.difference == round(option.score.match_score - 0.80, 2)


def test_a_partner_without_a_place_gives_one_up_and_those_left_over_meet(
    event: Event, now: datetime
) -> None:
    ana, bo, cora, dan = (join(event) for _ in range(4))
    old = matched(event, ana, bo, now)
    other = matched(event, cora, dan, now)
    done = swap(old, ana, cora, now)
    assert standing() == {(ana.id, cora.id), (bo.id, dan.id)}
    assert sorted(done.cancelled) == [old.id, other.id]
    assert (done.texts_cancelled, done.texts_planned) == (4, 4)
    met = Counter(person for pair in standing() for person in pair)
    assert set(met.values()) == {1}


def test_those_left_over_stay_alone_when_they_may_not_meet(event: Event, now: datetime) -> None:
    ana, bo, cora, dan = (join(event) for _ in range(4))
    old = matched(event, ana, bo, now)
    matched(event, cora, dan, now)
    pair = ordered(bo.id, dan.id)
    set_rule(event.id, pair, Rule.FORBID, reason=None, made_by="Olu", now=now)
    room = swapping.begin(old, ana.id, now=now)
    option = swapping.choose(room, cora.id)
    assert option is not None
    assert option.also is None
    assert option.difference == round(option.score.match_score - 1.60, 2)
    swap(old, ana, cora, now)
    assert standing() == {(ana.id, cora.id)}


def test_whoever_costs_the_room_least_comes_first(event: Event, now: datetime) -> None:
    ana, bo = join(event), join(event)
    old = matched(event, ana, bo, now)
    free, far = join(event), join(event, focus_areas=["controlling_lead_flow", "hiring"])
    cora, dan = join(event), join(event)
    matched(event, cora, dan, now, match_score="0.50")
    found = swap_options.options(swapping.begin(old, ana.id, now=now))
    assert {one.partner for one in found} == {free.id, far.id, cora.id, dan.id}
    differences = [one.difference for one in found]
    assert differences == sorted(differences, reverse=True)
    # What two gain by an exchange counts, not how well the new partner fits alone.
    assert {one.partner for one in found[:2]} == {cora.id, dan.id}


@pytest.mark.parametrize("why", ["here", "forbidden", "colleague", "phone", "elsewhere", "absent"])
def test_nobody_is_offered_who_may_not_be_matched(event: Event, now: datetime, why: str) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    if why == "here":
        make_match(event, ana, cora, cancelled_at=now)
    elif why == "forbidden":
        pair = ordered(ana.id, cora.id)
        set_rule(event.id, pair, Rule.FORBID, reason=None, made_by="Olu", now=now)
    elif why == "elsewhere":
        make_match(make_event(now), ana, cora, state="met_already")
    elif why == "absent":
        is_cora = EventAttendee.contractor == cora.id
        EventAttendee.update(check_in_time=None).where(is_cora).execute()
    else:
        column = {"colleague": Contractor.company_name, "phone": Contractor.phone}[why]
        value = getattr(ana, column.name)
        Contractor.update({column: value}).where(Contractor.id == cora.id).execute()
    room = swapping.begin(old, ana.id, now=now)
    assert swapping.choose(room, cora.id) is None
    assert swap_options.options(room) == []


def test_a_required_match_is_not_given_up(event: Event, now: datetime) -> None:
    ana, bo, cora, dan = (join(event) for _ in range(4))
    old = matched(event, ana, bo, now)
    matched(event, cora, dan, now)
    pair = ordered(cora.id, dan.id)
    set_rule(event.id, pair, Rule.REQUIRE, reason=None, made_by="Olu", now=now)
    assert swapping.choose(swapping.begin(old, ana.id, now=now), cora.id) is None
    pair = ordered(ana.id, bo.id)
    set_rule(event.id, pair, Rule.REQUIRE, reason=None, made_by="Olu", now=now)
    with pytest.raises(NotPossible, match="required"):
        swapping.begin(old, ana.id, now=now)


@pytest.mark.parametrize("reason", ["person", "approval"])
def test_what_a_person_keeps_back_stays_back(event: Event, now: datetime, reason: str) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    steering.hold(Scope(match_id=old.id).condition(), reason="held by Olu")
    EventMessage.update(held_because=reason).execute()
    done = swap(old, ana, cora, now)
    texts = list(EventMessage.select().where(EventMessage.match == done.made[0]))
    assert [(text.status, text.held_because, text.error_message) for text in texts] == [
        ("held", reason, "held by Olu")
    ] * 2


def test_one_held_by_hand_is_not_let_go_with_those_that_wait_for_approval(
    event: Event, now: datetime
) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    first, second = EventMessage.select().order_by(EventMessage.id)
    steering.hold(Scope(message_id=second.id).condition(), reason="held by Olu")
    because = HeldBecause.APPROVAL
    steering.hold(Scope(message_id=first.id).condition(), reason="waits", because=because)
    done = swap(old, ana, cora, now)
    texts = EventMessage.select().where(EventMessage.match == done.made[0])
    assert {text.held_because for text in texts} == {"person"}


def test_a_match_whose_partner_sent_stop_gives_nobody_a_place_more(
    event: Event, now: datetime
) -> None:
    ana, bo, cora, dan, eve = (join(event) for _ in range(5))
    old = matched(event, ana, bo, now)
    opt_out(bo.phone, now=now, source="STOP reply")
    room = swapping.begin(old, ana.id, now=now)
    option = swapping.choose(room, cora.id)
    assert option is not None
    assert option.difference == option.score.match_score
    matched(event, ana, dan, now)
    with pytest.raises(NotPossible, match="as many introductions as one person can have"):
        swapping.begin(old, ana.id, now=now)
    # Nor does giving one up make room for another.
    lost = matched(event, cora, bo, now)
    matched(event, cora, eve, now)
    found = swapping.choose(swapping.begin(matched(event, dan, eve, now), dan.id, now=now), cora.id)
    assert found is not None
    assert found.gives_up is not None
    assert found.gives_up.id != lost.id


def test_texts_of_a_top_up_keep_their_later_time(event: Event, now: datetime) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    later = now + timedelta(hours=2)
    EventMessage.update(scheduled_time=later).execute()
    done = swap(old, ana, cora, now)
    times = EventMessage.select().where(EventMessage.match == done.made[0])
    assert {text.scheduled_time for text in times} == {later}


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "sending"},
        {"status": "sent"},
        {"status": "held", "held_because": "unknown", "is_doubtful": True},
        {"status": "failed", "is_doubtful": True},
        {"parts_sent": 1},
    ],
)
def test_once_anything_may_have_left_the_partner_stays(
    event: Event, now: datetime, columns: dict[str, Any]
) -> None:
    ana, bo, cora = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    room = swapping.begin(old, ana.id, now=now)
    was = swapping.stamp(swapping.choose(room, cora.id))
    EventMessage.update(**columns).where(EventMessage.contractor == bo.id).execute()
    before = [text.__data__ for text in EventMessage.select().order_by(EventMessage.id)]
    with pytest.raises(NotPossible, match="has left or is leaving"):
        swapping.swap(old.id, ana.id, cora.id, was=was, reason=WHY, now=now)
    assert standing() == {(ana.id, bo.id)}
    assert [text.__data__ for text in EventMessage.select().order_by(EventMessage.id)] == before


def test_nothing_is_swapped_while_matching_runs_or_when_the_day_is_over(
    event: Event, now: datetime
) -> None:
    ana, bo, _ = join(event), join(event), join(event)
    old = matched(event, ana, bo, now)
    run = MatchingRun.insert(event=event, lease_until=now).execute()
    with pytest.raises(NotPossible, match="Matching is running"):
        swapping.begin(old, ana.id, now=now)
    MatchingRun.update(status=RunStatus.COMPLETED).where(MatchingRun.id == run).execute()
    with pytest.raises(NotPossible, match="cancelled or is over"):
        swapping.begin(old, ana.id, now=now + timedelta(days=1))


def test_what_was_read_has_to_be_true_still(event: Event, now: datetime) -> None:
    ana, bo, cora, dan = (join(event) for _ in range(4))
    old = matched(event, ana, bo, now)
    was = swapping.stamp(swapping.choose(swapping.begin(old, ana.id, now=now), cora.id))
    matched(event, cora, dan, now)
    with pytest.raises(Moved):
        swapping.swap(old.id, ana.id, cora.id, was=was, reason=WHY, now=now)
    assert (ana.id, bo.id) in standing()


def test_each_person_gets_one_introduction_after_a_swap(
    event: Event, now: datetime, config: Config
) -> None:
    ana, bo, cora, dan = (join(event) for _ in range(4))
    old = matched(event, ana, bo, now)
    matched(event, cora, dan, now)
    swap(old, ana, cora, now)
    gateway = FakeGateway()
    for text in EventMessage.select().order_by(EventMessage.id):
        deliver(text.id, now=lambda: event.introductions_at, gateway=gateway, config=config)
    phones = Counter(post["phone"] for _, post in gateway.posts)
    assert phones == {person.phone: 1 for person in (ana, bo, cora, dan)}
