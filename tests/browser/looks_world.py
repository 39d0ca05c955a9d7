"""A day with one of everything, in long words: what every page has to show for its looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from actors.people.importing import run_import
from matching.profile import CRITERIA
from models.agenda_item import EventAgendaItem, ItemType
from models.contractor import Contractor
from models.event import Approval, Event, EventSponsor, MatchingStatus
from models.import_job import ImportJob, JobStatus
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.message_status import Direction, HeldBecause, MessageCategory, MessageStatus
from models.opt_out import opt_out
from models.pair_rule import EventPairRule, Rule
from models.peer_match import EventPeerMatch
from tests.desk_day import fill_room, introduce, make_day
from tests.factories import (
    make_agenda_item,
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
    make_speaker,
)
from tests.uploads import confirmed, people, upload
from web.simulator_phones import SimulatedText, record_text

LONG = "Wolfeschlegelsteinhausenbergerdorff"
WORDS = (
    "Hi Ana, meet Bo Hansen of Lakeside Exteriors at lunch, table 7: you both work on controlling "
    "lead flow, in towns far apart. Reply YES to exchange contacts, LATER for the break, or NO."
)
FACTORS = dict(zip(CRITERIA, (0.75, 1.0, 0.6, 0.33, 0.8), strict=True))
SENT = {"status": MessageStatus.SENT, "reply_number": 1}


@dataclass(frozen=True)
class World:
    """The ids that addresses are made of."""

    event: int
    asking: int
    past: int
    bare: int
    lunch: str
    agenda: int
    person: int
    peer: int
    leaving: int
    match: int
    planned: int
    text: int
    held: int
    unsure: int
    reply: int
    run: int
    code: str
    uploaded: int
    running: int
    imported: int


def make_world(now: datetime) -> World:
    """Fill the tables; each of the three events is in another state."""
    event = _today(now)
    people = _crowd(event)
    match = _matches(event, people, now)
    text, held, unsure = _texts(event, match, people, now)
    uploaded, running, imported = _imports(event, now)
    return World(
        event=event.id,
        asking=_asking(now).id,
        past=_past(now).id,
        bare=make_event(now, name="Spring Meeting", date=now.date() + timedelta(days=40)).id,
        lunch=(now + timedelta(minutes=90)).astimezone(event.zone).strftime("%H:%M"),
        agenda=make_agenda_item(event, now, ItemType.SESSION).id,
        person=match.contractor1_id,
        peer=match.contractor2_id,
        leaving=_leaving(event, match, now),
        match=match.id,
        planned=_planned(event, people, now),
        text=text,
        held=held,
        unsure=unsure,
        reply=_replies(event, match, now),
        run=_runs(event, now),
        code=make_attendee(event, check_in_time=None).qr_code_data,
        uploaded=uploaded,
        running=running,
        imported=imported,
    )


def _today(now: datetime) -> Event:
    name = f"Contractor Growth Summit of the Great Lakes Region {LONG}"
    event = make_day(now, name=name, location="Hyatt Regency, Ballroom B")
    make_speaker(event, name=f"{LONG} {LONG}", session_title="Growing past ten crews")
    make_speaker(event, is_keynote=True, company_name="Sky Roofing")
    EventSponsor.insert(event=event, name="Ridge & Co", tier="gold", description=WORDS).execute()
    for hours, kind in ((-2.5, ItemType.KEYNOTE), (-1, ItemType.SESSION), (2.2, ItemType.BREAK)):
        make_agenda_item(event, now + timedelta(hours=hours), kind)
    EventAgendaItem.update(title="Longsessiontitle" * 8).where(
        EventAgendaItem.item_type == ItemType.SESSION
    ).execute()
    fill_room(event, now)
    return event


def _leaving(event: Event, match: EventPeerMatch, now: datetime) -> int:
    """Somebody of whom much is kept, and who is in none of the files that are imported."""
    person = make_contractor(first_name="Zebedee", last_name="Quillfeather")
    make_attendee(event, person)
    planned = make_match(event, person, match.contractor1)
    for contractor in (person, match.contractor1):
        make_message(now + timedelta(hours=3), event=event, contractor=contractor, match=planned)
    refused = {"headings": ["Name"], "rows": [[2, "Zebedee Quillfeather"]]}
    ImportJob.insert(
        status=JobStatus.DONE, actor="x", file_name="x.csv", size_bytes=1, refused=refused
    ).execute()
    opt_out(person.phone, now=now, source="STOP reply")
    return person.id


def _crowd(event: Event) -> list[Contractor]:
    names = (("Ana", "Moss"), ("Bo", "Hansen"), (LONG, LONG), ("Zoe", "Anderson"), ("Li", "Wu"))
    people = [make_contractor(first_name=a, last_name=b, job_title="Owner") for a, b in names]
    Contractor.update(company_name="Longcompanyname" * 6).where(
        Contractor.id == people[2].id
    ).execute()
    for person in people:
        make_attendee(event, person)
    return people


def _matches(event: Event, people: list[Contractor], now: datetime) -> EventPeerMatch:
    made = [
        make_match(event, people[0], other, match_criteria=FACTORS, match_type="ideal_peer", **more)
        for other, more in (
            (people[1], {"match_reason": "both focused on controlling lead flow " * 6}),
            (people[2], {"state": "connected", "connected_at": now, "connection_made": True}),
            (people[3], {"state": "declined", "contractor2_response": "no"}),
            (people[4], {"cancelled_at": now}),
        )
    ]
    Event.update(matching_status=MatchingStatus.COMPLETED).where(Event.id == event.id).execute()
    for rule, pair in ((Rule.FORBID, people[1:3]), (Rule.REQUIRE, people[3:])):
        EventPairRule.insert(
            event=event, contractor1=pair[0], contractor2=pair[1], rule=rule,
            reason=f"They asked for it, says {LONG}", made_by="The admin",
        ).execute()  # fmt: skip
    return made[0]


def _planned(event: Event, people: list[Contractor], now: datetime) -> int:
    """A match of which nothing has left, so that its partners can be swapped."""
    match = make_match(event, people[1], people[4])
    for person in (people[1], people[4]):
        columns = {"event": event, "contractor": person, "phone": person.phone, "match": match}
        make_message(now + timedelta(hours=1), message_content=WORDS, **columns)
    return match.id


def _texts(
    event: Event, match: EventPeerMatch, people: list[Contractor], now: datetime
) -> tuple[int, int, int]:
    def text(person: Contractor, **columns: Any) -> EventMessage:
        usual = {"match": match, "message_content": WORDS, "personalization_data": FACTORS}
        columns = {**usual, "contractor": person, "phone": person.phone, **columns}
        return make_message(now + timedelta(hours=1), event=event, **columns)

    text(people[0], actual_send_time=now, **SENT)
    waiting = text(people[1])
    failed = {"status": MessageStatus.FAILED, "error_message": "n8n did not answer 200 " * 9}
    for person in people[2:]:
        text(person, match=None, message_type="wrap_up", **failed)
    held = text(people[2], status=MessageStatus.HELD, held_because=HeldBecause.PERSON, match=None)
    unsure = text(
        people[3], status=MessageStatus.HELD, held_because=HeldBecause.UNKNOWN, is_doubtful=True,
        error_message="n8n did not answer in time; it may have been sent", match=None,
    )  # fmt: skip
    tags = ("event:peer-introduction", f"event:{event.id}")
    for place, person in enumerate(people):
        record_text(SimulatedText(f"key-{place}", person.phone, WORDS, "Ana", tags), now=now)
    return waiting.id, held.id, unsure.id


def _replies(event: Event, match: EventPeerMatch, now: datetime) -> int:
    person = Contractor.get_by_id(match.contractor1_id)
    theirs = {"event": event, "contractor": person, "phone": person.phone}
    make_message(
        now, message_type="reply", direction=Direction.INBOUND, status=MessageStatus.RECEIVED,
        message_content="And for the kids?", scheduled_time=None, handled_at=now, **theirs,
    )  # fmt: skip
    make_message(
        now, message_type="not_understood", message_category=MessageCategory.REPLY,
        message_content="Sorry, I didn't quite catch that. Could you reply YES or NO?",
        status=MessageStatus.SENT, actual_send_time=now - timedelta(hours=1), **theirs,
    )  # fmt: skip
    said = [
        make_message(
            now, event=event, contractor=person, match=match, phone=person.phone,
            message_type="reply", message_category=MessageCategory.REPLY, message_content=words,
            direction=Direction.INBOUND, status=MessageStatus.RECEIVED, scheduled_time=None,
            inbox_reason="We asked back once and still do not understand it.", handled_at=now,
        ).id
        for words in ("Is lunch vegan?", f"{LONG}{LONG}{LONG}\nWho is {LONG}? 👋", "no idea")
    ]  # fmt: skip
    opt_out("+15125550199", now=now, source="STOP")
    return said[0]


def _runs(event: Event, now: datetime) -> int:
    columns = {
        "event": event, "status": "completed", "finished_at": now, "planned_for": now, "pool": 9,
        "eligible": 7, "covered": 6, "matches_created": 4, "introductions_created": 8,
        "total_score": 3.1, "upper_bound": 3.2, "gap": 0.03, "rules": {"min_score": 0.6},
        "timings": {"seconds": 0.41, "solve": 0.2}, "unmatched": [{"contractor_id": 3}],
    }  # fmt: skip
    return MatchingRun.insert(**columns).execute()


def _asking(now: datetime) -> Event:
    """An event that is paused, and whose introductions wait for an approval."""
    columns = {"paused_at": now, "paused_by": "The admin", "approval": Approval.REQUIRED}
    event = make_day(now, name="Summer Meeting", **columns)
    introduce(event, now, status=MessageStatus.HELD, held_because=HeldBecause.APPROVAL)
    return event


def _past(now: datetime) -> Event:
    """An event with enough answers that weights can be learned."""
    event = make_event(now - timedelta(days=3), name="Autumn Meeting", matching_status="failed")
    MatchingRun.insert(
        event=event, status="failed", error="ZeroDivisionError", finished_at=now
    ).execute()
    people = [make_contractor(job_title="Owner") for _ in range(56)]
    for person in people:
        make_attendee(event, person)
    for place, (first, second) in enumerate(zip(people, people[1:], strict=False)):
        is_alike = place % 2 == 0
        factors = [(place % 3) / 2, (place % 5) / 4, float(is_alike), (place % 7) / 6, 0.5]
        make_match(
            event, first, second, match_criteria=dict(zip(CRITERIA, factors, strict=True)),
            state="connected" if is_alike else "declined", contractor1_response="yes",
            contractor2_response="yes" if is_alike else "no",
        )  # fmt: skip
    introduced = {"event": event, "phone": people[0].phone, "contractor": people[0]}
    make_message(event.created_at, actual_send_time=now, **SENT, **introduced)
    return event


def _imports(event: Event, now: datetime) -> tuple[int, int, int]:
    bad = f"{LONG};{LONG};nobody;12;{LONG};maybe\r\n{LONG};;;;;maybe\r\n".encode()
    plan = {"event": event.id, "consent_place": "tick on the registration form"}
    uploaded = upload(people(30) + bad * 3, now, **plan)
    running, stopped = confirmed(people(40), now), confirmed(people(50), now, **plan)
    imported = confirmed(people(20) + bad, now, **plan)
    run_import(imported.id, now=lambda: now)
    for job, status in ((running, JobStatus.RUNNING), (stopped, JobStatus.FAILED)):
        ImportJob.update(status=status, done_rows=17, error="the workers stopped").where(
            ImportJob.id == job.id
        ).execute()
    return uploaded.id, running.id, imported.id
