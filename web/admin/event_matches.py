"""Owns the page of an event's matches: who, why, how well, and how far each has come."""

from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_admin import expose

from actors.wording.percents import FACTORS
from models import match_list, match_story
from models.match_list import CANCELLED, PAGE_SIZE, STATES, Order
from models.message import EventMessage
from models.message_status import Direction, MessageType
from models.peer_match import EventPeerMatch
from web.admin.event_cancel import CancellingView
from web.admin.labels import answer_words, code_label
from web.admin.present import record_label, zone_of
from web.admin.story_line import Step, story_line

MOST_LETTERS = 100
MOST_PAGES = 100_000
_ORDERS = {
    Order.BEST: "Best first",
    Order.WEAKEST: "Weakest first",
    Order.NEWEST: "Newest first",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of the two: how their introduction stands, and what they answered."""

    name: str
    status: str
    answer: str


@dataclass(frozen=True)
class MatchLine:
    """A match as the page shows it; `state` is `cancelled` for one that was."""

    match: EventPeerMatch
    state: str
    sides: list[Side]
    factors: list[tuple[str, float]]
    story: list[Step]


class EventMatchesView(CancellingView):
    """The events' view with a page of the matches of each."""

    @expose("/matches/")
    def matches_view(self) -> str:
        """Show one page of matches, narrowed by state and by name."""
        row = self.get_one(request.args.get("id", ""))
        words = request.args.get("q", "").strip()[:MOST_LETTERS]
        state = request.args.get("state") or None
        order = request.args.get("order") or Order.BEST
        if state not in (None, *STATES) or order not in set(Order):
            abort(404, "There is no such list of matches.")
        number = _page_number()
        counts = match_list.counts(row.id, words)
        total = sum(counts.values()) if state is None else counts.get(state, 0)
        found = match_list.page(
            row.id, state=state, words=words, order=Order(order), number=number
        )  # fmt: skip
        return self.render(
            "desk/event_matches.html", model=row, lines=_lines(row, found), words=words,
            state=state, order=order, number=number, total=total, every=sum(counts.values()),
            tabs=[(code, code_label(code), counts[code]) for code in STATES if counts.get(code)],
            size=PAGE_SIZE, orders=_ORDERS.items(), label=record_label,
        )  # fmt: skip


def _page_number() -> int:
    text = request.args.get("page", "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > 6 or int(text) >= MOST_PAGES:
        abort(404, "There is no such page.")
    return int(text)


def _lines(row: Any, found: list[EventPeerMatch]) -> list[MatchLine]:
    texts, zone = match_story.texts_of([match.id for match in found]), zone_of(row)
    lines = []
    for match in found:
        own = texts.get(match.id, [])
        lines.append(
            MatchLine(
                match,
                CANCELLED if match.cancelled_at else match.state,
                [_side(match, side, own) for side in (1, 2)],
                [(code_label(name), match.match_criteria.get(name, 0.0)) for name in FACTORS],
                story_line(match_story.moments(match, own), zone, row.date),
            )
        )
    return lines


def _side(match: EventPeerMatch, side: int, texts: list[EventMessage]) -> Side:
    person = getattr(match, f"contractor{side}")
    are_told_apart = match.contractor1.first_name != match.contractor2.first_name
    theirs = [
        text
        for text in texts
        if text.contractor_id == person.id
        and text.direction == Direction.OUTBOUND
        and text.message_type == MessageType.INTRODUCTION
    ]
    # Planned anew after a failure, it is the later one that counts.
    status = theirs[-1].status if theirs else ""
    name = person.first_name if are_told_apart else ""
    return Side(
        name or record_label(person),
        status,
        answer_words(getattr(match, f"contractor{side}_response")),
    )
