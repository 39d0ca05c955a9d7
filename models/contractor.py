"""Owns contractors: who they are, what they do, how to reach them."""

from enum import StrEnum

from peewee import CharField, DecimalField, IntegerField, JSONField, TextField, fn

from models.base import Table, UtcDateTimeField, default, one_of


class ErasedReach(StrEnum):
    """How a person could be reached when they were erased: what is counted is what was so then."""

    TEXTABLE = "textable"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted_out"


class Contractor(Table):
    """A contractor. `phone` is E.164; `focus_areas` and `services_offered` are lists of text.

    `erased_at`: since then this is nobody, whom matches and texts still point at to be counted.
    """

    first_name = CharField(default="", constraints=default("''"))
    last_name = CharField(default="", constraints=default("''"))
    email = CharField(null=True)
    phone = CharField(null=True, index=True)
    company_name = CharField(null=True)
    job_title = CharField(null=True)
    focus_areas = JSONField(default=list, constraints=default("'[]'"))
    services_offered = JSONField(default=list, constraints=default("'[]'"))
    service_area = TextField(null=True)
    revenue_tier = CharField(null=True)
    annual_revenue = DecimalField(max_digits=16, decimal_places=2, null=True)
    team_size = IntegerField(null=True)
    timezone = CharField(null=True)
    ghl_contact_id = CharField(null=True, index=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))
    erased_at = UtcDateTimeField(null=True)
    erased_reach = CharField(null=True)

    class Meta:
        table_name = "contractors"
        constraints = [one_of("erased_reach", ErasedReach)]

    @property
    def full_name(self) -> str:
        """First and last name, whichever are known."""
        return f"{self.first_name} {self.last_name}".strip()


Contractor.add_index(Contractor.index(fn.lower(Contractor.email), name="contractors_email_lower"))
