"""Who can be given at least one partner, and by which pairs.

Let everyone who still needs a partner pick one eligible partner, where nobody may be picked more
often than they have room. Any valid set of pairs yields such picks (each covered person picks one
of their own pairs), so the largest number of picks, a bipartite maximum flow found by augmenting
paths (Ford and Fulkerson), bounds the coverage. In the other direction, picks form a graph in which
everyone has one arrow out; dropping the arrow of whoever is already the goal of a kept arrow leaves
stars that cover the same people, with at most `room` pairs each. Only an odd ring of people who
all have room for one cannot be cut that way. So the bound is met, and both are exact, unless such a
ring remains (star packing: Hell and Kirkpatrick, SIAM J. Algebraic Discrete Methods 5, 1984).
"""

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from matching.demand import Demand
from matching.pool import Edges, joined

Neighbours = Callable[[int], Sequence[int]]
MorePairs = Callable[[Sequence[int]], Edges]
_NOBODY = -1


def cover(
    demand: Demand, edges: Edges, more: MorePairs | None = None
) -> tuple[list[tuple[int, int]], int]:
    """Find pairs that cover as many as possible of those who want a partner, and a bound on that.

    Parameters
    ----------
    edges : pairs open to choice, each person's best first.
    more : lists *all* pairs of the people it is given, where `edges` are only some. The search asks
        for those of everybody who stands in the way of somebody left out; when they bring nothing
        new, the bound holds for all pairs (Hall's condition is broken there for good).

    Returns
    -------
    tuple
        pairs, and the most people who can have a partner (see the module for when both agree).
    """
    room = demand.room.tolist()
    while True:
        options = np.bincount(np.concatenate((edges.first, edges.second)), minlength=demand.n)
        order = np.argsort(options, kind="stable")
        wanting: list[int] = order[demand.wants[order]].tolist()
        picks, stuck = pick_partners(wanting, best_first_neighbours(demand.n, edges), room)
        if more is None or not stuck:
            return cut_to_stars(picks, room), len(picks)
        found = more(stuck)
        new = ~np.isin(found.keys(demand.n), edges.keys(demand.n))
        if not new.any():
            return cut_to_stars(picks, room), len(picks)
        edges = joined([edges, found.where(new)])


def best_first_neighbours(n: int, edges: Edges) -> Neighbours:
    """Index pairs by person; the result lists a person's partners, best first."""
    person = np.stack((edges.first, edges.second), axis=1).ravel()
    partner = np.stack((edges.second, edges.first), axis=1).ravel()
    order = np.argsort(person, kind="stable")
    starts = np.searchsorted(person[order], np.arange(n + 1))
    partner = partner[order]

    def neighbours(who: int) -> Sequence[int]:
        found: list[int] = partner[starts[who] : starts[who + 1]].tolist()
        return found

    return neighbours


def pick_partners(
    wanting: Sequence[int], neighbours: Neighbours, room: Sequence[int]
) -> tuple[dict[int, int], list[int]]:
    """Let as many people as possible pick a partner.

    Parameters
    ----------
    wanting : who needs a partner, fewest options first: they choose in this order, returning the
        pick of somebody who picked them where that is possible, else their best.
    room : how often each person may be picked.

    Returns
    -------
    tuple
        picker to picked, as many entries as any rule could reach; and who is left out, with
        everybody whose pick stands in their way. O(people x pairs) at worst.
    """
    pickers: list[list[int]] = [[] for _ in room]
    picks: dict[int, int] = {}
    for who in wanting:
        open_to = [p for p in pickers[who] if len(pickers[p]) < room[p]]
        choice = open_to or (p for p in neighbours(who) if len(pickers[p]) < room[p])
        partner = next(iter(choice), _NOBODY)
        if partner != _NOBODY:
            picks[who] = partner
            pickers[partner].append(who)
    # A partner reached by a search that failed can never help a later one, so `seen` is kept.
    seen: set[int] = set()
    for who in wanting:
        if who not in picks:
            _augment(who, neighbours, room, picks, pickers, seen)
    stuck = {who for who in wanting if who not in picks}
    stuck.update(picker for partner in seen for picker in pickers[partner])
    return picks, sorted(stuck) if len(picks) < len(wanting) else []


def _augment(
    start: int,
    neighbours: Neighbours,
    room: Sequence[int],
    picks: dict[int, int],
    pickers: list[list[int]],
    seen: set[int],
) -> None:
    reached_by: dict[int, int] = {}
    queue = deque([start])
    while queue:
        who = queue.popleft()
        for partner in neighbours(who):
            if partner in seen or partner in reached_by:
                continue
            reached_by[partner] = who
            if len(pickers[partner]) < room[partner]:
                _shift(partner, reached_by, picks, pickers, start)
                return
            queue.extend(pickers[partner])
    seen.update(reached_by)


def _shift(
    partner: int,
    reached_by: dict[int, int],
    picks: dict[int, int],
    pickers: list[list[int]],
    start: int,
) -> None:
    while True:
        who = reached_by[partner]
        former = picks.get(who, _NOBODY)
        picks[who] = partner
        pickers[partner].append(who)
        if who == start:
            return
        pickers[former].remove(who)
        partner = former


def cut_to_stars(picks: dict[int, int], room: Sequence[int]) -> list[tuple[int, int]]:
    """Keep only the picks that somebody needs: (picker, picked), within everybody's room."""
    waiting = [0] * len(room)
    for partner in picks.values():
        waiting[partner] += 1
    used = [0] * len(room)
    kept: list[tuple[int, int]] = []
    decided: set[int] = set()

    def decide(start: int) -> None:
        who = start
        while who in picks and who not in decided:
            decided.add(who)
            partner = picks[who]
            if not used[who] and used[partner] < room[partner]:
                kept.append((who, partner))
                used[who] += 1
                used[partner] += 1
            waiting[partner] -= 1
            if waiting[partner]:
                return
            who = partner

    for who in sorted(picks):
        if not waiting[who]:
            decide(who)
    # Only rings are left. Begin where a pick can be dropped, else where two fit.
    for who in sorted(picks, key=lambda p: (not used[p], room[p] < 2, p)):
        decide(who)
    return kept
