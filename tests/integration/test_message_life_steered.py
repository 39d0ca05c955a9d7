"""The same life of a text, with an organiser who pauses the event and asks to be asked."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from actors.control import approvals, event_sending
from actors.planning import text_wake_ups
from actors.sending import recording
from models.claiming import Claim
from models.config import Config
from models.event import Approval, Event
from models.message import EventMessage
from models.message_status import MessageCategory, MessageType
from tests.integration.test_message_life import MessageLife

BY = "Olu"


class SteeredLife(MessageLife):
    @rule(what=st.sampled_from(["pause", "resume", "approve", "require", "set_a_deadline", "stop"]))
    def an_organiser_steers(self, what: str) -> None:
        getattr(self, what)(self.day.event.id)

    @rule()
    def the_planner_settles_approvals(self) -> None:
        approvals.settle(now=self.now, config=self.settings)

    def pause(self, event_id: int) -> None:
        event_sending.pause(event_id, by=BY, now=self.now)

    def resume(self, event_id: int) -> None:
        event_sending.resume(event_id)

    def approve(self, event_id: int) -> None:
        event_sending.approve(event_id, by=BY, now=self.now)

    def require(self, event_id: int) -> None:
        event_sending.require_approval(event_id)

    def set_a_deadline(self, event_id: int) -> None:
        Event.update(
            approval=Approval.UNTIL_DEADLINE, approval_wait_minutes=1, approved_at=None
        ).where(Event.id == event_id).execute()

    def stop(self, event_id: int) -> None:
        event_sending.stop_asking(event_id, now=self.now)

    def may_be_claimed(self, row: EventMessage, claim: Claim) -> None:
        super().may_be_claimed(row, claim)
        if row.event_id is None or row.message_category == MessageCategory.COMPLIANCE:
            return
        event = Event.get_by_id(row.event_id)
        assert not event.is_paused
        is_new = row.parts_sent == 0 and not row.is_doubtful
        if row.message_type == MessageType.INTRODUCTION and is_new:
            assert event.approval != Approval.REQUIRED or event.approved_at is not None


def test_a_steered_text_arrives_once_at_most_and_never_while_it_may_not(
    config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_wake_ups, "send_at", lambda *_: None)
    monkeypatch.setattr(recording._jitter, "uniform", lambda low, high: (low + high) / 2)
    fitting = replace(config, n8n_drops_repeats=True, text_limit_characters=160)
    run_state_machine_as_test(
        partial(SteeredLife, fitting, now),
        settings=settings(
            max_examples=10,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
