"""Owns the page on which an organiser tries other settings of matching, and uses them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.pairing import matching_preview
from actors.pairing.matching_preview import CHECKED_IN, REGISTERED
from actors.wording.percents import FACTORS, kept_from
from models import clock, schedule
from models.base import db
from models.eligibility import Standing, standing
from models.event import Event
from models.pairs import pairs_at
from web.admin import trial_settings
from web.admin.deeds import record_deed
from web.admin.event_cancel import CancellingView
from web.admin.forms import DeskForm, check_button
from web.admin.steps import STALE
from web.admin.trial_report import Report, report
from web.admin.trial_settings import Settings, Trial, settings_of

LONGEST_NAME = 100
_SAME = "Nothing to change: the event has these settings already."


class UseForm(DeskForm):
    """The event, the settings to use, those that were shown as its own, and the token."""

    id = HiddenField()
    was = HiddenField()
    scope = HiddenField()
    focusAreas = HiddenField()  # noqa: N815 the factor's own name
    geographic = HiddenField()
    businessScale = HiddenField()  # noqa: N815
    industry = HiddenField()
    jobTitle = HiddenField()  # noqa: N815
    min_score = HiddenField()
    max_matches = HiddenField()


@dataclass(frozen=True)
class Tried:
    """A trial and what came of it; `report` is None where there is nothing to match."""

    event: Event
    own: Settings
    trial: Trial
    people: Standing
    report: Report | None
    is_over: bool
    who: str

    @property
    def in_scope(self) -> int:
        """How many people the trial matches."""
        return self.people.eligible if self.trial.scope == CHECKED_IN else self.people.textable


class WhatIfView(CancellingView):
    """The events' view with a page that tries settings and one that uses them."""

    @expose("/what-if/")
    def what_if_view(self) -> str:
        """Show the settings to try, and what matching would make of them; nothing is stored."""
        tried = _try(self.get_one(request.args.get("id", "")), request.args)
        return self._page("desk/what_if.html", tried)

    @expose("/what-if/result/")
    def what_if_result_view(self) -> str:
        """Return the result alone, for the script of the page above."""
        tried = _try(self.get_one(request.args.get("id", "")), request.args)
        return self._page("desk/what_if_result.html", tried)

    @expose("/what-if/use/", methods=("GET", "POST"))
    def what_if_use_view(self) -> Any:
        """Say what changes with the settings, and change it when that was read."""
        values = request.form if request.method == "POST" else request.args
        form = UseForm(values)
        row = self.get_one(form.id.data)
        check_button(form)
        own = settings_of(row)
        trial = trial_settings.read(values, own)
        page = self.get_url(".what_if_view", id=row.id, **trial.typed)
        changes = trial_settings.changes(own, trial.settings) if trial.settings else []
        refusal = _refusal(row, trial, is_same=not changes)
        if refusal or trial.settings is None:
            # What is wrong with the settings stands on their page.
            if refusal:
                flash(refusal, "warning")
            return redirect(page)
        if request.method == "POST":
            _use(row, trial.settings, form.was.data or "")
            return redirect(page)
        form = UseForm(data={**trial.typed, "id": row.id, "was": own.stamp()})
        return self.render(
            "desk/confirm_settings.html", model=row, form=form, changes=changes, back=page,
            made=_standing_pairs(row),
        )  # fmt: skip

    def _page(self, template: str, tried: Tried) -> str:
        changes = (
            trial_settings.changes(tried.own, tried.trial.settings) if tried.trial.settings else []
        )
        return self.render(
            template, model=tried.event, tried=tried, changes=changes,
            may_change=self.may_change() and tried.event.cancelled_at is None and not tried.is_over,
            made=_standing_pairs(tried.event), factors=FACTORS,
        )  # fmt: skip


def _try(row: Event, values: Mapping[str, str]) -> Tried:
    people = standing(row.id)
    own = settings_of(row)
    # Before the doors open, the people who are expected tell more than an empty room.
    usual = CHECKED_IN if people.eligible > 1 else REGISTERED
    trial = trial_settings.read(values, own, usual)
    is_over = row.is_over(clock.now())
    who = values.get("who", "").strip()[:LONGEST_NAME]
    tried = Tried(row, own, trial, people, None, is_over, who)
    if trial.settings is None or tried.in_scope < 2:
        return tried
    begun = time.monotonic()
    found = matching_preview.preview(
        row.id, scope=trial.scope, who=who, **trial_settings.rules(own, trial.settings)
    )
    seconds = time.monotonic() - begun
    return replace(tried, report=report(found, seconds))


def _refusal(row: Event, trial: Trial, *, is_same: bool) -> str | None:
    if row.cancelled_at is not None:
        return "The event was cancelled; its settings stay."
    if row.is_over(clock.now()):
        return "The day is over: nobody is matched there any more, so its settings stay."
    return _SAME if trial.settings is not None and is_same else None


def _standing_pairs(row: Event) -> int:
    return sum(stands for _, _, stands in pairs_at(row.id))


def _use(row: Event, wanted: Settings, was: str) -> None:
    now = clock.now()
    with db.atomic():
        event = schedule.lock(row.id)
        own = settings_of(event)
        is_ours = own.stamp() == was and event.cancelled_at is None
        if is_ours:
            columns: dict[str, Any] = {
                "min_score": wanted.min_score,
                "max_matches": wanted.max_matches,
                "updated_at": now,
            }
            if wanted.percents != own.percents:
                columns["weights"] = kept_from(wanted.percents)
            Event.update(**columns).where(Event.id == row.id).execute()
            changes = trial_settings.changes(own, wanted)
            detail = {change.name: f"{change.old} → {change.new}" for change in changes}
            record_deed(row, "matching_settings_changed", detail, now=now)
    if is_ours:
        flash(f"Matching at {row.name} uses these settings. Matches already made stay.", "success")
    else:
        flash(STALE, "warning")
