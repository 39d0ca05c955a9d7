"""Owns an event's own words: which kinds of texts it sends, how they read, and how that looks."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from wtforms import HiddenField, TextAreaField

from actors.wording import parts, wording
from actors.wording.usual_words import USUAL
from models import clock, event_text
from models.base import db
from models.event import Event
from models.message_status import FOLLOW_UPS, MessageType
from web.admin.deeds import record_deed
from web.admin.event_cancel import CancellingView
from web.admin.forms import DeskForm, is_sent
from web.admin.labels import code_label
from web.admin.steps import STALE
from web.admin.word_kinds import GROUPS, PURPOSES

# What word processors put in by themselves, and what an SMS has in its place.
_PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
_MOST_NAMED = 5


class WordsForm(DeskForm):
    """An event, a kind of text, its words, and the token."""

    id = HiddenField()
    kind = HiddenField()
    template = TextAreaField("This event's own words")


class SwitchForm(DeskForm):
    """An event, a kind of text, and whether it is sent."""

    id = HiddenField()
    kind = HiddenField()
    turn = HiddenField()


@dataclass(frozen=True)
class Preview:
    """How words read with example facts, what they cost, and what is wrong with them."""

    text: str
    segments: int
    characters: int
    problems: list[str]
    warnings: list[str]


def preview(kind: MessageType, template: str) -> Preview:
    """Return how the words read; without any, how the usual ones do."""
    text = wording.preview(kind, template)
    problems = wording.check(kind, template) if template else []
    return Preview(text, parts.segments(text), len(text), problems, _warnings(text))


class WordingView(CancellingView):
    """The events' view with the pages of an event's words."""

    @expose("/words/")
    def words_view(self) -> str:
        """List every kind of text: what it is for, whether it is sent, how it reads."""
        row = self.get_one(request.args.get("id", ""))
        return self.render(
            "desk/event_words.html", model=row, groups=GROUPS, purposes=PURPOSES, usual=USUAL,
            own=event_text.texts_of(row.id), follow_ups=FOLLOW_UPS, form=SwitchForm(),
            may_change=self.may_change(),
        )  # fmt: skip

    @expose("/words/edit/", methods=("GET", "POST"))
    def words_edit_view(self) -> Any:
        """Show one kind's words with a preview; save them when nothing is wrong with them."""
        form = WordsForm(request.form if request.method == "POST" else request.args)
        row, kind = self._event_and_kind(form)
        saved = event_text.template_of(row.id, kind) or ""
        if request.method == "GET":
            form.template.data = USUAL[kind] if request.args.get("from") == "usual" else saved
        words = _tidy(form.template.data)
        shown = preview(kind, words)
        if request.method == "POST":
            is_sent(form)
            if "look" not in request.form and not shown.problems:
                _save(row, kind, None if words in ("", USUAL[kind]) else words)
                return redirect(self.get_url(".words_view", id=row.id, _anchor=kind.value))
        return self.render(
            "desk/event_words_edit.html", model=row, kind=kind, form=form, saved=saved,
            usual=USUAL[kind], purpose=PURPOSES[kind], shown=shown,
            placeholders=wording.PLACEHOLDERS[kind], may_change=self.may_change(),
            is_asked=request.method == "POST",
        )  # fmt: skip

    @expose("/words/preview/", methods=("POST",))
    def words_preview_view(self) -> str:
        """Return the preview alone, for the script of the page above."""
        form = WordsForm(request.form)
        row, kind = self._event_and_kind(form)
        is_sent(form)
        words = _tidy(form.template.data)
        return self.render("desk/words_preview.html", model=row, shown=preview(kind, words))

    @expose("/words/reset/", methods=("GET", "POST"))
    def words_reset_view(self) -> Any:
        """Ask whether an event's own words may go, then let them."""
        form = WordsForm(request.form if request.method == "POST" else request.args)
        row, kind = self._event_and_kind(form)
        page = self.get_url(".words_view", id=row.id, _anchor=kind.value)
        own = event_text.template_of(row.id, kind)
        if request.method == "POST":
            is_sent(form)
            _save(row, kind, None)
            return redirect(page)
        if own is None:
            flash(STALE, "warning")
            return redirect(page)
        del form.template
        label = code_label(kind)
        return self.render(
            "desk/confirm_step.html",
            question=f"{label}: back to the usual words?", label="Use the usual words",
            effect=["From now on the usual words are sent. These own words are gone:"], quote=own,
            is_grave=True, form=form, address=self.get_url(".words_reset_view"), back=page,
            back_name=f"Words of {row.name}",
        )  # fmt: skip

    @expose("/words/switch/", methods=("POST",))
    def words_switch_view(self) -> Any:
        """Switch a kind of text on or off."""
        form = SwitchForm(request.form)
        row, kind = self._event_and_kind(form)
        is_sent(form)
        if kind not in FOLLOW_UPS or form.turn.data not in ("on", "off"):
            abort(400, "This kind of text can not be switched off.")
        is_on = form.turn.data == "on"
        now = clock.now()
        with db.atomic():
            is_changed = event_text.put(row.id, kind, is_on=is_on, now=now)
            if is_changed:
                deed = f"texts_switched_{form.turn.data}"
                record_deed(row, deed, {"kind": kind.value}, now=now)
        effect = (
            "it is sent again from now on."
            if is_on
            else "none is sent any more, nor any that is planned already."
        )
        _say(f"{code_label(kind)}: switched {form.turn.data}; {effect}" if is_changed else None)
        return redirect(self.get_url(".words_view", id=row.id, _anchor=kind.value))

    def _event_and_kind(self, form: Any) -> tuple[Event, MessageType]:
        row = self.get_one(form.id.data)
        if form.kind.data not in USUAL:
            abort(404, "There is no such kind of text.")
        return row, MessageType(form.kind.data)


def _tidy(typed: str | None) -> str:
    return "\n".join(line.rstrip() for line in (typed or "").splitlines()).strip()


def _save(row: Event, kind: MessageType, template: str | None) -> None:
    now = clock.now()
    with db.atomic():
        is_changed = event_text.put(row.id, kind, template=template, now=now)
        if is_changed:
            deed = "words_saved" if template else "words_reset"
            record_deed(row, deed, {"kind": kind.value}, now=now)
    which = "your own words are saved" if template else "the usual words are back"
    done = f"{code_label(kind)}: {which}. Texts read so from now on."
    _say(done if is_changed else None)


def _say(done: str | None) -> None:
    flash(done or "Nothing was changed: it was so already.", "success" if done else "info")


def _warnings(text: str) -> list[str]:
    """Return what makes the segments of a text short, and what would be gained without."""
    found = parts.foreign(text)
    if not found:
        return []
    named = " ".join(found[:_MOST_NAMED])
    without = text
    for run in found:
        without = without.replace(run, "".join(_PLAIN.get(character, "") for character in run))
    plain = [f"{_PLAIN[run]} for {run}" for run in found if run in _PLAIN]
    fewer = parts.segments(without)
    verb = "halves" if len(found) == 1 else "halve"
    loss = f"{named} {verb} every segment: 70 characters fit instead of 160."
    gain = f"Without, the example takes {fewer} {'segment' if fewer == 1 else 'segments'}."
    return [f"{loss} {gain}", *([f"Write {', '.join(plain)}."] if plain else [])]
