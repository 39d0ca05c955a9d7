"""Owns the commands about who may sign in: made, let in, given a new password."""

import sys

import click
from flask.cli import with_appcontext

from models.admin_user import Role
from web.auth import AccountError, create_admin, let_in, reset_password
from web.cli_session import session


@click.command("create-admin")
@click.option("--email", prompt="E-mail")
@click.option("--name", default="")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMIN.value)
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@with_appcontext
def create_admin_command(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Create somebody who may sign in to the admin."""
    password = _password(from_stdin=password_stdin)
    with session() as now:
        try:
            user = create_admin(email, name, password, role, now)
        except AccountError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{user.email} may sign in, as {user.role}.")


@click.command("reset-password")
@click.option("--email", prompt="E-mail")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@with_appcontext
def reset_password_command(email: str, password_stdin: bool) -> None:
    """Give somebody a new password, end their sessions and let them in at once."""
    password = _password(from_stdin=password_stdin)
    with session() as now:
        try:
            user = reset_password(email, password, now)
        except AccountError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{user.email} has a new password; their sessions have ended.")


@click.command("unlock")
@click.option("--email", prompt="E-mail")
@with_appcontext
def unlock_command(email: str) -> None:
    """Let somebody in whom wrong passwords, theirs or others', keep out."""
    with session() as now:
        try:
            forgotten = let_in(email, now)
        except AccountError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{email} may sign in now; wrong passwords forgotten: {forgotten}.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
