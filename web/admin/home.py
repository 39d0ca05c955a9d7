"""Owns the admin's first page and the answer to addresses that do not exist."""

from typing import Any

from flask import abort
from flask_admin import AdminIndexView, expose

from models import clock
from models.service_state import N8N, PLANNER, read
from web.admin.day import current_days, service_words
from web.admin.guard import GuardedView


class HomeView(GuardedView, AdminIndexView):
    @expose("/")
    def index(self) -> Any:
        """Show the events that are on or to come."""
        now = clock.now()
        services = [(read(PLANNER), "Planner"), (read(N8N), "n8n")]
        return self.render(
            "desk/home.html",
            days=current_days(now),
            services=[service_words(state, name, now) for state, name in services],
        )

    @expose("/<path:anything>")
    def missing(self, anything: str) -> Any:
        """Answer in the admin's own frame."""
        abort(404, "There is no such page.")
