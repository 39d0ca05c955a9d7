"""Invented tasks for the solver, without profiles: pairs, scores and places."""

import numpy as np
from hypothesis import strategies as st

from matching.demand import Demand
from matching.pool import Edges

Pairs = dict[tuple[int, int], float]
Task = tuple[Demand, Edges, Pairs]


def task_of(
    n: int, pairs: list[tuple[int, int]], room: list[int], scores: list[float] | None = None
) -> Task:
    """Order pairs by falling score; everybody with an open pair wants a partner."""
    values = scores if scores is not None else np.linspace(0.9, 0.6, len(pairs)).tolist()
    known = {p: s for p, s in zip(pairs, values, strict=True) if room[p[0]] and room[p[1]]}
    first, second = np.array(list(known), dtype=np.int64).reshape(-1, 2).T
    total = np.array(list(known.values()), dtype=np.float64)
    order = np.argsort(-total, kind="stable")
    wants = np.zeros(n, dtype=np.bool_)
    wants[first] = wants[second] = True
    edges = Edges(first[order], second[order], total[order])
    return Demand(np.array(room, dtype=np.int64), wants), edges, known


@st.composite
def small_tasks(draw: st.DrawFn, least_room: int = 0) -> Task:
    """At most eight people and nine pairs, few enough to try every choice."""
    n = draw(st.integers(2, 8))
    possible = [(i, j) for i in range(n) for j in range(i + 1, n)]
    pairs = draw(st.lists(st.sampled_from(possible), unique=True, max_size=9))
    room = draw(st.lists(st.integers(least_room, 3), min_size=n, max_size=n))
    score = st.one_of(st.floats(0.6, 1), st.sampled_from([0.6, 0.65, 0.7, 0.9]))
    scores = draw(st.lists(score, min_size=len(pairs), max_size=len(pairs)))
    return task_of(n, pairs, room, scores)
