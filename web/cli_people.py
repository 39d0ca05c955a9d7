"""Owns the commands about what is kept of one person: hand it over, erase it."""

from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from actors.people import erasing
from actors.people.erasing import NotNowError
from models import audit_log, clock, people
from models.base import db
from models.contractor import Contractor
from models.person_export import document
from web.cli_session import session
from web.person_words import goes, stays, to_json


@click.command("export-person")
@click.argument("who")
@with_appcontext
def export_person(who: str) -> None:
    """Print all that is kept about WHO, an id, a phone or an e-mail address, as JSON."""
    with session() as now:
        person = _person_or_fail(who)
        with db.atomic():
            found = document(person, now=now)
            _note("exported", person.id, {"texts": len(found["texts"])})
        click.echo(to_json(found), nl=False)


@click.command("erase-person")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase_person(who: str, yes: bool) -> None:
    """Erase WHO, an id, a phone or an e-mail address, for good."""
    with session() as now:
        person = _person_or_fail(who)
        try:
            if not yes:
                found = erasing.effect(person.id, now=now)
                for sentence in (*goes(found), *stays(found)):
                    click.echo(sentence)
                click.confirm(f"Erase contractor {person.id} for good?", abort=True)
            done = erasing.erase(
                person.id,
                now=clock.now(),
                note=lambda done: _note("erased", person.id, asdict(done)),
            )
        except NotNowError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Contractor {person.id} is erased, with {done.texts:,} texts.")


def _person_or_fail(who: str) -> Contractor:
    found = people.find(who)
    if not found:
        raise click.ClickException("Nobody has this id, phone or e-mail address.")
    if len(found) > 1:
        ids = ", ".join(str(person.id) for person in found)
        raise click.ClickException(f"Several people have it. Give the id of one of them: {ids}.")
    return found[0]


def _note(deed: str, person_id: int, detail: dict[str, Any]) -> None:
    audit_log.record(
        f"contractors.{deed}",
        now=clock.now(),
        actor="system",
        subject_type="contractors",
        subject_id=person_id,
        detail=detail,
    )
