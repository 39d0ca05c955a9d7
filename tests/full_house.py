"""A database with something in every table, all of its words as a hostile person would choose."""

from datetime import datetime, timedelta

from models import api_token
from models.agenda_item import EventAgendaItem
from models.api_token import ApiToken
from models.event import Event, EventSponsor
from models.event_text import EventText
from models.import_job import ImportJob, ImportPart
from models.matching_run import MatchingRun
from models.opt_out import opt_out
from models.pair_rule import EventPairRule
from models.service_state import N8N, PLANNER, report
from tests.factories import (
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_message,
    make_speaker,
)

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def fill(now: datetime) -> Event:
    """Make an event on this day, under way, with everything that a page could show."""
    event = make_event(
        now, name=EVIL, location=EVIL, from_name=EVIL, matching_status="failed",
        matching_status_reason=EVIL, matching_at=now, introductions_at=now + timedelta(hours=1),
        starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=6),
    )  # fmt: skip
    make_speaker(event, name=EVIL, company_name=EVIL, session_title=EVIL)
    EventSponsor.insert(event=event, name=EVIL, tier=EVIL).execute()
    EventAgendaItem.insert(
        event=event, item_type="lunch", title=EVIL,
        start_time=now + timedelta(hours=1), end_time=now + timedelta(hours=2),
    ).execute()  # fmt: skip
    MatchingRun.insert(
        event=event, status="failed", error=EVIL, unmatched=[{"name": EVIL, "reason": EVIL}]
    ).execute()
    EventText.insert(event=event, message_type="wrap_up", template=EVIL).execute()
    _people(event, now)
    for service in (PLANNER, N8N):
        report(service, "trouble", now=now, message=EVIL, leader=EVIL)
    opt_out("+15125550199", now=now, source=EVIL)
    secret = api_token.new_secret()
    ApiToken.insert(
        name=EVIL, scope="read", token_hash=api_token.hash_of(secret), ending=secret[-4:]
    ).execute()
    _imports(event)
    return event


def _imports(event: Event) -> None:
    """An upload that waits for a person, and one that a worker gave up."""
    file = f'First name,Phone\r\n"{EVIL.replace(chr(34), chr(34) * 2)}",nonsense\r\n'.encode()
    common = {"actor": EVIL, "file_name": EVIL, "size_bytes": len(file), "event": event}
    ImportJob.insert(**common, data=file, consent_place=EVIL).execute()
    refused = [["First name", "Phone"], [EVIL, EVIL]]
    job = ImportJob.insert(**common, status="failed", error=EVIL, rows=1, refused=refused).execute()
    details = {"problems": [[2, EVIL, EVIL]], "notes": [[2, EVIL, EVIL]]}
    ImportPart.insert(job=job, line=0, details=details).execute()


def _people(event: Event, now: datetime) -> None:
    people = [
        make_contractor(
            first_name=EVIL, last_name=EVIL, company_name=EVIL, job_title=EVIL, service_area=EVIL,
            focus_areas=[EVIL], services_offered=[EVIL], ghl_contact_id=EVIL,
        )
        for _ in range(2)
    ]  # fmt: skip
    for person in people:
        make_attendee(event, person, qr_code_data=f"{EVIL}{person.id}", sms_consent_source=EVIL)
    make_attendee(event, make_contractor(first_name=EVIL), check_in_time=None, sms_opt_in=False)
    low, high = sorted(person.id for person in people)
    EventPairRule.insert(
        event=event, contractor1=low, contractor2=high, rule="forbid", reason=EVIL, made_by=EVIL
    ).execute()
    match = make_match(
        event, *people, match_reason=EVIL, notes=EVIL, introduction_message=EVIL,
        contractor1_response=EVIL, meeting_location=EVIL, feedback_contractor1=EVIL,
    )  # fmt: skip
    common = {"event": event, "match": match, "contractor": people[0], "phone": people[0].phone}
    words = {"message_content": EVIL, "personalization_data": {"peer_name": EVIL}}
    make_message(now, **common, **words)
    for columns in (
        {"status": "held", "held_because": "unknown", "is_doubtful": True, "error_message": EVIL},
        {"status": "failed", "error_message": EVIL, "delivery_report": {"error": EVIL}},
        {"status": "sent", "response_received": EVIL, "action_taken": EVIL},
    ):
        make_message(now, message_type="reply", **common, **words, **columns)
    make_message(
        now, **common, **words, message_type="reply", direction="inbound", status="received",
        inbox_reason=EVIL, handled_at=now, raw_payload={"body": EVIL},
    )  # fmt: skip
