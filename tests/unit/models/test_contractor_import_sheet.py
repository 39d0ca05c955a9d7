"""Files whose headings nobody knows: what is guessed, and what a person may say instead."""

import pytest

from models.contractor_import import ImportFileError, parse, read_sheet
from models.contractor_import.columns import ALIASES, IGNORED, LABELS
from models.contractor_import.sheet import guess, identifies_people

FOREIGN = "Vorname;Nachname;Netzpost;Handy;Firma\nZoë;Moss;z@example.com;(512) 555-0101;Moss\n"
PERSON = "Ana;ana@example.com;(512) 555-0101\nBen;ben@example.com;(512) 555-0102\n"


def test_every_field_has_words_for_people() -> None:
    assert list(LABELS) == list(ALIASES)


def test_known_headings_are_guessed_and_others_are_not_used() -> None:
    sheet = read_sheet(b"First name,Cell phone,T-Shirt\nAna,5125550101,L\n")
    assert guess(sheet) == ["first_name", "phone", IGNORED]
    assert (sheet.line, sheet.is_recognised, sheet.headings[2]) == (1, True, "T-Shirt")


def test_phones_and_emails_are_guessed_by_their_looks() -> None:
    sheet = read_sheet(FOREIGN.encode("cp1252"))
    assert guess(sheet) == [IGNORED, IGNORED, "email", "phone", IGNORED]
    assert (sheet.line, sheet.is_recognised) == (1, False)


def test_a_guess_by_looks_does_not_take_what_a_heading_has() -> None:
    sheet = read_sheet(b"Name,Phone,Nr\nAna,5125550101,5125550109\nBen,5125550102,5125550108\n")
    assert guess(sheet) == ["name", "phone", IGNORED]


@pytest.mark.parametrize("cell", ["2026", "1,500,000", "12", "T-Shirt", "", "@home"])
def test_numbers_and_words_do_not_look_like_contacts(cell: str) -> None:
    assert guess(read_sheet(f'Name,X\nAna,"{cell}"\n'.encode())) == ["name", IGNORED]


def test_a_first_line_with_a_contact_is_a_person() -> None:
    sheet = read_sheet(PERSON.encode())
    assert (sheet.line, len(sheet.records)) == (0, 2)
    assert sheet.headings == ["Column 1", "Column 2", "Column 3"]
    parsed = parse(sheet, ["first_name", "email", "phone"])
    assert [row.values["first_name"] for row in parsed.rows] == ["Ana", "Ben"]


def test_a_person_may_say_that_the_first_line_is_none() -> None:
    text = b"Rufname,Betrieb\nAna,Moss\n"
    as_headings, as_person = (read_sheet(text, has_header=has) for has in (True, False))
    assert (len(as_headings.records), len(as_person.records)) == (1, 2)


def test_what_a_person_chose_beats_the_headings() -> None:
    sheet = read_sheet(b"First name,Last name,Phone\nMoss,Ana,5125550101\n")
    parsed = parse(sheet, ["last_name", "first_name", IGNORED])
    assert parsed.rows[0].values == {"first_name": "Ana", "last_name": "Moss"}
    assert parsed.ignored == ["Phone"]


def test_of_two_columns_for_one_field_the_better_heading_and_then_the_first_counts() -> None:
    sheet = read_sheet(b"Name,Eins,Zwei,Mobile\nA,5125550101,5125550102,\nB,,,5125550103\n")
    parsed = parse(sheet, ["name", "phone", "phone", "phone"])
    assert [row.values["phone"] for row in parsed.rows] == ["+15125550101", "+15125550103"]


def test_a_problem_names_the_column_and_its_place() -> None:
    sheet = read_sheet(b"Name,Office phone,Mobile,Team size\nAna,,12,\nBen,,5125550101,many\n")
    parsed = parse(sheet)
    assert [(p.line, p.heading, p.place) for p in parsed.problems] == [(2, "Mobile", 2)]
    assert [(n.line, n.heading, n.place) for n in parsed.notes] == [(3, "Team size", 3)]


def test_samples_are_the_first_different_cells_that_say_something() -> None:
    sheet = read_sheet(b"Name,City\nA,\nB,Austin\nC,Austin\nD,Reno\nE,Waco\nF,Tampa\n")
    assert sheet.samples(1) == ["Austin", "Reno", "Waco"]


def test_whether_people_can_be_told_apart_depends_on_the_choice() -> None:
    sheet = read_sheet(FOREIGN.encode())
    assert identifies_people(sheet, ["first_name", "", "", "", ""])
    assert not identifies_people(sheet, ["", "", "", "", "company_name"])


def test_a_file_that_is_too_long_says_so_and_one_that_just_fits_is_read() -> None:
    text = "People\n\nName,Phone\n" + "Ana,\n" * 5
    assert len(read_sheet(text.encode(), most_rows=5).records) == 5
    with pytest.raises(ImportFileError, match="more than 5 rows"):
        read_sheet(f"{text}Ben,\n".encode(), most_rows=5)


def test_a_file_of_too_many_columns_says_so() -> None:
    with pytest.raises(ImportFileError, match="more than 100 columns"):
        read_sheet(("name" + ",x" * 100 + "\nAna\n").encode())


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_says_how_to_save_it(start: bytes) -> None:
    with pytest.raises(ImportFileError, match="Save As, “CSV UTF-8”"):
        read_sheet(start + b"\x14\x00\x06\x00")
