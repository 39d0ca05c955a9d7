"""A person at the admin's pages, for tests: signs in, opens pages, submits their forms."""

import html
import re
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.admin_user import AdminUser, Role

PASSWORD = "correct horse battery"
# A hash says how dear it is to check; hundreds of tests sign in, and this one is cheap.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FIELD = re.compile(r"<(?:input|select|textarea)[^>]*>")


def make_admin(now: datetime, role: Role = Role.ADMIN, **columns: Any) -> AdminUser:
    columns = {"email": f"{role}@example.com", "name": f"The {role}", **columns}
    key = AdminUser.insert(
        role=role, password_hash=_HASH, created_at=now, updated_at=now, **columns
    ).execute()
    return AdminUser.get_by_id(key)


class AdminSite:
    """One person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/admin/login", email=email, password=password)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def text(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[:400])
        return html.unescape(answer.text)

    def token(self, address: str) -> str:
        found = _TOKEN.findall(self.get(address).text)
        assert found, f"no form on {address}"
        return found[-1]

    def post(self, address: str, *, page: str | None = None, **fields: Any) -> TestResponse:
        """Submit fields with the token that the form's own page holds."""
        data = {key.replace("__", "-"): value for key, value in fields.items()}
        return self.client.post(address, data={"csrf_token": self.token(page or address), **data})

    def delete(self, place: str, key: int, **fields: Any) -> TestResponse:
        page = f"/admin/{place}/details/?id={key}"
        return self.post(f"/admin/{place}/delete/", page=page, id=key, **fields)

    def notes(self, answer: TestResponse) -> str:
        """Return what the page says after a save, following its redirect."""
        if answer.status_code == 302:
            answer = self.client.get(answer.headers["Location"])
        return " ".join(
            html.unescape(n) for n in re.findall(r'class="note[^>]*>([^<]*)<', answer.text)
        )


def signed_in(
    client: FlaskClient, now: datetime, role: Role = Role.ADMIN, **columns: Any
) -> AdminSite:
    """Return the browser of somebody who has this role and has signed in."""
    site = AdminSite(client)
    answer = site.sign_in(make_admin(now, role, **columns).email)
    assert answer.status_code == 302
    return site
