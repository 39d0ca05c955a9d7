"""Owns what an organiser rules about a pair at an event: never introduced, or introduced for sure.

None of these opens a transaction; whoever changes a rule has the event's row locked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import EXCLUDED, CharField, Check, ForeignKeyField, TextField

from models.base import Table, UtcDateTimeField, db, default, one_of
from models.contractor import Contractor
from models.event import Event

IdPair = tuple[int, int]


class Rule(StrEnum):
    """`forbid`: the two are never introduced; `require`: they are, whatever their score."""

    FORBID = "forbid"
    REQUIRE = "require"


class EventPairRule(Table):
    """One ruling about an unordered pair, stored with the lower id first; one per event and pair.

    `made_by` is the name of whoever made it; the audit log has every change.
    """

    event = ForeignKeyField(Event, backref="pair_rules", on_delete="CASCADE", index=False)
    contractor1 = ForeignKeyField(Contractor, backref="+", on_delete="CASCADE")
    contractor2 = ForeignKeyField(Contractor, backref="+", on_delete="CASCADE")
    rule = CharField()
    reason = TextField(null=True)
    made_by = CharField()
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_pair_rules"
        indexes = ((("event", "contractor1", "contractor2"), True),)
        constraints = [
            Check("contractor1_id < contractor2_id", name="lower_id_first"),
            one_of("rule", Rule),
        ]


@dataclass(frozen=True)
class PairRules:
    """What matching has to obey at an event, as pairs with the lower id first.

    Attributes
    ----------
    forbidden : tuple of pairs
        Sorted.
    required : tuple of pairs
        In the order in which they were ruled: where places lack, the earlier one has them.
    matched : frozenset of pairs
        Those required that have a match at the event already, whatever became of it; it is not
        made a second time.
    """

    forbidden: tuple[IdPair, ...] = ()
    required: tuple[IdPair, ...] = ()
    matched: frozenset[IdPair] = frozenset()

    @property
    def to_make(self) -> list[IdPair]:
        """The required pairs that have no match yet."""
        return [pair for pair in self.required if pair not in self.matched]


NO_RULES = PairRules()

_READ = """
    SELECT r.rule, r.contractor1_id, r.contractor2_id, m.id IS NOT NULL
    FROM event_pair_rules r
    LEFT JOIN event_peer_matches m ON m.event_id = r.event_id
        AND m.contractor1_id = r.contractor1_id AND m.contractor2_id = r.contractor2_id
    WHERE r.event_id = %s
    ORDER BY r.updated_at, r.id
"""


def ordered(one: int, other: int) -> IdPair:
    """Return a pair as it is stored."""
    return (min(one, other), max(one, other))


def rules_at(event_id: int) -> PairRules:
    """Return what is ruled about the pairs of an event, in one query."""
    rows = db.execute_sql(_READ, (event_id,)).fetchall()
    required = [(first, second) for rule, first, second, _ in rows if rule == Rule.REQUIRE]
    return PairRules(
        forbidden=tuple(
            sorted((first, second) for rule, first, second, _ in rows if rule == Rule.FORBID)
        ),
        required=tuple(required),
        matched=frozenset((first, second) for _, first, second, is_made in rows if is_made)
        & frozenset(required),
    )


def rule_of(event_id: int, pair: IdPair) -> EventPairRule | None:
    """Return what is ruled about one pair, if anything is."""
    found: EventPairRule | None = EventPairRule.get_or_none(_is_about(event_id, pair))
    return found


def set_rule(
    event_id: int, pair: IdPair, rule: Rule, *, reason: str | None, made_by: str, now: datetime
) -> None:
    """Rule about a pair, in place of what was ruled before."""
    EventPairRule.insert(
        event=event_id,
        contractor1=pair[0],
        contractor2=pair[1],
        rule=rule,
        reason=reason,
        made_by=made_by,
        created_at=now,
        updated_at=now,
    ).on_conflict(
        conflict_target=[
            EventPairRule.event,
            EventPairRule.contractor1,
            EventPairRule.contractor2,
        ],
        update={
            EventPairRule.rule: EXCLUDED.rule,
            EventPairRule.reason: EXCLUDED.reason,
            EventPairRule.made_by: EXCLUDED.made_by,
            EventPairRule.updated_at: EXCLUDED.updated_at,
        },
    ).execute()


def remove_rule(event_id: int, pair: IdPair, rule: Rule) -> bool:
    """Take a ruling back; False when it is not there any more, or says something else by now."""
    is_it = _is_about(event_id, pair) & (EventPairRule.rule == rule)
    return bool(EventPairRule.delete().where(is_it).execute())


def listed(event_id: int) -> list[EventPairRule]:
    """Return the rulings of an event with both people loaded, the newest first. One query."""
    first, second = Contractor.alias(), Contractor.alias()
    return list(
        EventPairRule.select(EventPairRule, first, second)
        .join_from(
            EventPairRule, first, on=(EventPairRule.contractor1 == first.id), attr="contractor1"
        )
        .join_from(
            EventPairRule, second, on=(EventPairRule.contractor2 == second.id), attr="contractor2"
        )
        .where(EventPairRule.event == event_id)
        .order_by(EventPairRule.updated_at.desc(), EventPairRule.id.desc())
    )


def _is_about(event_id: int, pair: IdPair) -> Any:
    return (
        (EventPairRule.event == event_id)
        & (EventPairRule.contractor1 == pair[0])
        & (EventPairRule.contractor2 == pair[1])
    )
