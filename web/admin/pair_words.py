"""Owns what the pages say of ruling about a pair: what it means, in numbers, and what to mind."""

from dataclasses import dataclass, field

from actors.pairing import pair_effect
from actors.pairing.not_made import WHY
from actors.pairing.pair_effect import Effect
from models.contractor import Contractor
from models.eligibility import why_not
from models.event import Event
from models.pair_rule import EventPairRule, IdPair, Rule, rule_of
from models.pairs import match_of, settled_elsewhere
from models.peer_match import EventPeerMatch, MatchState
from web.admin.present import record_label

_ELSEWHERE = {
    MatchState.CONNECTED: "connected at {}: they have each other's contacts",
    MatchState.DECLINED: "introduced at {}, and one of them said no",
    MatchState.MET_ALREADY: "introduced at {}, where they knew each other already",
}


@dataclass(frozen=True)
class Ruling:
    """What somebody is about to rule about a pair.

    Attributes
    ----------
    current : EventPairRule or None
        What is ruled now.
    match : EventPeerMatch or None
        Their match at the event, whatever became of it.
    refusal : str
        Why it can not be ruled; empty when it can.
    """

    event: Event
    first: Contractor
    second: Contractor
    rule: Rule
    current: EventPairRule | None
    match: EventPeerMatch | None
    refusal: str = ""
    effect: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def pair(self) -> IdPair:
        return (self.first.id, self.second.id)

    @property
    def names(self) -> str:
        return f"{record_label(self.first)} and {record_label(self.second)}"

    @property
    def question(self) -> str:
        if self.rule is Rule.FORBID:
            return f"Never introduce {self.names} at {self.event.name}?"
        return f"Introduce {self.names} at {self.event.name} for sure?"

    @property
    def open_match(self) -> EventPeerMatch | None:
        """Their match, when a ruling that forbids them could still call it off."""
        if self.rule is not Rule.FORBID or self.match is None:
            return None
        is_open = self.match.cancelled_at is None and self.match.state in (
            MatchState.OPEN,
            MatchState.LATER,
        )
        return self.match if is_open else None

    def stamp(self) -> str:
        """Return what differs when the page does, to see later whether it still holds."""
        match = self.match
        made = f"{match.id}/{match.state}/{match.cancelled_at}" if match else "none"
        return f"{self.current.rule if self.current else 'none'};{made}"


def ruling(event: Event, first: Contractor, second: Contractor, rule: Rule) -> Ruling:
    """Return what is asked before a ruling, without what it means in numbers."""
    first, second = sorted((first, second), key=lambda person: person.id)
    pair = (first.id, second.id)
    asked = Ruling(
        event, first, second, rule, rule_of(event.id, pair), match_of(event.id, pair)
    )  # fmt: skip
    return Ruling(**{**vars(asked), "refusal": _refusal(asked)})


def explained(asked: Ruling) -> Ruling:
    """Return it with what it means; matches twice, so it takes a moment at a big event."""
    effect = [_meaning(asked), _score(asked), _numbers(asked)]
    warnings = _warnings(asked) if asked.rule is Rule.REQUIRE else []
    return Ruling(**{**vars(asked), "effect": effect, "warnings": warnings})


def _numbers(asked: Ruling) -> str:
    if asked.match is not None:
        return "They have been matched here already, and no two people are introduced twice."
    return numbers(pair_effect.effect(asked.event, asked.pair, asked.rule), asked.rule)


def numbers(change: Effect, rule: Rule | None) -> str:
    """Return in a sentence what a matching would make of it; None takes back what is ruled."""
    if change.people < 2:
        return "Fewer than two people can be matched so far, so nothing else changes."
    number = f"{change.people:,} people"
    who = f"the {number} who are here now" if change.is_here else f"the {number} who may be texted"
    if change.now == change.then and change.is_made == change.would_be:
        verb = "would introduce them" if change.is_made else "would not introduce them"
        return f"Matching {who} {verb} either way, so nothing else changes."
    words = "With this ruling" if rule else "Without the ruling"
    makes = "introduces them" if change.would_be else "does not introduce them"
    now, then = change.now, change.then
    return (
        f"{words}, matching {who} {makes}. It reaches {then.covered:,} of them "
        f"({_more(then.covered - now.covered)}) with {then.pairs:,} pairs "
        f"({_more(then.pairs - now.pairs)}), and scores {then.total:,.2f} in total "
        f"({_higher(then.total - now.total)})."
    )


def match_words(match: EventPeerMatch) -> str:
    """Return how the match of a pair stands, after "they are" or "they were"."""
    if match.cancelled_at is not None:
        return "matched here, and the match was cancelled"
    return {
        MatchState.DECLINED: "introduced here, and one of them said no",
        MatchState.MET_ALREADY: "introduced here, and know each other already",
    }.get(MatchState(match.state), "matched here already")


def _refusal(asked: Ruling) -> str:
    if asked.event.cancelled_at is not None:
        return "The event was cancelled; nobody is matched there any more."
    if asked.current is not None and asked.current.rule == asked.rule:
        return "That is ruled already."
    if asked.rule is Rule.FORBID:
        return ""
    if asked.match is not None:
        is_over = asked.match.cancelled_at is not None or asked.match.state in _ELSEWHERE
        more = " The same two are not matched a second time." if is_over else ""
        verb = "were" if is_over else "are"
        return f"{asked.names} {verb} {match_words(asked.match)}.{more}"
    if pair_effect.share_a_phone(asked.first, asked.second):
        return f"{asked.names} share a phone, so a text to the one would reach the other."
    return ""


def _meaning(asked: Ruling) -> str:
    before = ""
    if asked.current is not None:
        before = f" So far they are {'required' if asked.rule is Rule.FORBID else 'forbidden'}."
    if asked.rule is Rule.FORBID:
        return f"No matching at this event proposes this pair any more.{before}"
    return (
        "The next matching makes this pair whatever its score, as soon as both can be matched. It "
        f"takes one of the {asked.event.max_matches} places that each of the two has; the others "
        f"get the best that is left.{before}"
    )


def _score(asked: Ruling) -> str:
    found = pair_effect.score(asked.event, asked.first, asked.second)
    if found is None:
        return "Their score is not known, since one of the profiles cannot be read."
    return (
        f"Their score is {found.match_score:.2f}; "
        f"a pair needs {asked.event.min_score:.2f} to be chosen."
    )


def _warnings(asked: Ruling) -> list[str]:
    event, found = asked.event, []
    people = {person.id: record_label(person) for person in (asked.first, asked.second)}
    for person, reason in why_not(event.id, asked.pair).items():
        if reason != "eligible":
            found.append(f"{people[person]} {WHY[reason]}: until then the pair can not be made.")
    for person in pair_effect.without_room(event, asked.pair):
        found.append(f"{people[person]} has no place left: {_places(event.max_matches)}.")
    score = pair_effect.score(event, asked.first, asked.second)
    if pair_effect.are_colleagues(asked.first, asked.second):
        found.append("They work for the same company. Colleagues are not introduced otherwise.")
    if score is not None and pair_effect.are_in_one_market(score):
        found.append("They work in the same market, so they may compete for the same customers.")
    if score is not None and score.match_score < float(event.min_score):
        found.append("Their score is below what the event asks of a pair.")
    settled = settled_elsewhere(event.id, asked.pair)
    if settled is not None:
        what = _ELSEWHERE[MatchState(settled.state)].format(settled.event.name)
        found.append(f"They were {what}. They are not introduced again otherwise.")
    return found


def _places(most: int) -> str:
    if most == 1:
        return "1 introduction stands or is required already. The pair is made once it falls away"
    words = f"{most} introductions stand or are required already"
    return f"{words}. The pair is made once one of them falls away"


def _more(difference: int) -> str:
    if not difference:
        return "as many as otherwise"
    return f"{abs(difference):,} {'more' if difference > 0 else 'fewer'}"


def _higher(difference: float) -> str:
    if abs(difference) < 0.005:
        return "the same"
    return f"{abs(difference):,.2f} {'more' if difference > 0 else 'less'}"
