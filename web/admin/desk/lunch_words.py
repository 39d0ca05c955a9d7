"""Owns how moving lunch reads beforehand: what moves, in numbers, and what speaks against it."""

from datetime import timedelta

from models import introduction_moves
from models.agenda_item import EventAgendaItem
from web.admin.desk.departures import span_words
from web.admin.desk.lunch import MATCHED, Move
from web.admin.message_actions import texts


def effect(move: Move) -> list[str]:
    """Say what will move, in numbers."""
    facts, lunch = move.facts, move.lunch
    was = facts.spread(lunch.start_time, lunch.end_time)
    becomes = facts.spread(move.starts, move.ends)
    way = "later" if move.by > timedelta(0) else "earlier"
    return [
        f"Lunch is {span_words(abs(move.by))} {way}: {becomes} instead of {was}.",
        _showcase_words(move),
        _matching_words(move),
        _introduction_words(move),
        _untouched_words(move),
    ]


def warnings(move: Move) -> list[str]:
    """Say what speaks against the new time: before the doors, after the end, over something."""
    return [*_outside_words(move), *_overlap_words(move)]


def _showcase_words(move: Move) -> str:
    number = len(move.showcases)
    if not number:
        return ""
    return f"{number} sponsor {'showcase moves' if number == 1 else 'showcases move'} with it."


def _matching_words(move: Move) -> str:
    event, facts = move.facts.event, move.facts
    if event.matching_status in MATCHED:
        return "Matching is done, and stays as it is."
    if move.matching_at <= facts.now:
        return f"Matching would be due at {facts.clock(move.matching_at)}, so it runs at once."
    was = f"from {facts.clock(event.matching_at)} " if event.matching_at else ""
    return f"Matching moves {was}to {facts.clock(move.matching_at)}."


def _introduction_words(move: Move) -> str:
    event, facts = move.facts.event, move.facts
    waiting, held = introduction_moves.count(event, move.introductions_at)
    was = f"from {facts.clock(event.introductions_at)} " if event.introductions_at else ""
    words = f"Introductions move {was}to {facts.clock(move.introductions_at)}"
    if move.introductions_at <= facts.now:
        once = "once approved" if event.awaits_approval else "at once"
        words = f"{words}, which is past: they leave {once}"
    waits = "waits" if waiting == 1 else "wait"
    moved = f"{texts(waiting)} that {waits}" if waiting else "no text waits for it yet"
    return f"{words}: {moved}{f', and {texts(held)} on hold' if held else ''}."


def _untouched_words(move: Move) -> str:
    found = move.facts.texts
    parts = []
    if found.introductions.left:
        parts.append(f"{found.introductions.left:,} introductions that have left")
    if found.in_the_air:
        parts.append(f"{texts(found.in_the_air)} being sent right now")
    return f"Not touched: {' and '.join(parts)}." if parts else ""


def _staying(move: Move) -> list[EventAgendaItem]:
    moving = {move.lunch.id, *(item.id for item in move.showcases)}
    return [item for item in move.facts.agenda if item.id not in moving]


def _outside_words(move: Move) -> list[str]:
    facts, others = move.facts, _staying(move)
    if not others:
        return []
    first, last = others[0], max(others, key=lambda item: item.end_time)
    said = []
    if move.starts < first.start_time:
        opens = facts.clock(first.start_time)
        said.append(f"Lunch would begin before the day does: “{first.title}” is at {opens}.")
    if move.ends > last.end_time:
        verb = "begin" if move.starts >= last.end_time else "end"
        ends = facts.clock(last.end_time)
        said.append(f"Lunch would {verb} after the day is over: “{last.title}” ends at {ends}.")
    return said


def _overlap_words(move: Move) -> list[str]:
    facts = move.facts
    clashes = [
        item
        for item in _staying(move)
        if item.start_time < move.ends and item.end_time > move.starts
    ]
    return [
        f"It then overlaps with “{item.title}” ({facts.spread(item.start_time, item.end_time)}), "
        "which stays."
        for item in clashes
    ]
