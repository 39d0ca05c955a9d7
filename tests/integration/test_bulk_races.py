"""Many texts stopped at once, while they are sent and people send STOP: each has one fate."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from actors.conversation.replies import handle
from actors.sending.delivery import deliver
from models.admin_user import Role
from models.audit_log import AuditLog
from models.config import Config
from models.message import EventMessage
from models.message_status import Direction
from tests.admin_site import AdminSite, signed_in
from tests.factories import make_attendee, make_event, make_message
from tests.fakes import FakeGateway
from tests.introduced import at_once, received

TEXTS = 24
STOPS = 6
BULK = "/admin/messages/bulk/"


def pressing(site: AdminSite, do: str, ids: list[int]) -> Callable[[], int]:
    """Read the question, and return the press of its button, which returns how many it says."""
    page = f"{BULK}?do={do}" + "".join(f"&ids={key}" for key in ids)
    data = {"csrf_token": site.token(page), "ids": ",".join(map(str, ids)), "do": do, "back": ""}

    def press() -> int:
        said = site.notes(site.client.post(BULK, data=data))
        done = re.search(r"(\d+) texts? done", said)
        assert done is not None, said
        return int(done[1])

    return press


@pytest.mark.commits
@pytest.mark.parametrize("do", ["cancelled", "held"])
def test_of_many_texts_each_leaves_once_or_stays_and_the_numbers_are_true(
    app: Flask, config: Config, now: datetime, do: str
) -> None:
    event = make_event(now)
    people = [make_attendee(event).contractor for _ in range(TEXTS)]
    ids = [
        make_message(
            now, event=event, contractor=person, phone=person.phone, message_content="Hi."
        ).id
        for person in people
    ]  # fmt: skip
    leaving, gateway = people[::4][:STOPS], FakeGateway()
    sites = [
        signed_in(app.test_client(), now, Role.ORGANISER, name=name, email=f"{name}@example.com")
        for name in ("olu", "ann")
    ]

    def send(keys: list[int]) -> None:
        for key in keys:
            deliver(key, now=lambda: now, gateway=gateway, config=config)

    def stop() -> None:
        for person in leaving:
            handle(received(person, "STOP", now=now), now=now, config=config)

    presses = [pressing(site, do, ids) for site in sites]
    acts: list[Callable[[], Any]] = [
        *presses, stop, lambda: send(ids[:12]), lambda: send(ids[:11:-1])
    ]  # fmt: skip
    with ThreadPoolExecutor(len(acts)) as pool:
        said = at_once(pool, *acts)[: len(presses)]
    texts = list(EventMessage.select().where(EventMessage.direction == Direction.OUTBOUND))
    fates = Counter(text.status for text in texts)
    posted = [part["message_id"] for _, part in gateway.posts]
    assert sorted(posted) == sorted(text.id for text in texts if text.status == "sent")
    assert len(set(posted)) == len(posted), "nobody is texted twice"
    assert set(fates) <= {"sent", "cancelled", do}
    gone = {person.id for person in leaving}
    assert {text.status for text in texts if text.contractor_id in gone} <= {"sent", "cancelled"}
    lines = AuditLog.select().where(AuditLog.action == f"event_messages.{do}")
    assert lines.count() == sum(said) <= TEXTS - fates["sent"]
    theirs = [text for text in texts if re.match(f"{do} by (olu|ann)", text.error_message or "")]
    # What was held may have been cancelled by its STOP since.
    assert len(theirs) == sum(said) if do == "cancelled" else len(theirs) <= sum(said)
    send(ids)
    assert len(gateway.posts) == fates["sent"], "what was stopped stays"
