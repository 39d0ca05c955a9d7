"""A person is found however their phone is written, and nobody else is touched."""

from typing import Any

import pytest

from models.redaction import ERASED, Redactor, Traits

ANA = Traits(
    phones=("+15125550177",),
    email="ana.moss@example.com",
    first_name="Ana",
    last_name="Moss",
    company_name="Moss & Co",
)
FAR, CLOSE = Redactor(ANA), Redactor(ANA, is_close=True)


@pytest.mark.parametrize(
    "written",
    ["+15125550177", "5125550177", "(512) 555-0177", "512.555.0177", "1-512-555-0177",
     "+1 512 555 0177", "512\u00a0555\u00a00177", "ANA.MOSS@example.com", "Ana Moss", "ana  moss",
     "Moss, Ana", "Moss Ana"],
)  # fmt: skip
def test_what_is_surely_theirs_is_taken_out_anywhere(written: str) -> None:
    assert FAR.cleaned(f"Ask {written}, today") == f"Ask {ERASED}, today"
    assert FAR.cleaned({"deep": [{"said": written}, 5]}) == {"deep": [{"said": ERASED}, 5]}


@pytest.mark.parametrize(
    "written",
    ["Ana", "Moss", "Moss & Co", "+15125550178", "25125550177", "51255501777", "Diana Mossman",
     "anna.moss@example.com", "Ana Mossberg", "yes", ""],
)  # fmt: skip
def test_others_are_left_alone(written: str) -> None:
    assert FAR.cleaned(written) == written
    assert not FAR.finds([written, None, True, 7, 2.5])


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [("Hi, meet Ana at 7", "Hi, meet [erased] at 7"), ("1: Moss", "1: [erased]"),
     ("moss & co, Reno", "[erased], Reno"), ("Diana, too", "Diana, too")],
)  # fmt: skip
def test_those_who_know_the_person_use_parts_of_the_name(written: str, cleaned: str) -> None:
    assert CLOSE.cleaned(written) == cleaned


def test_a_phone_that_is_a_number_is_found() -> None:
    value: dict[str, Any] = {"phone": 15125550177, "id": 155125550177, "ok": True}
    assert FAR.cleaned(value) == {"phone": ERASED, "id": 155125550177, "ok": True}


def test_a_name_that_two_have_proves_nothing() -> None:
    shared = Traits(first_name="Ana", last_name="Moss", has_namesake=True)
    assert Redactor(shared).cleaned("Ana Moss") == "Ana Moss"
    assert Redactor(shared, is_close=True).cleaned("Ana Moss") == ERASED


def test_somebody_of_whom_nothing_is_known_is_nowhere() -> None:
    nobody = Redactor(Traits(), is_close=True)
    assert nobody.pattern == ""
    assert nobody.cleaned("anything") == "anything"


def test_signs_in_a_name_are_no_pattern() -> None:
    odd = Redactor(Traits(first_name="A.*", last_name="(B)[c"))
    assert odd.cleaned("A.* (B)[c and Abc") == f"{ERASED} and Abc"
