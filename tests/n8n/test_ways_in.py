"""What GoHighLevel posts to a real n8n: replies and delivery reports, handed on signed, once."""

from typing import Any
from uuid import uuid4

from tests.faults import plans
from tests.n8n.house import GHL_WEBHOOK_TOKEN, House

REPLY, STATUS = "peer-matching-reply", "peer-matching-status"
TOKEN = f"?token={GHL_WEBHOOK_TOKEN}"


def replies(house: House, phone: str) -> list[tuple[Any, ...]]:
    return house.query(
        "SELECT message_content, ghl_message_id, ghl_contact_id FROM event_messages "
        "WHERE direction = 'inbound' AND phone = %s ORDER BY id",
        phone,
    )


def app_form(phone: str, words: str, **fields: Any) -> dict[str, Any]:
    """GoHighLevel's InboundMessage."""
    return {
        "type": "InboundMessage",
        "locationId": "location",
        "body": words,
        "contactId": f"contact{phone[1:]}",
        "conversationId": f"conversation{phone[1:]}",
        "dateAdded": "2026-11-29T17:05:00.000Z",
        "direction": "inbound",
        "messageType": "SMS",
        "status": "delivered",
        "from": phone,
        **fields,
    }


def workflow_form(phone: str, words: str) -> dict[str, Any]:
    """What a workflow's webhook action posts."""
    return {
        "contact_id": f"contact{phone[1:]}",
        "first_name": "Ana",
        "phone": phone,
        "message": {"type": 2, "body": words},
        "location": {"id": "location", "name": "Summit"},
        "workflow": {"id": "workflow", "name": "Replies"},
        "customData": {},
    }


def test_a_reply_in_either_form_is_stored_with_its_words_and_sender(house: House) -> None:
    one, other = "+12125550601", "+12125550602"
    reply_id = uuid4().hex
    assert house.n8n.post(REPLY + TOKEN, app_form(one, "Olá 👋", messageId=reply_id)).ok
    header = {"Authorization": f"Bearer {GHL_WEBHOOK_TOKEN}"}
    assert house.n8n.post(REPLY, workflow_form(other, "LATER"), **header).ok
    assert replies(house, one) == [("Olá 👋", reply_id, "contact12125550601")]
    assert replies(house, other) == [("LATER", None, "contact12125550602")]


def test_a_reply_that_comes_again_is_stored_once_and_said_twice_is_two(house: House) -> None:
    with_id, without, plain = "+12125550611", "+12125550612", "+12125550613"
    known = app_form(with_id, "HELLO", messageId=uuid4().hex)
    unknown = app_form(without, "HELLO")
    later = app_form(without, "HELLO", dateAdded="2026-11-29T17:06:00.000Z")
    for body in (known, known, unknown, unknown, later):
        assert house.n8n.post(REPLY + TOKEN, body).ok
    for _ in range(2):
        assert house.n8n.post(REPLY + TOKEN, workflow_form(plain, "HELLO")).ok
    assert [len(replies(house, phone)) for phone in (with_id, without, plain)] == [1, 2, 2]


def test_nobody_without_the_token_is_heard(house: House) -> None:
    phone = "+12125550621"
    arrived = len(house.front.requests)
    for path in (REPLY, f"{REPLY}?token=wrong", f"{REPLY}?token="):
        assert house.n8n.post(path, app_form(phone, "STOP")).status_code == 401
    assert house.n8n.post(STATUS, {"messageId": "a", "status": "opt_out"}).status_code == 401
    assert (replies(house, phone), len(house.front.requests)) == ([], arrived)


def test_our_own_texts_and_other_channels_are_left_alone(house: House) -> None:
    phone, arrived = "+12125550631", len(house.front.requests)
    for fields in ({"direction": "outbound"}, {"messageType": "Email"}):
        answer = house.n8n.post(REPLY + TOKEN, app_form(phone, "hello", **fields))
        assert answer.json() == {"ignored": True}
    assert len(house.front.requests) == arrived


def test_a_reply_gets_through_when_we_are_away_for_a_moment(house: House) -> None:
    phone = "+12125550641"
    house.front.refusals = 2
    assert house.n8n.post(REPLY + TOKEN, app_form(phone, "YES")).ok
    assert house.front.refusals == 0
    assert [words for words, *_ in replies(house, phone)] == ["YES"]


def test_when_we_stay_away_gohighlevel_is_told_to_ask_again(house: House) -> None:
    phone = "+12125550651"
    body = app_form(phone, "STOP")
    house.front.refusals = 5
    assert house.n8n.post(REPLY + TOKEN, body).status_code == 429
    assert replies(house, phone) == []
    assert house.n8n.post(REPLY + TOKEN, body).ok
    assert len(replies(house, phone)) == 1


def test_a_delivery_report_finds_its_text(house: House) -> None:
    with house.cursor() as cursor:
        planned = plans.notes(cursor, 2, due_in=0)
    house.drain(30)
    good, bad = house.rows(planned.text_ids)
    ids = {row.id: house.ghl.on(row.phone)[0].ghl_message_id for row in (good, bad)}
    status = {"type": "OutboundMessage", "direction": "outbound", "messageType": "SMS"}
    for row, word in ((good, "delivered"), (bad, "failed")):
        body = {**status, "messageId": ids[row.id], "status": word}
        if word == "failed":
            body["error"] = "Carrier violation"
        assert house.n8n.post(STATUS + TOKEN, body).json() == {"taken": True}
    assert [row.status for row in house.rows(planned.text_ids)] == ["delivered", "failed"]
    kept = house.query("SELECT delivery_report FROM event_messages WHERE id = %s", bad.id)
    assert "Carrier violation" in str(kept[0][0])


def test_a_report_on_a_text_of_somebody_else_goes_no_further(house: House) -> None:
    arrived = len(house.front.requests)
    body = {"type": "OutboundMessage", "messageId": uuid4().hex, "status": "delivered"}
    assert house.n8n.post(STATUS + TOKEN, body).json() == {"ignored": True}
    assert len(house.front.requests) == arrived
