"""Owns which heading of an imported file stands for which column, however it is spelt."""

import unicodedata
from collections.abc import Sequence

from models.contractor_import import cells

# The first spelling that a file has wins, so that a mobile number beats an office one.
ALIASES: dict[str, tuple[str, ...]] = {
    "first_name": ("firstname", "first", "givenname", "forename", "fname"),
    "last_name": ("lastname", "last", "surname", "familyname", "lname"),
    "name": ("fullname", "name", "contractorname", "contactname", "attendeename", "contractor",
             "attendee", "contact"),
    "email": ("email", "emailaddress", "mail", "workemail", "businessemail", "contactemail"),
    "phone": ("mobile", "cell", "cellphone", "mobilephone", "mobilenumber", "cellnumber",
              "cellphonenumber", "mobilephonenumber", "smsnumber", "smsphone", "textnumber",
              "phone", "phonenumber", "phoneno", "phonee164", "contactphone", "contactnumber",
              "telephone", "telephonenumber", "tel", "workphone", "businessphone", "officephone"),
    "company_name": ("companyname", "company", "businessname", "business", "organization",
                     "organisation", "organizationname", "firm", "employer"),
    "job_title": ("jobtitle", "title", "position", "role", "jobrole"),
    "focus_areas": ("focusareas", "focusarea", "focus", "areasoffocus", "areaoffocus",
                    "interests", "goals", "topics"),
    "services_offered": ("servicesoffered", "services", "service", "serviceoffered", "trades",
                         "trade", "specialties", "servicesprovided"),
    "service_area": ("servicearea", "serviceareas", "market", "markets", "territory", "location",
                     "region", "citystate", "city"),
    "state": ("state", "stateprovince", "province"),
    "revenue_tier": ("revenuetier", "revenuerange", "revenueband", "revenue", "revenuelevel"),
    "annual_revenue": ("annualrevenue", "yearlyrevenue", "annualsales", "grossrevenue"),
    "team_size": ("teamsize", "employees", "numberofemployees", "employeecount", "headcount",
                  "team", "staff", "companysize", "noofemployees"),
    "timezone": ("timezone", "tz"),
    "ghl_contact_id": ("ghlcontactid", "contactid", "ghlid"),
    "sms_opt_in": ("smsoptin", "smsoptedin", "smsconsent", "smspermission", "consenttosms",
                   "consenttotexts", "consenttotext", "textoptin", "textconsent", "oktotext",
                   "okaytotext", "smsok", "textmessages", "optin", "optedin", "optinsms"),
    "sms_opt_out": ("smsoptout", "smsoptedout", "textoptout", "donottext", "optout", "optedout",
                    "unsubscribed", "dnd"),
    "checked_in": ("checkedin", "checkin", "checkinstatus", "arrived", "present", "attended"),
}  # fmt: skip
_FIELDS = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_IDENTIFYING = frozenset(("first_name", "last_name", "name", "email", "phone"))


def field_of(heading: str) -> str | None:
    """Return the field that a heading names, whatever its case, spaces and punctuation."""
    return _FIELDS.get(_squeezed(heading))


def known_headings(record: Sequence[str]) -> int:
    """Count the cells that name a field."""
    return sum(field_of(cell) is not None for cell in record)


class Columns:
    """The header of one file: where each field is found.

    Attributes
    ----------
    taken : dict
        What each recognised heading was taken for.
    ignored : list
        The other headings.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self.width = len(header)
        self.taken: dict[str, str] = {}
        self.ignored: list[str] = []
        self._places: dict[str, list[int]] = {}
        for index, heading in enumerate(header):
            name, shown = field_of(heading), cells.tidy(heading)
            if name:
                self._places.setdefault(name, []).append(index)
                self.taken[shown] = name
            elif shown:
                self.ignored.append(shown)
        for name, places in self._places.items():
            order = [ALIASES[name].index(_squeezed(header[place])) for place in places]
            self._places[name] = [place for _, place in sorted(zip(order, places, strict=True))]

    @property
    def identifies_people(self) -> bool:
        """Whether there is a name, a phone or an e-mail to know a person by."""
        return not _IDENTIFYING.isdisjoint(self._places)

    def cells(self, record: Sequence[str]) -> dict[str, str]:
        """Return each field's cell: the first of its columns that is filled, else empty."""
        return {name: self._cell(record, places) for name, places in self._places.items()}

    @staticmethod
    def _cell(record: Sequence[str], places: list[int]) -> str:
        options = [record[place] for place in places if place < len(record)]
        # A placeholder is passed on when there is nothing better: as a name it is a name.
        filled = (cell for cell in options if cells.filled(cell))
        return next(filled, options[0] if options else "")


def _squeezed(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
