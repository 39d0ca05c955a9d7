"""Owns what came of an event's introductions: how far people got, how long it took, what fitted.

However many people and matches there are, each function is a fixed number of queries.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from models.base import db
from models.eligibility import ever_eligible

FACTORS = ("focusAreas", "geographic", "businessScale", "industry", "jobTitle")

# One row for each side of each match that stands. `sent_at` is when the introduction left,
# `rated_at` when the first rating of that side came.
_SIDES = """
WITH introductions AS (
    SELECT match_id, contractor_id, min(actual_send_time) AS sent_at
    FROM event_messages
    WHERE event_id = %(event)s AND message_type = 'peer_match_introduction'
        AND status IN ('sent', 'delivered', 'responded')
    GROUP BY match_id, contractor_id
), ratings AS (
    SELECT match_id, contractor_id, min(created_at) AS rated_at
    FROM event_messages
    WHERE event_id = %(event)s AND message_type = 'reply' AND direction = 'inbound'
        AND pcr_score IS NOT NULL
    GROUP BY match_id, contractor_id
), sides AS (
    SELECT m.id AS match_id, m.connected_at, s.*, i.sent_at, r.rated_at,
        i.match_id IS NOT NULL OR s.responded_at IS NOT NULL AS is_introduced,
        s.response = 'yes' OR m.state = 'connected' AS said_yes,
        m.state = 'connected' OR m.connection_made AS is_connected,
        m.state <> 'connected' AND m.connection_made AS is_ticked,
        CASE WHEN s.feedback ~ '^(10|[1-9])$' THEN s.feedback::int END AS rating
    FROM event_peer_matches m
    CROSS JOIN LATERAL (VALUES
        (m.contractor1_id, m.contractor1_response, m.contractor1_responded_at,
            m.contractor1_met, m.contractor1_met_at, m.feedback_contractor1),
        (m.contractor2_id, m.contractor2_response, m.contractor2_responded_at,
            m.contractor2_met, m.contractor2_met_at, m.feedback_contractor2)
    ) AS s (person, response, responded_at, met, met_at, feedback)
    LEFT JOIN introductions i ON i.match_id = m.id AND i.contractor_id = s.person
    LEFT JOIN ratings r ON r.match_id = m.id AND r.contractor_id = s.person
    WHERE m.event_id = %(event)s AND m.cancelled_at IS NULL
)
"""
_STEPS = f"""{_SIDES}
SELECT
    count(DISTINCT person) FILTER (WHERE is_introduced) AS introduced,
    count(DISTINCT person) FILTER (WHERE responded_at IS NOT NULL) AS replied,
    count(DISTINCT person) FILTER (WHERE said_yes) AS yes,
    count(DISTINCT person) FILTER (WHERE is_connected) AS mutual,
    count(DISTINCT person) FILTER (WHERE met) AS met,
    count(DISTINCT person) FILTER (WHERE rating IS NOT NULL) AS rated,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY responded_at - sent_at)
        FILTER (WHERE responded_at >= sent_at) AS replied_after,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY responded_at - sent_at)
        FILTER (WHERE responded_at >= sent_at AND said_yes) AS yes_after,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY connected_at - responded_at)
        FILTER (WHERE connected_at >= responded_at) AS mutual_after,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY met_at - connected_at)
        FILTER (WHERE met AND met_at >= connected_at) AS met_after,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY rated_at - connected_at)
        FILTER (WHERE rating IS NOT NULL AND rated_at >= connected_at) AS rated_after,
    count(DISTINCT match_id) AS matches,
    count(DISTINCT match_id) FILTER (WHERE is_connected) AS connected,
    count(DISTINCT match_id) FILTER (WHERE is_ticked) AS ticked,
    count(rating) AS ratings,
    avg(rating)::float AS mean_rating
FROM sides
"""  # noqa: S608
_QUALITY = """
WITH matches AS (
    SELECT id, match_score, match_criteria, pcr_score, CASE
        WHEN state = 'connected' OR connection_made THEN 'connected'
        WHEN state = 'declined' THEN 'declined'
        WHEN state = 'open' AND introduction_sent_time IS NOT NULL
            AND contractor1_responded_at IS NULL AND contractor2_responded_at IS NULL
            THEN 'silent'
        END AS outcome
    FROM event_peer_matches
    WHERE event_id = %(event)s AND cancelled_at IS NULL
)
SELECT outcome, NULL, count(*), avg(match_score)::float, avg(pcr_score)::float
FROM matches WHERE outcome IS NOT NULL GROUP BY outcome
UNION ALL
SELECT outcome, factor.key, count(*), avg(factor.value::numeric)::float, NULL
FROM matches CROSS JOIN LATERAL jsonb_each(match_criteria) AS factor
WHERE outcome IS NOT NULL AND jsonb_typeof(factor.value) = 'number'
GROUP BY outcome, factor.key
"""


class Outcome(StrEnum):
    """`silent`: introduced, and neither of the two has answered."""

    CONNECTED = "connected"
    DECLINED = "declined"
    SILENT = "silent"


@dataclass(frozen=True)
class Step:
    """How many people got this far.

    Attributes
    ----------
    code : str
        "eligible", "introduced", "replied", "yes", "mutual", "met" or "rated".
    of_previous, of_first : float or None
        This count over that of the step before, and over the first; None when that is 0. Above 1
        where a step holds people whom the one before does not.
    after : timedelta or None
        The median time that this step took, and `since` the step it is measured from.
    """

    code: str
    people: int
    of_previous: float | None
    of_first: float | None
    since: str | None = None
    after: timedelta | None = None


@dataclass(frozen=True)
class Funnel:
    """The steps in order, the matches behind them, and the mean of all ratings, 1 to 10.

    `connected` counts the matches of which the organiser ticked that, too: `ticked` is how many.
    """

    steps: list[Step]
    matches: int
    connected: int
    ticked: int
    ratings: int
    mean_rating: float | None


@dataclass(frozen=True)
class Quality:
    """The matches that ended alike: their mean score, mean factors (0 to 1) and mean rating."""

    outcome: Outcome
    matches: int
    score: float
    factors: dict[str, float]
    rating: float | None


# What each step's time is measured from. Ratings come hours after a yes, whether or not the person
# ever said that the two met.
_SINCE = {
    "replied": "introduced",
    "yes": "introduced",
    "mutual": "replied",
    "met": "mutual",
    "rated": "mutual",
}


def funnel(event_id: int) -> Funnel:
    """Count how far the people of an event got, in two queries.

    Everybody is counted once, however many matches they have; cancelled matches do not count.

    - eligible: may be matched as things stand now: checked in, opted in, with a phone, and not
      opted out; or was introduced before that changed (`eligibility.ever_eligible`).
    - introduced: an introduction to them is out (sent, delivered or responded), or they answered
      one, which says as much whatever the provider reported.
    - replied: answered an introduction with yes, no, later or "we have met"
      (`contractorN_responded_at`).
    - yes: their last answer is yes, or the match is connected, which takes a yes of both.
    - mutual: in a connected match: both said yes, or the organiser ticked "connected".
    - met: said that they met the other one.
    - rated: gave a rating from 1 to 10.

    Times are medians over sides of matches (a person with three matches has three): introduction
    sent to answer, and to yes; that side's answer to the connection; connection to "yes, we met",
    and to the first rating. A side that lacks one of the two moments, or has them the other way
    round, is left out.
    """
    found = _one_row(_STEPS, event_id)
    counts = {"eligible": ever_eligible(event_id)}
    counts |= {code: found[code] for code in ("introduced", *_SINCE)}
    steps: list[Step] = []
    for code, people in counts.items():
        before = steps[-1].people if steps else 0
        first = steps[0].people if steps else 0
        steps.append(
            Step(
                code,
                people,
                people / before if before else None,
                people / first if first else None,
                _SINCE.get(code),
                found.get(f"{code}_after"),
            )
        )
    totals = ("matches", "connected", "ticked", "ratings", "mean_rating")
    return Funnel(steps, *(found[name] for name in totals))


def quality(event_id: int) -> list[Quality]:
    """Return what matches that connected, were declined or stayed silent have in common.

    One query. A match that waits for its second answer or a break, or whose people knew each
    other, is in none of the three; nor is an outcome that no match has.
    """
    rows = db.execute_sql(_QUALITY, {"event": event_id}).fetchall()
    totals = {row[0]: row for row in rows if row[1] is None}
    return [
        Quality(
            outcome,
            matches=totals[outcome][2],
            score=totals[outcome][3],
            factors=_factors(rows, outcome),
            rating=totals[outcome][4],
        )
        for outcome in Outcome
        if outcome in totals
    ]


def _factors(rows: list[tuple[Any, ...]], outcome: Outcome) -> dict[str, float]:
    """Return the mean factors in their usual order, then what else there is."""
    found = {row[1]: row[3] for row in rows if row[0] == outcome and row[1] is not None}
    names = [*FACTORS, *sorted(set(found) - set(FACTORS))]
    return {name: found[name] for name in names if name in found}


def _one_row(query: str, event_id: int) -> dict[str, Any]:
    cursor = db.execute_sql(query, {"event": event_id})
    return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
