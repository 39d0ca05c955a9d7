"""An event's own words in the admin: listed, checked, previewed, saved, switched off."""

import html
import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from actors.wording.usual_words import USUAL
from models.admin_user import Role
from models.audit_log import AuditLog
from models.event import Event
from models.event_text import EventText, kinds_off, put, template_of
from models.message_status import FOLLOW_UPS, MessageType
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_event

WORDS = "/admin/events/words/"
EDIT, PREVIEW = f"{WORDS}edit/", f"{WORDS}preview/"
RESET, SWITCH = f"{WORDS}reset/", f"{WORDS}switch/"
KIND = MessageType.BREAK_PROMPT
OWN = "Coffee with {peer} {place}? Reply YES{number} or SKIP{number}."


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit")


def page(event: Event, kind: str = KIND) -> str:
    return f"{EDIT}?id={event.id}&kind={kind}"


def save(site: AdminSite, event: Event, template: str, kind: str = KIND, **fields: str) -> str:
    answer = site.post(
        EDIT, page=page(event, kind), id=event.id, kind=kind, template=template, **fields
    )
    if answer.status_code == 302:
        return site.notes(answer)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def shown(site: AdminSite, event: Event, template: str, kind: str = KIND) -> str:
    answer = site.post(PREVIEW, page=page(event, kind), id=event.id, kind=kind, template=template)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return html.unescape(answer.text)


def deeds() -> list[tuple[str, int, dict[str, str]]]:
    rows = AuditLog.select().where(AuditLog.subject_type == "events").order_by(AuditLog.id)
    return [(row.action, row.subject_id, row.detail) for row in rows]


def test_every_kind_is_listed_with_what_it_is_for_and_how_it_reads(
    site: AdminSite, event: Event
) -> None:
    assert f"{WORDS}?id={event.id}" in site.text(f"/admin/events/details/?id={event.id}")
    listed = site.text(f"{WORDS}?id={event.id}")
    for kind, words in USUAL.items():
        assert f'id="{kind.value}"' in listed
        assert words in listed
    assert "Shortly before the break that one of the two asked for." in listed
    assert listed.count('value="off"') == len(FOLLOW_UPS), "only what nobody asked for has a switch"


def test_own_words_are_saved_used_and_in_the_audit_log(site: AdminSite, event: Event) -> None:
    said = save(site, event, f"  {OWN}\r\n\r\nSee you!  ")
    assert said == "Break prompt: your own words are saved. Texts read so from now on."
    assert template_of(event.id, KIND) == f"{OWN}\n\nSee you!"
    assert deeds() == [("events.words_saved", event.id, {"kind": "break_prompt"})]
    listed = site.text(f"{WORDS}?id={event.id}")
    assert "Own words" in listed
    assert OWN in listed
    assert OWN in site.text(page(event))
    assert "it was so already" in save(site, event, f"{OWN}\n\nSee you!")
    assert len(deeds()) == 1


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("Meet {pear}? YES or SKIP", "{pear} is no placeholder of this text. Did you mean {peer}?"),
        ("Meet {peer}? Reply YES", "Say how to answer: the word SKIP is missing."),
        ("Meet {peer? YES or SKIP", "There is a brace too many or too few"),
        ("Meet? YES or SKIP " + "x" * 1600, "1,618 characters; a text has at most 1,600"),
    ],
)
def test_what_is_wrong_is_said_and_not_saved(
    site: AdminSite, event: Event, template: str, problem: str
) -> None:
    answer = save(site, event, template)
    assert problem in answer
    assert "Not saved yet: one thing is not right" in answer
    assert template in answer, "what was typed is still there"
    assert template_of(event.id, KIND) is None
    assert deeds() == []


def test_the_preview_reads_as_people_will(site: AdminSite, event: Event) -> None:
    text = shown(site, event, "{first_name}, coffee with {peer_first_name} {place}? YES, SKIP")
    assert "Ana, coffee with Zeek at the networking lounge? YES, SKIP" in text
    assert "<strong>1 segment</strong> · 57 characters" in text
    assert "segment: " not in text
    assert "not right yet" not in text


def test_the_preview_warns_of_what_makes_segments_short(site: AdminSite, event: Event) -> None:
    template = f"{OWN} Don’t be shy 👋 and say hello ☕"
    text = shown(site, event, template)
    assert "<strong>2 segments</strong>" in text
    assert "’ 👋 ☕ halve every segment: 70 characters fit instead of 160." in text
    assert "Without, the example takes 1 segment." in text
    assert "Write ' for ’." in text


def test_the_preview_of_broken_words_says_what_is_wrong_with_them(
    site: AdminSite, event: Event
) -> None:
    text = shown(site, event, "Meet {peer.__class__}? YES or SKIP")
    assert "{peer.__class__} is no placeholder" in text
    assert "The preview comes back once the placeholders are right." in text
    assert "Break prompt" not in text


def test_without_words_the_preview_is_of_the_usual_ones(site: AdminSite, event: Event) -> None:
    assert "Hi Ana, want to meet Zeek Test from Zeek Co" in shown(site, event, "  ")


def test_what_is_typed_is_never_taken_for_markup(site: AdminSite, event: Event) -> None:
    answer = site.post(
        PREVIEW, page=page(event), id=event.id, kind=KIND, template="<b>{peer}</b> YES SKIP"
    )
    assert "<b>" not in answer.text
    assert "&lt;b&gt;Zeek Test" in answer.text


def test_the_page_can_be_looked_at_without_a_script_and_saves_nothing(
    site: AdminSite, event: Event
) -> None:
    answer = save(site, event, OWN, look="1")
    assert "Coffee with Zeek Test from Zeek Co" in answer
    assert template_of(event.id, KIND) is None
    filled = site.text(f"{page(event)}&from=usual")
    assert f"\n{USUAL[KIND]}</textarea>" in filled


@pytest.mark.parametrize("template", ["", USUAL[KIND]])
def test_no_words_and_the_usual_ones_mean_the_usual_ones(
    site: AdminSite, event: Event, now: datetime, template: str
) -> None:
    assert "it was so already" in save(site, event, template)
    put(event.id, KIND, template=OWN, now=now)
    assert save(site, event, template).startswith("Break prompt: the usual words are back.")
    assert template_of(event.id, KIND) is None
    assert [deed for deed, _, _ in deeds()] == ["events.words_reset"]


def test_going_back_to_the_usual_words_asks_first(
    site: AdminSite, event: Event, now: datetime
) -> None:
    address = f"{RESET}?id={event.id}&kind={KIND}"
    assert "somebody was faster" in site.notes(site.get(address))
    put(event.id, KIND, template=OWN, is_on=False, now=now)
    assert address in site.text(page(event))
    asked = site.text(address)
    assert "Break prompt: back to the usual words?" in asked
    assert OWN in asked
    said = site.notes(site.post(RESET, page=address, id=event.id, kind=KIND))
    assert said == "Break prompt: the usual words are back. Texts read so from now on."
    assert template_of(event.id, KIND) is None
    assert kinds_off(event.id) == {KIND}, "it stays switched off"


def test_a_kind_is_switched_off_and_on(site: AdminSite, event: Event, now: datetime) -> None:
    put(event.id, KIND, template=OWN, now=now)

    def turn(to: str) -> str:
        list_page = f"{WORDS}?id={event.id}"
        return site.notes(site.post(SWITCH, page=list_page, id=event.id, kind=KIND, turn=to))

    assert turn("off") == (
        "Break prompt: switched off; none is sent any more, nor any that is planned already."
    )
    assert kinds_off(event.id) == {KIND}
    assert "it was so already" in turn("off")
    listed = site.text(f"{WORDS}?id={event.id}")
    assert len(re.findall(r'class="is-off"', listed)) == 1
    assert "Break prompt: switched on; it is sent again from now on." in turn("on")
    assert kinds_off(event.id) == set()
    assert template_of(event.id, KIND) == OWN, "the words stay"
    assert [deed for deed, _, _ in deeds()] == [
        "events.texts_switched_off",
        "events.texts_switched_on",
    ]


@pytest.mark.parametrize(
    ("kind", "turn"),
    [(MessageType.INTRODUCTION, "off"), (MessageType.YES_NOTED, "off"), (KIND, "maybe")],
)
def test_answers_and_introductions_can_not_be_switched_off(
    site: AdminSite, event: Event, kind: MessageType, turn: str
) -> None:
    list_page = f"{WORDS}?id={event.id}"
    answer = site.post(SWITCH, page=list_page, id=event.id, kind=kind, turn=turn)
    assert answer.status_code == 400
    assert EventText.select().count() == 0


@pytest.mark.parametrize("kind", ["help_reply", "nonsense", ""])
def test_there_are_no_words_for_what_is_not_worded_here(
    site: AdminSite, event: Event, kind: str
) -> None:
    assert site.get(page(event, kind)).status_code == 404
    assert site.get(f"{EDIT}?id=99999&kind={KIND}").status_code == 404


def test_viewers_look_and_forgers_change_nothing(
    client: FlaskClient, site: AdminSite, event: Event, now: datetime
) -> None:
    data = {"id": event.id, "kind": KIND, "template": OWN, "turn": "off"}
    for address in (EDIT, PREVIEW, RESET, SWITCH):
        assert client.post(address, data=data).status_code == 400
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    assert "Switch off" not in viewer.text(f"{WORDS}?id={event.id}")
    seen = viewer.text(page(event))
    assert "readonly" in seen
    assert ">Save<" not in seen
    for address in (EDIT, PREVIEW, RESET, SWITCH):
        signed = {**data, "csrf_token": viewer.token("/admin/")}
        assert viewer.client.post(address, data=signed).status_code == 403
    assert EventText.select().count() == 0


def test_an_event_says_how_the_conversation_goes(site: AdminSite, event: Event) -> None:
    address = f"/admin/events/edit/?id={event.id}"
    form = site.text(address)
    assert "Remind whoever is silent after (minutes)" in form
    assert "it does not let on what the other one answered" in form
    fields = {
        "name": "Summit",
        "date": event.date.isoformat(),
        "timezone": "UTC",
        "session_duration_minutes": "45",
        "matching_lead_minutes": "15",
        "introduction_delay_minutes": "5",
        "max_matches": "3",
        "min_score": "0.60",
        "reminder_minutes": "30",
        "reminder_reveals_yes": "y",
    }
    assert site.post(address, **fields).status_code == 302
    saved = Event.get_by_id(event.id)
    assert (saved.reminder_minutes, saved.reminder_reveals_yes, saved.refills) == (30, True, False)
    refused = site.post(address, **{**fields, "reminder_minutes": "0"})
    assert "A reminder comes after 1 to 240 minutes." in site.notes(refused)
