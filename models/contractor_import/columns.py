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
LABELS = {
    "first_name": "First name", "last_name": "Last name", "name": "Whole name",
    "email": "E-mail", "phone": "Phone", "company_name": "Company", "job_title": "Job title",
    "focus_areas": "Focus areas", "services_offered": "Services", "service_area": "City or area",
    "state": "State", "revenue_tier": "Revenue range", "annual_revenue": "Yearly revenue",
    "team_size": "Team size", "timezone": "Time zone", "ghl_contact_id": "GoHighLevel contact",
    "sms_opt_in": "Agrees to texts", "sms_opt_out": "Wants no texts", "checked_in": "Is checked in",
}  # fmt: skip
IGNORED = ""
_FIELDS = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_IDENTIFYING = frozenset(("first_name", "last_name", "name", "email", "phone"))


def field_of(heading: str) -> str | None:
    """Return the field that a heading names, whatever its case, spaces and punctuation."""
    return _FIELDS.get(_squeezed(heading))


def known_headings(record: Sequence[str]) -> int:
    """Count the cells that name a field."""
    return sum(field_of(cell) is not None for cell in record)


def headings_of(header: Sequence[str]) -> list[str]:
    """Return what each column is called, by its number where the file does not say."""
    return [cells.tidy(cell) or f"Column {place}" for place, cell in enumerate(header, 1)]


class Columns:
    """The header of one file: where each field is found.

    Parameters
    ----------
    chosen : sequence of str or None
        What each column holds, `IGNORED` for nothing of use; None to go by the headings.

    Attributes
    ----------
    taken : dict
        What each recognised heading was taken for.
    ignored : list
        The other headings.
    """

    def __init__(self, header: Sequence[str], chosen: Sequence[str] | None = None) -> None:
        self.width = len(header)
        self.taken: dict[str, str] = {}
        self.ignored: list[str] = []
        self._headings = headings_of(header)
        self._places: dict[str, list[int]] = {}
        names = [field_of(cell) for cell in header] if chosen is None else chosen
        for index, name in enumerate(names):
            if name:
                self._places.setdefault(name, []).append(index)
                self.taken[self._headings[index]] = name
            elif cells.tidy(header[index]):
                self.ignored.append(self._headings[index])
        for name, places in self._places.items():
            # Sorting keeps the order of those that are equally good.
            places.sort(key=lambda place: _rank(name, header[place]))

    @property
    def identifies_people(self) -> bool:
        """Whether there is a name, a phone or an e-mail to know a person by."""
        return not _IDENTIFYING.isdisjoint(self._places)

    def cells(self, record: Sequence[str]) -> dict[str, str]:
        """Return each field's cell: the first of its columns that is filled, else empty."""
        found = {name: self._place(record, places) for name, places in self._places.items()}
        return {name: record[place] if place < len(record) else "" for name, place in found.items()}

    def where(self, name: str, record: Sequence[str]) -> tuple[str, int] | None:
        """Return heading and place of the column that a field's cell was taken from."""
        if name not in self._places:
            return None
        place = self._place(record, self._places[name])
        return self._headings[place], place

    @staticmethod
    def _place(record: Sequence[str], places: list[int]) -> int:
        # A placeholder is passed on when there is nothing better: as a name it is a name.
        there = [place for place in places if place < len(record)]
        filled = (place for place in there if cells.filled(record[place]))
        return next(filled, (there or places)[0])


def _rank(name: str, heading: str) -> int:
    """Return how good a heading is for a field; one that a person chose it for comes last."""
    spellings = ALIASES[name]
    squeezed = _squeezed(heading)
    return spellings.index(squeezed) if squeezed in spellings else len(spellings)


def _squeezed(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
