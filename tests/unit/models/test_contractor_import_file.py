"""Files as people's programs save them: encodings, delimiters, quotes, headers."""

import pytest

from models.contractor_import import ImportFileError, ParsedFile, read_rows

PLAIN = "first_name,last_name,phone,company_name\nZoë,Peña,(512) 555-0101,Peña & Söhne\n"


def names(parsed: ParsedFile) -> list[str]:
    return [row.values.get("first_name", "") for row in parsed.rows]


def lines(parsed: ParsedFile) -> list[int]:
    return [row.line for row in parsed.rows]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    row = read_rows(PLAIN.encode(encoding)).rows[0]
    assert (row.values["first_name"], row.values["last_name"]) == ("Zoë", "Peña")
    assert row.values["company_name"] == "Peña & Söhne"


def test_lines_in_different_encodings_are_each_read_right() -> None:
    data = "name\nZoë\n".encode() + "Söhne\n".encode("cp1252")
    assert names(read_rows(data)) == ["Zoë", "Söhne"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    parsed = read_rows(PLAIN.replace(",", delimiter).encode())
    assert parsed.rows[0].values["phone"] == "+15125550101"
    assert len(parsed.columns) == 4


def test_commas_in_cells_do_not_hide_a_semicolon_header() -> None:
    text = "name;service area;services\nAna;Austin, TX;Roofing, Solar, HVAC\n"
    row = read_rows(text.encode()).rows[0]
    assert row.values["service_area"] == "Austin, TX"
    assert row.values["services_offered"] == ["Roofing", "Solar", "HVAC"]


def test_excels_separator_line_is_obeyed_and_counted() -> None:
    parsed = read_rows(b"sep=;\r\nname;phone\r\nAna;5125550101\r\nBen;1\r\n")
    assert lines(parsed) == [3]
    assert [problem.line for problem in parsed.problems] == [4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_count_physical_lines_with_quoted_newlines_and_blanks(end: str) -> None:
    text = f'name,services{end}{end}Ana,"Roofing{end}Solar"{end}Ben,{end},,{end}Cy,HVAC'
    parsed = read_rows(text.encode())
    assert names(parsed) == ["Ana", "Ben", "Cy"]
    assert lines(parsed) == [3, 5, 7]
    assert parsed.rows[0].values["services_offered"] == ["Roofing", "Solar"]
    assert parsed.problems == []


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    text = 'name,company,city\nAna,"Moss,Austin\nBen,Dunn,Reno\nCy,"Egan, Inc","Waco, TX"\n'
    parsed = read_rows(text.encode())
    assert names(parsed) == ["Ben", "Cy"]
    assert [(p.line, p.reason) for p in parsed.problems] == [
        (2, "a quotation mark is opened and never closed")
    ]


def test_sloppy_quotes_are_read_all_the_same() -> None:
    text = 'name,company\n"Ana" ,Moss\nBen "Buddy" Dunn,"Dunn ""Best"" Roofs"\nCy, "Egan, Inc"\n'
    parsed = read_rows(text.encode())
    assert names(parsed) == ["Ana", "Ben", "Cy"]
    assert [row.values["company_name"] for row in parsed.rows] == [
        "Moss", 'Dunn "Best" Roofs', "Egan, Inc",
    ]  # fmt: skip


def test_a_cell_of_unreasonable_size_is_one_bad_row() -> None:
    text = f'name,company\nAna,"{"x" * 200_000}"\nBen,Dunn\n'
    parsed = read_rows(text.encode())
    assert names(parsed) == ["Ben"]
    assert [problem.line for problem in parsed.problems] == [2]


def test_too_many_cells_are_a_bad_row_and_too_few_are_empty_ones() -> None:
    text = "name,company,sms_opt_in\nAna,Moss, Inc,yes\nBen\nCy,Egan,yes,,,\n"
    parsed = read_rows(text.encode())
    assert names(parsed) == ["Ben", "Cy"]
    assert parsed.problems[0].line == 2
    assert parsed.problems[0].reason.startswith("4 cells, but the header has 3")


def test_nul_and_invisible_characters_are_dropped() -> None:
    text = "\ufeffname,ph\x00one,company\x1a\nA\x00na\u200b,\u202a5125550101\u202c,Mo\x07ss\n\x1a"
    row = read_rows(text.encode()).rows[0]
    assert row.values["first_name"] == "Ana"
    assert row.values["phone"] == "+15125550101"
    assert row.values["company_name"] == "Mo ss"


@pytest.mark.parametrize("heading", ["First Name", "first_name", "FIRST-NAME", " firstName ",
                                     "First\nName", "\"First name\"", "Given name"])  # fmt: skip
def test_headings_are_known_in_any_case_and_punctuation(heading: str) -> None:
    quoted = '"' + heading.strip('"') + '"'
    parsed = read_rows(f"{quoted},x\nAna,1\n".encode())
    assert names(parsed) == ["Ana"]


def test_columns_come_in_any_order_and_unknown_ones_are_listed() -> None:
    text = "T-Shirt,E-mail,Cell phone,Company,,Name\nL,ana@example.com,5125550101,Moss,,Ana Egan\n"
    parsed = read_rows(text.encode())
    assert parsed.ignored == ["T-Shirt"]
    assert parsed.columns == {
        "E-mail": "email", "Cell phone": "phone", "Company": "company_name", "Name": "name",
    }  # fmt: skip
    assert parsed.rows[0].values == {
        "first_name": "Ana", "last_name": "Egan", "email": "ana@example.com",
        "phone": "+15125550101", "company_name": "Moss",
    }  # fmt: skip


def test_a_mobile_number_beats_an_office_one_and_fills_in_for_none() -> None:
    text = "Name,Office phone,Phone,Mobile\nA,5125550101,5125550102,5125550103\nB,5125550104,,\n"
    found = [row.values["phone"] for row in read_rows(text.encode()).rows]
    assert found == ["+15125550103", "+15125550104"]


def test_a_title_above_the_header_is_passed_over() -> None:
    text = "Spring Summit attendees\n\nName;Mobile\nAna;5125550101\n"
    parsed = read_rows(text.encode())
    assert (names(parsed), lines(parsed)) == (["Ana"], [4])


def test_a_header_alone_is_a_file_without_rows() -> None:
    parsed = read_rows(b"name,phone\n")
    assert (parsed.rows, parsed.problems) == ([], [])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\0\0\0\0", "is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 20, "not text"),
        (b"Ana,Moss,5125550101\nBen,Dunn,5125550102\n", "No header"),
        (b"colour,size\nred,L\n", "It says: colour, size."),
        (b"company,city\nMoss,Austin\n", "No header"),
        (b'"', "No header"),
        (b"sep=;\n", "No header"),
    ],
)
def test_what_can_not_be_read_says_why(data: bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=message):
        read_rows(data)
