"""Owns an event's setting of whether introductions wait for approval, as its form has it."""

from typing import Any

from wtforms.fields.choices import SelectChoice

from models import approval
from models.event import Approval, Event
from web.admin.desk.sending import useful_minutes
from web.admin.labels import code_label
from web.admin.saving import Refused, Saved

FIELDS = ("approval", "approval_wait_minutes")
FORM_ARGS: dict[str, dict[str, Any]] = {
    "approval": {
        "choices": [SelectChoice(mode.value, code_label(mode)) for mode in Approval],
        "description": "Matches are made as usual; their texts wait for a click on the desk.",
    },
    "approval_wait_minutes": {
        "description": "Counted from the time at which introductions leave; 0: at that time."
    },
}


def check(event: Event) -> None:
    """Refuse a deadline at which an introduction is of no use any more.

    Raises
    ------
    Refused
        With the reason for a person.
    """
    useful = useful_minutes()
    if event.approval == Approval.UNTIL_DEADLINE and event.approval_wait_minutes >= useful:
        raise Refused(
            f"An introduction is of use for {useful} minutes after its time, so it can wait for "
            "an approval only for less than that."
        )


def forget_approval(event: Any, stored: Event) -> None:
    """Let an approval that was given under another setting count no longer."""
    if stored.approval != event.approval:
        event.approved_at = event.approved_by = None


def follow(event: Event, saved: Saved) -> None:
    """Hold introductions that wait, or let them go, after a changed setting."""
    if "approval" in saved.changed:
        approval.follow(Event.get_by_id(event.id), now=saved.now)
