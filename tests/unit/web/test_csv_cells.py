"""What somebody typed is never a formula in the file that somebody else opens."""

import csv

import pytest

from web.csv_cells import csv_cell, csv_line


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("https://evil.example","here")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1+1",
        "+",
        "-1.2.3",
        "+1 (512) 555-0123",
        "--5",
    ],
)
def test_what_begins_like_a_formula_is_text(typed: str) -> None:
    assert csv_cell(typed) == f"'{typed}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        ("+15125550123", "+15125550123"),
        (-3, "-3"),
        (-0.25, "-0.25"),
        ("Ana = Ben", "Ana = Ben"),
        ("O'Brien", "O'Brien"),
    ],
)
def test_numbers_phones_and_plain_words_stay_as_they_are(value: object, cell: str) -> None:
    assert csv_cell(value) == cell


def test_a_line_keeps_commas_quotes_and_breaks_within_their_cells() -> None:
    values = ['Moss, "Ana"', "two\nlines", "=1,=2", 7]
    line = csv_line(values)
    assert line.endswith("\r\n")
    assert next(csv.reader([line])) == ['Moss, "Ana"', "two\nlines", "'=1,=2", "7"]
