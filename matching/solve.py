"""Candidate edges to chosen pairs; knows row numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Edges
from matching.cover import best_first_neighbours, cut_to_stars, pick_partners
from matching.encode import Flags, Ints

RowPair = tuple[int, int]


@dataclass(frozen=True)
class Chosen:
    """Pairs of rows, `first < second`, the fixed ones included, and the method that found them."""

    pairs: list[RowPair]
    strategy: str


@dataclass(frozen=True)
class Task:
    """What is to be solved.

    Attributes
    ----------
    edges : every eligible pair that is not already fixed, best first.
    fixed : pairs that are in whatever their score.
    room : (n,) int64, places that each person has left beside the fixed pairs.
    candidates_per_person : see `Rules`.
    """

    n: int
    edges: Edges
    fixed: list[RowPair]
    room: Ints
    candidates_per_person: int | None = None


def fewest_options_first(task: Task, stars: Sequence[RowPair]) -> Chosen:
    """Cover everybody coverable by the given stars, then fill by best score."""
    return Chosen(_fill(task, [tuple_sorted(pair) for pair in stars]), "fewest_options_first")


def greedy(task: Task) -> Chosen:
    """Take the best pair of the room that still fits, again and again."""
    return Chosen(_fill(task, []), "greedy")


def top_k(task: Task) -> Chosen:
    """Join everybody's own best list; nothing stops a person from being on many lists."""
    edges = task.edges.where(among_best(task.n, task.edges, task.room))
    pairs = zip(edges.first.tolist(), edges.second.tolist(), strict=True)
    return Chosen(sorted({*task.fixed, *pairs}), "top_k")


def cover(task: Task) -> tuple[list[RowPair], int]:
    """Find pairs that cover as many people as possible, and an upper bound on that number.

    Returns
    -------
    tuple
        the pairs beside the fixed ones, and the most people who can have a partner (see
        `matching.cover` for when the two agree).
    """
    has_partner = {who for pair in task.fixed for who in pair}
    options = np.bincount(np.concatenate((task.edges.first, task.edges.second)), minlength=task.n)
    wanting = [
        who
        for who in np.argsort(options, kind="stable").tolist()
        if task.room[who] > 0 and who not in has_partner
    ]
    room = task.room.tolist()
    usable = task.edges.where(
        (task.room[task.edges.first] > 0) & (task.room[task.edges.second] > 0)
    )
    picks = pick_partners(wanting, best_first_neighbours(task.n, usable), room)
    return cut_to_stars(picks, room), len(has_partner) + len(picks)


def among_best(n: int, edges: Edges, limit: Ints) -> Flags:
    """Mark, (m,), the pairs that are among the best `limit[i]` of either of their people."""
    keep = np.zeros(len(edges.total), dtype=np.bool_)
    keep[half_edges(n, edges, limit)] = True
    return keep


def half_edges(n: int, edges: Edges, limit: Ints) -> Ints:
    """List each person's best `limit[i]` pairs by position; one in two lists comes twice."""
    person = np.stack((edges.first, edges.second), axis=1).ravel()
    order = np.argsort(person, kind="stable")
    sorted_person = person[order]
    starts = np.searchsorted(sorted_person, np.arange(n))
    rank = np.arange(len(person)) - starts[sorted_person]
    positions: Ints = order[rank < limit[sorted_person]] // 2
    return positions


def tuple_sorted(pair: RowPair) -> RowPair:
    """Put the smaller row first."""
    return (min(pair), max(pair))


def _fill(task: Task, seeds: list[RowPair]) -> list[RowPair]:
    room = task.room.tolist()
    chosen = set(task.fixed)
    for pair in seeds:
        chosen.add(pair)
        for who in pair:
            room[who] -= 1
    if task.candidates_per_person is not None:
        limit = np.full(task.n, task.candidates_per_person)
        _take_best(task.edges.where(among_best(task.n, task.edges, limit)), room, chosen)
        lonely = np.ones(task.n, dtype=np.bool_)
        lonely[[who for pair in chosen for who in pair]] = False
        _take_best(
            task.edges.where(lonely[task.edges.first] | lonely[task.edges.second]), room, chosen
        )
    else:
        _take_best(task.edges, room, chosen)
    return sorted(chosen)


def _take_best(edges: Edges, room: list[int], chosen: set[RowPair]) -> None:
    for pair in zip(edges.first.tolist(), edges.second.tolist(), strict=True):
        if room[pair[0]] > 0 and room[pair[1]] > 0 and pair not in chosen:
            chosen.add(pair)
            room[pair[0]] -= 1
            room[pair[1]] -= 1
