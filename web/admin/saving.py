"""Owns changing rows: one transaction a save, nobody sees SQL, every change is in the audit log."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, request
from peewee import DataError, IntegrityError
from wtforms import ValidationError

from models import clock
from models.base import db
from web.admin import stale_forms
from web.admin.deeds import record_change
from web.admin.list_export import ExportingView
from web.auth import AccountError

logger = logging.getLogger(__name__)

_STALE_TOKEN = "This page was open for too long. Nothing is lost: press the button again."  # noqa: S105
_CONSTRAINTS = {
    "event_attendees_event_id_contractor_id": "This person is on the event's list already.",
    "event_attendees_event_id_qr_code_data": "Another badge of this event has this code.",
    "admin_users_email_lower": "Somebody with this e-mail address exists already.",
    "ends_after_start": "The end must be later than the start.",
    "session_ends_after_start": "A session must end later than it starts.",
    "min_score_range": "The lowest score is between 0 and 1.",
    "max_same_market_miles_range": "Markets count as the same within 1 to 500 miles.",
    "max_matches_range": "A person can have 1 to 20 matches.",
    "matching_lead_not_negative": "The minutes before lunch can not be negative.",
    "introduction_delay_not_negative": "The minutes after lunch starts can not be negative.",
    "reminder_minutes_range": "A reminder comes after 1 to 240 minutes.",
    "approval_wait_minutes_range": "Introductions wait 0 to 240 minutes for an approval.",
    "session_duration_range": "A session lasts 5 to 480 minutes.",
}


_CLASH = (
    "Not saved yet: somebody else changed {} while this page was open, as it says there. "
    "Press the button again if yours is right."
)
_JUST_NOW = "Not saved yet: somebody else changed this at that very moment. Press the button again."


class Refused(ValidationError):
    """The change is not allowed; the message tells a person why."""


@dataclass(frozen=True)
class Saved:
    """What a save did.

    Attributes
    ----------
    before : dict
        The row's columns as they were; empty for a new row.
    changed : set of str
        Columns and inline lists that differ now.
    """

    is_new: bool
    before: dict[str, Any]
    changed: set[str]
    now: datetime


class SavingView(ExportingView):
    """Hooks run inside the save's transaction, and get the time it happens at.

    Override `before_save`, `after_save` and `refuse_delete`; raise `Refused` to undo everything.
    """

    def before_save(self, form: Any, row: Any, *, is_new: bool, now: datetime) -> None:
        """Complete or refuse the row, which holds what was typed but is not saved."""

    def after_save(self, form: Any, row: Any, saved: Saved) -> None:
        """Do what follows from the change."""

    def after_delete(self, row: Any, *, now: datetime) -> None:
        """Do what follows from the deletion."""

    def refuse_delete(self, row: Any) -> str | None:
        """Return why this row must stay, or None."""
        return None

    def validate_form(self, form: Any) -> bool:
        """Check the form; a missing or foreign token answers 400."""
        valid = bool(super().validate_form(form))
        if not valid and "csrf_token" in form.errors:
            g.admin_status = 400
            flash(_STALE_TOKEN, "error")
        return valid

    def form_marks(self, form: Any) -> str:
        """Return what the page keeps, to see later whether somebody else changed something."""
        if request.method == "GET":
            return stale_forms.marks_of(form)
        kept: str = g.get("form_marks") or request.form.get(stale_forms.NAME, "")
        return kept

    def create_model(self, form: Any) -> Any:
        """Save a new row and what belongs to it; False when any part was refused."""
        row = self.model()
        return (
            row if self._in_one_transaction(lambda now: self._save(form, row, True, now)) else False
        )

    def update_model(self, form: Any, model: Any) -> bool:
        """Save the changed columns of a row; False when any part was refused."""
        return self._in_one_transaction(lambda now: self._save(form, model, False, now))

    def delete_model(self, model: Any) -> bool:
        """Delete one row, if nothing that must be kept hangs on it."""
        return self._in_one_transaction(lambda now: self._delete(model, now))

    def _in_one_transaction(self, work: Callable[[datetime], None]) -> bool:
        try:
            with db.atomic():
                work(clock.now())
        except stale_forms.Changed as clash:
            g.form_marks = clash.marks
            flash(_CLASH.format(" and ".join(f"“{label}”" for label in clash.labels)), "error")
        except (ValidationError, AccountError) as error:
            flash(str(error), "error")
        except IntegrityError as error:
            flash(_explain(error), "error")
        except DataError:
            flash("A value is too large or of the wrong kind.", "error")
        else:
            return True
        return False

    def _save(self, form: Any, row: Any, is_new: bool, now: datetime) -> None:
        before = {} if is_new else dict(row.__data__)
        if not is_new:
            stored = self._edit_form_class(None, obj=row)
            self.on_form_prefill(stored, row.id)
            stale_forms.follow(form, stored, request.form.get(stale_forms.NAME, ""))
        form.populate_obj(row)
        self.before_save(form, row, is_new=is_new, now=now)
        changed = {name for name, value in row.__data__.items() if before.get(name) != value}
        if is_new:
            row.save(force_insert=True)
        elif changed:
            self._lock_unchanged(row, before, changed)
            row.updated_at = now
            row.save(only=[*changed, "updated_at"])
        kind = "created" if is_new else "changed"
        if changed or is_new:
            record_change(row, kind, changed, now=now)
        changed |= self._save_lists(form, row, now)
        self.after_save(form, row, Saved(is_new, before, changed, now))

    def _lock_unchanged(self, row: Any, before: dict[str, Any], changed: set[str]) -> None:
        """Lock the row, as saving does; refuse what somebody else changed since it was read."""
        is_it = self.model.id == row.id
        stored = self.model.select().where(is_it).for_update("FOR NO KEY UPDATE").get_or_none()
        if stored is None or any(stored.__data__[name] != before[name] for name in changed):
            raise Refused(_JUST_NOW)

    def _save_lists(self, form: Any, row: Any, now: datetime) -> set[str]:
        lists = [field for field in form if field.type == "RowsField"]
        return {field.short_name for field in lists if field.save_rows(row, now=now)}

    def _delete(self, row: Any, now: datetime) -> None:
        reason = self.refuse_delete(row)
        if reason:
            raise Refused(reason)
        record_change(row, "deleted", set(), now=now)
        # Never recursive: what PostgreSQL restricts is history.
        row.delete_instance()
        self.after_delete(row, now=now)


def _explain(error: IntegrityError) -> str:
    # Peewee raises its own error while handling psycopg2's, which knows the constraint.
    diagnosis = getattr(error.__context__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    logger.warning("admin change refused by the database", extra={"constraint": name})
    if name in _CONSTRAINTS:
        return _CONSTRAINTS[name]
    if name.endswith("_fkey"):
        return "Other records still point at this one, so it stays. Nothing was changed."
    return "This does not fit what is stored already. Nothing was changed."
