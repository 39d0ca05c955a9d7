"""Owns an event's desk: the page, the polls that keep it up to date, and its buttons."""

import hashlib
from datetime import datetime
from typing import Any
from zlib import crc32

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask_admin import expose
from markupsafe import Markup

from models import clock, n8n_check, row_versions
from models.base import db
from models.event import Event
from models.service_state import N8N_CHECK, ServiceState
from web.admin.day import NOTHING_LATE, rehearsal_words, state_words
from web.admin.desk import control, delivery, departures, facts, lunch, lunch_words, n8n, readiness
from web.admin.desk.facts import Facts
from web.admin.desk.timeline import timeline
from web.admin.desk.upcoming import upcoming
from web.admin.event_words import WordingView
from web.admin.forms import is_sent
from web.admin.present import zone_of
from web.admin.saving import Refused
from web.admin.steps import STALE
from web.auth import current_role


class DeskView(WordingView):
    """The events' view with a desk for each."""

    column_formatters: dict[str, Any] = {"desk": lambda row: _desk_link(row)}

    @expose("/desk/")
    def desk_view(self) -> str:
        """Show the day: what happens next, what is missing, how far the texts are."""
        row = self.get_one(request.args.get("id", ""))
        now, states = clock.now(), facts.read_states()
        seen = _read(row, now, states)
        return self.render(
            "desk/desk.html", model=row, facts=seen, sections=self._sections(seen),
            lunch=lunch.shown(seen) if self.may_change() else None,
            no_lunch=lunch.why_not(seen) if self._may_steer(row) else "",
            rehearsal=rehearsal_words(row),
            may_write=self._may_steer(row),
            etag=_fingerprint(row, now, states),
        )  # fmt: skip

    @expose("/desk/live/")
    def live_view(self) -> Response:
        """Return the parts of the page as they are now, or 304 when they are as they were."""
        row = self.get_one(request.args.get("id", ""))
        now, states = clock.now(), facts.read_states()
        etag = _fingerprint(row, now, states)
        if request.if_none_match.contains(etag):
            answer = make_response("", 304)
        else:
            sections = self._sections(_read(row, now, states))
            answer = make_response(self.render("desk/live/sections.html", sections=sections))
        answer.set_etag(etag)
        return answer

    @expose("/desk/act/", methods=("GET", "POST"))
    def desk_step_view(self) -> Any:
        """Say what a button of the desk will do, and do it when that was read."""
        return self.answer_step(
            lambda row: control.steps(row, clock.now()),
            action=".desk_step_view",
            page=".desk_view",
        )

    @expose("/desk/lunch/", methods=("GET", "POST"))
    def lunch_view(self) -> Any:
        """Say what moves with lunch, and move it when that was read."""
        form = lunch.LunchForm(request.form if request.method == "POST" else request.args)
        row = self.get_one(form.id.data)
        page = self.get_url(".desk_view", id=row.id)
        is_filled = is_sent(form) if request.method == "POST" else form.validate()
        if not is_filled and "at" in form.errors:
            flash(" ".join(form.at.errors), "error")
            return redirect(page)
        now = clock.now()
        try:
            move = lunch.plan(_read(row, now, facts.read_states()), form.at.data)
        except Refused as refused:
            flash(str(refused), "warning")
            return redirect(page)
        if request.method == "POST":
            _move(move, form.was.data or "", now)
            return redirect(page)
        form.was.data = lunch.stamp(move.lunch)
        return self.render(
            "desk/confirm_lunch.html", model=row, form=form, effect=lunch_words.effect(move),
            warnings=lunch_words.warnings(move),
            question=f"Move lunch to {move.facts.clock(move.starts)}?",
        )  # fmt: skip

    def _may_steer(self, row: Event) -> bool:
        return self.may_change() and row.cancelled_at is None

    def _sections(self, seen: Facts) -> list[tuple[str, str, Markup, str]]:
        """Return (id, heading, body, version of it) of each part that keeps itself up to date."""
        leaving = departures.departures(seen)
        grip = lunch.grip(seen) if self.may_change() else None
        parts: list[tuple[str, str, dict[str, Any]]] = [
            ("now", "Now", {"next": upcoming(seen), "day": timeline(seen), "grip": grip}),
            ("control", "Control", control.section(seen)),
            (
                "departures",
                "Right minute",
                {
                    "leaving": leaving,
                    "words": departures.words(leaving, seen),
                    "warnings": departures.warnings(leaving, seen),
                },
            ),
            ("readiness", "Readiness", {"lacks": readiness.lacks(seen), "n8n": n8n.section(seen)}),
            ("delivery", "Delivery", delivery.section(seen)),
        ]
        found = []
        for name, heading, values in parts:
            values |= {"facts": seen, "event": seen.event, "may_change": self.may_change()}
            body = Markup(self.render(f"desk/live/{name}.html", **values))  # noqa: S704
            found.append((name, heading, body, f"{crc32(body.encode()):x}"))
        return found


def _desk_link(row: Event) -> Markup:
    address = url_for("events.desk_view", id=row.id)
    return Markup('<a href="{}">Open<span class="sr-only"> the desk of {}</span></a>').format(
        address, row.name
    )


def _read(row: Event, now: datetime, states: dict[str, ServiceState]) -> Facts:
    return facts.read(row, now=now, config=current_app.config["PEER_CONFIG"], states=states)


def _move(move: lunch.Move, was: str, now: datetime) -> None:
    begins = move.facts.clock(move.starts)
    with db.atomic():
        moved = lunch.carry_out(move, was, now=now)
    if moved:
        flash(f"Lunch begins at {begins} now.", "success")
    else:
        flash(STALE, "warning")


def _fingerprint(row: Event, now: datetime, states: dict[str, ServiceState]) -> str:
    """Return what differs when the page would: its rows, the services, the role, the minute.

    Much cheaper than the page itself: one query, besides the two that the caller has made.
    """
    versions = row_versions.of_event(row.id, now=now)
    # What is late is in the versions; that it gets later is, too.
    check = n8n_check.of_row(states.get(N8N_CHECK))
    services = (state_words(states, NOTHING_LATE, now, zone_of(row)), check, check.is_awaited(now))
    # A rehearsal's minute lasts a second.
    minute = int(now.timestamp() * row.time_scale // 60)
    seen = (versions, services, current_role(), minute)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]
