"""Owns the pages on which an organiser rules about pairs: never introduced, or for sure."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_login import current_user
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from actors.control import steering
from actors.pairing import pair_effect
from actors.pairing.not_made import WHY
from models import clock, schedule
from models.base import db
from models.contractor import Contractor
from models.eligibility import standing, why_not
from models.event import Event
from models.pair_rule import EventPairRule, Rule, listed, remove_rule, set_rule
from models.pairs import matches_ruled
from models.reach import reach
from models.steering import Scope
from web.admin.deeds import record_deed
from web.admin.event_cancel import CancellingView
from web.admin.forms import DeskForm, check_button, is_sent
from web.admin.guard import parse_id, record_id
from web.admin.message_actions import by, texts
from web.admin.pair_words import Ruling, explained, match_words, numbers, ruling
from web.admin.pickers import attending_picker
from web.admin.planned_actions import cancel_match
from web.admin.present import record_label
from web.admin.steps import STALE

LONGEST_REASON = 300
_CHOOSE = "Choose what becomes of their match."
_DEEDS = {Rule.FORBID: "pair_forbidden", Rule.REQUIRE: "pair_required"}
_REQUIRED = "are required. The next matching makes the pair; the desk can run one now"


class RuleForm(DeskForm):
    """An event, a pair, what is ruled and why; `was` is what the page was shown for."""

    id = HiddenField()
    first = HiddenField()
    second = HiddenField()
    rule = HiddenField()
    was = HiddenField()
    reason = StringField(
        "Why (for your colleagues; nobody is texted it)",
        validators=[Length(max=LONGEST_REASON, message=f"At most {LONGEST_REASON} characters.")],
    )
    match = RadioField(
        validators=[InputRequired(_CHOOSE)], choices=[SelectChoice("cancel"), SelectChoice("keep")]
    )


class RemoveForm(DeskForm):
    """An event, a pair, the rule to take back, and the token."""

    id = HiddenField()
    first = HiddenField()
    second = HiddenField()
    rule = HiddenField()


class PairsView(CancellingView):
    """The events' view with a page of the pairs that somebody ruled about."""

    pickers = (attending_picker(),)

    @expose("/pairs/")
    def pairs_view(self) -> str:
        """Show what is ruled, and the form that rules about another pair."""
        row = self.get_one(request.args.get("id", ""))
        rules = listed(row.id)
        return self.render(
            "desk/pairs.html", model=row, rules=rules, stands=_standings(row, rules),
            may_change=self.may_change() and row.cancelled_at is None,
            people=standing(row.id), label=record_label, is_required=_is_required,
            is_over=row.is_over(clock.now()),
        )  # fmt: skip

    @expose("/pairs/rule/", methods=("GET", "POST"))
    def rule_view(self) -> Any:
        """Say what a ruling means, and make it when that was read."""
        form = RuleForm(request.form if request.method == "POST" else request.args)
        row = self.get_one(form.id.data)
        back = self.get_url(".pairs_view", id=row.id)
        asked = _asked(row, form)
        if isinstance(asked, str) or asked.refusal:
            flash(asked if isinstance(asked, str) else asked.refusal, "warning")
            return redirect(back)
        found = reach(Scope(match_id=asked.open_match.id)) if asked.open_match else None
        if found is None:
            del form.match
        if is_sent(form):
            return redirect(self._rule(asked, form) or back)
        form.was.data = asked.stamp()
        step = cancel_match(asked.open_match, found) if asked.open_match and found else None
        return self.render(
            "desk/confirm_pair.html", model=row, form=form, asked=explained(asked), step=step,
            back=back, label=record_label,
        )  # fmt: skip

    @expose("/pairs/remove/", methods=("GET", "POST"))
    def unrule_view(self) -> Any:
        """Say what taking a ruling back means, and take it back when that was read."""
        form = RemoveForm(request.form if request.method == "POST" else request.args)
        row = self.get_one(form.id.data)
        back = self.get_url(".pairs_view", id=row.id)
        check_button(form)
        asked = _asked(row, form)
        if isinstance(asked, str) or asked.current is None or asked.current.rule != asked.rule:
            flash(STALE, "warning")
            return redirect(back)
        if request.method == "POST":
            _remove(asked)
            return redirect(back)
        change = pair_effect.effect(row, asked.pair, None)
        return self.render(
            "desk/confirm_step.html", question=f"Leave {asked.names} to the matching again?",
            effect=[_was(asked), numbers(change, None)], quote=asked.current.reason or "",
            label="Remove the rule", is_grave=False, form=form,
            address=self.get_url(".unrule_view"), back=back, back_name=f"Pairs of {row.name}",
        )  # fmt: skip

    def _rule(self, asked: Ruling, form: RuleForm) -> str | None:
        """Rule, and call their match off if that was chosen; return where to read it anew."""
        now = clock.now()
        is_called_off = "match" in form and form.match.data == "cancel"
        with db.atomic():
            schedule.lock(asked.event.id)
            fresh = ruling(asked.event, asked.first, asked.second, asked.rule)
            is_ours = fresh.stamp() == form.was.data and not fresh.refusal
            changed = _carry_out(fresh, form.reason.data, is_called_off, now) if is_ours else 0
        if not is_ours:
            flash(STALE, "warning")
            return self.get_url(
                ".rule_view", id=asked.event.id, first=asked.first.id, second=asked.second.id,
                rule=asked.rule.value,
            )  # fmt: skip
        verb = "are never introduced here" if asked.rule is Rule.FORBID else _REQUIRED
        more = f" Their match is cancelled, and with it {texts(changed)}." if is_called_off else ""
        flash(f"{asked.names} {verb}.{more}", "success")
        return None


def _carry_out(asked: Ruling, reason: str | None, is_called_off: bool, now: Any) -> int:
    set_rule(
        asked.event.id, asked.pair, asked.rule,
        reason=(reason or "").strip() or None, made_by=current_user.name, now=now,
    )  # fmt: skip
    changed = 0
    match = asked.open_match
    if is_called_off and match is not None:
        changed = steering.cancel_match(match.id, reason=by("forbidden"), now=now)
        record_deed(match, "cancelled", {"texts": changed}, now=now)
    detail = {"contractors": list(asked.pair), "texts": changed}
    record_deed(asked.event, _DEEDS[asked.rule], detail, now=now)
    return changed


def _remove(asked: Ruling) -> None:
    now = clock.now()
    with db.atomic():
        schedule.lock(asked.event.id)
        is_ours = remove_rule(asked.event.id, asked.pair, asked.rule)
        if is_ours:
            detail = {"contractors": list(asked.pair), "rule": asked.rule.value}
            record_deed(asked.event, "pair_rule_removed", detail, now=now)
    if is_ours:
        flash(f"The rule about {asked.names} is gone; matching decides again.", "success")
    else:
        flash(STALE, "warning")


def _asked(row: Event, form: Any) -> Ruling | str:
    """Return what is to be ruled, or why that can not be asked."""
    if form.rule.data not in set(Rule):
        return "Choose whether they are never introduced, or for sure."
    keys = [parse_id(form.first.data), parse_id(form.second.data)]
    if None in keys:
        return "Choose both people from the list."
    if keys[0] == keys[1]:
        return "Choose two different people."
    people = {one.id: one for one in Contractor.select().where(Contractor.id.in_(keys))}
    if len(people) < 2:
        abort(404, "There is no such person; somebody may have deleted them.")
    first, second = (people[record_id(key)] for key in keys)
    return ruling(row, first, second, Rule(form.rule.data))


def _was(asked: Ruling) -> str:
    ruled = "never introduced" if asked.rule is Rule.FORBID else "introduced for sure"
    by_whom = asked.current.made_by if asked.current else "somebody"
    return f"So far they are {ruled} at this event, as {by_whom} ruled."


def _is_required(rule: EventPairRule) -> bool:
    return bool(rule.rule == Rule.REQUIRE)


def _standings(row: Event, rules: list[EventPairRule]) -> dict[int, str]:
    """Return by rule how the pair stands, where there is anything to say; three queries at most."""
    people = {key for rule in rules for key in (rule.contractor1_id, rule.contractor2_id)}
    reasons = why_not(row.id, people) if any(map(_is_required, rules)) else {}
    matches = matches_ruled(row.id)
    found = {}
    for rule in rules:
        match = matches.get((rule.contractor1_id, rule.contractor2_id))
        if match is not None:
            verb = "Were" if match.cancelled_at else "Are"
            found[rule.id] = f"{verb} {match_words(match)}."
        elif _is_required(rule):
            lacking = [
                f"{record_label(person)} {WHY[reasons[person.id]]}"
                for person in (rule.contractor1, rule.contractor2)
                if reasons[person.id] != "eligible"
            ]
            found[rule.id] = f"{'; '.join(lacking)}." if lacking else "Made with the next matching."
    return found
