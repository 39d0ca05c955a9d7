"""However many processes run, all of their connections together stay within what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.connection_shares import KEPT_FREE, Formation, Shares, database_shares, redis_shares

PROCESSES = st.integers(1, 16)
THREADS = st.integers(1, 64)
FORMATIONS = st.builds(Formation, PROCESSES, THREADS, PROCESSES, THREADS)


def together(shares: Shares, formation: Formation, apart: int) -> int:
    webs = formation.web_processes * shares.web
    return KEPT_FREE + apart + webs + formation.worker_processes * shares.worker


@given(FORMATIONS, st.integers(2, 600))
def test_all_together_stay_within_what_is_allowed(formation, allowed):
    try:
        database = database_shares(allowed, formation)
        redis = redis_shares(allowed, formation)
    except ValueError:
        return
    assert together(database, formation, formation.worker_processes) <= allowed
    assert together(redis, formation, 0) <= allowed
    assert min(database.web, redis.web) >= 1
    assert min(database.worker, redis.worker) >= 2
    assert database.web <= formation.web_threads
    assert database.worker <= formation.worker_threads + 2


@given(FORMATIONS)
def test_where_there_is_room_every_thread_has_its_own(formation):
    shares = database_shares(10_000, formation)
    assert shares == Shares(formation.web_threads, formation.worker_threads + 2)


def test_a_small_plan_and_the_default_sizes():
    assert database_shares(20, Formation()) == Shares(web=4, worker=5)
    assert redis_shares(20, Formation()) == Shares(web=3, worker=7)


def test_too_few_are_refused_with_how_many_it_takes():
    with pytest.raises(ValueError, match="at least 9 for 1 web and 2 worker processes"):
        database_shares(8, Formation())
    assert database_shares(9, Formation()) == Shares(web=1, worker=2)
