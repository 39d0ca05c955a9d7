"""A form that stayed open while its record changed: what was left alone is not undone."""

from datetime import datetime
from typing import Any

import pytest

from actors.control import event_sending
from models import check_in, schedule
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.event import Approval, Event, EventSpeaker
from models.peer_match import EventPeerMatch, MatchState
from tests.admin_site import AdminSite
from tests.crawl import read
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_speaker


class Opened:
    """An edit page as somebody opened it, and as the browser will send it."""

    def __init__(self, site: AdminSite, place: str, key: int) -> None:
        self.site, self.address = site, f"/admin/{place}/edit/?id={key}"
        self.read(site.get(self.address).text)

    def read(self, text: str) -> None:
        forms = read(self.address, text).forms
        self.fields = next(form.fields for form in forms if "was" in form.fields)

    def save(self, **typed: Any) -> str:
        """Send it with what was typed, None for a tick taken away; return what is said then."""
        self.fields |= {name.replace("__", "-"): value for name, value in typed.items()}
        data = {name: value for name, value in self.fields.items() if value is not None}
        answer = self.site.client.post(self.address, data=data)
        if answer.status_code == 200:
            self.read(answer.text)
            self.page = answer.text
        return self.site.notes(answer)


@pytest.fixture
def event(now: datetime) -> Event:
    return make_event(now, name="Summit")


@pytest.fixture
def match(event: Event) -> EventPeerMatch:
    return make_match(event, make_contractor(), make_contractor())


def test_a_pair_that_connects_meanwhile_stays_connected(
    site: AdminSite, match: EventPeerMatch, now: datetime
) -> None:
    page = Opened(site, "matches", match.id)
    EventPeerMatch.update(
        connection_made=True, state=MatchState.CONNECTED, connected_at=now,
        meeting_scheduled=True, meeting_time=now, meeting_location="networking lounge",
    ).execute()  # fmt: skip
    assert "Saved." in page.save(notes="They know each other from Tampa.")
    saved = EventPeerMatch.get()
    assert (saved.connection_made, saved.meeting_scheduled, saved.meeting_time) == (True, True, now)
    assert saved.meeting_location == "networking lounge"
    assert saved.notes == "They know each other from Tampa."
    line = AuditLog.get(AuditLog.action == "event_peer_matches.changed")
    assert line.detail == {"columns": ["notes"]}


def test_what_two_changed_to_different_things_is_asked_about_and_nothing_is_saved(
    site: AdminSite, match: EventPeerMatch
) -> None:
    page = Opened(site, "matches", match.id)
    EventPeerMatch.update(notes="Theirs", meeting_location="Hall B").execute()
    said = page.save(notes="Mine", meeting_location="")
    assert "Not saved yet: somebody else changed “Notes” while this page was open" in said
    assert "Somebody else changed this to “Theirs” meanwhile." in page.page
    assert EventPeerMatch.get().notes == "Theirs"
    assert page.fields["notes"] == "Mine", "nothing that was typed is lost"
    assert "Saved." in page.save()
    saved = EventPeerMatch.get()
    assert (saved.notes, saved.meeting_location) == ("Mine", "Hall B")


def test_a_third_change_between_two_presses_is_asked_about_again(
    site: AdminSite, match: EventPeerMatch
) -> None:
    page = Opened(site, "matches", match.id)
    for theirs in ("One", "Two"):
        EventPeerMatch.update(notes=theirs).execute()
        assert "Not saved yet" in page.save(notes="Mine")
    page.save()
    assert EventPeerMatch.get().notes == "Mine"


def test_an_old_form_of_an_event_takes_back_neither_keep_back_nor_newer_settings(
    site: AdminSite, event: Event, now: datetime
) -> None:
    Event.update(approval=Approval.UNTIL_DEADLINE).execute()
    page = Opened(site, "events", event.id)
    event_sending.require_approval(event.id)
    Event.update(min_score="0.75", max_matches=5).execute()
    assert "Saved." in page.save(location="Ballroom B")
    saved = Event.get()
    assert (saved.approval, str(saved.min_score), saved.max_matches) == ("required", "0.75", 5)
    assert saved.location == "Ballroom B"
    assert "somebody else changed “Approval of introductions”" in page.save(approval="off")
    assert Event.get().approval == "required"


def test_a_line_that_was_left_alone_stays_as_somebody_else_made_it(
    site: AdminSite, event: Event
) -> None:
    first, second = make_speaker(event), make_speaker(event)
    page = Opened(site, "events", event.id)
    EventSpeaker.update(name="Renamed").where(EventSpeaker.id == first.id).execute()
    added = make_speaker(event, name="Added")
    place = next(name for name, value in page.fields.items() if value == second.name)
    page.save(**{place: "Mine"})
    names = {row.id: row.name for row in EventSpeaker.select()}
    assert names == {first.id: "Renamed", second.id: "Mine", added.id: "Added"}


def test_somebody_who_came_in_while_their_form_was_open_stays_checked_in(
    site: AdminSite, event: Event, now: datetime
) -> None:
    row = make_attendee(event, check_in_time=None, check_in_method=None)
    page = Opened(site, "attendees", row.id)
    check_in.check_in(schedule.lock(event.id), row.contractor_id, method="door", now=now)
    page.save(qr_code_data="badge-17")
    saved = EventAttendee.get()
    assert (saved.check_in_time, saved.qr_code_data) == (now, "badge-17")


def test_a_change_at_that_very_moment_is_not_overwritten(
    site: AdminSite, match: EventPeerMatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's change comes after the row was read and before it is written."""
    page = Opened(site, "matches", match.id)
    monkeypatch.setattr(
        "web.admin.matching_views.MatchView.before_save",
        lambda *_args, **_kwargs: EventPeerMatch.update(notes="Theirs").execute(),
    )
    assert "at that very moment" in page.save(notes="Mine")
    assert EventPeerMatch.get().notes != "Mine"


@pytest.mark.parametrize("marks", ["", "nonsense", "[]", '{"notes": 1}'])
def test_a_form_without_sound_marks_is_saved_or_asked_about_and_never_breaks(
    site: AdminSite, match: EventPeerMatch, marks: str
) -> None:
    page = Opened(site, "matches", match.id)
    said = page.save(was=marks, notes="Mine")
    assert ("Saved." in said) is (marks != '{"notes": 1}')
