"""Owns the form base and the fields that stock Flask-Admin reads or writes wrongly."""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request
from flask_admin.form import SecureForm
from wtforms import DateTimeLocalField, TextAreaField
from wtforms.csrf.session import SessionCSRF
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from models.event import Event
from web.admin.present import zone_of

_SEPARATORS = re.compile(r"[\n,;|]")
MOST_ENTRIES = 50


class FormToken(SessionCSRF):
    """The stock token, compared in constant time; a form without a session has none."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Refuse a token that is missing, of another session, or too old."""
        expires, _, given = (field.data or "").partition("##")
        secret, text = self.form_meta.csrf_secret, self.session.get("csrf", "") + expires
        expected = hmac.new(secret, text.encode(), hashlib.sha1).hexdigest()
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise ValidationError("The page's token is missing or wrong.")
        if f"{self.now():{self.TIME_FORMAT}}" > expires:
            raise ValidationError("The page was open for too long.")


NO_TOKEN = "The page came without its token; open it again."  # noqa: S105


def is_sent(form: Any) -> bool:
    """Whether a form was sent and is filled in rightly; sent without its token it answers 400."""
    if request.method != "POST":
        return False
    is_right = bool(form.validate())
    if "csrf_token" in form.errors:
        abort(400, NO_TOKEN)
    return is_right


def check_button(form: Any) -> None:
    """Answer 400 to a button's form that was sent without its token, or with nonsense in it."""
    if request.method == "POST" and not is_sent(form):
        abort(400, NO_TOKEN)


class DeskForm(SecureForm):
    """Every form of the admin: a token against forgery, and a zone for the times in it."""

    class Meta(SecureForm.Meta):
        csrf_class = FormToken
        # Half an hour, the stock limit, loses what somebody typed over lunch.
        csrf_time_limit = timedelta(hours=12)

    def zone(self) -> ZoneInfo:
        """Return the zone that times are typed in: the chosen event's, else the record's."""
        chosen = self._fields["event"].data if "event" in self._fields else None
        if isinstance(chosen, Event):
            return zone_of(chosen)
        return zone_of(self._obj)


class ZonedDateTimeField(DateTimeLocalField):
    """A wall-clock time in the event's zone on the page, an aware UTC one in the record.

    A text that was left alone keeps the stored instant to the microsecond, and which of the two
    times it is in the hour that the clocks repeat.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["format"] = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        super().__init__(*args, **kwargs)
        self._stored: datetime | None = None

    def process_data(self, value: Any) -> None:
        """Keep the stored instant, and show it in the zone of the record."""
        self._stored = value if isinstance(value, datetime) else None
        self.data = self._stored
        if self._stored is not None and self._stored.second:
            self.render_kw = {"step": "1"}

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if self.data is None:
            return ""
        return self._shown(self.data)

    def _shown(self, moment: datetime) -> str:
        local = moment.astimezone(zone_of(self._form._obj))
        return f"{local:%Y-%m-%dT%H:%M:%S}" if local.second else f"{local:%Y-%m-%dT%H:%M}"

    def pre_validate(self, form: Any) -> None:
        """Turn the typed wall-clock time into an instant."""
        if self.data is None or self.data.tzinfo is not None:
            return
        zone = form.zone()
        unchanged = self._stored is not None and zone == zone_of(form._obj)
        if unchanged and self.raw_data and self._same_text(self.raw_data[0]):
            self.data = self._stored
            return
        local = self.data.replace(tzinfo=zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) != self.data:
            raise StopValidation("The clocks skip this time on that day.")
        self.data = moment

    def _same_text(self, text: str) -> bool:
        shown = self._shown(self._stored) if self._stored else ""
        return text in (shown, f"{shown}:00")


class SmsField(TextAreaField):
    """What an organiser writes to one phone, with the line ends of a text.

    Parameters
    ----------
    most : int
        How many characters it may have.
    """

    def __init__(self, label: str | None = None, *, most: int, **kwargs: Any) -> None:
        kwargs["filters"] = [lambda typed: (typed or "").replace("\r\n", "\n").strip()]
        kwargs["validators"] = [
            DataRequired("Write something first."),
            Length(max=most, message=f"At most {most:,} characters."),
        ]
        super().__init__(label, **kwargs)


class WordListField(TextAreaField):
    """A list of short texts, typed one a line or with commas between."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(self.data) if _is_word_list(self.data) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Split, trim, and drop repeats whatever their case."""
        words: dict[str, str] = {}
        for part in _SEPARATORS.split(valuelist[0] if valuelist else ""):
            word = " ".join(part.split())
            if word:
                words.setdefault(word.casefold(), word)
        if len(words) > MOST_ENTRIES:
            raise ValueError(f"At most {MOST_ENTRIES} entries.")
        self.data = list(words.values())


def _is_word_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
