"""Owns the admin's first page and the answer to addresses that do not exist."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort
from flask_admin import AdminIndexView, expose

from models import clock, inbox, trouble
from web.admin.day import current_days, service_words
from web.admin.guard import GuardedView
from web.admin.present import zone_of


class HomeView(GuardedView, AdminIndexView):
    @expose("/")
    def index(self) -> Any:
        """Show the events that are on or to come."""
        now = clock.now()
        days = current_days(now)
        zone = zone_of(days[0].event) if days else ZoneInfo("UTC")
        return self.render(
            "desk/home.html",
            days=days,
            services=service_words(now, zone),
            inbox=inbox.count(),
            trouble=sum(trouble.counts(now).values()),
        )

    @expose("/<path:anything>")
    def missing(self, anything: str) -> Any:
        """Answer in the admin's own frame."""
        abort(404, "There is no such page.")
