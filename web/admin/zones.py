"""Owns the choice of a time zone: the American ones first."""

from functools import cache
from zoneinfo import available_timezones

from wtforms.fields.choices import SelectChoice

US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


@cache
def zone_choices() -> list[SelectChoice]:
    """Return every IANA zone that is a place, and UTC."""
    others = sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/")) and name not in US_ZONES
    )
    return [
        *(SelectChoice(name, _zone_label(name), optgroup="United States") for name in US_ZONES),
        *(SelectChoice(name, _zone_label(name), optgroup="Elsewhere") for name in others),
        SelectChoice("UTC", "UTC", optgroup="Elsewhere"),
    ]


def _zone_label(name: str) -> str:
    area, _, city = name.partition("/")
    return f"{city.replace('_', ' ')} ({area})"
