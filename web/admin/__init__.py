"""Owns putting the admin together: its views, its menu, its security headers."""

from typing import Any

from flask import Blueprint, Flask, Response, redirect, request, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.config import Config, ConfigError
from models.contractor import Contractor
from models.event import Event, EventSpeaker, EventSponsor
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.opt_out import SmsOptOut
from models.peer_match import EventPeerMatch
from web.admin import sign_in
from web.admin.accounts import AdminUserView, AuditView, OptOutView
from web.admin.attendees import AttendeeView
from web.admin.contractors import ContractorView
from web.admin.event_parts import AgendaView, SpeakerView, SponsorView
from web.admin.events import EventView
from web.admin.home import HomeView
from web.admin.imports import ImportView
from web.admin.inbox import InboxView
from web.admin.labels import code_label, flash_words, tone
from web.admin.matching_views import MatchView, RunView
from web.admin.message_view import MessageView
from web.admin.present import record_link, time_tag
from web.admin.trouble import TroubleView
from web.auth import current_role, init_sessions

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def init_admin(app: Flask, config: Config) -> None:
    """Register the admin at /admin/.

    Raises
    ------
    ConfigError
        When there is no SECRET_KEY: sessions could be forged.
    """
    if not config.secret_key:
        raise ConfigError(
            "Settings missing: SECRET_KEY (signs the admin's sessions). Set it to a long random "
            "text, for example from `python3 -c 'import secrets; print(secrets.token_hex(32))'`."
        )
    init_sessions(app)
    app.register_blueprint(Blueprint("desk", __name__, template_folder="templates"))
    app.register_blueprint(sign_in.blueprint)
    app.add_url_rule("/", "root", _to_admin)
    app.after_request(_secure)
    app.jinja_env.globals.update(
        desk_sign_out_token=sign_in.sign_out_token, desk_role=current_role, code_label=code_label,
        flash_words=flash_words, status_tone=tone, time_tag=time_tag, record_link=record_link,
    )  # fmt: skip
    admin = Admin(
        app, name="Peer matching", theme=Bootstrap4Theme(), index_view=HomeView(name="Today")
    )
    admin.add_views(*_views())


def _views() -> list[Any]:
    return [
        EventView(Event, "Events", "events", "Event day"),
        AgendaView(EventAgendaItem, "Agenda", "agenda", "Event day"),
        SpeakerView(EventSpeaker, "Speakers", "speakers", "Event day"),
        SponsorView(EventSponsor, "Sponsors", "sponsors", "Event day"),
        AttendeeView(EventAttendee, "Attendees", "attendees", "People"),
        ContractorView(Contractor, "Contractors", "contractors", "People"),
        ImportView("Import", "People", "imports", "imports"),
        OptOutView(SmsOptOut, "Opt-outs", "opt-outs", "People"),
        MatchView(EventPeerMatch, "Matches", "matches", "Matching"),
        MessageView(EventMessage, "Texts", "messages", "Matching"),
        RunView(MatchingRun, "Runs", "runs", "Matching"),
        InboxView("Inbox", "Matching", "inbox", "inbox"),
        TroubleView("Needs a person", "System", "trouble", "trouble"),
        AdminUserView(AdminUser, "Accounts", "accounts", "System"),
        AuditView(AuditLog, "Audit log", "audit", "System"),
    ]


def _to_admin() -> Any:
    return redirect(url_for("admin.index"))


def _secure(response: Response) -> Response:
    if request.path == "/" or request.path.startswith("/admin"):
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = _permissions(request.endpoint)
        if "/static/" not in request.path:
            response.headers["Cache-Control"] = "no-store"
    return response


def _permissions(endpoint: str | None) -> str:
    """Return what a page may ask the browser for: only the door has a use for a camera."""
    camera = "self" if endpoint == "events.door_view" else ""
    return f"camera=({camera}), microphone=(), geolocation=()"
