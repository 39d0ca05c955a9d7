"""Owns an event's badges: sheets to print, each badge with the QR code that the door scans."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import segno
from flask import abort, request
from flask_admin import expose
from markupsafe import Markup

from models import badges
from models.attendee import EventAttendee
from web.admin.event_cancel import CancellingView
from web.admin.guard import parse_id
from web.admin.present import record_label

A_SHEET = 8
SHEETS_A_PAGE = 12
A_PAGE = A_SHEET * SHEETS_A_PAGE


class Badge(NamedTuple):
    """What one badge shows; `code` is None for somebody without one."""

    name: str
    company: str
    code: Markup | None


class BadgesView(CancellingView):
    """The events' view with sheets of badges."""

    @expose("/badges/")
    def badges_view(self) -> str:
        """Show a dozen sheets of badges, by last name, or the badge of one person."""
        row = self.get_one(request.args.get("id", ""))
        total = badges.count(row.id)
        pages = max(1, -(-total // A_PAGE))
        only = parse_id(request.args.get("attendee", ""))
        page = parse_id(request.args.get("page", "1"))
        if page is None or page > pages:
            abort(404, "There is no such page.")
        people = badges.page(row.id, start=(page - 1) * A_PAGE, most=A_PAGE, only=only)
        return self.render(
            "desk/badges.html", model=row, sheets=list(_sheets(people)), total=total, page=page,
            pages=pages, first=(page - 1) * A_PAGE + 1, shown=len(people), only=only,
            a_sheet=A_SHEET,
        )  # fmt: skip


def _sheets(people: list[EventAttendee]) -> Iterator[list[Badge]]:
    for start in range(0, len(people), A_SHEET):
        yield [_badge(attendee) for attendee in people[start : start + A_SHEET]]


def _badge(attendee: EventAttendee) -> Badge:
    person = attendee.contractor
    name = record_label(person)
    company = person.company_name or ""
    return Badge(name, "" if company == name else company, _square(attendee.qr_code_data))


def _square(code: Any) -> Markup | None:
    """Return the code as an SVG without a word of data or style in it."""
    if not code:
        return None
    qr = segno.make(code, error="m", micro=False)
    # The modules only: nothing of the text is in it but as black and white.
    return Markup(qr.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
