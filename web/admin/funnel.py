"""Owns the page of what came of an event: how far people got, and what the good matches share."""

from datetime import timedelta
from typing import NamedTuple

from flask import request
from flask_admin import expose

from models.funnel import FACTORS, Outcome, Quality, Step, funnel, quality
from web.admin.event_cancel import CancellingView
from web.admin.labels import code_label

_NAMES = {
    "eligible": (
        "Can be matched",
        "Here, opted in, with a phone, no STOP; or was introduced.",
    ),
    "introduced": ("Introduced", "Got at least one introduction."),
    "replied": ("Replied", "Answered one: yes, no, later, or “we know each other”."),
    "yes": ("Said yes", "Wanted to meet at least one person."),
    "mutual": ("Connected", "Both said yes, or you ticked “connected”."),
    "met": ("Met", "Said that they met the other one."),
    "rated": ("Rated", "Gave a rating from 1 to 10."),
}
_SINCE = {
    "introduced": "after the introduction",
    "replied": "after their answer",
    "mutual": "after the connection",
}
_OUTCOMES = {
    Outcome.CONNECTED: "Connected",
    Outcome.DECLINED: "Declined",
    Outcome.SILENT: "No answer",
}


class Line(NamedTuple):
    """One step as the page shows it; `width` is its bar's, of 100."""

    name: str
    hint: str
    people: int
    width: float
    of_previous: str
    of_first: str
    time: str


class FunnelView(CancellingView):
    """The events' view with a page of what came of one."""

    @expose("/outcome/")
    def outcome(self) -> str:
        """Show how far the event's people got, and the factors by how matches ended."""
        row = self.get_one(request.args.get("id", ""))
        found = funnel(row.id)
        groups = quality(row.id)
        return self.render(
            "desk/funnel.html",
            model=row,
            funnel=found,
            lines=_lines(found.steps),
            has_begun=any(step.people for step in found.steps[1:]),
            groups=groups,
            outcome_name=_OUTCOMES.__getitem__,
            factors=[(name, code_label(name)) for name in _factor_names(groups)],
        )


def _lines(steps: list[Step]) -> list[Line]:
    widest = max((step.people for step in steps), default=0) or 1
    return [
        Line(
            *_NAMES[step.code],
            step.people,
            round(100 * step.people / widest, 1),
            _percent(step.of_previous),
            _percent(step.of_first),
            f"{duration(step.after)} {_SINCE[step.since]}" if step.after and step.since else "",
        )
        for step in steps
    ]


def _factor_names(groups: list[Quality]) -> list[str]:
    found = {name for group in groups for name in group.factors}
    return [*(name for name in FACTORS if name in found), *sorted(found - set(FACTORS))]


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.0f} %"


def duration(span: timedelta) -> str:
    """Return a span as a person says it, to two units: `40 s`, `4 min`, `1 h 20 min`, `2 days`."""
    seconds = round(span.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 36:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest_hours = divmod(round(minutes / 60), 24)
    words = f"{days} day{'s' * (days != 1)}"
    return f"{words} {rest_hours} h" if rest_hours else words
