"""Owns the list of every table, parents before children."""

from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem
from models.alert import Alert
from models.api_token import ApiToken
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.base import Table
from models.contractor import Contractor
from models.erased_opt_out import ErasedOptOut
from models.event import Event, EventSpeaker, EventSponsor
from models.event_text import EventText
from models.import_job import ImportJob, ImportPart
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.metric_count import MetricCount
from models.opt_out import SmsOptOut
from models.pair_rule import EventPairRule
from models.peer_match import EventPeerMatch
from models.service_state import ServiceState
from models.sign_in_failure import SignInFailure

ALL_TABLES: tuple[type[Table], ...] = (
    Event,
    EventSpeaker,
    EventSponsor,
    EventAgendaItem,
    EventText,
    Contractor,
    EventAttendee,
    EventPairRule,
    MatchingRun,
    EventPeerMatch,
    EventMessage,
    SmsOptOut,
    ErasedOptOut,
    AdminUser,
    AuditLog,
    SignInFailure,
    ApiToken,
    ServiceState,
    MetricCount,
    Alert,
    ImportJob,
    ImportPart,
)
