"""Owns putting the admin together: its views and its menu."""

from typing import Any

from flask import Blueprint, Flask, redirect, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem
from models.api_token import ApiToken
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
from web.admin.tokens import TokenView
from web.admin.trouble import TroubleView
from web.auth import current_role
from web.sessions import init_sessions


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
        TokenView(ApiToken, "API tokens", "tokens", "System"),
        AuditView(AuditLog, "Audit log", "audit", "System"),
    ]


def _to_admin() -> Any:
    return redirect(url_for("admin.index"))
