"""Profiles to comparable traits; what many people share, such as a city, is read once."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

from matching.amounts import read_revenue, read_team
from matching.errors import InvalidProfile, UnusableValue
from matching.places import Place, read_place
from matching.profile import ContractorId, Profile
from matching.texts import (
    Title,
    plain_text,
    read_company,
    read_focus_areas,
    read_services,
    read_title,
)

T = TypeVar("T")
Memory = dict[Hashable, object]
_FIELDS = (
    "revenue_tier",
    "annual_revenue",
    "focus_areas",
    "services_offered",
    "service_area",
    "team_size",
    "job_title",
    "company_name",
)


@dataclass(frozen=True)
class Traits:
    """One profile in comparable form; None or empty where nothing usable was given.

    `focus` and `services` keep the order in which they were given, without repeats.
    `revenue` is in $M; given but None means unreadable. `team` is in people.
    """

    focus: tuple[str, ...]
    services: tuple[str, ...]
    place: Place | None
    revenue_given: bool
    revenue: float | None
    team: float | None
    title: Title | None
    company: str | None


def traits_of(profile: Profile) -> Traits:
    """Normalise a profile.

    Raises
    ------
    InvalidProfile
        A field cannot be read safely; the message names the profile and the field.
    """
    return traits_of_all((profile,))[0]


def traits_of_all(profiles: Iterable[Profile]) -> list[Traits]:
    """Normalise profiles; what many of them share, such as a city, is read once.

    Raises
    ------
    InvalidProfile
        See `traits_of`.
    """
    memories: dict[str, Memory] = {field: {} for field in _FIELDS}
    return [_traits(profile, memories) for profile in profiles]


def _traits(profile: Profile, memories: dict[str, Memory]) -> Traits:
    def read(field: str, reader: Callable[[object], T]) -> T:
        return _read(profile.id, field, getattr(profile, field), reader, memories[field])

    tier = read("revenue_tier", read_revenue)
    annual = read("annual_revenue", read_revenue)
    given, revenue = tier if tier[0] else annual
    return Traits(
        focus=read("focus_areas", read_focus_areas),
        services=read("services_offered", read_services),
        place=read("service_area", _read_place),
        revenue_given=given,
        revenue=revenue,
        team=read("team_size", read_team),
        title=read("job_title", read_title),
        company=read("company_name", read_company),
    )


def _read(
    who: ContractorId, field: str, value: object, reader: Callable[[object], T], memory: Memory
) -> T:
    # Only text is remembered: 1, 1.0 and True would be one key, but do not mean the same.
    key: Hashable = None
    if isinstance(value, str):
        key = value
    elif isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        key = tuple(value)
    if key is not None and key in memory:
        return cast(T, memory[key])
    try:
        result = reader(value)
    except UnusableValue as error:
        raise InvalidProfile(f"profile {who!r}, {field}: {error}") from error
    if key is not None:
        memory[key] = result
    return result


def _read_place(value: object) -> Place | None:
    return read_place(plain_text(value))
