"""Lists, titles and companies as people type them."""

import pytest

from matching import InvalidProfile, Profile
from matching.errors import UnusableValue
from matching.normalize import traits_of
from matching.texts import read_company, read_focus_areas, read_services, read_title


@pytest.mark.parametrize(
    "value",
    [
        ["Lead Flow", "hiring_sales"],
        ("lead-flow", "Hiring  Sales", "LEAD FLOW"),
        '["Lead Flow", "hiring sales"]',
        "['Lead Flow', 'hiring sales']",
        '"Lead Flow", "Hiring sales"',
        '"Lead Flow; hiring sales"',
        "[Lead Flow, hiring sales]",
        '{"Lead Flow","hiring sales"}',
        "Lead Flow; hiring_sales",
        "Lead Flow|hiring \u2013 sales|",
        "Lead Flow, hiring sales, n/a",
        "Lead Flow\nhiring sales\n",
    ],
    ids=str,
)
def test_focus_areas_are_read_from_any_form(value: object) -> None:
    assert read_focus_areas(value) == ("lead_flow", "hiring_sales")


@pytest.mark.parametrize("value", [None, "", [], (), "[]", "null", "N/A", ["", None, "--"], "{}"])
def test_nothing_typed_is_no_focus_area(value: object) -> None:
    assert read_focus_areas(value) == ()


def test_set_is_read_in_one_order() -> None:
    assert read_focus_areas({"b", "a", "c"}) == ("a", "b", "c")


def test_services_fold_case_and_spacing_only() -> None:
    assert read_services(["HVAC", "hvac ", "A/C  repair", "a_c"]) == ("hvac", "a/c repair", "a_c")


def test_invisible_characters_and_lone_surrogates_are_dropped() -> None:
    assert read_focus_areas(["hi\x00ring\ud800", "gro\u200bwth"]) == ("hiring", "growth")


@pytest.mark.parametrize(
    "value",
    [
        7,
        {"a": 1},
        b"hvac",
        '{"a": 1}',
        [1],
        "[1]",
        "[NaN]",
        [["a"]],
        ["a"] * 101,
    ],
    ids=lambda value: str(value)[:20],
)
def test_list_of_the_wrong_kind_is_a_named_error(value: object) -> None:
    with pytest.raises(UnusableValue):
        read_focus_areas(value)


def test_deeply_nested_json_is_read_as_text() -> None:
    assert read_focus_areas("[" * 200_000 + "hvac") == ("hvac",)


def test_million_characters_are_one_focus_area() -> None:
    assert read_focus_areas("x" * 1_000_000) == ("x" * 1_000_000,)


@pytest.mark.parametrize(
    "name", ["Acme", "ACME, Inc.", "acme LLC", "The Acme Co., Ltd.", "Acm\u00e9 L.L.C.", " Acme. "]
)
def test_company_names_of_one_company_are_equal(name: str) -> None:
    assert read_company(name) == "acme"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Smith & Sons", "smith and sons"),
        ("Smith's", "smiths"),
        ("The Company", "the company"),
        ("\U0001f525", "\U0001f525"),
        ("Self-employed", None),
        ("N/A", None),
        ("", None),
        ("---", None),
        (None, None),
    ],
)
def test_company_name_is_folded(name: str | None, folded: str | None) -> None:
    assert read_company(name) == folded


def test_title_is_folded_and_put_into_families() -> None:
    title = read_title("  VP  Business Development ")
    assert title is not None
    assert title.text == "vp business development"
    assert title.families == {2, 3}
    assert title.words == {"business", "development"}


@pytest.mark.parametrize("value", [None, "", "  ", "n/a"])
def test_blank_title_is_missing(value: object) -> None:
    assert read_title(value) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("team_size", float("nan")),
        ("annual_revenue", -1),
        ("revenue_tier", float("inf")),
        ("focus_areas", 3),
        ("services_offered", {"a": 1}),
        ("service_area", 77002),
        ("job_title", ["CEO"]),
        ("company_name", b"Acme"),
    ],
)
def test_error_names_the_profile_and_the_field(field: str, value: object) -> None:
    with pytest.raises(InvalidProfile, match=f"profile 41, {field}: "):
        traits_of(Profile(41, **{field: value}))


def test_revenue_tier_beats_annual_revenue() -> None:
    assert traits_of(Profile(1, revenue_tier="2m_5m", annual_revenue=9_000_000)).revenue == 3.5
    assert traits_of(Profile(1, annual_revenue=9_000_000)).revenue == 9
    unreadable = traits_of(Profile(1, revenue_tier="private", annual_revenue=9_000_000))
    assert (unreadable.revenue_given, unreadable.revenue) == (True, None)
