"""What is kept of one person, as they get it: by command, and by an admin's button."""

import json
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.admin_user import Role
from models.audit_log import AuditLog
from models.config import Config
from models.contractor import Contractor
from models.person_export import document
from tests.admin_site import signed_in
from tests.erasable import FIRST, PHONE, WORDS, ADayOfTheirs
from tests.factories import make_contractor
from tests.integration.test_cli import Commands


@pytest.fixture
def run(app: Flask) -> Commands:
    return Commands(app)


def test_it_holds_all_that_is_kept_and_nothing_of_what_others_said(config: Config) -> None:
    day = ADayOfTheirs(config)
    found = document(day.people[FIRST], now=day.clock())
    assert found["profile"]["email"] == "zebedee.q@example.com"
    [event] = found["events"]
    assert (event["event"], event["agreed_where"]) == (
        "Contractor Summit", "form of Zebedee Quillfeather")  # fmt: skip
    assert [out["phone"] for out in found["opt_outs"]] == [PHONE]
    directions = {text["direction"] for text in found["texts"]}
    assert directions == {"inbound", "outbound"}
    assert f"YES 1. {WORDS}" in {text["message_content"] for text in found["texts"]}
    first, second = found["matches"]
    assert (first["introduced_to"].split()[0], first["answer"], first["rating"]) == (
        "Ben", "yes", "9")  # fmt: skip
    assert first["says_they_met"] is True
    assert (second["introduced_to"].split()[0], second["answer"]) == ("Cleo", None)
    assert [rule["rule"] for rule in found["rules_about_pairs"]] == ["forbid"]
    assert [row["First name"] for row in found["left_out_by_imports"]] == [FIRST]
    assert "contractors.opted_out" in {line["what"] for line in found["what_was_done"]}
    assert "I met" not in json.dumps(found, default=str)


def test_a_match_that_nobody_was_told_of_names_nobody(config: Config) -> None:
    day = ADayOfTheirs(config)
    dov = document(day.people["Dov"], now=day.clock())
    assert [match["introduced_to"].split()[0] for match in dov["matches"]] == ["Cleo"]
    stranger = document(make_contractor(), now=day.clock())
    assert (stranger["texts"], stranger["matches"], stranger["events"]) == ([], [], [])


@pytest.mark.parametrize("who", ["id", "(512) 555-0977", "Zebedee.Q@example.com"])
def test_the_command_prints_it_and_writes_down_that_it_did(
    run: Commands, config: Config, who: str
) -> None:
    person = ADayOfTheirs(config).people[FIRST]
    result = run("export-person", str(person.id) if who == "id" else who)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["profile"]["id"] == person.id
    assert found["events"][0]["date"] == "2026-11-12"
    assert AuditLog.get(AuditLog.action == "contractors.exported").subject_id == person.id


def test_nobody_and_several_are_one_clear_line(run: Commands) -> None:
    for who in ("999", "512 555 0100", "no@example.com", "Zeb"):
        result = run("export-person", who)
        assert (result.exit_code, result.output) == (
            1, "Error: Nobody has this id, phone or e-mail address.\n")  # fmt: skip
    first, second = (make_contractor(phone=PHONE) for _ in range(2))
    result = run("erase-person", PHONE, "--yes")
    assert result.exit_code == 1
    assert f"{first.id}, {second.id}." in result.output


def test_the_command_says_what_goes_and_erases_after_a_yes(run: Commands, config: Config) -> None:
    person = ADayOfTheirs(config).people[FIRST]
    result = run("erase-person", PHONE, stdin="n\n")
    assert result.exit_code == 1
    assert "That this phone has opted out" in result.output
    assert Contractor.get_by_id(person.id).erased_at is None
    result = run("erase-person", PHONE, stdin="y\n")
    assert result.exit_code == 0, result.output
    assert Contractor.get_by_id(person.id).erased_at is not None
    line = AuditLog.get(AuditLog.action == "contractors.erased")
    assert (line.subject_id, line.detail["opt_outs"]) == (person.id, 1)
    again = run("erase-person", str(person.id), "--yes")
    assert again.output == "Error: This person has been erased already.\n"


def test_an_admin_exports_and_erases_by_button_and_an_organiser_sees_neither(
    app: Flask, client: FlaskClient, now: datetime, config: Config
) -> None:
    person = ADayOfTheirs(config).people[FIRST]
    page = f"/admin/contractors/details/?id={person.id}"
    admin = signed_in(client, now, Role.ADMIN)
    assert "Export all data" in admin.text(page)
    file = admin.get(f"/admin/contractors/person.json?id={person.id}")
    assert file.json["profile"]["phone"] == PHONE
    assert file.headers["Content-Disposition"] == f'attachment; filename="person-{person.id}.json"'
    erase = f"/admin/contractors/erase/?id={person.id}"
    assert "2 matches and 1 attendance" in admin.text(erase)
    said = admin.notes(admin.post("/admin/contractors/erase/", page=erase, id=person.id))
    assert said.startswith("The person is erased, with ")
    shown = admin.text(page)
    assert "Erased person" in shown
    assert "Erase person" not in shown
    assert admin.notes(admin.get(erase)) == "This person has been erased already."
    actions = {line.action for line in AuditLog.select().where(AuditLog.subject_id == person.id)}
    assert {"contractors.exported", "contractors.erased"} <= actions
    organiser = signed_in(app.test_client(), now, Role.ORGANISER)
    assert "Export all data" not in organiser.text(page)


def test_an_erased_person_is_not_filled_with_somebody_else(
    client: FlaskClient, now: datetime, run: Commands
) -> None:
    person = make_contractor()
    run("erase-person", str(person.id), "--yes")
    admin = signed_in(client, now, Role.ADMIN)
    page = f"/admin/contractors/edit/?id={person.id}"
    answer = admin.post(page, first_name="Ed", last_name="Fox", email="", phone="")
    assert "was erased" in admin.notes(answer)
    assert Contractor.get_by_id(person.id).first_name == "Erased"
