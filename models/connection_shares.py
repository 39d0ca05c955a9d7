"""Owns sharing out the connections that a server allows us among the processes of the Procfile."""

from dataclasses import dataclass

# So that a release, and a person with a command line, find room beside what runs.
KEPT_FREE = 2
WORKER_QUEUES = 3
LEAST_OF_WEB = 1
# One for the planner, and one for whatever it wakes up.
LEAST_OF_WORKER = 2


@dataclass(frozen=True)
class Formation:
    """How many processes and threads run, as the Procfile says."""

    web_processes: int = 1
    web_threads: int = 8
    worker_processes: int = 2
    worker_threads: int = 8


@dataclass(frozen=True)
class Shares:
    """The most connections of one web process and of one worker process."""

    web: int
    worker: int


def database_shares(allowed: int, formation: Formation) -> Shares:
    """Share out PostgreSQL: each thread, the planner and its alerts use one, its lock another.

    Raises
    ------
    ValueError
        Saying how many are needed.
    """
    locks = formation.worker_processes
    return _shares(
        allowed,
        formation,
        apart=locks,
        web_wants=formation.web_threads,
        worker_wants=formation.worker_threads + 2,
    )


def redis_shares(allowed: int, formation: Formation) -> Shares:
    """Share out Redis: each thread and the planner use one, and two threads listen to each queue.

    Raises
    ------
    ValueError
        Saying how many are needed.
    """
    return _shares(
        allowed,
        formation,
        apart=0,
        web_wants=formation.web_threads,
        worker_wants=formation.worker_threads + 1 + 2 * WORKER_QUEUES,
    )


def _shares(
    allowed: int, formation: Formation, *, apart: int, web_wants: int, worker_wants: int
) -> Shares:
    """Give everybody the least, and what is left by what each could still use."""
    webs, workers = formation.web_processes, formation.worker_processes
    needed = KEPT_FREE + apart + webs * LEAST_OF_WEB + workers * LEAST_OF_WORKER
    if allowed < needed:
        raise ValueError(f"at least {needed} for {webs} web and {workers} worker processes")
    web_more, worker_more = web_wants - LEAST_OF_WEB, worker_wants - LEAST_OF_WORKER
    more = webs * web_more + workers * worker_more
    left = min(allowed - needed, more)
    return Shares(
        web=LEAST_OF_WEB + left * web_more // max(1, more),
        worker=LEAST_OF_WORKER + left * worker_more // max(1, more),
    )
