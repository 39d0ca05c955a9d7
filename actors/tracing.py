"""Owns that a job's log lines name the request that caused it, and the rows that it is about."""

import inspect
from functools import cache
from typing import Any

import dramatiq

from models import log_context

_IDS = {"message_id", "event_id"}


class CarriesRequestId(dramatiq.Middleware):
    """Sends the request's id along with a job, and names it on each line that the job logs.

    A job that no request caused, such as the planner's, gets an id of its own.
    """

    def before_enqueue(self, broker: dramatiq.Broker, message: Any, delay: int | None) -> None:
        """Write the id on the job; one that comes back from its delay has it already."""
        known = log_context.request_id() or log_context.new_request_id()
        message.options.setdefault(log_context.REQUEST_ID, known)

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Begin: what is logged from here on is about this job."""
        known = message.options.get(log_context.REQUEST_ID) or log_context.new_request_id()
        names = _arguments(broker.get_actor(message.actor_name))
        given = {**dict(zip(names, message.args, strict=False)), **message.kwargs}
        rows = {name: value for name, value in given.items() if name in _IDS}
        log_context.begin(request_id=known, actor=message.actor_name, **rows)

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        """End."""
        log_context.begin()

    after_skip_message = after_process_message


@cache
def _arguments(actor: dramatiq.Actor[Any, Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(actor.fn).parameters)
