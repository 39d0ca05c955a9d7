"""Owns what the pages say of a swap: the new pair, what it costs the room, who loses a partner."""

from dataclasses import dataclass

from actors.pairing.swap_options import Option
from actors.pairing.swap_room import Swapping
from actors.wording.percents import FACTORS
from models import swaps
from models.contractor import Contractor
from models.event import Event
from models.reach import Reach, reach
from models.steering import Scope
from web.admin.labels import code_label
from web.admin.message_actions import texts
from web.admin.present import record_label


@dataclass(frozen=True)
class Line:
    """One possible partner as the page shows it."""

    option: Option
    partner: Contractor
    factors: list[tuple[str, float]]
    cost: str
    losers: str


@dataclass(frozen=True)
class Told:
    """A swap in words: names by id, and the event's total as it is."""

    room: Swapping
    names: dict[int, str]
    total: float

    def cost(self, option: Option) -> str:
        """Return what the event's total becomes."""
        after = self.total + option.difference
        if abs(option.difference) < 0.005:
            return f"The event's total score stays {self.total:,.2f}."
        verb = "rises" if option.difference > 0 else "falls"
        amount = f"by {abs(option.difference):.2f}"
        return f"The event's total score {verb} {amount}, from {self.total:,.2f} to {after:,.2f}."

    def losers(self, option: Option) -> str:
        """Return who has an introduction less afterwards, and what they have left."""
        leaves = self.room.leaves
        if option.gives_up is None:
            return f"{self._left(leaves)}."
        other = self.left_over(option)
        if option.also is not None:
            score = option.also[1].match_score
            return (
                f"{self.names[option.partner]} has no place left and gives up "
                f"{self.names[other]}, who meets {self.names[leaves]} instead ({score:.2f}). "
                "Nobody has fewer introductions."
            )
        return (
            f"{self.names[option.partner]} has no place left and gives up {self.names[other]}. "
            f"{self._left(leaves)}, {self._left(other)}."
        )

    def left_over(self, option: Option) -> int:
        """Return who loses the new partner."""
        match = option.gives_up
        if match is None:
            return self.room.leaves
        sides = (match.contractor1_id, match.contractor2_id)
        return int(sides[1] if sides[0] == option.partner else sides[0])

    def _left(self, person: int) -> str:
        left = self.room.taken[person] - 1
        rest = f"has {left} left" if left > 0 else "has none left"
        return f"{self.names[person]} loses this introduction and {rest}"


def tell(room: Swapping, found: list[Option]) -> Told:
    wanted = {room.stays, room.leaves}
    for one in found:
        wanted.add(one.partner)
        if one.gives_up is not None:
            wanted |= {one.gives_up.contractor1_id, one.gives_up.contractor2_id}
    rows = Contractor.select().where(Contractor.id.in_(list(wanted)))
    scores = swaps.scores_at(room.match.event_id)
    total = sum(scores.get((first, second), 0.0) for first, second, stands in room.met if stands)
    return Told(room, {person.id: record_label(person) for person in rows}, total)


def line(told: Told, option: Option) -> Line:
    criteria = option.score.match_criteria
    return Line(
        option,
        told.room.people[option.partner],
        [(code_label(name), criteria[name]) for name in FACTORS],
        told.cost(option),
        told.losers(option),
    )


def effect(told: Told, option: Option) -> list[str]:
    """Return what carrying it out does, in numbers."""
    match, names = told.room.match, told.names
    called_off = [match, *([option.gives_up] if option.gives_up else [])]
    found = [reach(Scope(match_id=one.id)) for one in called_off]
    taken_back = sum(one.cancellable for one in found)
    made = 2 if option.also else 1
    pair = f"{names[told.room.stays]} and {names[told.room.leaves]}"
    scores = f"The new pair scores {option.score.match_score:.2f}, the old {match.match_score:.2f}."
    return [
        f"{scores} {told.cost(option)}",
        told.losers(option),
        f"Takes back {texts(taken_back)}, and plans {texts(2 * made)} for the same time instead.",
        _what_keeps_them(match.event, found),
        f"{pair} are not matched again at this event. This can not be undone.",
    ]


def _what_keeps_them(event: Event, found: list[Reach]) -> str:
    """Say what keeps the new texts from leaving at that time, if anything does."""
    if any(one.stopped for one in found):
        return "They are held as the old ones are, until somebody releases them."
    if event.awaits_approval:
        return "They wait for approval on the event's desk first."
    return "Sending is paused: they leave once somebody resumes." if event.is_paused else ""
