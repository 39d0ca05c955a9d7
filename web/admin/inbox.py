"""Owns the page of the replies that a person should read, and what can be done about each."""

from typing import Any

from flask import current_app, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField

from actors.conversation import inbox_answers
from actors.conversation.inbox_answers import MOST_CHARACTERS, NotAllowed
from actors.wording import parts
from models import clock, inbox
from models.base import db
from models.inbox import MOST_AT_ONCE, MOST_SHOWN
from models.message import EventMessage
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm, SmsField, check_button, is_sent
from web.admin.guard import GuardedView, record_id
from web.admin.message_actions import person
from web.admin.present import record_label, record_link, time_tag, zone_of
from web.admin.steps import STALE


class DoneForm(DeskForm):
    """A reply and the token; for all alike, the newest that whoever asks has seen."""

    id = HiddenField()


class AnswerForm(DeskForm):
    """A reply and what it is answered with; `confirmed` once its length was read."""

    id = HiddenField()
    confirmed = HiddenField()
    text = SmsField("Your answer", most=MOST_CHARACTERS)


class InboxView(GuardedView):
    """What people wrote that only a person can answer."""

    @property
    def can_step(self) -> bool:
        """Whether whoever asks may answer or be done with a reply."""
        return self.may_change()

    @expose("/")
    def index(self) -> str:
        """Show the replies that wait, the oldest first."""
        found = inbox.reasons()
        return self.render(
            "desk/inbox.html", waiting=inbox.waiting(), total=sum(found.values()),
            most=MOST_SHOWN, several=[pair for pair in found.items() if pair[1] > 1],
            may_change=self.may_change(), form=DoneForm(), link=record_link, person=person,
            came=_came, label=record_label,
        )  # fmt: skip

    @expose("/done/", methods=("POST",))
    def done_view(self) -> Any:
        """Take one reply out of the inbox."""
        form = DoneForm(request.form)
        check_button(form)
        key, now = record_id(form.id.data), clock.now()
        with db.atomic():
            is_done = inbox_answers.finish(key, now=now)
            if is_done:
                record_deed(EventMessage(id=key), "inbox_done", {}, now=now)
        flash("Done." if is_done else STALE, "success" if is_done else "warning")
        return redirect(self.get_url(".index"))

    @expose("/all/", methods=("GET", "POST"))
    def all_view(self) -> Any:
        """Ask, then take all that wait for the same reason as this reply out of the inbox."""
        form = DoneForm(request.form if request.method == "POST" else request.args)
        check_button(form)
        reply = inbox.get_waiting(record_id(form.id.data))
        if reply is None:
            flash(STALE, "warning")
            return redirect(self.get_url(".index"))
        if request.method == "POST":
            _finish_alike(reply)
            return redirect(self.get_url(".index"))
        number, newest = inbox.alike(reply.inbox_reason)
        form.id.data = str(newest)
        rest = f"At most {MOST_AT_ONCE} at a time." if number == MOST_AT_ONCE else ""
        return self.render(
            "desk/confirm_step.html",
            question=f"Done with {_replies(number)}?",
            effect=[f"{_replies(number)} will leave the inbox. Nobody is answered.", rest],
            quote=reply.inbox_reason, label=f"Done with {number:,}", is_grave=False, form=form,
            address=self.get_url(".all_view"), back=self.get_url(".index"), back_name=self.name,
        )  # fmt: skip

    @expose("/answer/", methods=("GET", "POST"))
    def answer_view(self) -> Any:
        """Let somebody write an answer, show how it travels, then plan it."""
        form = AnswerForm(request.form, id=request.args.get("id", ""))
        reply = inbox.get_waiting(record_id(form.id.data))
        is_ready = is_sent(form)
        if reply is None:
            flash(STALE, "warning")
            return redirect(self.get_url(".index"))
        refused = inbox_answers.why_not(reply)
        if is_ready and not refused and form.confirmed.data == "yes":
            _answer(reply, form.text.data)
            return redirect(self.get_url(".index"))
        limit = current_app.config["PEER_CONFIG"].text_limit_characters
        size = parts.size(form.text.data, limit)
        is_asked = is_ready and not refused and form.confirmed.data != "edit"
        form.confirmed.data = "yes" if is_asked else ""
        return self.render(
            "desk/inbox_answer.html", reply=reply, one=_in_context(reply), form=form,
            refused=refused, size=size,
            is_paused=_is_paused(reply), is_asked=is_asked, who=person(reply),
            came=_came(reply), most=MOST_CHARACTERS,
        )  # fmt: skip


def _in_context(reply: EventMessage) -> inbox.Waiting:
    # Somebody else may have dealt with it just now.
    return next(iter(inbox.waiting(reply.id)), inbox.Waiting(reply, None, None))


def _answer(reply: EventMessage, text: str) -> None:
    now = clock.now()
    try:
        with db.atomic():
            planned = inbox_answers.answer(reply.id, text, now=now)
            if planned is not None:
                record_deed(reply, "answered", {"text": planned}, now=now)
    except NotAllowed as refused:
        flash(f"Nothing was sent. {refused}", "error")
        return
    if planned is None:
        flash(STALE, "warning")
    else:
        when = "leaves once sending is resumed" if _is_paused(reply) else "leaves in a moment"
        flash(f"Your answer to {person(reply)} {when}.", "success")


def _is_paused(reply: EventMessage) -> bool:
    return reply.event_id is not None and reply.event.is_paused


def _finish_alike(reply: EventMessage) -> None:
    """Be done with those that wait for this one's reason; it is the newest that was counted."""
    now = clock.now()
    with db.atomic():
        done = inbox_answers.finish_alike(reply.inbox_reason, up_to=reply.id, now=now)
        for key in done:
            record_deed(EventMessage(id=key), "inbox_done", {}, now=now)
    flash(f"Done with {_replies(len(done))}.", "success")


def _replies(number: int) -> str:
    return f"{number:,} reply" if number == 1 else f"{number:,} replies"


def _came(text: EventMessage) -> Any:
    """Return when a text came or left, in its event's zone."""
    return time_tag(text.actual_send_time or text.created_at, zone_of(text))
