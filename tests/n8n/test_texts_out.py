"""Texts through a real n8n: each reaches its phone once, whatever n8n and GoHighLevel do."""

import signal
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from actors.n8n.gateway import N8nGateway
from actors.n8n.outcomes import Outcome, Verdict
from models.config import Config
from tests.faults import plans
from tests.n8n.ghl import CONTACT, TEXT, Fault
from tests.n8n.house import House
from tests.sink import Answer
from tests.worker import ROOT

PATIENT_SECONDS = 30
ROUNDS, AT_ONCE = 6, 8
RESTARTED_TEXTS = 40
# A repeat whose first answer is lost is told so after three quarters of a minute.
UNTIL_UNKNOWN_SECONDS = 120


def phones_of(house: House, ids: list[int]) -> dict[int, str]:
    return {row.id: row.phone for row in house.rows(ids)}


def post(
    house: House, phone: str, key: str, *, config: Config | None = None, **changes: Any
) -> Outcome:
    """Post one text as a worker does."""
    part = {
        "phone": phone,
        "message": "Hello.",
        "from_name": "Summit",
        "timestamp": "2026-11-29T12:00:00Z",
        "tags": ["sms"],
        "message_id": 1,
        "part": 1,
        "parts": 1,
        "ghl_contact_id": None,
        "ghl_location_id": None,
        **changes,
    }
    # A busy machine may take its time; here that is no failure.
    gateway = N8nGateway(replace(config or house.config, http_timeout_seconds=PATIENT_SECONDS))
    return gateway.send({"send_via_ghl": part}, key, datetime.now(UTC))


def new_key() -> str:
    return f"msg_{uuid4().hex}_1"


def test_introductions_reach_their_people_once_and_are_answered(house: House) -> None:
    with house.cursor() as cursor:
        planned = plans.introductions(cursor, 40, due_in=1, spread=2)
    house.drain(60)
    phones = phones_of(house, planned.text_ids)
    arrived = {row_id: house.ghl.on(phone) for row_id, phone in phones.items()}
    assert {row_id: [text.words for text in texts] for row_id, texts in arrived.items()} == {
        row_id: [f"Text {row_id}."] for row_id in phones
    }
    kept = house.query(
        "SELECT m.id, m.status, m.ghl_message_id, c.ghl_contact_id FROM event_messages m "
        "JOIN contractors c ON c.id = m.contractor_id WHERE m.id = ANY(%s)",
        planned.text_ids,
    )
    assert sorted(kept) == sorted(
        (row_id, "sent", texts[0].ghl_message_id, f"contact{phones[row_id][1:]}")
        for row_id, texts in arrived.items()
    )


def test_a_test_introduction_is_sent_by_command(house: House) -> None:
    number = "+12125550142"
    done = subprocess.run(
        ["flask", "--app", "web", "send-test-introduction", "--phone", number],
        cwd=ROOT,
        env=house.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert len(house.ghl.on(number)) == 1


def test_equal_requests_at_once_give_one_text_and_one_answer(house: House) -> None:
    house.ghl.seconds = 0.3
    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for number in range(ROUNDS):
                phone, key = f"+1212555{200 + number:04}", new_key()
                found = list(
                    threads.map(lambda _, p=phone, k=key: post(house, p, k), range(AT_ONCE))
                )
                verdicts = Counter(outcome.verdict for outcome in found)
                assert set(verdicts) <= {Verdict.ACCEPTED, Verdict.NOT_ACCEPTED}, found
                assert verdicts[Verdict.ACCEPTED] >= 1
                texts = house.ghl.on(phone)
                assert len(texts) == 1
                repeated = post(house, phone, key)
                ids = {o.ghl_message_id for o in found if o.verdict == Verdict.ACCEPTED}
                assert ids == {repeated.ghl_message_id} == {texts[0].ghl_message_id}
                assert len(house.ghl.on(phone)) == 1
    finally:
        house.ghl.seconds = 0


def test_each_of_gohighlevels_failures_ends_as_it_must(house: House) -> None:
    later = {"Retry-After": "2"}
    faults = {
        "busy contacts": Fault(CONTACT, Answer(429, headers=later)),
        "broken contacts": Fault(CONTACT, Answer(500)),
        "contacts cut off": Fault(CONTACT, Answer(breaks="before")),
        "busy": Fault(TEXT, Answer(429, {"message": "Too Many Requests"}, headers=later)),
        "token refused": Fault(TEXT, Answer(401, {"message": "Invalid JWT"})),
        "never": Fault(TEXT, Answer(400, {"message": "Cannot send messages as DND is active"})),
        "broken": Fault(TEXT, Answer(500)),
        "broken after texting": Fault(TEXT, Answer(500), texts_first=True),
        "cut off after texting": Fault(TEXT, Answer(breaks="before"), texts_first=True),
    }
    with house.cursor() as cursor:
        planned = plans.notes(cursor, len(faults), due_in=3, spread=2)
    phones = phones_of(house, planned.text_ids)
    for phone, fault in zip(phones.values(), faults.values(), strict=True):
        house.ghl.faults[phone].append(fault)
    house.drain(UNTIL_UNKNOWN_SECONDS)
    rows = dict(zip(faults, house.rows(planned.text_ids), strict=True))
    ended = {name: (row.status, len(house.ghl.on(row.phone))) for name, row in rows.items()}
    assert ended == {
        "busy contacts": ("sent", 1),
        "broken contacts": ("sent", 1),
        "contacts cut off": ("sent", 1),
        "busy": ("sent", 1),
        "token refused": ("sent", 1),
        "never": ("failed", 0),
        "broken": ("held", 0),
        "broken after texting": ("held", 1),
        "cut off after texting": ("held", 1),
    }
    assert "GoHighLevel refused it" in (rows["never"].reason or "")


def test_what_gohighlevel_answers_reaches_us_as_what_it_is(house: House) -> None:
    phone = "+12125550301"
    for answer, verdict, words, seconds in (
        (Answer(429, headers={"Retry-After": "7"}), Verdict.NOT_ACCEPTED, "too many", 7.0),
        (Answer(401), Verdict.NOT_ACCEPTED, "GHL_TOKEN", None),
        (Answer(422), Verdict.REJECTED, "GoHighLevel refused it", None),
        (Answer(503), Verdict.UNKNOWN, "nobody knows", None),
    ):
        key = new_key()
        house.ghl.faults[phone].append(Fault(TEXT, answer))
        outcome = post(house, phone, key)
        assert (outcome.verdict, outcome.retry_after_seconds) == (verdict, seconds)
        assert words in outcome.reason
        again = post(house, phone, key).verdict
        is_kept = verdict == Verdict.UNKNOWN
        assert again == (Verdict.UNDECIDABLE if is_kept else Verdict.ACCEPTED)
    assert len(house.ghl.on(phone)) == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_an_n8n_restarted_in_mid_delivery_texts_nobody_twice_and_loses_none(
    house: House, number: signal.Signals
) -> None:
    house.ghl.seconds = 0.4
    before = len(house.ghl.texts)
    try:
        with house.cursor() as cursor:
            planned = plans.introductions(cursor, RESTARTED_TEXTS, due_in=1, spread=3)
        assert house.eventually(lambda: len(house.ghl.texts) - before >= 8, 30)
        house.n8n.end(number)
        house.n8n.start()
        house.drain(UNTIL_UNKNOWN_SECONDS)
    finally:
        house.ghl.seconds = 0
    rows = house.rows(planned.text_ids)
    arrived = {row.id: len(house.ghl.on(row.phone)) for row in rows}
    assert max(arrived.values()) == 1, "texted twice"
    assert {row.status for row in rows} <= {"sent", "held"}
    missing = {row_id for row_id, times in arrived.items() if times == 0}
    held = {row.id for row in rows if row.status == "held"}
    assert missing <= held, "lost"
    assert len(held) <= RESTARTED_TEXTS // 2
    lost_answer = "n8n has seen this text and lost its answer; it may have been sent"
    assert {row.reason for row in rows if row.status == "held"} <= {lost_answer}


def test_what_is_no_text_is_refused_and_texts_nobody(house: House) -> None:
    before = len(house.ghl.requests)
    phone = "+12125550401"
    for number, changes in (("12", {}), (phone, {"message": " "}), (phone, {"message_id": "x"})):
        outcome = post(house, number, new_key(), **changes)
        assert outcome.verdict == Verdict.REJECTED
    assert len(house.ghl.requests) == before
