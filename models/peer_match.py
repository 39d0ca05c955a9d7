"""Owns the matches: two contractors at one event, why they fit, and what came of it."""

from enum import StrEnum
from typing import Any

from peewee import (
    BooleanField,
    CharField,
    Check,
    DecimalField,
    ForeignKeyField,
    JSONField,
    TextField,
)

from models.base import Table, UtcDateTimeField, default, one_of
from models.contractor import Contractor
from models.event import Event
from models.matching_run import MatchingRun


class MatchState(StrEnum):
    """Where the conversation about a pair stands; docs/conversation.md draws the moves.

    `later` waits for a break; `connected`: both said yes; the last two are for good, at every
    event. A cancelled match keeps the state it had.
    """

    OPEN = "open"
    LATER = "later"
    CONNECTED = "connected"
    DECLINED = "declined"
    MET_ALREADY = "met_already"


# Of these, no introduction takes up room any more, and none is ever made again.
CLOSED_STATES = (MatchState.DECLINED, MatchState.MET_ALREADY)


class EventPeerMatch(Table):
    """An unordered pair, stored with the lower id first; once per event and pair.

    `contractorN_response` is the intent of the last answer ("yes", "no", "later",
    "met_already"), `contractorN_met` what that person said when asked whether the two met, and
    `feedback_contractorN` the rating given, "1" to "10", of which `pcr_score` is the mean.
    `later_at`: when somebody last asked for a later time. `follow_up_at`: when to look whether
    something is to be asked or said next.
    """

    event = ForeignKeyField(Event, backref="peer_matches", on_delete="RESTRICT", index=False)
    run = ForeignKeyField(MatchingRun, backref="matches", null=True, on_delete="SET NULL")
    contractor1 = ForeignKeyField(Contractor, backref="+", on_delete="RESTRICT")
    contractor2 = ForeignKeyField(Contractor, backref="+", on_delete="RESTRICT")
    match_type = CharField(default="general_match", constraints=default("'general_match'"))
    match_criteria = JSONField(default=dict, constraints=default("'{}'"))
    match_score = DecimalField(max_digits=5, decimal_places=2)
    match_reason = TextField(null=True)
    introduction_sent_time = UtcDateTimeField(null=True)
    introduction_message = TextField(null=True)
    contractor1_response = TextField(null=True)
    contractor2_response = TextField(null=True)
    connection_made = BooleanField(default=False, constraints=default("false"))
    meeting_scheduled = BooleanField(default=False, constraints=default("false"))
    meeting_time = UtcDateTimeField(null=True)
    meeting_location = CharField(null=True)
    feedback_contractor1 = TextField(null=True)
    feedback_contractor2 = TextField(null=True)
    pcr_score = DecimalField(max_digits=5, decimal_places=2, null=True)
    notes = TextField(null=True)
    cancelled_at = UtcDateTimeField(null=True)
    state = CharField(default=MatchState.OPEN, constraints=default("'open'"))
    contractor1_responded_at = UtcDateTimeField(null=True)
    contractor2_responded_at = UtcDateTimeField(null=True)
    later_at = UtcDateTimeField(null=True)
    connected_at = UtcDateTimeField(null=True)
    contractor1_met = BooleanField(null=True)
    contractor2_met = BooleanField(null=True)
    contractor1_met_at = UtcDateTimeField(null=True)
    contractor2_met_at = UtcDateTimeField(null=True)
    follow_up_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_peer_matches"
        indexes = ((("event", "contractor1", "contractor2"), True),)
        constraints = [
            Check("contractor1_id < contractor2_id", name="lower_id_first"),
            one_of("state", MatchState),
            Check("match_score BETWEEN 0 AND 1", name="match_score_range"),
        ]

    @property
    def is_with_erased(self) -> bool:
        """Whether one of the two was erased, so that nothing more is said about the match."""
        return bool(self.contractor1.erased_at or self.contractor2.erased_at)


_is_settled = EventPeerMatch.state.in_(
    [state.value for state in (*CLOSED_STATES, MatchState.CONNECTED)]
)
EventPeerMatch.add_index(
    EventPeerMatch.index(
        EventPeerMatch.contractor1,
        EventPeerMatch.contractor2,
        name="event_peer_matches_settled",
        where=_is_settled,
    )
)
EventPeerMatch.add_index(
    EventPeerMatch.index(
        EventPeerMatch.follow_up_at,
        name="event_peer_matches_follow_up",
        where=EventPeerMatch.follow_up_at.is_null(False),
    )
)


def with_people(*more: Any, first: Any = None, second: Any = None) -> Any:
    """Return the query of matches that loads both people with each.

    Parameters
    ----------
    *more : type of Model
        Other tables to load; the caller joins them.
    first, second : aliases of Contractor
        For whoever narrows the matches by their people.
    """
    first, second = first or Contractor.alias(), second or Contractor.alias()
    return (
        EventPeerMatch.select(EventPeerMatch, first, second, *more)
        .join_from(
            EventPeerMatch,
            first,
            on=(EventPeerMatch.contractor1 == first.id),
            attr="contractor1",
        )
        .join_from(
            EventPeerMatch,
            second,
            on=(EventPeerMatch.contractor2 == second.id),
            attr="contractor2",
        )
    )
