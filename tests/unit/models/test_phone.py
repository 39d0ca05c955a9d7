"""Phone numbers the way people type them."""

import pytest

from models.phone import normalize

AUSTIN = "+15125550100"


@pytest.mark.parametrize(
    "written",
    [
        "+15125550100",
        "5125550100",
        "(512) 555-0100",
        "(512)555-0100",
        "512.555.0100",
        "512-555-0100",
        "512 555 0100",
        "1-512-555-0100",
        "1 (512) 555 0100",
        "+1 (512) 555-0100",
        "001 512 555 0100",
        " \t512-555-0100\n",
        "512\u2011555\u20110100",
        "512\u2013555\u20130100",
        "\uff15\uff11\uff12\uff15\uff15\uff15\uff10\uff11\uff10\uff10",
        "\u202a+1 512 555 0100\u202c",
        "512\u00a0555\u00a00100",
        "tel:+15125550100",
        "Cell: 512-555-0100",
        "m: 512 555 0100",
        "(512) 555-0100 (mobile)",
        "512-555-0100 work",
        "'5125550100",
        '="5125550100"',
        "5125550100.0",
        "5,125,550,100",
        "512-555-0100\x00",
    ],
)
def test_every_way_of_writing_a_us_number_is_the_same_number(written: str) -> None:
    assert normalize(written) == AUSTIN


@pytest.mark.parametrize(
    "written",
    ["512-555-0100 x12", "512-555-0100x12", "(512) 555-0100 ext. 5", "5125550100 #77",
     "+1 512 555 0100, extension 1234", "512-555-0100 Ext: 9", "Office 512-555-0100 ext 4"],
)  # fmt: skip
def test_extensions_are_dropped(written: str) -> None:
    assert normalize(written) == AUSTIN


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("+44 20 7946 0000", "+442079460000"),
        ("011 44 20 7946 0000", "+442079460000"),
        ("0044 20 7946 0000", "+442079460000"),
        ("+49 (0)30 901820", "+4930901820"),
        ("+52 55 5555 0100", "+525555550100"),
        ("+1 416 555 0100", "+14165550100"),
    ],
)
def test_international_numbers_keep_their_country(written: str, e164: str) -> None:
    assert normalize(written) == e164


@pytest.mark.parametrize("area", range(201, 1000, 37))
def test_fictional_exchanges_of_any_area_are_accepted(area: int) -> None:
    assert normalize(f"({area}) 555-9999") == f"+1{area}5559999"


@pytest.mark.parametrize(
    "junk",
    [
        "",
        " ",
        "n/a",
        "none",
        "-",
        "hello",
        "+",
        "+1",
        "0",
        "12345",
        "555-0100",
        "512555010",
        "51255501000",
        "+1512555010",
        "+1512555010012",
        "012-555-0100",
        "112-555-0100",
        "512-055-0100",
        "512-155-0100",
        "0000000000",
        "+0 512 555 0100",
        "+999123456789",
        "442079460000",
        "5.12555E+09",
        "512-555-0100 / 305-555-0001",
        "512-555-0100, 305-555-0001",
        "512-555-0100 or 305-555-0001",
        "512-555-0100 305-555-0001",
        "5125550abc",
        "512-555-MOVE",
        "ana5125550100@example.com",
        "2026-11-23",
        "123-45-6789",
        "9" * 300,
        "+" * 50,
        "((((",
    ],
)
def test_what_is_not_exactly_one_number_is_nothing(junk: str) -> None:
    assert normalize(junk) is None


def test_normalizing_twice_changes_nothing() -> None:
    assert normalize(normalize("(512) 555-0100") or "") == AUSTIN


def test_another_home_country_reads_its_own_numbers() -> None:
    assert normalize("020 7946 0000", region="GB") == "+442079460000"
