"""n8n that is plainly down gets no texts, one probe at a time finds out when it is back."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from actors.n8n.outcomes import Outcome, Verdict
from actors.sending import breaker
from models.base import db

ACCEPTED = Outcome(Verdict.ACCEPTED)
REFUSED = Outcome(Verdict.NOT_ACCEPTED, "n8n refused the connection")
UNKNOWN = Outcome(Verdict.UNKNOWN, "n8n answered 500")
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    breaker.forget()
    yield
    breaker.forget()


def fail(now: datetime, times: int, outcome: Outcome = REFUSED) -> datetime:
    """Fail so many times, a tenth of a second apart, and return when the last one was."""
    for number in range(times):
        breaker.note(outcome, now + number * SECOND / 10)
    return now + (times - 1) * SECOND / 10


def bring_down(now: datetime) -> datetime:
    at = fail(now, 5)
    assert breaker.state().is_down
    return at


def test_nothing_known_admits_texts(now: datetime) -> None:
    assert breaker.admits(now)
    assert breaker.state().state == "up"


@pytest.mark.parametrize("outcome", [REFUSED, UNKNOWN])
def test_five_failures_in_a_row_are_plainly_down(now: datetime, outcome: Outcome) -> None:
    at = fail(now, 4, outcome)
    assert breaker.admits(at)
    assert breaker.state().state == "trouble"
    breaker.note(outcome, at + SECOND / 10)
    assert not breaker.admits(at + SECOND / 10)
    known = breaker.state()
    assert (known.state, known.since, known.reason) == ("down", now, outcome.reason)


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REJECTED, Verdict.UNDECIDABLE])
def test_any_answer_that_judges_the_text_ends_the_streak(now: datetime, verdict: Verdict) -> None:
    at = fail(now, 4)
    breaker.note(Outcome(verdict, "n8n answered"), at + SECOND)
    at = fail(at + 2 * SECOND, 4)
    assert breaker.admits(at)


def test_a_success_in_another_process_ends_the_streak(now: datetime) -> None:
    fail(now, 4)
    breaker.forget()
    breaker.note(ACCEPTED, now + SECOND)
    assert breaker.state().state == "up"
    assert breaker.state().since == now + SECOND


def test_failures_of_one_instant_do_not_count_where_others_just_went_well(now: datetime) -> None:
    """Whoever succeeded has not seen the streak yet, and so has not ended it."""
    breaker.note(ACCEPTED, now)
    for _ in range(6):
        breaker.note(REFUSED, now + SECOND / 20)
    assert breaker.admits(now + SECOND / 20)
    breaker.note(REFUSED, now + SECOND / 2)
    assert not breaker.admits(now + SECOND / 2)


def test_texts_that_all_time_out_at_once_open_it_at_once(now: datetime) -> None:
    breaker.note(ACCEPTED, now)
    for _ in range(5):
        breaker.note(UNKNOWN, now + 12 * SECOND)
    assert not breaker.admits(now + 12 * SECOND)


@pytest.mark.parametrize("processes", [1, 8])
def test_a_third_of_failures_hardly_ever_shuts_it(
    now: datetime, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 100 a second; each process has its own memory, all share the row."""
    chance = random.Random(6)
    memories = [breaker._Memory() for _ in range(processes)]
    shut = 0
    for number in range(1000):
        monkeypatch.setattr(breaker, "_memory", memories[number % processes])
        at = now + number * SECOND / 100
        if breaker.take_probe(at):
            breaker.note(ACCEPTED, at)
        if not breaker.admits(at):
            shut += 1
            continue
        breaker.note(UNKNOWN if chance.random() < 0.3 else ACCEPTED, at)
    assert shut <= 50


def test_while_down_the_first_failure_keeps_its_place(now: datetime) -> None:
    at = bring_down(now)
    breaker.note(UNKNOWN, at + SECOND)
    assert breaker.state().since == now


def test_it_is_probed_every_two_seconds(now: datetime) -> None:
    at = bring_down(now)
    probes = [step for step in range(100) if breaker.take_probe(at + step * SECOND / 10)]
    assert probes == [20, 40, 60, 80]


def test_nobody_probes_what_is_up(now: datetime) -> None:
    assert not breaker.take_probe(now)


@pytest.mark.commits
def test_two_leaders_probe_once(now: datetime) -> None:
    at = bring_down(now) + 3 * SECOND

    def probe(_: int) -> bool:
        with db.connection_context():
            return breaker.take_probe(at)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(probe, range(8))) == 1


def test_texts_that_try_it_and_fail_double_the_pause_up_to_half_a_minute(now: datetime) -> None:
    at = bring_down(now)
    pauses = []
    for _ in range(6):
        at = breaker.state().next_probe_at or at
        assert breaker.take_probe(at)
        breaker.risk(at)
        breaker.note(REFUSED, at)
        following = breaker.state().next_probe_at
        assert following is not None
        pauses.append((following - at).total_seconds())
    assert pauses == [2, 4, 8, 16, 30, 30]


def test_a_text_that_gets_through_brings_it_up(now: datetime) -> None:
    at = bring_down(now) + 3 * SECOND
    assert breaker.take_probe(at)
    breaker.risk(at)
    breaker.note(ACCEPTED, at + SECOND)
    assert breaker.admits(at + SECOND)
    assert breaker.state().state == "up"
    assert breaker.state().next_probe_at is None


def test_half_open_one_more_failure_shuts_it_again(now: datetime) -> None:
    at = bring_down(now) + 3 * SECOND
    breaker.half_open(at)
    assert breaker.admits(at)
    breaker.note(REFUSED, at + SECOND)
    assert not breaker.admits(at + SECOND)
    assert breaker.state().since == now, "it is the same outage"


def test_two_refusals_for_being_too_many_stop_nobody_else(now: datetime) -> None:
    too_many = Outcome(Verdict.NOT_ACCEPTED, "n8n answered 429", too_many=True)
    fail(now, 2, too_many)
    assert breaker.admits(now + SECOND)


def test_the_third_refusal_in_a_row_quiets_all_for_as_long_as_n8n_asks(now: datetime) -> None:
    too_many = Outcome(
        Verdict.NOT_ACCEPTED, "n8n answered 429", too_many=True, retry_after_seconds=7
    )
    at = fail(now, 3, too_many)
    assert breaker.state().quiet_until == at + 7 * SECOND
    assert not breaker.admits(at + 6.9 * SECOND)
    assert breaker.admits(at + 7 * SECOND)
    breaker.note(ACCEPTED, at + SECOND)
    assert not breaker.admits(at + 2 * SECOND), "a text that was in the air ends no pause"


def test_refusals_are_no_outage(now: datetime) -> None:
    too_many = Outcome(Verdict.NOT_ACCEPTED, "n8n answered 429", too_many=True)
    fail(now, 20, too_many)
    assert not breaker.state().is_down


@pytest.mark.commits
def test_a_lost_database_is_no_error_of_the_text(now: datetime) -> None:
    db.close()
    try:
        breaker.note(REFUSED, now)
    finally:
        db.connect(reuse_if_open=True)
