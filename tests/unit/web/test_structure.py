"""Stored JSON reads as names and values, however deep, and is never markup."""

import pytest

from web.admin.structure import MOST_SHOWN, in_short, whole


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"focusAreas": 1.0, "jobTitle": None}, "Focus areas 1 · Job title –"),
        (["hiring_sales_leadership", "roofing"], "Hiring sales leadership, roofing"),
        ({"rules": {"a": 1, "b": 2}, "ok": True}, "Rules 2 entries · Ok yes"),
        ([{"id": 1}, {"id": 2}], "2 entries"),
        ({"columns": ["name", "phone"]}, "Columns name, phone"),
    ],
)
def test_a_cell_of_a_list_holds_it_in_one_line(value: object, line: str) -> None:
    assert in_short(value) == line


def test_all_of_it_is_nested_by_name_without_braces() -> None:
    shown = whole({"weights": {"geographic": 0.25}, "runs": [{"id": 7}, {"id": 8}]})
    assert "{" not in shown
    assert "<dt>Weights</dt><dd><dl" in shown
    assert '<dt>Distance apart</dt><dd><span class="prose">0.25</span></dd>' in shown
    assert shown.count("<li>") == 2


def test_it_is_escaped_and_bounded() -> None:
    shown = whole({"<script>": "<b>", **{f"k{n}": n for n in range(MOST_SHOWN + 4)}})
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "and 5 more" in shown
