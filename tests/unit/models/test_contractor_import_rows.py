"""Cells and rows: what is read, what is bad, what is left out with a note."""

from decimal import Decimal
from typing import Any

import pytest

from models.contractor_import import ParsedFile, read_rows
from models.contractor_import.cells import flag


def read(header: str, *rows: str) -> ParsedFile:
    return read_rows("\n".join([header, *rows]).encode())


def value(column: str, cell: str) -> Any:
    quoted = '"' + cell.replace('"', '""') + '"'
    parsed = read(f"name,{column}", f"Ana,{quoted}")
    assert parsed.problems == []
    return parsed.rows[0].values.get(column)


@pytest.mark.parametrize(
    "cell",
    ["yes", "Yes", "YES.", " y ", "Y", "true", "TRUE", "t", "1", "1.0", "x", "X", "✓", "✔️",
     "✅", "on", "opted in", "Opted-In", "OPTED_IN", "opt in", "checked in", "Sí", "ok"],
)  # fmt: skip
def test_every_spelling_of_yes_is_a_yes(cell: str) -> None:
    assert flag(cell) is True


@pytest.mark.parametrize(
    "cell",
    ["no", "NO", "n", "false", "F", "0", "0.0", "✗", "off", "opted out", "Opted-Out", "opt out",
     "not opted in", "unsubscribed", "STOP", "not checked in", "no-show"],
)  # fmt: skip
def test_every_spelling_of_no_is_a_no(cell: str) -> None:
    assert flag(cell) is False


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "n/a", "N/A", "none", "null", "?", "\u200b"])
def test_an_empty_flag_says_nothing(cell: str) -> None:
    assert flag(cell) is None


@pytest.mark.parametrize(
    "cell", ["maybe", "2", "yes and no", "yesno", "no yes", "11", "5125550101"]
)
def test_an_unreadable_flag_is_no_yes_and_is_noted(cell: str) -> None:
    parsed = read("name,sms_opt_in,checked_in", f"Ana,{cell},{cell}")
    row = parsed.rows[0]
    assert (row.consent, row.checked_in) == (None, None)
    assert [note.line for note in parsed.notes] == [2, 2]


@pytest.mark.parametrize(
    ("opt_in", "opt_out", "expected"),
    [("yes", "", True), ("yes", "no", True), ("yes", "yes", False), ("", "yes", False),
     ("", "no", None), ("no", "no", False), ("yes", "perhaps", None), ("perhaps", "yes", False)],
)  # fmt: skip
def test_consent_needs_a_yes_and_nothing_against_it(
    opt_in: str, opt_out: str, expected: bool | None
) -> None:
    parsed = read("name,SMS Opt-In,sms_opt_out", f"Ana,{opt_in},{opt_out}")
    assert parsed.rows[0].consent is expected


@pytest.mark.parametrize(
    "heading", ["email_opt_in", "consent", "Newsletter", "sms", "photo consent"]
)
def test_consent_to_something_else_is_not_taken_for_texts(heading: str) -> None:
    parsed = read(f"name,{heading}", "Ana,yes")
    assert parsed.rows[0].consent is None
    assert parsed.ignored == [heading]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Sales; Hiring", ["Sales", "Hiring"]),
        ("a;b|c", ["a", "b", "c"]),
        ("Sales, Hiring ,  Growth", ["Sales", "Hiring", "Growth"]),
        ("lead_flow|hiring", ["lead_flow", "hiring"]),
        ('["lead_flow", "hiring"]', ["lead_flow", "hiring"]),
        ('["A, B", " c ", null, "", 3]', ["A, B", "c", "3"]),
        ("['lead_flow', 'hiring']", ["lead_flow", "hiring"]),
        ("{lead_flow,hiring}", ["lead_flow", "hiring"]),
        ('["unfinished", "list"', ["unfinished", "list"]),
        ("Sales, marketing; Hiring", ["Sales, marketing", "Hiring"]),
        ("- Sales\n- Hiring\n", ["Sales", "Hiring"]),
        ("• Sales • Hiring", ["Sales", "Hiring"]),
        ("Sales;sales;SALES;;", ["Sales"]),
        ("HVAC (residential)", ["HVAC (residential)"]),
        ("n/a", None),
        (" ; ,", None),
        ("[]", None),
        ("", None),
    ],
)
def test_lists_are_read_however_they_are_written(cell: str, expected: list[str] | None) -> None:
    assert value("focus_areas", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("12", 12), ("1,200", 1200), (" 7 ", 7), ("12.0", 12), ("20+", 20), ("0", 0), ("11-50", 30),
     ("5 to 10", 7), ("15 employees", 15), ("1'200", 1200)],
)  # fmt: skip
def test_team_sizes_are_read(cell: str, expected: int) -> None:
    assert value("team_size", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1500000", "1500000"), ("$1,500,000", "1500000"), ("$1.5M", "1500000"), ("750k", "750000"),
     ("2 million", "2000000"), ("1,234.567", "1234.57")],
)  # fmt: skip
def test_revenues_are_read(cell: str, expected: str) -> None:
    assert value("annual_revenue", cell) == Decimal(expected)


def test_a_range_in_the_revenue_column_is_a_tier_when_there_is_none() -> None:
    parsed = read("name,annual revenue,revenue tier", "A,$1M - $5M,", "B,$1M - $5M,2m_5m")
    first, second = parsed.rows
    assert first.values["revenue_tier"] == "$1M - $5M"
    assert second.values["revenue_tier"] == "2m_5m"
    assert [note.line for note in parsed.notes] == [3]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("team_size", "about ten"), ("team_size", "-5"), ("team_size", "2.5"), ("team_size", "1e9"),
     ("team_size", "99999999999"), ("timezone", "Mars/Base"), ("timezone", "../etc/passwd")],
)  # fmt: skip
def test_an_unreadable_extra_is_left_out_with_a_note(column: str, cell: str) -> None:
    parsed = read(f"name,{column}", f"Ana,{cell}")
    assert column not in parsed.rows[0].values
    assert [(note.heading, note.reason[:9]) for note in parsed.notes] == [(column, "left out:")]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [("Ana Moss", "Ana", "Moss"), ("Moss, Ana", "Ana", "Moss"), ("Ana", "Ana", None),
     ("Ana Maria de la Cruz", "Ana", "Maria de la Cruz"), ("Dr. Ana Moss", "Ana", "Moss"),
     ("Ana Moss, Jr.", "Ana", "Moss, Jr."), ("  Ana   Moss ", "Ana", "Moss")],
)  # fmt: skip
def test_a_whole_name_is_split(cell: str, first: str, last: str | None) -> None:
    values = read("Full Name,x", f'"{cell}",1').rows[0].values
    assert (values["first_name"], values.get("last_name")) == (first, last)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("Ana@Example.com", "Ana@Example.com"), ("mailto:a@example.com", "a@example.com"),
     ("Ana Moss <a@example.com>", "a@example.com"), (" a@example.com; ", "a@example.com"),
     ("N/A", None)],
)  # fmt: skip
def test_email_addresses_are_read(cell: str, expected: str | None) -> None:
    assert value("email", cell) == expected


@pytest.mark.parametrize("cell", ["not an address", "a@b", "@example.com", "a@@example.com",
                                  "a@example.com / b@example.com", "a b@example"])  # fmt: skip
def test_an_unreadable_email_is_a_bad_row(cell: str) -> None:
    parsed = read("name,email", f"Ana,{cell}")
    assert [(p.line, p.reason) for p in parsed.problems] == [
        (2, "the e-mail address is not readable")
    ]


def test_an_unreadable_phone_is_a_bad_row_and_an_empty_one_is_not() -> None:
    parsed = read("name,phone", "A,12345", "B,", "C,n/a", "D,call me")
    assert [row.line for row in parsed.rows] == [3, 4]
    assert [problem.line for problem in parsed.problems] == [2, 5]
    assert "12345" not in parsed.problems[0].reason


def test_city_and_state_make_a_service_area() -> None:
    parsed = read(
        "name,city,state", "A,Austin,TX", 'B,"Austin, TX",TX', "C,,TX", "D,Austin,", "E,,"
    )
    areas = [row.values.get("service_area") for row in parsed.rows]
    assert areas == ["Austin, TX", "Austin, TX", "TX", "Austin", None]


@pytest.mark.parametrize("column", ["first_name", "company_name", "job_title", "email"])
def test_a_value_longer_than_its_column_is_a_bad_row(column: str) -> None:
    fits, too_long = "x" * 243 + "@example.com", "x" * 244 + "@example.com"
    parsed = read(f"last_name,{column}", f"A,{fits}", f"B,{too_long}")
    assert [row.line for row in parsed.rows] == [2]
    assert [(p.line, p.heading, p.reason) for p in parsed.problems] == [
        (3, column, "longer than 255 characters")
    ]


def test_a_row_without_name_and_contact_is_bad() -> None:
    parsed = read("name,phone,email,company", ",,,Moss", "-,n/a,n/a,Dunn", ",,a@example.com,")
    assert [(p.line, p.reason) for p in parsed.problems] == [
        (2, "no name, no phone and no e-mail"),
        (3, "no name, no phone and no e-mail"),
    ]
    assert [row.line for row in parsed.rows] == [4]


def test_short_names_that_look_like_placeholders_are_names() -> None:
    row = read("first_name,last_name", "Na,None").rows[0]
    assert (row.values["first_name"], row.values["last_name"]) == ("Na", "None")


def test_duplicates_name_the_line_of_the_first() -> None:
    parsed = read(
        "name,phone,email",
        "Ana,(512) 555-0101,a@example.com",
        "Ana,+1 512 555 0101,",
        "Ann,,A@EXAMPLE.COM",
        "Ben,5125550102,b@example.com",
    )
    assert [row.line for row in parsed.rows] == [2, 5]
    assert [(p.line, p.reason) for p in parsed.problems] == [
        (3, "duplicate: the same phone as line 2"),
        (4, "duplicate: the same e-mail as line 2"),
    ]


def test_a_bad_row_does_not_make_a_later_good_one_a_duplicate() -> None:
    parsed = read("name,phone,email", "Ana,5125550101,nonsense", "Ana,5125550101,a@example.com")
    assert [row.line for row in parsed.rows] == [3]
    assert [problem.line for problem in parsed.problems] == [2]


def test_namesakes_need_the_same_company_to_be_duplicates() -> None:
    parsed = read("name,company", "Ana Moss,Moss", "Ana Moss,Dunn", "ANA MOSS,moss")
    assert [row.line for row in parsed.rows] == [2, 3]
    assert [(p.line, p.reason) for p in parsed.problems] == [
        (4, "duplicate: the same name and company as line 2")
    ]


def test_notes_are_kept_for_good_rows_only() -> None:
    parsed = read("name,phone,team_size", "Ana,1,many", "Ben,5125550101,many")
    assert [note.line for note in parsed.notes] == [3]
