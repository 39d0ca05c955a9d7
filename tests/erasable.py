"""Somebody about whom something stands in every place there is, and a look into all of them."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from models import audit_log
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.eligibility import standing
from models.event import Event
from models.funnel import funnel, quality
from models.import_job import ImportJob
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.opt_out import opt_out
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from tests.factories import make_attendee, make_contractor, make_message
from tests.talk import Day
from tests.uploads import upload

FIRST, LAST = "Zebedee", "Quillfeather"
WORDS = "My cousin in Waco sent me, yes please"
PHONE = "+15125550977"
TRACES = (FIRST, LAST, "zebedee.q@example.com", "Quillworks", "Waco", "ghl-of-zebedee")


class ADayOfTheirs(Day):
    """A day on which Zebedee is introduced to Ben and Cleo, and connects with Ben."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, f"{FIRST} Ben Cleo Dov", f"{FIRST}-Ben {FIRST}-Cleo Cleo-Dov")
        self.say(FIRST, f"YES 1. {WORDS}")
        self.say("Ben", "YES")
        self.at(60)
        self.say(FIRST, "we met")
        self.say("Ben", f"I met {FIRST}, thanks")
        self.at(60 * 4)
        self.say(FIRST, "9")
        _around(self, self.people[FIRST], self.clock())

    def _person(self, name: str) -> Contractor:
        if name != FIRST:
            return super()._person(name)
        person = make_contractor(
            first_name=FIRST, last_name=LAST, email="zebedee.q@example.com", phone=PHONE,
            company_name="Quillworks", ghl_contact_id="ghl-of-zebedee",
        )  # fmt: skip
        make_attendee(self.event, person, sms_consent_source="form of Zebedee Quillfeather")
        return person


def _around(day: Day, person: Contractor, now: datetime) -> None:
    """Write about the person wherever somebody could."""
    event, ben = day.event, day.people["Ben"]
    EventMessage.update(raw_payload={"from": PHONE, "body": WORDS, "name": FIRST}).where(
        (EventMessage.contractor == person) & (EventMessage.direction == "inbound")
    ).execute()
    EventPeerMatch.update(notes=f"{FIRST} is shy", feedback_contractor2="8").where(
        EventPeerMatch.id == day.matches[f"{FIRST}-Ben"].id
    ).execute()
    low, high = sorted((person.id, day.people["Dov"].id))
    EventPairRule.insert(
        event=event, contractor1=low, contractor2=high, rule="forbid", made_by="x",
        reason=f"{LAST} sued them",
    ).execute()  # fmt: skip
    stranger = make_attendee(event).contractor
    make_message(
        now, event=event, contractor=stranger, message_type="by_hand", status="sent",
        message_content=f"Please look for {FIRST} {LAST}, (512) 555-0977",
    )  # fmt: skip
    make_message(
        now,
        event=event,
        contractor=ben,
        message_type="which_introduction",
        status="sent",
        message_content=f"Which one? 1 {FIRST}, 2 Ana",
    )
    make_message(
        now,
        contractor=None,
        phone=PHONE,
        message_type="reply",
        direction="inbound",
        status="received",
        message_content=WORDS,
        inbox_reason="We do not know this number.",
    )
    Event.update(matching_status_reason=f"asked for by {FIRST} {LAST}").where(
        Event.id == event.id
    ).execute()
    header = "First name,Last name,Mobile,E-mail\r\n"
    upload(f"{header}{FIRST},{LAST},512 555 0977,\r\nEd,Fox,512 555 0100,\r\n".encode(), now)
    kept = upload(f"{header}Ed,Fox,512 555 0100,\r\n".encode(), now)
    refused = {
        "headings": ["First name", "Last name", "Mobile"],
        "rows": [[2, FIRST, LAST, "5125550977x"], [3, "Ed", "Fox", "none"]],
    }
    ImportJob.update(refused=refused).where(ImportJob.id == kept.id).execute()
    opt_out(PHONE, now=now, source=f"told us: {FIRST}")
    audit_log.record(
        "contractors.opted_out", now=now, actor="x", subject_type="contractors",
        subject_id=person.id, detail={"texts": 1},
    )  # fmt: skip


def traces() -> list[str]:
    """Return where in the whole database something of the person stands, by table and column."""
    found = []
    columns = db.execute_sql(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY 1, 2"
    ).fetchall()
    for table, column, kind in columns:
        shown = f"encode({column}, 'escape')" if kind == "bytea" else f"{column}::text"
        for (value,) in db.execute_sql(f'SELECT {shown} FROM "{table}"').fetchall():
            if value is not None and is_trace(value):
                found.append(f"{table}.{column}: {value[:80]}")
    return found


def is_trace(value: str) -> bool:
    """Whether a value tells of the person, their phone however it is written."""
    digits = re.sub(r"[\s().\-/]", "", value)
    return PHONE[2:] in digits or any(trace.lower() in value.lower() for trace in TRACES)


def counts(event: Event) -> dict[str, Any]:
    """Return what an organiser counts of an event's day."""
    return {
        "funnel": asdict(funnel(event.id)),
        "quality": [asdict(each) for each in quality(event.id)],
        "standing": asdict(standing(event.id)),
        "runs": list(MatchingRun.select().order_by(MatchingRun.id).dicts()),
    }
