"""A real n8n as a process of its own: set up, started, ended, and steered by its own API."""

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import requests

from tests.worker import ROOT, eventually

FOLDER = ROOT / ".local" / "n8n"
INSTALLED = FOLDER / "installed-version"
BINARY = FOLDER / "node_modules" / "n8n" / "bin" / "n8n"
WORKFLOWS = ROOT / "n8n"
START_SECONDS = 240
STOP_SECONDS = 40
OWNER = {
    "email": "technician@example.com",
    "firstName": "Terry",
    "lastName": "Technician",
    "password": "Rehearsal-2026",
}


def wanted_version() -> str:
    wanted = json.loads((ROOT / "tests" / "n8n" / "package.json").read_text())
    return str(wanted["dependencies"]["n8n"])


class N8n:
    """One installation of n8n with its data in a folder and a database.

    Parameters
    ----------
    database : dict
        `host` (a socket's folder), `user` and `name` of PostgreSQL, for n8n and for our table.
    variables : mapping
        What its workflows read by `$env`.
    token : str
        The bearer token that the outbound webhook wants.
    """

    def __init__(
        self,
        folder: Path,
        database: dict[str, str],
        variables: dict[str, str],
        *,
        token: str,
        port: int,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._log = folder / "n8n.log"
        self._database = database
        self._token = token
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "N8N_USER_FOLDER": str(folder),
            "N8N_ENCRYPTION_KEY": "a-key-for-tests-only",
            "N8N_PORT": str(port),
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_SECURE_COOKIE": "false",
            "N8N_DIAGNOSTICS_ENABLED": "false",
            "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
            "N8N_TEMPLATES_ENABLED": "false",
            "N8N_PERSONALIZATION_ENABLED": "false",
            "N8N_HIRING_BANNER_ENABLED": "false",
            "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
            "N8N_RUNNERS_ENABLED": "false",
            "N8N_EXPRESSION_ENGINE": "legacy",
            "N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS": "false",
            "N8N_BLOCK_ENV_ACCESS_IN_NODE": "false",
            "NODE_FUNCTION_ALLOW_BUILTIN": "crypto",
            "DB_TYPE": "postgresdb",
            "DB_POSTGRESDB_HOST": database["host"],
            "DB_POSTGRESDB_USER": database["user"],
            "DB_POSTGRESDB_DATABASE": database["name"],
            "EXECUTIONS_DATA_SAVE_ON_ERROR": "all",
            **variables,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["browser-id"] = "tests"

    def set_up(self) -> None:
        """Import the credentials and workflows as a technician does, and activate them."""
        file = self._folder / "credentials.json"
        file.write_text(json.dumps(self._credentials()))
        self._command("import:credentials", f"--input={file}")
        self._command("import:workflow", "--separate", f"--input={WORKFLOWS}")
        self._command("update:workflow", "--all", "--active=true")

    def start(self) -> None:
        """Start it and wait until its webhooks answer."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                ["node", str(BINARY), "start"],
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        assert eventually(self._is_ready, START_SECONDS), self.log()[-4000:]

    def end(self, number: int) -> None:
        """Send it a signal and wait until it is gone."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def activate(self, workflow_id: str, *, active: bool) -> None:
        """Switch a workflow on or off, as in the editor."""
        self._sign_in()
        address = f"{self.url}/rest/workflows/{workflow_id}"
        found = self._session.get(address, timeout=20).json()["data"]
        change = {"active": active, "versionId": found["versionId"]}
        answer = self._session.patch(address, json=change, timeout=20)
        assert answer.ok, answer.text[:500]
        assert answer.json()["data"]["active"] is active

    def post(self, path: str, body: dict[str, Any], **headers: str) -> requests.Response:
        """Post to a webhook as GoHighLevel does."""
        return requests.post(f"{self.url}/webhook/{path}", json=body, headers=headers, timeout=60)

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _sign_in(self) -> None:
        self._session.post(f"{self.url}/rest/owner/setup", json=OWNER, timeout=20)
        known = {"emailOrLdapLoginId": OWNER["email"], "password": OWNER["password"]}
        answer = self._session.post(f"{self.url}/rest/login", json=known, timeout=20)
        assert answer.ok, answer.text[:500]

    def _credentials(self) -> list[dict[str, Any]]:
        return [
            {
                "id": "peerMatchingToken",
                "name": "Peer Matching token",
                "type": "httpHeaderAuth",
                "data": {"name": "Authorization", "value": f"Bearer {self._token}"},
            },
            {
                "id": "peerMatchingTable",
                "name": "Peer Matching table",
                "type": "postgres",
                "data": {
                    "host": self._database["host"],
                    "database": self._database["name"],
                    "user": self._database["user"],
                    "password": "",
                    "port": 5432,
                    "ssl": "disable",
                },
            },
        ]

    def _command(self, *arguments: str) -> None:
        done = subprocess.run(
            ["node", str(BINARY), *arguments],
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"

    def _is_ready(self) -> bool:
        """Whether its webhooks are there; it calls itself ready some seconds before."""
        assert self._process is not None
        assert self._process.poll() is None, self.log()[-4000:]
        with contextlib.suppress(requests.RequestException):
            return self.post("peer-matching-reply", {}).status_code == 401
        return False
