"""Owns the page of what waits for a person, with a button for each and one for all alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.control import steering
from models import clock, trouble
from models.base import db
from models.message import EventMessage
from models.trouble import MOST_AT_ONCE, Kind
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm, check_button
from web.admin.guard import GuardedView, record_id
from web.admin.labels import opening
from web.admin.leaving import still_waits
from web.admin.message_actions import by, texts
from web.admin.present import local_time, record_label, record_link, zone_of
from web.admin.steps import STALE


class Deed(NamedTuple):
    """What one button does to one text, or to all that are in the same trouble.

    `needs_time`: only to those that could still leave.
    """

    label: str
    for_all: str
    effect: str
    do: Callable[[int, datetime], Any]
    needs_time: bool = False
    is_grave: bool = False


@dataclass(frozen=True)
class Section:
    """One kind of trouble as the page shows it."""

    heading: str
    hint: str
    total: int
    groups: list[trouble.Group]


_WORDS = {
    Kind.UNKNOWN: (
        "Perhaps sent",
        "Nobody knows whether these arrived. Look in GoHighLevel, then say so here.",
    ),
    Kind.TEXT: ("Failed", "These surely did not arrive, and nothing tries them again by itself."),
    Kind.REPLY: ("Replies not handled", "Our side broke on these several times."),
    Kind.RUN: ("Matching that failed", "Nothing runs again by itself."),
    Kind.STOPPED: ("Held", "Somebody stopped these; they wait until released."),
}
_DEEDS = {
    Kind.UNKNOWN: {
        "marked_as_sent": Deed(
            "Mark as sent",
            "Mark all {} as sent",
            "{} will count as sent. Nothing is sent.",
            lambda key, now: steering.mark_as_sent(key, now=now),
        ),
        "sent_again": Deed(
            "Send again",
            "Send all {} again",
            "{} will be sent now. Each may arrive a second time: nobody knows what became of the "
            "first attempt.",
            lambda key, now: steering.send_again(key, now=now),
            needs_time=True,
            is_grave=True,
        ),
    },
    Kind.TEXT: {
        "retried": Deed(
            "Try again",
            "Try all {} again",
            "{} will be planned anew. The failed ones stay as they are, as history.",
            lambda key, now: steering.retry(key, now=now),
            needs_time=True,
        ),
    },
    Kind.REPLY: {
        "retried": Deed(
            "Try again",
            "Try all {} again",
            "{} that could not be handled will be looked at anew.",
            lambda key, now: steering.retry_reply(key, now=now),
        ),
    },
    Kind.STOPPED: {
        "released": Deed(
            "Release",
            "Release all {}",
            "{} will leave, each at its time, or at once when that is past.",
            lambda key, now: steering.release_texts(steering.Scope(message_id=key), now=now),
            needs_time=True,
        ),
        "cancelled": Deed(
            "Cancel",
            "Cancel all {}",
            "{} will never be sent. This can not be undone.",
            lambda key, now: steering.cancel_texts(
                steering.Scope(message_id=key), reason=by("cancelled"), now=now
            ),
            is_grave=True,
        ),
    },
    Kind.RUN: {},
}


class AllForm(DeskForm):
    """A text, what to do with all that are in the same trouble, and the token."""

    like = HiddenField()
    do = HiddenField()


class TroubleView(GuardedView):
    """What exhausted its tries, with its reason."""

    @expose("/")
    def index(self) -> str:
        """Show it by kind and reason, the newest few of each."""
        now = clock.now()
        totals = trouble.counts(now)
        found = trouble.groups(now)
        sections = [
            Section(*words, totals[kind], [group for group in found if group.kind is kind])
            for kind, words in _WORDS.items()
            if totals[kind]
        ]
        return self.render(
            "desk/trouble.html", sections=sections, deeds=_deeds, facts=_facts, now=now,
            may_change=self.may_change(), opening=opening, label=record_label, link=record_link,
        )  # fmt: skip

    @property
    def can_step(self) -> bool:
        """Whether whoever asks may take a step."""
        return self.may_change()

    @expose("/all/", methods=("GET", "POST"))
    def all_view(self) -> Any:
        """Say what a button does to all that are in the same trouble, then do it."""
        form = AllForm(request.form if request.method == "POST" else request.args)
        found = trouble.like(record_id(form.like.data), clock.now())
        deed = _DEEDS[found[0]].get(form.do.data) if found else None
        check_button(form)
        if found is None or deed is None:
            flash(STALE, "warning")
            return redirect(self.get_url(".index"))
        kind, ids = found
        if deed.needs_time:
            ids = trouble.in_time_among(ids, clock.now())
        if request.method == "POST":
            _do_all(deed, form.do.data, ids)
            return redirect(self.get_url(".index"))
        many = texts(len(ids)) if kind is not Kind.REPLY else f"{len(ids):,} replies"
        rest = f"At most {MOST_AT_ONCE} at a time." if len(ids) == MOST_AT_ONCE else ""
        label = deed.for_all.format(f"{len(ids):,}")
        reason = EventMessage.get_by_id(record_id(form.like.data)).error_message or ""
        return self.render(
            "desk/confirm_step.html",
            question=f"{label}?", quote=opening(reason),
            effect=[deed.effect.format(many), *_waits(deed, ids), rest],
            label=label, is_grave=deed.is_grave, form=form,
            address=self.get_url(".all_view"), back=self.get_url(".index"), back_name=self.name,
        )  # fmt: skip


def _waits(deed: Deed, ids: list[int]) -> list[str]:
    """Say what of it does not leave yet although it is let go."""
    if not deed.needs_time or not ids:
        return []
    return still_waits(EventMessage.id.in_(ids), now=clock.now())


def _deeds(group: trouble.Group) -> list[tuple[str, Deed, int]]:
    """Return (code, deed, to how many) of the buttons of a group; nothing leaves too late."""
    found = [
        (code, deed, group.in_time if deed.needs_time else group.total)
        for code, deed in _DEEDS[group.kind].items()
    ]
    return [one for one in found if one[2]]


def _facts(kind: Kind, row: Any) -> str:
    """Return since when it waits and how often it was tried."""
    zone = zone_of(row)
    if kind is Kind.RUN:
        return f"Failed {local_time(row.finished_at, zone)}"
    if kind is Kind.REPLY:
        return f"Came {local_time(row.created_at, zone)} · {_tries(row.failures)}"
    planned = local_time(row.scheduled_time or row.created_at, zone)
    return f"Planned for {planned} · {_tries(row.attempts or row.failures)}"


def _tries(number: int) -> str:
    return {0: "never tried", 1: "tried once", 2: "tried twice"}.get(
        number, f"tried {number} times"
    )


def _do_all(deed: Deed, code: str, ids: list[int]) -> None:
    now = clock.now()
    done = 0
    for key in ids:
        with db.atomic():
            if deed.do(key, now):
                record_deed(EventMessage(id=key), code, {}, now=now)
                done += 1
    late = f" {len(ids) - done:,} were left: too late, or somebody was faster."
    flash(f"{deed.label}: {done:,} done.{late if done < len(ids) else ''}", "success")
